"""make: records on stdout.  check STORE RECORDS: what pt-query answers to random questions about
them, against Python's arithmetic."""
import calendar, json, math, random, subprocess, sys, time
from collections import defaultdict

random.seed(11)
NAMES = ["m.a", "m.b", "m/c-d"]
points = []
for name in NAMES:
    for host in "h1", "h2", "h3":
        for venue in "X", "Y":
            if (name, host) == ("m.b", "h3") or (name, venue) == ("m/c-d", "Y"):
                continue
            for second in random.sample(range(600), 60):
                if not (name == "m.a" and 120 <= second < 180):
                    points.append((second, name, host, venue, random.choice([0, -1.5, 2, 7, 0.25, 1e6])))
random.shuffle(points)

if sys.argv[1] == "make":
    for second, name, host, venue, value in points:
        print(json.dumps({"ts": second, "name": name, "value": value, "tags": {"host": host, "venue": venue}}))
    sys.exit()

AGGS = {"avg": lambda v: math.fsum(v) / len(v), "sum": math.fsum, "count": len, "min": min, "max": max}

def operand(rng):
    """Its text for pt-query, and for Python: an index into the operands that are collected."""
    name, host = rng.choice(NAMES), rng.choice([None, None, "h1"])
    selector = name + (f'{{host="{host}"}}' if host else "")
    agg = rng.choice(list(AGGS))
    if rng.random() < 0.3:
        return selector, ("avg", name, host)
    return f"{agg}({selector})", (agg, name, host)

def expression(rng, depth):
    kind = rng.randrange(8) if depth else 7
    if kind >= 6:
        return operand(rng) if rng.random() < 0.8 else (lambda n: (str(n), n))(rng.choice([2, 0.5, 10, 0]))
    left, right = expression(rng, depth - 1), expression(rng, depth - 1)
    if kind == 5:
        return f"-({left[0]})", ("neg", left[1])
    if kind == 4:
        name = rng.choice(["min", "max"])
        return f"{name}(({left[0]}), {right[0]})", (name, left[1], right[1])
    return f"({left[0]}) {'+-*/'[kind]} ({right[0]})", ("+-*/"[kind], left[1], right[1])

def operands(tree):
    if isinstance(tree, (int, float)):
        return set()
    return {tree} if tree[0] in AGGS and isinstance(tree[1], str) else set().union(*map(operands, tree[1:]))

def compute(tree, row):
    if isinstance(tree, (int, float)):
        return float(tree)
    if tree in row:
        return float(row[tree])
    if tree[0] in AGGS and isinstance(tree[1], str):
        return math.nan
    a = [compute(t, row) for t in tree[1:]]
    if any(map(math.isnan, a)):
        return math.nan
    if tree[0] == "/" and a[1] == 0:
        sign = math.copysign(1, a[0]) * math.copysign(1, a[1])
        return math.nan if a[0] == 0 else sign * math.inf
    return {"neg": lambda: -a[0], "min": lambda: min(a), "max": lambda: max(a), "+": lambda: a[0] + a[1],
            "-": lambda: a[0] - a[1], "*": lambda: a[0] * a[1], "/": lambda: a[0] / a[1]}[tree[0]]()

def question(seed):
    rng = random.Random(seed)
    columns = []
    while len(columns) < rng.choice([1, 1, 2, 3]):
        text, tree = expression(rng, 3)
        if operands(tree) and not text.startswith("-"):
            columns.append((f"c{len(columns)} = {text}", tree))
    kind = rng.choice(["inner", "left", "outer"])
    by = rng.choice([[], ["host"], ["host", "venue"], ["venue"], ["name", "host"]])
    window = rng.choice([0, 10, 60])
    return columns, kind, by, window

def wanted(columns, kind, by, window):
    cells = defaultdict(lambda: defaultdict(list))
    for second, name, host, venue, value in points:
        values = {"name": name, "host": host, "venue": venue}
        key = tuple(values[k] for k in by), second // window * window if window else 0
        for op in set().union(*(operands(tree) for _, tree in columns)):
            if op[1] == name and op[2] in (None, host):
                cells[key][op].append(value)
    rows = {}
    for key, found in cells.items():
        row = {op: AGGS[op[0]](values) for op, values in found.items()}
        complete = [operands(tree) <= set(row) for _, tree in columns]
        if {"inner": all(complete), "left": complete[0], "outer": any(complete)}[kind]:
            numbers = {f"c{i}": compute(tree, row) for i, (_, tree) in enumerate(columns)}
            rows[key] = {k: v for k, v in numbers.items() if math.isfinite(v)}
    return rows

def answered(text, by, window):
    rows = {}
    for line in text.splitlines():
        r = json.loads(line)
        tags = dict(r.get("tags", {}), name=r.get("name", ""))
        at = calendar.timegm(time.strptime(r["ts"][:19], "%Y-%m-%dT%H:%M:%S")) if window else 0
        key = tuple(tags[k] for k in by), at
        assert key not in rows, key
        rows[key] = {k: r[k] for k in r if k[0] == "c"}
    return rows

def ask(words, **how):
    return subprocess.run(["pt-query"] + words, capture_output=True, text=True, **how).stdout

seen = defaultdict(int)
for seed in range(40):
    columns, kind, by, window = question(seed)
    words = [text for text, _ in columns] + ["--join", kind]
    words += ["--by", ",".join(by)] if by else []
    words += ["--window", f"{window}s"] if window else []
    text = ask(words + ["-d", sys.argv[2]])
    if seed % 8 == 0:
        assert text == ask(words, stdin=open(sys.argv[3])), words
    want, got = wanted(columns, kind, by, window), answered(text, by, window)
    assert set(got) == set(want), (words, set(got) ^ set(want))
    for key, numbers in want.items():
        assert set(numbers) == set(got[key]), (words, key, numbers, got[key])
        for k, v in numbers.items():
            assert math.isclose(got[key][k], v, rel_tol=1e-12, abs_tol=1e-9), (words, key, k, v)
    seen[kind] += len(want) > 0
assert min(seen.values()) > 3 and len(seen) == 3, seen
