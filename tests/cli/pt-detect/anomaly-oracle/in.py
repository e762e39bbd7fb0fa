"""make: random points on stdout.  check METHOD K WINDOW: got.jsonl against the definitions."""
import json, math, random, statistics, sys
from collections import defaultdict, deque

if sys.argv[1] == "make":
    random.seed(11)
    for i in range(3000):
        for tag, level, noise in (("a", 100, 5), ("b", -2, 0.5), ("c", 1e9, 1)):
            x = random.gauss(level + (40 * noise if i > 1500 else 0), noise)
            if random.random() < 0.01:
                x += random.choice([-30, 30]) * noise
            if 700 < i < 900 and random.random() < 0.8:
                x = level
            print(json.dumps({"ts": 1795168800 + i, "name": "g", "value": round(x, 2), "tags": {"s": tag}}))
    sys.exit()

method, K, N = sys.argv[2], float(sys.argv[3]), int(sys.argv[4])

class Window:
    def __init__(self): self.v = deque(maxlen=N)
    def learn(self, x): self.v.append(x)

class Mad(Window):
    def expect(self):
        m = statistics.median(self.v)
        mad = statistics.median([abs(x - m) for x in self.v])
        return m, 1.4826 * mad if mad > 0 else 1.2533 * math.fsum(abs(x - m) for x in self.v) / len(self.v)

class Z(Window):
    def expect(self):
        return math.fsum(self.v) / len(self.v), statistics.stdev(self.v)

class Ewma:
    def __init__(self): self.n, self.m, self.s = 0, 0.0, 0.0
    def expect(self): return self.m, math.sqrt(self.s)
    def learn(self, x):
        self.n += 1
        w, d = max(0.1, 1 / self.n), x - self.m
        self.m += w * d
        self.s = (1 - w) * (self.s + w * d * d)

model, seen, on_end = defaultdict({"mad": Mad, "z": Z, "ewma": Ewma}[method]), defaultdict(int), defaultdict(int)
records = (json.loads(l) for l in open("records.jsonl"))
worst = found = wrong = 0
for r, g in zip(records, map(json.loads, open("got.jsonl")), strict=True):
    s, x = r["tags"]["s"], r["value"]
    assert g["value"] == x and g["tags"] == r["tags"] and g["method"] == method
    seen[s] += 1
    if seen[s] <= N // 2:
        wrong += "score" in g or g["label"]
        model[s].learn(x)
        continue
    m, scale = model[s].expect()
    band = K * max(scale, 1e-9 * abs(m))
    score = min(abs(x - m) / band, 1e9)
    for have, want in (("expected", m), ("lower", m - band), ("upper", m + band)):
        worst = max(worst, abs(g[have] - want) / max(1, abs(want)))
    worst = max(worst, abs(g["score"] - score) / max(1, score) if scale > 1e-6 * abs(m) else 0)
    wrong += g["label"] != (g["score"] > 1) or g.get("direction") != (None if not g["label"] else "up" if x > m else "down")
    found += g["label"]
    on_end[s] = on_end[s] + 1 if g["label"] else 0
    model[s].learn(x if not g["label"] or on_end[s] > N // 2 else (g["upper"] if x > m else g["lower"]))
print(method, K, N, "agree" if worst < 1e-9 and not wrong else (worst, wrong), "found" if found > 50 else found)
