"""The questions that pt and its peers are asked about M, each in the language of each.

A row of an answer is what it is about (the first `keys` columns: a host, a metric, a time in
milliseconds, the number of a window since 1970) and then numbers.  So answers can be compared,
whoever gave them.
"""
import collections
import dataclasses
import datetime
import math

from lib.bench import INTERVAL_S, POINTS_A_SERIES, START_S
from lib.measure import Failed

HOUR_S = 3600
LAST_S = START_S + POINTS_A_SERIES * INTERVAL_S  # no point of M is later
LAST_HOUR_S = LAST_S - HOUR_S
NOON_S = START_S + 12 * HOUR_S
MINUTE_S, WINDOW_S = 60, 300
TICK_S = 0.001  # a window of VictoriaMetrics holds its end, not its begin: it ends so much earlier

# What VictoriaMetrics makes a summary of: over the series, of each over time.
SUMMARY = (("sum", "sum"), ("min", "min"), ("max", "max"), ("sum", "count"))

# How far apart, as a part of their size, two right answers can be.
EXACT = 0
LAST_BIT = 2**-51  # a + d (b - a) between two points, where pt and DuckDB have a (1 - d) + b d
ROUNDED = 1e-12  # sums of doubles, in whatever order
# By who answers: 18.16 reads 1.39 as 1.3900000000000001; the shell writes 15 digits.
READING = {"ClickHouse": LAST_BIT, "sqlite3, pt.so": 1e-14}
NEIGHBOUR = 0.03  # another definition of a quantile, or a sketch: a point or two further on


@dataclasses.dataclass
class Question:
    """What is asked, in whose words there are.

    sql is DuckDB's, and ClickHouse's where it has none of its own, of {points}(ts, name, host,
    venue, value) with ts in milliseconds; rows is SQLite's, of series(id, name, host, venue) and
    points(series, ts, value); pt_sql is of pt's own table points, windows of its function of that
    name, which answers as pt-query does.
    """
    what: str
    pt: list  # arguments of pt-query
    row: collections.abc.Callable  # a row of a record of its answer
    keys: int
    near: tuple  # for each number: how far apart answers may be
    sql: str = ""
    rows: str = ""
    clickhouse: str = ""
    victoria: tuple = ()  # (path, parameters) of requests, each of which adds numbers to the rows
    victoria_key: collections.abc.Callable = None  # of labels and milliseconds
    victoria_numbers: collections.abc.Callable = lambda *numbers: numbers
    pt_sql: str = ""
    windows: str = ""
    needs: str = ""  # an option that pt-query must have
    otherwise: dict = dataclasses.field(default_factory=dict)  # near, of peers with their own
    lacking: dict = dataclasses.field(default_factory=dict)  # how many rows a peer cannot tell


def epoch_ms(text):
    """Milliseconds since 1970 of an RFC 3339 time."""
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def agree(question, ours, theirs, who):
    """Fails unless an answer, as rows, is the same as ours."""
    rows = len(theirs)
    ours, theirs = ({tuple(map(str, row[:question.keys])): [float(n) for n in row[question.keys:]]
                     for row in rows} for rows in (ours, theirs))
    if not set(theirs) <= set(ours) or len(ours) - rows != question.lacking.get(who, 0):
        raise Failed(f"{question.what}: pt answers {len(ours)} rows, {who} {rows}; "
                     f"not in both: {sorted(set(ours) ^ set(theirs))[:3]}")
    near = question.otherwise.get(who, question.near)
    for key, numbers in theirs.items():
        for our, their, apart in zip(ours[key], numbers, near, strict=True):
            if not math.isclose(our, their, rel_tol=max(apart, READING.get(who, EXACT))):
                raise Failed(f"{question.what}: of {', '.join(key)} pt says {our!r},"
                             f" {who} {their!r}")


def last_hour(host):
    """q1: what a dashboard asks all day."""
    return Question(
        "q1 one series, last hour", [f'cpu.user{{host="{host}"}}', "--since", LAST_HOUR_S],
        lambda r: (epoch_ms(r["ts"]), r["value"]), 1, (EXACT,),
        f"SELECT ts, value FROM {{points}} WHERE name = 'cpu.user' AND host = '{host}'"
        f" AND ts >= {LAST_HOUR_S * 1000} ORDER BY ts",
        "SELECT ts, value FROM points WHERE series ="
        f" (SELECT id FROM series WHERE name = 'cpu.user' AND host = '{host}')"
        f" AND ts >= {LAST_HOUR_S * 1000} ORDER BY ts",
        victoria=(("/api/v1/export", {"match[]": f'{{__name__="cpu.user",host="{host}"}}',
                                      "start": LAST_HOUR_S, "end": LAST_S}),),
        victoria_key=lambda labels, ms: (ms,),
        pt_sql=f"SELECT ts / 1000000, value FROM points('cpu.user{{host=\"{host}\"}}')"
        f" WHERE ts >= {LAST_HOUR_S * 10**9} ORDER BY ts")


