"""What is promised of speed and size: one row a promise, fixed before anything is measured."""
import collections
import operator

Promise = collections.namedtuple("Promise", "what compare limit unit")
Promise.least = lambda p: f"{p.compare} {p.limit:g} {p.unit}".rstrip()

COMPARE = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt}

# The questions of query, and their milliseconds.
ASKED = {
    "q1": ("q1, one series, last hour", 8),
    "q2": ("q2, one metric by minute in an hour", 8),
    "q3": ("q3, exact percentiles of a million points", 24),
    "q3.sketch": ("q3 from sketches", 5),
    "q4": ("q4, summary of every metric", 8),
    "q4.decoded": ("q4 by 5 minutes, every point read", 200),
    "q5": ("q5, count above a threshold", 9),
    "q6": ("q6, last value of every series", 8),
    "q7": ("q7, rates by five minutes", 8),
}

PROMISES = {
    "ingest.duckdb": Promise("ingest of jsonl, wall: DuckDB read_json / pt", ">=", 4, ""),
    "ingest.victoria": Promise("ingest of jsonl, wall: VictoriaMetrics / pt", ">=", 2, ""),
    "ingest.duckdb.cpu": Promise("ingest of jsonl, CPU: DuckDB read_json / pt", ">", 1, ""),
    "ingest.victoria.cpu": Promise("ingest of jsonl, CPU: VictoriaMetrics / pt", ">", 1, ""),
    "ingest.csv": Promise("ingest, wall: jsonl / csv", ">=", 1, ""),
    "ingest.influx": Promise("ingest, wall: jsonl / line protocol", ">=", 1, ""),
    "ingest.rss": Promise("ingest, peak memory", "<", 100, "MB"),
    "size": Promise("whole file a point, without sketches", "<=", 1.50, "B"),
    "size.jitter": Promise("whole file a point, times jittered by 7 ms, without sketches", "<=",
                           2.20, "B"),
    "size.sketch": Promise("sketches a point", "<=", 0.3, "B"),
    "codec.decode": Promise("decoding, without inflate", ">=", 300, "M/s"),
    "codec.inflate": Promise("decoding, with inflate", ">=", 70, "M/s"),
    "verify": Promise("verify, points of 16 bytes", ">=", 1, "GB/s"),
    "growth": Promise("growth: the rate changes over the whole of it by", "<=", 10, "%"),
    "growth.rss": Promise("growth: peak memory", "<", 100, "MB"),
    **{f"query.{key}": Promise(f"{what}, start to exit", "<", limit, "ms")
       for key, (what, limit) in ASKED.items()},
    **{f"query.{key}.peers": Promise(f"{key}, start to exit: quickest peer with its client / pt",
                                     ">", 1, "") for key in ASKED},
    **{f"sql.{key}": Promise(f"{key} in plain SQL / by options, the slower of program and"
                             " extension", "<=", 3, "") for key in ("q1", "q6")},
    "sql.windows": Promise("SQL function windows / by options, the slowest of its questions",
                           "<=", 3, ""),
    "sql.row": Promise("plain SQL that makes a row of each point, q4, a point", "<=", 0.2, "us"),
    "stream.jsonl": Promise("mean and p95 of jsonl on standard input", "<", 1.5, "s"),
    "stream.csv": Promise("mean and p95 of csv on standard input", "<", 1.5, "s"),
    "stream.peers": Promise("mean and p95 of jsonl or csv: quickest peer / pt", ">", 1, ""),
    "stream.rss": Promise("mean and p95 of standard input, peak memory", "<", 100, "MB"),
    "open.m": Promise("open and first query on M", "<", 10, "ms"),
    "open.l": Promise("open and first query on the store of growth", "<", 10, "ms"),
    **{f"open.{key}": Promise(f"{key}, the same points: CPU on the store of growth / on M",
                              "<=", 1.25, "") for key in ("q1", "q2", "q7")},
    "latency": Promise("event to durable row, p99 above the commit interval", "<", 10, "ms"),
}


def verdict(promise, value):
    if value is None:
        return f"{'-':>8}  not measured"
    kept = COMPARE[promise.compare](value, promise.limit)
    return f"{value:8.2f}  {'ok' if kept else 'missed'}"
