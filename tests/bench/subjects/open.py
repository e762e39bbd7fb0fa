"""From the start of pt-query to the answer: a file ten times as large must not be ten times slower.

The last hour of one series is what opening a store is judged by.  Then the same questions go to the
store of M and to that of growth, about the hosts and the time that both have.  The larger one holds
the same points of them, among many others, and has to give the same answer, to the byte, in the
same time.
"""
from lib.bench import INTERVAL_S, POINTS_A_SERIES, START_S
from lib.measure import Failed, measure, median, timed
from subjects import growth

HOUR_S = 3600
TIMES = 7  # each takes milliseconds; in each turn


def last_hour(store, points):
    """The question to a store whose series have that many points."""
    since = START_S + points * INTERVAL_S - HOUR_S
    series = 'cpu.user{host="h000"}'
    command = ["pt-query", "-d", store, series, "--since", since, "-o", "jsonl"]
    expected, found = min(points, HOUR_S // INTERVAL_S), len(measure(command).output.splitlines())
    if found != expected:
        raise Failed(f"{store}: {found} points of {series}, not {expected}")
    return command


def questions(bench, points):
    """The same questions to either store, of which the smaller has that many points a series."""
    hosts = "h0.." if bench.hosts >= 100 else "h00."
    until = START_S + points * INTERVAL_S
    return {
        "q1": ['cpu.user{host="h000"}', "--since", until - HOUR_S, "--until", until],
        "q2": [f'cpu.user{{host=~"{hosts}"}}', "--since", until - HOUR_S, "--until", until,
               "--window", "1m", "--agg", "avg,max"],
        "q7": ['net.rx_bytes{host=~"h00[0-7]"}', "--until", until, "--window", "5m",
               "--agg", "rate", "--by", "host"]}


def turns(commands, rounds):
    """The medians of commands that take turns, several runs in each."""
    taken = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].extend(timed(command, TIMES))
    return {name: median(runs) for name, runs in taken.items()}


def compare(bench, key, stores, question):
    commands = {name: ["pt-query", "-d", store, *question, "-o", "jsonl"]
                for name, store in stores.items()}
    answers = {measure(command).output for command in commands.values()}
    if len(answers) != 1 or b"" in answers:
        raise Failed(f"open, {key}: the answer depends on what else the store holds")
    taken = turns(commands, bench.runs)
    for name, run in taken.items():
        bench.row(f"{key} {name}", run)
    bench.ratio(f"open.{key}", taken["on L"].cpu, taken["on M"].cpu)


def main(bench):
    m, (l, _), points = bench.store(), growth.store_of(bench), growth.points_of(bench)
    taken = turns({"--version": ["pt-query", "--version"], "on M": last_hour(m, POINTS_A_SERIES),
                   "on L": last_hour(l, points)}, bench.runs)
    for name, run in taken.items():
        bench.row(f"pt-query {name}", run)
    bench.measured["open.m"] = taken["on M"].wall * 1e3
    bench.measured["open.l"] = taken["on L"].wall * 1e3
    if bench.hosts not in (10, 100):
        bench.note("the same questions to both stores: only with --hosts 10 or 100")
        return
    for key, question in questions(bench, min(points, POINTS_A_SERIES)).items():
        compare(bench, key, {"on M": m, "on L": l}, question)
