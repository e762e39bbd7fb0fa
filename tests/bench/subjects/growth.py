"""L, or a part of it, through a pipe: whether rate and memory hold while the file grows.

The store's own batch table says when how many points were durable.  Ten parts of equal size are
compared; the change is that of a straight line through their rates, from the first part to the
last, so that one slow second does not decide it.
"""
import sqlite3
import statistics

from lib.bench import POINTS_A_SERIES, SERIES_A_HOST
from lib.measure import file_size, measure

HOSTS = 1000
PARTS = 10
TERABYTE = 1e12


def points_of(bench):
    """How many points each series of L has, at the scale asked for."""
    return max(PARTS, round(POINTS_A_SERIES * bench.scale))


def store_of(bench):
    """The store of growth's points and what its ingest took (None when it was there already)."""
    path = bench.dir / f"L-{points_of(bench)}.db"
    if path.exists():
        return path, None
    run = measure(["pt-ingest", "-q", "-d", path],
                  feed=bench.generator("jsonl", hosts=HOSTS, points=points_of(bench)),
                  watch=(path, path.with_name(path.name + "-wal")))
    bench.holds(path, points_of(bench) * HOSTS * SERIES_A_HOST)
    return path, run


def progress(store):
    """(seconds since the epoch, points durable by then) of every commit."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return [(at / 1e9, points) for at, points in db.execute(
            "SELECT at, sum(points) OVER (ORDER BY id) FROM batch ORDER BY id")]
    finally:
        db.close()


def moment(commits, points):
    """When that many points were durable, between two commits by proportion."""
    before = commits[0]
    for commit in commits:
        if commit[1] >= points:
            grown = commit[1] - before[1]
            part = (points - before[1]) / grown if grown > 0 else 1
            return before[0] + part * (commit[0] - before[0])
        before = commit
    return before[0]


def change(rates):
    """By what part of their mean the line through the rates rises or falls over all of them."""
    slope = statistics.linear_regression(range(len(rates)), rates).slope
    return slope * (len(rates) - 1) / statistics.mean(rates)


def main(bench):
    points = points_of(bench) * HOSTS * SERIES_A_HOST
    store, run = store_of(bench)
    if not run:
        bench.note(f"{store.name} is there already: remove it to measure growth again")
        return
    commits = progress(store)
    commits.insert(0, (min(run.samples[0][0], commits[0][0]), 0))
    edges = [moment(commits, points * i / PARTS) for i in range(PARTS + 1)]
    rates = []
    for i, (begin, end) in enumerate(zip(edges, edges[1:])):
        rates.append(points / PARTS / max(end - begin, 1e-9) / 1e6)
        seen = [s for s in run.samples if begin <= s[0] < end] or run.samples[-1:]
        bench.row(f"to {points * (i + 1) / PARTS / 1e6:g}M points", None,
                  f"{rates[-1]:6.2f} Mpoints/s {max(s[1] for s in seen):6.1f} MB "
                  f"{seen[-1][2] / 1e6:8.1f} MB on disk")
    size = file_size(store) / points
    bench.row(f"pt, {points / 1e6:g}M points", run,
              f"{points / run.wall / 1e6:.2f} Mpoints/s {size:.3f} B/point")
    held, days = TERABYTE / size, TERABYTE / size / (points / run.wall) / 86400
    bench.row("a file of 1 TB", None, f"{held / 1e9:.0f}G points {days:.2f} days",
              f"rate changes by {change(rates) * 100:+.1f} % from first to last part")
    bench.measured["growth"] = abs(change(rates)) * 100
    bench.measured["growth.rss"] = run.rss
