"""Makes points of two hours a day apart, or checks what pt-query says of them."""
import json
import math
import random
import statistics
import sys

DAY = 86400


def points():
    r = random.Random(5)
    for day, shift in (0, 0.0), (1, 1.5):
        for host in "abcd":
            if (day, host) in ((0, "c"), (1, "d")):
                continue
            for i in range(150):
                ts = day * DAY + r.randrange(3600) + i / 1000
                if not (day == 1 and 600 <= ts % DAY < 1200):  # a window with nothing
                    yield ts, host, round(r.gauss(20, 3) + (shift if host == "a" else 0), 1)


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


def expected(window, by):
    rows = {}
    for ts, host, value in points():
        tags = {"h": host} if by else {}
        start = ts % DAY // window * window if window else 0
        row = rows.setdefault((json.dumps(tags), start), ([], []))
        row[0 if ts >= DAY else 1].append(value)
    return rows


def close(a, b):
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def check(window, by):
    rows = expected(window, by)
    for line in sys.stdin:
        got = json.loads(line)
        hour, minute, second = got["ts"][11:19].split(":")
        start = int(hour) * 3600 + int(minute) * 60 + int(second) if window else 0
        now, before = rows.pop((json.dumps(got.get("tags", {})), start))
        for values, suffix in (now, ""), (before, ".before"):
            if values:
                assert got["count" + suffix] == len(values), got
                assert close(got["avg" + suffix], math.fsum(values) / len(values)), got
            else:
                assert "avg" + suffix not in got and "p" not in got, got
        if now and before:
            change = (statistics.fmean(now) / statistics.fmean(before) - 1) * 100
            assert abs(got["avg.change"] - change) < 1e-9, (got, change)
            assert min(len(now), len(before)) > 8, "the exact test is not checked here"
            assert abs(got["p"] - p_value(now, before)) < 1e-9, (got, p_value(now, before))
    assert not rows, rows


if sys.argv[1] == "make":
    lines = [json.dumps({"ts": ts, "name": "m", "value": v, "tags": {"h": h}})
             for ts, h, v in points()]
    random.Random(1).shuffle(lines)
    print("\n".join(lines))
else:
    check(600 if "-w" in sys.argv else 0, "-b" in sys.argv)
