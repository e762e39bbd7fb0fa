"""Makes counters of two hours a day apart, with restarts, or checks the p that pt-query gives."""
import json
import math
import random
import statistics
import sys

DAY = 86400


def points():
    r = random.Random(9)
    for host in "ab":
        count = 9007199254740000 if host == "b" else 0  # through 2^53
        for day in 0, 1:
            for i in range(-20, 360):
                if r.random() < 0.1:
                    continue
                count += r.randrange(40) + (6 if day and host == "a" else 0)
                if host == "a" and i == 200:
                    count = 3
                yield day * DAY + 10 * i + 20 * DAY, host, count


def p_value(a, b):
    """Mann and Whitney's by the normal distribution, by ranks."""
    values = sorted(a + b)
    rank, ties = {}, 0
    for v in set(values):
        n = values.count(v)
        rank[v] = values.index(v) + (n + 1) / 2
        ties += n ** 3 - n
    n, u = len(values), sum(rank[v] for v in a) - len(a) * (len(a) + 1) / 2
    sd = math.sqrt(len(a) * len(b) / 12 * (n + 1 - ties / (n * (n - 1))))
    z = (abs(u - len(a) * len(b) / 2) - 0.5) / sd
    return 1 if z < 0 else 2 * statistics.NormalDist().cdf(-z)


def steps(resets):
    last = {}
    for ts, host, count in points():
        if host in last:
            since, before = last[host]
            by = count if resets and count < before else count - before
            yield ts, host, by / (ts - since)
        last[host] = ts, count


def check(resets, window, slide, by):
    rows = 0
    for line in sys.stdin:
        got = json.loads(line)
        hour, minute, second = map(int, got["ts"][11:19].split(":"))
        start = 21 * DAY + hour * 3600 + minute * 60 + second
        if start >= 22 * DAY - 3600:
            start -= DAY  # the window that the range cuts
        stop = min(start + window, 21 * DAY + 3600)
        start = max(start, 21 * DAY)
        hosts = got["tags"]["h"] if by else "ab"
        now, before = ([v for ts, h, v in steps(resets) if h in hosts and start <= ts + back < stop]
                       for back in (0, DAY))
        assert min(len(now), len(before)) > 8, "the exact test is not checked here"
        assert abs(got["p"] - p_value(now, before)) < 1e-9, (got, p_value(now, before))
        rows += 1
    print(rows, "rows")


if sys.argv[1] == "make":
    for ts, host, count in points():
        print(json.dumps({"ts": ts, "name": "c", "value": count, "kind": "counter",
                          "tags": {"h": host}}))
else:
    window, slide = {"whole": (3600, 3600), "windows": (1200, 1200), "slide": (1200, 600)}[
        sys.argv[2]]
    check(sys.argv[1] in ("increase", "rate"), window, slide, "by" in sys.argv)
