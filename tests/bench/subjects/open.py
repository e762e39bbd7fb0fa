"""From the start of pt-query to the answer to a small question: the last hour of one series."""
from lib.bench import INTERVAL_S, POINTS_A_SERIES, START_S
from lib.measure import Failed, in_turn, measure
from subjects import growth

HOUR_S = 3600
RUNS = 21  # each takes milliseconds


def ask(store, points):
    """The question to a store whose series have that many points."""
    since = START_S + points * INTERVAL_S - HOUR_S
    series = 'cpu.user{host="h000"}'
    run = measure(["pt-query", "-d", store, series, "--since", since, "-o", "jsonl"])
    expected, found = min(points, HOUR_S // INTERVAL_S), len(run.output.splitlines())
    if found != expected:
        raise Failed(f"{store}: {found} points of {series}, not {expected}")
    return run


def main(bench):
    m, (l, _), points = bench.store(), growth.store_of(bench), growth.points_of(bench)
    taken = in_turn({"--version": lambda: measure("pt-query --version"),
                     "on M": lambda: ask(m, POINTS_A_SERIES),
                     "on L": lambda: ask(l, points)}, RUNS)
    for name, run in taken.items():
        bench.row(f"pt-query {name}", run)
    bench.measured["open.m"] = taken["on M"].wall * 1e3
    bench.measured["open.l"] = taken["on L"].wall * 1e3