def by_minute():
    """q2: one metric of all hosts in an hour."""
    since, until = NOON_S, NOON_S + HOUR_S
    metric = '({__name__="cpu.user"}[1m])'
    range_of = {"start": since + MINUTE_S - TICK_S, "end": until - TICK_S, "step": MINUTE_S,
                "nocache": 1}
    return Question(
        "q2 one metric by minute, an hour",
        ["cpu.user", "--since", since, "--until", until, "--window", "1m", "--agg", "avg,max"],
        lambda r: (epoch_ms(r["ts"]) // 60000, r["avg"], r["max"]), 1, (ROUNDED, EXACT),
        "SELECT intDiv(ts, 60000) AS slot, avg(value), max(value) FROM {points} WHERE"
        f" name = 'cpu.user' AND ts >= {since * 1000} AND ts < {until * 1000} GROUP BY slot",
        "SELECT ts / 60000, avg(value), max(value) FROM points WHERE series IN"
        f" (SELECT id FROM series WHERE name = 'cpu.user') AND ts >= {since * 1000}"
        f" AND ts < {until * 1000} GROUP BY 1",
        victoria=tuple(("/api/v1/query_range", {"query": f"{f}({f}_over_time{metric})", **range_of})
                       for f in ("avg", "max")),
        victoria_key=lambda labels, ms: (ms // 60000,),
        pt_sql="SELECT ts / 60000000000, avg(value), max(value) FROM points WHERE"
        f" name = 'cpu.user' AND ts >= {since * 10**9} AND ts < {until * 10**9} GROUP BY 1",
        windows="SELECT ts / 60000000000, avg, max FROM windows('cpu.user', '1m', NULL,"
        f" {since * 10**9}, {until * 10**9})")


def percentiles():
    """q3: exact percentiles of a million points.  ClickHouse has no interpolated ones."""
    sqlite = ", ".join(
        f"max(iif(k = CAST(h{p} AS INT), value, NULL)) + (h{p} - CAST(h{p} AS INT)) *"
        f" (max(iif(k = CAST(h{p} AS INT) + (h{p} > CAST(h{p} AS INT)), value, NULL))"
        f" - max(iif(k = CAST(h{p} AS INT), value, NULL)))" for p in (50, 95, 99))
    return Question(
        "q3 percentiles by host, all",
        ["order.latency_ms", "--agg", "p50,p95,p99", "--by", "host"],
        lambda r: (r["tags"]["host"], r["p50"], r["p95"], r["p99"]), 1, (EXACT,) * 3,
        "SELECT host, q[1], q[2], q[3] FROM (SELECT host, quantile_cont(value, [0.5, 0.95, 0.99])"
        " AS q FROM {points} WHERE name = 'order.latency_ms' GROUP BY host)",
        f"SELECT host, {sqlite} FROM (SELECT *, (n - 1) * 0.5 AS h50, (n - 1) * 0.95 AS h95,"
        " (n - 1) * 0.99 AS h99 FROM (SELECT host, value, count(*) OVER (PARTITION BY host) AS n,"
        " row_number() OVER (PARTITION BY host ORDER BY value) - 1 AS k FROM series"
        " JOIN points ON series = id WHERE name = 'order.latency_ms')) GROUP BY host",
        "SELECT host, q[1], q[2], q[3] FROM (SELECT host, quantilesExact(0.5, 0.95, 0.99)(value)"
        " AS q FROM {points} WHERE name = 'order.latency_ms' GROUP BY host)",
        (("/api/v1/query", {
            "query": 'quantiles_over_time("p", 0.5, 0.95, 0.99, '
                     f'{{__name__="order.latency_ms"}}[{POINTS_A_SERIES * INTERVAL_S}s])',
            "time": LAST_S - TICK_S}),),
        lambda labels, ms: (labels["host"],),
        pt_sql="SELECT host, quantile(value, 0.5), quantile(value, 0.95),"
        " quantile(value, 0.99) FROM points WHERE name = 'order.latency_ms' GROUP BY host",
        windows="SELECT tags->>'host', p50, p95, p99"
        " FROM windows('order.latency_ms', NULL, 'host')",
        otherwise={"VictoriaMetrics": (LAST_BIT,) * 3, "SQLite rows": (LAST_BIT,) * 3,
                   "ClickHouse": (NEIGHBOUR,) * 3})


def sketched():
    """q3 again from sketches, beside those of the peers that have them."""
    exact = percentiles()
    return dataclasses.replace(
        exact, what="q3 percentiles from sketches", pt=exact.pt + ["--sketch"], needs="--sketch",
        sql=exact.sql.replace("quantile_cont", "approx_quantile"), rows="", victoria=(),
        pt_sql="", windows="",
        clickhouse=exact.clickhouse.replace("quantilesExact", "quantilesTDigest"),
        near=(NEIGHBOUR,) * 3, otherwise={})


def summary():
    """q4: what is known of every metric."""
    everything = f'({{__name__!=""}}[{POINTS_A_SERIES * INTERVAL_S}s])'
    return Question(
        "q4 summary of every metric", ["--agg", "avg,min,max,count", "--by", "name"],
        lambda r: (r["name"], r["avg"], r["min"], r["max"], r["count"]), 1,
        (ROUNDED, EXACT, EXACT, EXACT),
        "SELECT name, avg(value), min(value), max(value), count() FROM {points} GROUP BY name",
        "SELECT name, avg(value), min(value), max(value), count() FROM points JOIN series"
        " ON id = series GROUP BY name",
        victoria=tuple(("/api/v1/query", {
            "query": f"{over}({f}_over_time{everything} keep_metric_names) by (__name__)",
            "time": LAST_S - TICK_S}) for over, f in SUMMARY),
        victoria_key=lambda labels, ms: (labels["__name__"],),
        victoria_numbers=lambda total, least, most, n: (total / n, least, most, n),
        pt_sql="SELECT name, avg(value), min(value), max(value), count(*) FROM points"
        " GROUP BY name",
        windows="SELECT name, avg, min, max, count FROM windows('*', NULL, 'name')")


def decoded():
    """q4 by windows that cut every chunk, so that every point is read.

    A condition on the value would do only as long as no extreme of a chunk can decide it.
    """
    whole, metric = summary(), f'({{__name__!=""}}[{WINDOW_S}s])'
    return dataclasses.replace(
        whole, what="q4 by 5 min, every point read", pt=whole.pt + ["--window", "5m"], keys=2,
        row=lambda r: (r["name"], epoch_ms(r["ts"]) // 300000, *whole.row(r)[1:]),
        sql="SELECT name, intDiv(ts, 300000) AS slot, avg(value), min(value), max(value), count()"
        " FROM {points} GROUP BY name, slot",
        rows="SELECT name, ts / 300000, avg(value), min(value), max(value), count() FROM points"
        " JOIN series ON id = series GROUP BY 1, 2",
        victoria=tuple(("/api/v1/query_range", {
            "query": f"{over}({f}_over_time{metric} keep_metric_names) by (__name__)",
            "start": START_S + WINDOW_S - TICK_S, "end": LAST_S + WINDOW_S - TICK_S,
            "step": WINDOW_S, "nocache": 1}) for over, f in SUMMARY),
        victoria_key=lambda labels, ms: (labels["__name__"], ms // 300000), pt_sql="", windows="")


def threshold():
    """q5: how often it was slow."""
    return Question(
        "q5 count above a threshold",
        ["order.latency_ms", "--where", "value > 20", "--agg", "count", "--by", "host"],
        lambda r: (r["tags"]["host"], r["count"]), 1, (EXACT,),
        "SELECT host, count() FROM {points} WHERE name = 'order.latency_ms' AND value > 20"
        " GROUP BY host",
        "SELECT host, count() FROM series JOIN points ON series = id"
        " WHERE name = 'order.latency_ms' AND value > 20 GROUP BY host",
        victoria=(("/api/v1/query", {
            "query": 'count_gt_over_time({__name__="order.latency_ms"}'
                     f"[{POINTS_A_SERIES * INTERVAL_S}s], 20)", "time": LAST_S - TICK_S}),),
        victoria_key=lambda labels, ms: (labels["host"],), needs="--where",
        pt_sql="SELECT host, count(*) FROM points WHERE name = 'order.latency_ms'"
        " AND value > 20 GROUP BY host")


def last_values():
    """q6: how everything stands."""
    return Question(
        "q6 last value of every series", ["--agg", "last", "--by", "series"],
        lambda r: (r["name"], r["tags"]["host"], r["last"]), 2, (EXACT,),
        "SELECT name, host, argMax(value, ts) FROM {points} GROUP BY name, host",
        "SELECT name, host, (SELECT value FROM points WHERE series = id ORDER BY ts DESC LIMIT 1)"
        " FROM series",
        victoria=(("/api/v1/query", {"query": '{__name__!=""}', "time": LAST_S - TICK_S}),),
        victoria_key=lambda labels, ms: (labels["__name__"], labels["host"]),
        pt_sql="SELECT name, tags->>'host', (SELECT value FROM points WHERE series = id"
        " ORDER BY ts DESC LIMIT 1) FROM series",
        windows="SELECT name, tags->>'host', last FROM windows('*', NULL, 'series')")


def rates():
    """q7: counters by five minutes, with resets, the step into a window counted in it.

    VictoriaMetrics takes the first point of all for growth from zero: its first windows, one of
    each host, are not asked for.
    """
    lag = ("SELECT host, {slot} AS slot, sum(CASE WHEN value < before THEN value"
           f" ELSE value - before END) / {WINDOW_S} FROM (SELECT host, ts, value, lag(value) OVER"
           " (PARTITION BY host ORDER BY ts) AS before FROM {points} WHERE {where})"
           " GROUP BY host, slot HAVING count(before) > 0")
    where = "name = 'net.rx_bytes' AND host < 'h008'"
    return Question(
        "q7 rate by 5 min, 8 hosts",
        ['net.rx_bytes{host=~"h00[0-7]"}', "--window", "5m", "--agg", "rate", "--by", "host"],
        lambda r: (r["tags"]["host"], epoch_ms(r["ts"]) // 300000, r["rate"]), 2, (EXACT,),
        lag.format(slot="intDiv(ts, 300000)", points="{points}", where=where),
        lag.format(slot="ts / 300000", points="series JOIN points ON series = id", where=where),
        "SELECT host, intDiv(t, 300000) AS slot, sum(step) / 300 FROM (SELECT host,"
        " groupArray(ts) AS times, groupArray(value) AS vs FROM (SELECT host, ts, value"
        f" FROM {{points}} WHERE {where} ORDER BY host, ts) GROUP BY host) ARRAY JOIN times AS t,"
        " arrayMap((d, v) -> if(d < 0, v, d), arrayDifference(vs), vs) AS step GROUP BY host, slot",
        (("/api/v1/query_range", {
            "query": f'increase({{__name__="net.rx_bytes",host=~"h00[0-7]"}}[5m]) / {WINDOW_S}',
            "start": START_S + 2 * WINDOW_S - TICK_S, "end": LAST_S + WINDOW_S - TICK_S,
            "step": WINDOW_S, "nocache": 1}),),
        lambda labels, ms: (labels["host"], ms // 300000),
        pt_sql=lag.format(slot="ts / 300000000000",
                          points="points('net.rx_bytes{host=~\"h00[0-7]\"}')", where="true"),
        windows="SELECT tags->>'host', ts / 300000000000, rate FROM"
        " windows('net.rx_bytes{host=~\"h00[0-7]\"}', '5m', 'host')",
        lacking={"VictoriaMetrics": 8})


def sums():
    """Asked only to be compared: in thousandths, which M's values are made of, none is rounded."""
    return Question(
        "sum of every metric", ["--agg", "sum", "--by", "name"], lambda r: (r["name"], r["sum"]),
        1, (LAST_BIT,), "SELECT name, sum(CAST(round(value * 1000) AS HUGEINT)) / 1000"
        " FROM {points} GROUP BY name", "SELECT name, sum(value) FROM points JOIN series"
        " ON id = series GROUP BY name", "SELECT name, sum(value) FROM {points} GROUP BY name",
        otherwise={"SQLite rows": (ROUNDED,), "ClickHouse": (ROUNDED,)})


def questions(bench):
    """All of them, by the key of their promise."""
    host = f"h{min(7, bench.hosts - 1):03d}"
    return {"q1": last_hour(host), "q2": by_minute(), "q3": percentiles(), "q3.sketch": sketched(),
            "q4": summary(), "q4.decoded": decoded(), "q5": threshold(), "q6": last_values(),
            "q7": rates()}
