"""Aggregates of random small data sets, from standard input and from a store.

arithmetic: compared with exact arithmetic.  duckdb DUCK.JS NODE_MODULES: with DuckDB.
Says what is wrong, and at the end how much was compared.
"""
import calendar, collections, json, math, os, random, subprocess, sys, time
from fractions import Fraction

SETS, QUERIES = 12, 3
SECOND = 10**9
QUANTILES = ("p1", 0.01), ("p50", 0.5), ("p99", 0.99)
AGGREGATES = "count,sum,avg,min,max,first,last,stddev,p1,p50,p99"
KINDS = (
    lambda r: round(r.gauss(50, 20), 2),
    lambda r: r.choice((7, 7.0, 7.5)),
    lambda r: r.randrange(2**53, 2**63) * r.choice((1, -1)),
    lambda r: r.choice((2**63 - 1, -2**63, 2**53 + 1, 2**53, float(2**53), 0, -0.0)),
    lambda r: -r.expovariate(1),
    lambda r: r.uniform(-1, 1) * 10.0 ** -r.randrange(120, 322),
    lambda r: r.uniform(-1, 1) * 10.0 ** r.randrange(100, 151),
    lambda r: r.choice(KINDS[:7])(r))
UNDERFLOWS = Fraction(1, 10**290)  # a variance whose digits are lost, as doubles have no more


def points(seed):
    """(ns, name, tags, value), with duplicates, ties and late points."""
    r = random.Random(seed)
    kind, step = KINDS[seed % len(KINDS)], r.choice((1, 10**6, SECOND))
    origin = r.choice((-90 * SECOND, 0, 1763632200 * SECOND))
    made = []
    for i in range(r.choice((1, 2, 3, 101, 150, 301))):
        tags = {"host": r.choice(("a", "b", "")), "venue": r.choice(("X", ""))}
        if i == 0:  # so that no tag is asked for in vain
            tags = {"host": "a", "venue": "X"}
        made.append((origin + r.randrange(200) * step, r.choice(("m", "m", "n")),
                     {k: v for k, v in tags.items() if v}, kind(r)))
        made.extend(made[-1:] * (r.random() < 0.1))
    return made


def query(seed, n):
    """(what is grouped by, the window in nanoseconds, the words of the command)"""
    r = random.Random(f"{seed}/{n}")
    by = r.choice(([], ["host"], ["venue", "host"], ["name"], ["name", "venue"], ["series"]))
    window = r.choice((0, 0, 1, 7, 90, 3600))
    words = (["--by", ",".join(by)] if by else []) + (["--window", f"{window}s"] if window else [])
    return by, window * SECOND, ["pt-query", "-q", "--agg", AGGREGATES, "-o", "jsonl", *words]


def cells(seed, by, window):
    """The points of each row of the answer: {(name, tags, start of window): [(ns, value)]}"""
    series = collections.defaultdict(dict)
    for ns, name, tags, value in points(seed):
        one = series[name, json.dumps(tags, sort_keys=True)]
        one[ns] = max(value, one.get(ns, value))
    rows = collections.defaultdict(list)
    for (name, tags), values in series.items():
        kept = {k: v for k, v in json.loads(tags).items() if k in by or "series" in by}
        named = name if {"name", "series"} & set(by) else ""
        for ns, value in values.items():
            start = ns // window * window if window else 0
            rows[named, json.dumps(kept), start].append((ns, value))
    return rows


def epoch_ns(ts):
    whole, fraction = ts[:19], ts[20:-1]
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * SECOND + int((fraction or "0").ljust(9, "0"))


def answer(output, by, window):
    """{as in cells: row}"""
    rows = {}
    for row in map(json.loads, output.splitlines()):
        name = row.get("name", "") if {"name", "series"} & set(by) else ""
        rows[name, json.dumps(row.get("tags", {})), epoch_ns(row["ts"]) if window else 0] = row
    return rows


# --- exact arithmetic ---

def between(values, q):
    """The two values that a quantile is between, and how far it is from one to the other."""
    h = (len(values) - 1) * q
    k = math.floor(h)
    return values[k], values[min(k + 1, len(values) - 1)], h - k


def near(got, exact, slack=0):
    """Within the last bit of what the exact number is rounded to, and a slack."""
    return abs(Fraction(got) - exact) <= Fraction(math.ulp(float(exact))) + slack


