"""make: records on stdout.  check [QUERY]: the answer on stdin against the definitions."""
import calendar, json, math, random, sys, time
from collections import defaultdict
from fractions import Fraction

random.seed(5)
records = {}
lines = []
for host in "a", "b", "c":
    for venue in ("X", "Y") if host != "c" else ("X",):
        counter = 0.0
        for i in range(400):
            ns = (-200 + i) * 10**9 + random.randrange(10**9)
            counter = 0.0 if random.random() < 0.02 else counter + random.randrange(0, 1000) / 8
            value = counter if host != "b" else round(random.gauss(1e9, 2), 3)
            if random.random() < 0.1:
                value = 7
            lines.append((ns, host, venue, value))
            if random.random() < 0.05:
                lines.append((ns, host, venue, value - 1))
random.shuffle(lines)

if sys.argv[1] == "make":
    for ns, host, venue, value in lines:
        sign = "-" if ns < 0 else ""
        ts = f"{sign}{abs(ns) // 10**9}.{abs(ns) % 10**9:09d}"
        print(f'{{"ts":{ts},"name":"m","value":{value!r},"tags":{{"venue":"{venue}","host":"{host}"}}}}')
    sys.exit()

def parse(ts):
    whole, fraction = ts[:19], ts[20:-1]
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int((fraction or "0").ljust(9, "0"))

args = dict(zip(sys.argv[2::2], sys.argv[3::2]))
by = args.get("--by", "").split(",") if "--by" in args else []
window = int(args["--window"][:-1]) * 10**9 if "--window" in args else 0
since = parse(args["--since"]) if "--since" in args else -(2**63)
until = parse(args["--until"]) if "--until" in args else 2**63 - 1

series = defaultdict(dict)
for ns, host, venue, value in lines:
    points = series[host, venue]
    points[ns] = max(value, points.get(ns, value))

cells = defaultdict(list)
for (host, venue), points in series.items():
    tags = {"host": host, "venue": venue}
    key = json.dumps({k: v for k, v in sorted(tags.items()) if k in by or "series" in by})
    before = None
    for ns in sorted(points):
        v = points[ns]
        step = 0 if before is None else Fraction(v) - Fraction(before) if v >= before else Fraction(v)
        before = v
        if since <= ns < until:
            cells[key, ns // window * window if window else 0].append((ns, v, step))

def quantile(values, q):
    h = (len(values) - 1) * q
    k = math.floor(h)
    low = Fraction(values[k])
    return low if h == k else low + (h - k) * (Fraction(values[k + 1]) - low)

def expected(cell):
    values = sorted(v for _, v, _ in cell)
    n = len(values)
    mean = sum(map(Fraction, values)) / n
    first, last = min(ns for ns, _, _ in cell), max(ns for ns, _, _ in cell)
    seconds = Fraction(window or ((until - since) if {"--since", "--until"} <= set(args) else last - first), 10**9)
    e = {"count": n, "sum": sum(map(Fraction, values)), "avg": mean, "min": values[0], "max": values[-1],
         "first": max(v for ns, v, _ in cell if ns == first), "last": max(v for ns, v, _ in cell if ns == last),
         "increase": sum(s for _, _, s in cell)}
    if n > 1:
        e["stddev"] = math.sqrt(sum((Fraction(v) - mean) ** 2 for v in values) / (n - 1))
    if seconds:
        e["rate"] = e["increase"] / seconds
    for name, p in ("median", "50"), ("p0", "0"), ("p12.5", "12.5"), ("p29", "29"), ("p99.9", "99.9"), ("p100", "100"):
        e[name] = quantile(values, Fraction(p) / 100)
    return e

EXACT = "count", "sum", "min", "max", "first", "last", "increase", "p0", "p100"
rows = bad = 0
for line in sys.stdin:
    row = json.loads(line)
    tags = json.dumps(row.get("tags", {}))
    ns = parse(row["ts"])
    cell = cells.pop((tags, ns if window else 0))
    if not window and ns != min(c[0] for c in cell):
        bad += 1
    want = expected(cell)
    got = {k: v for k, v in row.items() if k not in ("type", "ts", "name", "window", "tags", "unit")}
    rows += 1
    if row["name"] != "m" or set(got) != set(want) or row.get("window", 0) * 10**9 != window:
        print("members differ", row, sorted(want))
    for k, v in want.items():
        near = got[k] == float(v) if k in EXACT else math.isclose(got[k], float(v), rel_tol=1e-15, abs_tol=1e-300)
        if not near:
            bad += 1
            print(k, got[k], float(v), tags)
print(rows, "rows,", bad, "wrong,", len(cells), "missing:", " ".join(sys.argv[2:]))
