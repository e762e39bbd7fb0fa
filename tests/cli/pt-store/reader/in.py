"""Points for every codec and documents for several blocks, and what a store must then hold."""
import csv
import json
import random

rnd = random.Random(7)
DAY = 1795167000 * 10**9  # 2026-11-20T09:30:00Z
MS, S = 10**6, 10**9
points, documents = {}, []


def series(name, times, value, **tags):
    key = name, json.dumps(tags, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    points[key] = {t: value(i) for i, t in enumerate(times)}


def every(step, n, start=DAY):
    return [start + i * step for i in range(n)]


def jittered(n):
    t = DAY
    return [t := t + rnd.randrange(1, 5000) * 1000 for _ in range(n)]


def ramp(n):  # the steps themselves grow evenly
    return [DAY + i * (i + 1) * 50 * MS for i in range(n)]


series("constant", every(S, 2500), lambda i: 0.1)
series("negative.zero", every(S, 100), lambda i: -0.0)
series("one.point", [DAY], lambda i: 6.25)
series("one.wide", [DAY], lambda i: 2**53 + 1)
series("cents", jittered(3000), lambda i: rnd.randrange(-10**6, 10**6) / 100, host="h07", venue="X")
series("drifting", ramp(1500), lambda i: round(100 + i / 8 + rnd.random(), 3))
series("counter", every(10 * S, 1500), lambda i: 10**9 + 7 * i + rnd.randrange(5))
series("parabola", every(S, 1500), lambda i: i * i)
series("random", jittered(1100), lambda i: rnd.random() * 10.0 ** rnd.choice((-140, -9, 0, 140)))
series("wide", every(S, 1100), lambda i: (1, -1)[i % 2] * (2**63 - 1 - rnd.randrange(10**6)))
series("widest", every(S, 70), lambda i: (-(2**63), 2**63 - 1, 0, 2**53 + 1)[i % 4])
series("mixed", jittered(1100), lambda i: 2**60 + i if i % 3 else rnd.random())
series("beyond", every(S, 70), lambda i: (2.0**63, -(2.0**70), 1e22, 1 / 3e300)[i % 4])
series("huge", every(S, 1100), lambda i: (1e308, -1.5e308, 1e154)[i % 3])
series("before.1970", every(S, 200, -100 * S), lambda i: i)
series("hot", every(S, 20), lambda i: i / 4)
series("quoted", every(S, 5), lambda i: i, **{"a \"b\"": "c,\\d\ne", "Ä": "=ö"})

for i in range(1500):
    documents.append({"type": "event", "ts": DAY + rnd.randrange(600) * S, "name": f"e{i % 7}",
                      "message": "ü" * (i % 9), "code": rnd.random()})
for i in range(30):
    documents.append({"type": "span", "ts": DAY - i * S, "trace": f"{i % 4:032x}", "dur": 0.25})

lines = [{"ts": t, "name": name, "value": v, "tags": json.loads(tags)}
         for (name, tags), column in points.items() for t, v in column.items()]
lines.sort(key=lambda r: r["ts"] + rnd.randrange(3) * 400 * S)  # many come late
lines += rnd.sample(lines, 500)  # some twice
for i in range(0, len(documents)):
    lines.insert(i * 7, documents[i])

with open("input", "w", encoding="utf-8") as f:
    for line in lines:
        f.write(json.dumps(line, ensure_ascii=False) + "\n")
with open("points", "w", encoding="utf-8") as f:
    out = csv.writer(f, lineterminator="\n")
    out.writerow(("name", "tags", "ts", "value"))
    for (name, tags), column in sorted(points.items(), key=lambda p: [s.encode() for s in p[0]]):
        for t, v in column.items():
            out.writerow((name, tags, t, repr(v).removesuffix(".0")))
with open("documents", "w", encoding="utf-8") as f:
    for d in sorted(documents, key=lambda d: d["ts"]):  # stable: arrival decides
        f.write(json.dumps(d, ensure_ascii=False) + "\n")
