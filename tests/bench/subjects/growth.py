"""L, or a part of it, through a pipe: whether rate and memory hold while the file grows.

The store's own batch table says when how many points were durable.  All series of L fill their
chunks at the same time, so that the rate falls and rises again with every thousand points of each:
10 million in all.  Parts of that size are compared, by a straight line through their rates, so that
one slow second does not decide; smaller parts are shown.
"""
import sqlite3
import statistics

from lib.bench import POINTS_A_SERIES, SERIES_A_HOST
from lib.measure import Run, file_size

HOSTS = 1000
SHOWN = 10  # parts
CYCLE = 1000  # points of each series in a part that is compared
TERABYTE = 1e12


def points_of(bench):
    """How many points each series of L has, at the scale asked for."""
    return round(POINTS_A_SERIES * bench.scale)


def store_of(bench):
    """The store of growth's points and what its ingest took (None when it was there already)."""
    path = bench.dir / f"L-{points_of(bench)}.db"
    if path.exists():
        return path, None
    feed = bench.generator("jsonl", hosts=HOSTS, points=points_of(bench))
    return path, bench.ingest(path, feed, points_of(bench) * HOSTS * SERIES_A_HOST)


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


def parts(commits, count):
    """(begin, end) of equal parts of the points, in time."""
    edges = [moment(commits, commits[-1][1] * i / count) for i in range(count + 1)]
    return list(zip(edges, edges[1:]))


def change(commits, count):
    """By what part of its mean the rate changes from the first to the last of equal parts."""
    rates = [1 / (end - begin) for begin, end in parts(commits, count)]
    slope = statistics.linear_regression(range(count), rates).slope
    return slope * (count - 1) / statistics.mean(rates)


def main(bench):
    points = points_of(bench) * HOSTS * SERIES_A_HOST
    store, run = store_of(bench)
    if not run:
        bench.note(f"{store.name} is there already: remove it to measure growth again")
        return
    commits = progress(store)
    commits.insert(0, (run.samples[0][0], 0))
    cpu = 0
    for i, (begin, end) in enumerate(parts(commits, SHOWN), 1):
        seen = [s for s in run.samples if begin <= s.at < end] or run.samples[-1:]
        part = Run(end - begin, seen[-1].cpu - cpu, max(s.rss for s in seen))
        cpu = seen[-1].cpu
        bench.row(f"to {points * i / SHOWN / 1e6:g}M points", part,
                  bench.speed(part, points / SHOWN), f"{seen[-1].size / 1e6:.1f} MB on disk")
    size = file_size(store) / points
    bench.row(f"pt, {points / 1e6:g}M points", run, bench.speed(run, points), f"{size:.3f} B/point")
    held, days = TERABYTE / size, TERABYTE / size / (points / run.wall) / 86400
    changed = change(commits, max(2, points_of(bench) // CYCLE)) * 100
    bench.row("a file of 1 TB", None, f"{held / 1e9:.0f}G points {days:.2f} days",
              f"rate changes by {changed:+.1f} %")
    bench.measured["growth"] = abs(changed)
    bench.measured["growth.rss"] = run.rss
