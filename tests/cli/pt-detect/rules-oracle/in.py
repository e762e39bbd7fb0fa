"""Random points on stdout; on stderr the transitions, worked out the slow way from definitions."""
import json, math, random, statistics, sys
from collections import defaultdict
from datetime import datetime, timezone

random.seed(5)
T0 = 1795168800
rfc = lambda t: datetime.fromtimestamp(t, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
records, series = [], defaultdict(list)

def put(t, name, value, **tags):
    records.append((t, json.dumps({"ts": t * 1000, "name": name, "value": value, "tags": tags})))
    series[name, tuple(sorted(tags.items()))].append((t, value))

level = {}
for host in "ab":
    for venue in "XYZ":
        t, req, err, bad = T0 + random.randint(0, 9), 0, 0, 0
        while t < T0 + 3600:
            if random.random() < 0.03:
                t += random.choice([40, 90, 400])            # a gap
            if random.random() < 0.05:
                bad = random.choice([0, 0, 1, 2])
            put(t, "lat", round(random.gauss(6 + 6 * bad, 2), 3), host=host, venue=venue)
            if random.random() < 0.02:
                req = err = 0                                # a reset
            n = random.randint(0, 6)
            req, err = req + n, err + sum(random.random() < 0.05 + 0.3 * (bad == 2) for _ in range(n))
            put(t, "req", req, host=host, venue=venue)
            put(t, "err", err, host=host, venue=venue)
            t += random.randint(3, 15)
records.sort(key=lambda r: r[0])
print("\n".join(r[1] for r in records))
end = records[-1][0]

def quantile(v, q):
    v, h = sorted(v), (len(v) - 1) * q
    k = math.floor(h)
    return v[k] + (h - k) * (v[min(k + 1, len(v) - 1)] - v[k])

def term(agg, name, window, by, t, want=lambda tags: True):
    groups = defaultdict(list)
    for (n, tags), points in series.items():
        if n == name and want(dict(tags)):
            groups[tuple(sorted((k, v) for k, v in tags if k in by))].append(points)
    out = {}
    for g, members in groups.items():
        seen, steps = [], []
        for points in members:
            for i, (ts, v) in enumerate(points):
                if t - window < ts <= t:
                    seen.append((ts, v))
                    if i:
                        steps.append(v - points[i - 1][1] if v >= points[i - 1][1] else v)
        values = [v for _, v in seen]
        if not values:
            continue
        if agg in ("rate", "increase") and not steps:
            continue
        if agg == "stddev" and len(values) < 2:
            continue
        out[g] = {"avg": lambda: math.fsum(values) / len(values), "p90": lambda: quantile(values, .9),
                  "rate": lambda: sum(steps) / window, "increase": lambda: sum(steps),
                  "max": lambda: max(values), "min": lambda: min(values), "sum": lambda: math.fsum(values),
                  "count": lambda: len(values), "stddev": lambda: statistics.stdev(values),
                  "last": lambda: max(seen)[1], "first": lambda: min(seen, key=lambda s: (s[0], -s[1]))[1]}[agg]()
    return out

def both(f, *sides):
    out = {}
    for g in sides[0]:
        if all(g in s for s in sides):
            v = f(*(s[g] for s in sides))
            if v is not None:
                out[g] = v
    return out

gt = lambda a, b: (a, b) if a > b else None
ratio = lambda a, b: None if b == 0 and a == 0 else gt(a / b if b else math.inf, 0.25)
HV, V, H = ("host", "venue"), ("venue",), ("host",)
rules = [
    ("Mean", 30, 45, 15, lambda t: both(lambda a: gt(a, 10), term("avg", "lat", 60, V, t))),
    ("Tail", 0, 0, 30, lambda t: both(lambda a: (a, 14) if a >= 14 else None, term("p90", "lat", 150, V, t))),
    ("Ratio", 15, 0, 15, lambda t: both(ratio, term("rate", "err", 60, V, t), term("rate", "req", 60, V, t))),
    ("Growth", 0, 0, 20, lambda t: both(lambda a: (a * 2 - 1, 30) if a * 2 - 1 < 30 else None,
        term("increase", "req", 45, (), t, lambda tags: tags["venue"] != "X"))),
    ("Spread", 0, 15, 15, lambda t: both(lambda a, b, c: gt(a - b, 2 * c + 3), term("max", "lat", 30, HV, t),
        term("min", "lat", 30, HV, t), term("stddev", "lat", 30, HV, t))),
    ("Few", 40, 0, 20, lambda t: both(lambda a: (a, 3) if a < 3 else None, term("count", "lat", 20, V, t))),
    ("Last", 0, 0, 60, lambda t: both(lambda a, b: (a, b) if a != b else None, term("last", "lat", 20, H, t),
        term("first", "lat", 20, H, t))),
]
state = {}
for t in range(T0 - T0 % 60, end + 1, 5):
    for name, hold, keep, every, expr in rules:
        if t % every or t < records[0][0]:
            continue
        true = expr(t)
        for g in sorted(set(true) | {g for n, g in state if n == name}, key=lambda g: json.dumps(dict(g))):
            a = state.get((name, g))
            say = lambda s: print(json.dumps([rfc(t), name, s, dict(g), a["v"][0], a["v"][1], rfc(a["at"])],
                                             separators=(",", ":")), file=sys.stderr)
            if g in true:
                if not a:
                    a = state[name, g] = {"s": "pending", "at": t}
                    began = True
                else:
                    began = False
                a["v"], a["since"] = true[g], None
                if a["s"] == "pending" and t - a["at"] >= hold:
                    a["s"] = "firing"
                    say("firing")
                elif began:
                    say("pending")
            elif a:
                if a["s"] == "firing" and a.get("since") is None:
                    a["since"] = t
                if a["s"] == "firing" and t - a["since"] < keep:
                    continue
                say("resolved" if a["s"] == "firing" else "inactive")
                del state[name, g]
