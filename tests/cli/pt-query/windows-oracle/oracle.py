"""make [dst ZONE DAY...]: records on stdout.  check QUERY < answer: the rows against the definitions, in exact
arithmetic and without any of the program's shortcuts."""
import calendar, json, math, random, sys, time
from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction as F
from zoneinfo import ZoneInfo

S = 10**9
DAY = 86400 * S
UNITS = {"ms": 10**6, "s": S, "m": 60 * S, "h": 3600 * S, "d": DAY, "w": 7 * DAY}

def duration(text):
    unit = text.lstrip("0123456789")
    return int(text[: -len(unit)]) * UNITS[unit]

def parse(ts):
    return calendar.timegm(time.strptime(ts[:19], "%Y-%m-%dT%H:%M:%S")) * S + int((ts[20:-1] or "0").ljust(9, "0"))

def stamp(ns):
    return datetime.utcfromtimestamp(ns // S).strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % S:09d}Z"

def points_of(words):
    """(ns, host, value): gauges, a counter with resets, pauses, ties, duplicates."""
    random.seed(" ".join(words))
    out = []
    if words:  # days around changes of the clocks
        begins = [parse(day + "T00:00:00Z") for day in words[2:]]
        for begin in begins:
            for host in "ab":
                for _ in range(50):
                    ns = begin + random.randrange(-4 * DAY, 4 * DAY, 900 * S)
                    out.append((ns, host, random.randrange(20) / 4))
        return out
    for host, pace in ("a", 2), ("b", 5), ("c", 11):
        t, counter = -140 * S + random.randrange(S), 0
        while t < 90 * S:
            counter = 0 if random.random() < 0.05 else counter + random.randrange(40) / 8
            out.append((t, host, counter if host != "b" else random.choice([-3, -0.5, 0, 2.5, 7, 7, 19.75])))
            if random.random() < 0.1:
                out.append((t, host, -1e6))
            t += random.choice([S, pace * S, random.randrange(1, pace * S), 20 * S if random.random() < 0.2 else S])
    return out

if sys.argv[1] == "make":
    lines = points_of(sys.argv[2:])
    random.shuffle(lines)
    for ns, host, value in lines:
        print(json.dumps({"ts": stamp(ns), "name": "m", "value": value, "tags": {"host": host}}))
    sys.exit()

data = sys.argv[2].split()
words = sys.argv[3].split()
args = dict(zip(words[::2], words[1::2]))
since = parse(args["--since"]) if "--since" in args else -(2**63)
until = parse(args["--until"]) if "--until" in args else 2**63
length = duration(args["--window"]) if "--window" in args else 0
slide = duration(args["--slide"]) if "--slide" in args else length
gap = duration(args["--gap"]) if "--gap" in args else 0
align = args.get("--align", "epoch")
origin = 0 if align == "epoch" else since if align == "since" else parse(align)
zone = ZoneInfo(args["--tz"]) if "--tz" in args and length % DAY == 0 and slide % DAY == 0 else None
kind = int(args.get("--quantile-type", 7))
bounds = [float(b) for b in args["--buckets"].split(",")] if "--buckets" in args else None

groups = defaultdict(lambda: defaultdict(dict))
for ns, host, value in points_of(data):
    points = groups[host if "--by" in args else None][host]
    points[ns] = max(value, points.get(ns, value))

def midnight(day):
    """Of day number `day`; the earlier one where there are two."""
    d = date(1970, 1, 1) + timedelta(day)
    return int(datetime(d.year, d.month, d.day, tzinfo=zone).timestamp()) * S

def windows(times):
    if gap:
        run = []
        for t in times + [None]:
            if run and (t is None or t - run[-1] >= gap):
                yield run[0], run[-1] + 1
                run = []
            run.append(t)
    elif zone:
        n, step = length // DAY, slide // DAY
        first = times[0] // DAY
        shift = datetime.fromtimestamp(origin // S, zone).toordinal() - 719163 if origin else 4 if step % 7 == 0 else 0
        k = (first - shift - n) // step - 2
        while midnight(k * step + shift) <= times[-1]:
            yield midnight(k * step + shift), midnight(k * step + shift + n)
            k += 1
    elif length:
        k = (times[0] - origin - length) // slide - 1
        while k * slide + origin <= times[-1]:
            yield k * slide + origin, k * slide + origin + length
            k += 1
    else:
        yield times[0], times[-1] + 1

def quantile(x, p):
    n = len(x)
    m = {1: F(0), 2: F(0), 3: F(-1, 2), 4: F(0), 5: F(1, 2), 6: p, 7: 1 - p, 8: (p + 1) / 3, 9: p / 4 + F(3, 8)}[kind]
    j = math.floor(n * p + m)
    g = n * p + m - j
    if kind == 1:
        g = F(g > 0)
    elif kind == 2:
        g = F(1) if g > 0 else F(1, 2)
    elif kind == 3:
        g = F(0) if g == 0 and j % 2 == 0 else F(1)
    at = lambda i: F(x[min(max(i, 1), n) - 1])
    return (1 - g) * at(j) + g * at(j + 1)

def bound(v):
    """By trial over the decimal numbers themselves."""
    steps = sorted(F(d) * F(10) ** e for d in (1, 2, 5) for e in range(-9, 9))
    return float(min(b for b in steps + [-s for s in steps] + [0] if b >= F(v)))

def histogram(values):
    counts = defaultdict(int)
    if bounds:
        for b in bounds + [math.inf]:
            counts[b] = 0
    for v in values:
        counts[min((b for b in bounds if b >= v), default=math.inf) if bounds else bound(v)] += 1
    return {("+Inf" if b == math.inf else b): n for b, n in counts.items()}

def row(series, start, stop):
    inside, steps, ups, area, held = [], F(0), F(0), F(0), 0
    for points in series.values():
        before = None
        ends = stop - 1 if gap else stop if length else until
        for t in sorted(points):
            v = F(points[t])
            seen = max(since, start if length or gap else since)
            if t < until and before:
                left, right = max(before[0], seen), min(t, ends)
                if since <= t and left < right:
                    area += before[1] * (right - left)
                    held += right - left
            if since <= t < until and start <= t < stop:
                inside.append((t, points[t]))
                steps += v - before[1] if before else 0
                ups += 0 if not before else v - before[1] if v >= before[1] else v
            before = t, v
    if not inside:
        return None
    times, values = sorted(t for t, _ in inside), sorted(v for _, v in inside)
    n, total = len(values), sum(map(F, values))
    seconds = F(times[-1] - times[0] if gap else stop - start if length
                else until - since if "--since" in args and "--until" in args else times[-1] - times[0], S)
    variance = sum((F(v) - total / n) ** 2 for v in values) / (n - 1) if n > 1 else None
    want = {"count": n, "sum": total, "avg": total / n, "min": values[0], "max": values[-1],
            "range": values[-1] - values[0], "variance": variance, "distinct": len(set(values)),
            "stddev": None if variance is None else math.sqrt(variance), "increase": ups, "delta": steps,
            "rate": ups / seconds if seconds else None, "derivative": steps / seconds if seconds else None,
            "first": max(v for t, v in inside if t == times[0]), "last": max(v for t, v in inside if t == times[-1]),
            "twa": area / held if held else None, "histogram": histogram(values)}
    for p in "p0", "p12.5", "p50", "p90", "p99.9", "p100":
        want[p] = quantile(values, F(p[1:]) / 100)
    return want

want = {}
for key, series in groups.items():
    times = sorted({t for points in series.values() for t in points if since <= t < until})
    for start, stop in windows(times) if times else []:
        found = row(series, start, stop)
        if found:
            seconds = (stop - start - (1 if gap else 0)) / S
            want[key, start if length or gap else min(times)] = (found, seconds)

def same(got, expected):
    if expected is None or got is None:
        return expected is got
    if isinstance(expected, dict):
        return {k if k == "+Inf" else float(k): n for k, n in got.items()} == expected
    return math.isclose(got, float(expected), rel_tol=1e-12, abs_tol=1e-12)

rows = wrong = 0
for line in sys.stdin:
    got = json.loads(line)
    rows += 1
    expected, seconds = want.pop((got.get("tags", {}).get("host"), parse(got["ts"])), ({}, 0))
    bad = [k for k in expected if not same(got.get(k), expected[k])]
    if bad or not expected or ((length or gap) and got["window"] != seconds):
        wrong += 1
        if wrong < 4:
            print(got["ts"], [(k, got.get(k), str(expected[k])[:60]) for k in bad], got.get("window"), seconds)
print(f"{rows} rows, {wrong} wrong, {len(want)} missing: {sys.argv[3]}")
