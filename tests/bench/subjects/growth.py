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


def change(values):
    """By how many percent of their mean the line through the values rises from first to last."""
    slope = statistics.linear_regression(range(len(values)), values).slope
    return slope * (len(values) - 1) / statistics.mean(values) * 100


def within(samples, begin, end):
    """The samples of a stretch of time; the last one before its end where there are none."""
    return ([s for s in samples if begin <= s.at < end]
            or [s for s in samples if s.at < end][-1:] or samples[:1])


def cpu_of_parts(samples, stretches):
    """CPU seconds that were taken in each of adjacent stretches of time."""
    after = [0] + [within(samples, *stretch)[-1].cpu for stretch in stretches]
    return [end - begin for begin, end in zip(after, after[1:])]


def main(bench):
    points = points_of(bench) * HOSTS * SERIES_A_HOST
    store, run = store_of(bench)
    if not run:
        bench.note(f"{store.name} is there already: remove it to measure growth again")
        return
    commits = progress(store)
    commits.insert(0, (run.samples[0].at, 0))
    shown = parts(commits, SHOWN)
    for i, (stretch, cpu) in enumerate(zip(shown, cpu_of_parts(run.samples, shown)), 1):
        seen = within(run.samples, *stretch)
        part = Run(stretch[1] - stretch[0], cpu, max(s.rss for s in seen))
        bench.row(f"to {points * i / SHOWN / 1e6:g}M points", part,
                  bench.speed(part, points / SHOWN),
                  f"{max(s.own for s in seen):.0f} MB without mapped files, "
                  f"{seen[-1].size / 1e6:.0f} MB on disk")
    size = file_size(store) / points
    bench.row(f"pt, {points / 1e6:g}M points", run, bench.speed(run, points), f"{size:.3f} B/point")
    held, days = TERABYTE / size, TERABYTE / size / (points / run.wall) / 86400
    bench.row("a file of 1 TB", None, f"{held / 1e9:.0f}G points {days:.2f} days")
    # The last commit puts away what memory held all the time: it belongs to no part.
    cycles = parts(commits[:-1], max(2, points_of(bench) // CYCLE))
    rate = change([1 / (end - begin) for begin, end in cycles])
    cpu = change(cpu_of_parts(run.samples, cycles))
    bench.row("from first to last part", None, f"rate {rate:+.1f} % CPU {cpu:+.1f} %")
    bench.measured["growth"] = abs(rate)
    bench.measured["growth.rss"] = run.rss
