# Several inputs of several days, with repeats, late points and faults; what quality must say of them
# is counted here point by point.  in.py make | want DAY-LIMITS
import json, random, sys
DAY, T0 = 86400, 1795132800  # 2026-11-20
EVERY, FROM, TO, NOW = 600, 32400, 57600, T0 + 57600
random.seed(5)
sources = {}
for s in range(4):
    lines = []
    for i in range(2500):
        day = random.choice([0, 0, -1, -2, -3]) if s != 2 else -(2500 - i) // 800
        clock = random.randrange(30000, 60000, 20) if s % 2 else (i * 23) % 57600
        ts, name = T0 + day * DAY + clock, random.choice(["a", "b.x"])
        kind = random.random()
        if kind < .03: lines.append(("bad", None, "no record"))
        elif kind < .06: lines.append(("range", ts, json.dumps({"ts": ts, "name": name, "value": -1, "tags": {"s": str(s // 2)}})))
        elif kind < .1: lines.append(("warn", ts, json.dumps({"ts": ts, "name": name, "value": 200, "tags": {"s": str(s // 2)}}), name))
        elif kind < .2: lines.append(("doc", ts, json.dumps({"type": "e", "ts": ts, "name": name})))
        else: lines.append(("ok", ts, json.dumps({"ts": ts, "name": name, "value": 5, "tags": {"s": str(s // 2)}}), name))
    sources[f"s{s}"] = lines
if sys.argv[1] == "make":
    for s, lines in sources.items():
        open(s, "w").write("".join(l[2] + "\n" for l in lines))
    sys.exit()
store, newest, last, fed, rows = set(), {}, {}, {}, {}
row = lambda s, d: rows.setdefault((s, d), dict(records=0, syntax=0, range=0, warned=0, duplicates=0, late=0))
for s, lines in sources.items():
    before, early = None, 0
    for l in lines:
        if l[0] == "bad":
            if before is None: early += 1
            else: row(s, before)["syntax"] += 1
            continue
        day = before = l[1] // DAY
        if early: row(s, day)["syntax"] += early
        early, r = 0, row(s, day)
        if l[0] == "range": r["range"] += 1; continue
        r["records"] += 1
        last[s, day] = max(last.get((s, day), 0), l[1])
        if l[0] == "doc": continue
        r["warned"] += l[0] == "warn"
        series = (l[3], s[1:] and int(s[1:]) // 2)
        fed.setdefault(s, set()).add(series)
        r["late"] += l[1] < newest.get(series, 0)
        newest[series] = max(newest.get(series, 0), l[1])
        r["duplicates"] += (series, l[1]) in store
        store.add((series, l[1]))
first = {}
for series, ts in store: first[series] = min(ts, first.get(series, ts))
for (s, d), r in sorted(rows.items()):
    expected = present = 0
    for series in fed[s]:
        if series[0] != "a": continue
        for slot in range(d * DAY + FROM, d * DAY + TO, EVERY):
            if slot + EVERY > NOW or slot < first[series] // EVERY * EVERY: continue
            expected += 1
            present += any((series, t) in store for t in range(slot, slot + EVERY))
    rejected = r["syntax"] + r["range"]
    v = 1 - (rejected + r["warned"]) / (r["records"] + rejected)
    u = 1 - r["duplicates"] / r["records"] if r["records"] else 1
    t = 1 - r["late"] / r["records"] if r["records"] else 1
    newest_day = d == max(d2 for s2, d2 in rows if s2 == s)
    old = sum(NOW - newest[x] > 1800 for x in fed[s] if x[0] == "b.x") if newest_day else 0
    watched = sum(x[0] == "b.x" for x in fed[s]) if newest_day else 0
    t *= 1 - (old / watched if watched else 0)
    c = present / expected if expected else 1
    print(json.dumps([s, d * DAY, r["records"], rejected, r["syntax"], r["range"], r["warned"], r["duplicates"],
                      r["late"], expected, present, 100 * v * u * t * c]))