def root(x):
    """The square root of a fraction."""
    scale = max(0, 200 + x.denominator.bit_length() - x.numerator.bit_length()) // 2 * 2
    return float(Fraction(math.isqrt(x.numerator * 2**scale // x.denominator), 2 ** (scale // 2)))


def wrong(cell, row):
    """The names of the aggregates of a row that are not so.

    Quantiles and deviations are computed of doubles, which 64-bit integers are rounded to first.
    """
    values, doubles = [v for _, v in cell], sorted(float(v) for _, v in cell)
    n, exact = len(values), [Fraction(v) for v in values]
    mean, slack = sum(exact) / n, sum(map(abs, exact)) / 2**100  # of sums of about 106 bits
    first, last = min(cell)[0], max(cell)[0]
    right = {"count": row["count"] == n,
             "sum": near(row["sum"], sum(exact), slack), "avg": near(row["avg"], mean, slack / n),
             "min": row["min"] == min(values), "max": row["max"] == max(values),
             "first": row["first"] == max(v for ns, v in cell if ns == first),
             "last": row["last"] == max(v for ns, v in cell if ns == last),
             "stddev": n > 1 or "stddev" not in row}
    for name, q in QUANTILES:
        low, high, part = between(doubles, q)
        right[name] = row[name] == low * (1 - part) + high * part
    rounded = [Fraction(v) for v in doubles]
    variance = sum((v - sum(rounded) / n) ** 2 for v in rounded) / max(1, n - 1)
    if variance > UNDERFLOWS:
        right["stddev"] = math.isclose(row["stddev"], root(variance), rel_tol=1e-13)
    return [name for name, so in right.items() if not so]


def check(what, cell, row, window):
    """Compares a row with its points; how many aggregates there were."""
    if not window and epoch_ns(row["ts"]) != min(cell)[0]:
        print(f"{what}: the first time is not {row['ts']}")
    for name in wrong(cell, row):
        print(f"{what}: {name} is not {row.get(name)} of {sorted(cell)[:4]} ...")
    return AGGREGATES.count(",") + 1


# --- DuckDB ---

def statement(seed, by, window):
    """The same question to DuckDB, about points.csv."""
    groups = [c for c in ("name", "host", "venue") if c in by or "series" in by]
    start = f"CAST(floor(ts / {window}) AS BIGINT) * {window}" if window else "0"
    words = ", ".join([f"coalesce({c}, '')" if c in groups else "''"
                       for c in ("name", "host", "venue")] + [f"{start} AS start"])
    quantiles = ", ".join(f"quantile_cont(v, {q})" for _, q in QUANTILES)
    return (f"SELECT {words}, count(*), min(v), max(v), {quantiles} FROM (SELECT name, host, venue,"
            f" ts, max(value) AS v FROM read_csv('{seed}.csv', header = false, columns ="
            " {ts: 'BIGINT', name: 'VARCHAR', host: 'VARCHAR', venue: 'VARCHAR', value: 'DOUBLE'})"
            " GROUP BY ALL) GROUP BY ALL")


def compare(what, theirs, rows):
    """Compares DuckDB's lines with pt's rows, to the bit; how many aggregates there were."""
    if len(theirs) != len(rows):
        print(f"{what}: {len(rows)} rows, of DuckDB {len(theirs)}")
    for name, host, venue, start, *numbers in (line.split("|") for line in theirs):
        tags = json.dumps({k: v for k, v in (("host", host), ("venue", venue)) if v})
        row = rows[name, tags, int(start)]
        numbers = [float(n) for n in numbers]
        if [float(row[c]) for c in ("count", "min", "max")] != numbers[:3]:
            print(f"{what}: DuckDB has {numbers[:3]}, not {row}")
        for (p, _), number in zip(QUANTILES, numbers[3:]):
            if row[p] != number:
                print(f"{what}: DuckDB has {p} {number}, not {row}")
    return len(theirs) * (3 + len(QUANTILES))


def duckdb(asked):
    """The lines of the answer to each statement."""
    os.environ["BENCH_PEERS"] = sys.argv[3]
    mark = ["SELECT '--'"]
    statements = [s for one in asked for s in [one, *mark]]
    output = subprocess.run(["node", sys.argv[2], ":memory:", *statements], check=True,
                            stdout=subprocess.PIPE, text=True).stdout
    return [part.splitlines() for part in output.split("--\n")]


# --- the records, and what is asked ---

def write(seed):
    """The set as records and, with its values as doubles, as rows."""
    with open(f"{seed}.jsonl", "w") as lines, open(f"{seed}.csv", "w") as rows:
        for ns, name, tags, value in points(seed):
            ts = f"{'-' if ns < 0 else ''}{abs(ns) // SECOND}.{abs(ns) % SECOND:09d}"
            print(f'{{"ts":{ts},"name":"{name}","value":{value!r},"tags":{json.dumps(tags)}}}',
                  file=lines)
            print(ns, name, tags.get("host", ""), tags.get("venue", ""), repr(float(value)),
                  sep=",", file=rows)


def ask(seed, words):
    """The answer from standard input, which has to be the one from the store."""
    with open(f"{seed}.jsonl") as lines:
        stream = subprocess.run(words, stdin=lines, stdout=subprocess.PIPE, check=True).stdout
    store = subprocess.run([*words, "-d", f"{seed}.db"], stdout=subprocess.PIPE, check=True).stdout
    if stream != store:
        print(f"set {seed}: {' '.join(words)}: the store says {store}, not {stream}")
    return stream.decode()


def main():
    asked, statements, compared = [], [], 0
    for seed in range(SETS):
        write(seed)
        subprocess.run(["pt-ingest", "-q", "-d", f"{seed}.db", f"{seed}.jsonl"], check=True)
        for by, window, words in (query(seed, n) for n in range(QUERIES)):
            rows, found = answer(ask(seed, words), by, window), cells(seed, by, window)
            if set(rows) != set(found):
                print(f"set {seed}: {' '.join(words)}: rows {sorted(set(rows) ^ set(found))}")
            asked.append((f"set {seed}: {' '.join(words)}", rows, found, window))
            statements.append(statement(seed, by, window))
    if sys.argv[1] == "duckdb":
        for (what, rows, _, _), theirs in zip(asked, duckdb(statements)):
            compared += compare(what, theirs, rows)
    else:
        compared = sum(check(what, found[key], row, window)
                       for what, rows, found, window in asked for key, row in rows.items())
    print(f"{len(asked)} questions, {compared} aggregates compared")


main()
