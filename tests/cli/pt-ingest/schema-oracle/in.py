# Random records and what a schema says of them, judged here by plain rules; the schema is in.schema.
import json, random
random.seed(11)
last = {}
def verdict(r):
    t = r.get("tags", {})
    if r.get("type") == "order":
        if r.get("id") is None or r.get("side") is None: return "fields"
        q = r.get("qty")
        if q is not None:
            if isinstance(q, bool) or not isinstance(q, (int, float)): return "type"
            if not 1 <= q <= 100: return "range"
        if r["side"] not in ("buy", "sell"): return "range"
        return "-"
    if r["name"] == "lat" and t.get("venue") in ("X", "Y"):
        if "host" not in t: return "tags"
        if set(t) - {"host", "venue"}: return "tags"
        if not 0 <= r["value"] <= 50: return "range"
        if "unit" in r and r["unit"] != "ms": return "unit"
    if r["name"] == "seq":
        key = json.dumps(t, sort_keys=True)
        if key in last and r["ts"] > last[key][0] and r["value"] < last[key][1]: return "sequence"
        if key not in last or (r["ts"], r["value"]) > last[key]: last[key] = (r["ts"], r["value"])
    return "-"
with open("records", "w") as out, open("want", "w") as want:
    for i in range(6000):
        ts = 1795167000 + random.randrange(200) if random.random() < .5 else 1795167000 + i
        if random.random() < .3:
            r = {"type": "order", "ts": ts}
            for k, vs in (("id", ["a", "b", None]), ("side", ["buy", "sell", "sell", "hold", None]),
                          ("qty", [1, 100, 0, 101, 5.5, "7", True, None])):
                if random.random() < .9: r[k] = random.choice(vs)
        else:
            r = {"ts": ts, "name": random.choice(["lat", "seq"]), "value": random.randrange(-2, 53)}
            if r["name"] == "seq": r["value"] = i // 10 + random.randrange(-2, 4)
            tags = {k: random.choice(v) for k, v in (("host", ["h1", "h2"]), ("venue", ["X", "Y", "Z"]), ("z", ["1"]))
                    if random.random() < {"host": .9, "venue": .8, "z": .1}[k]}
            if tags or random.random() < .5: r["tags"] = dict(random.sample(sorted(tags.items()), len(tags)))
            if random.random() < .3: r["unit"] = random.choice(["ms", "ms", "s"])
        out.write(json.dumps(r) + "\n")
        want.write(verdict(r) + "\n")
