"""The sample day: every tool from start to exit, beside the sqlite3 shell on the same records."""
import json
import os
import shutil
import subprocess

from lib.bench import BUILD, TOP
from lib.measure import file_size, in_turn, measure, remove
from lib.peers import Sqlite, present

RUNS = 5
SEED = "7"
DATE = "2026-11-20"
TABLE = "CREATE TABLE r(ts, type, name, value REAL, tags, body)"
INDEX = "CREATE INDEX i ON r(name, tags, ts)"
IMPORT = ".import --csv day.csv r"


def compare(bench, what, ours, theirs=None, records=0):
    """A row for our command and one for the sqlite3 shell's; words, or functions to be called."""
    contenders = {f"{what}, sqlite3": theirs, what: ours}
    if not theirs or Sqlite.missing():
        del contenders[f"{what}, sqlite3"]
    taken = in_turn({name: call if callable(call) else lambda c=call: measure(c, accept=(0, 1))
                     for name, call in contenders.items()}, RUNS)
    for name, run in taken.items():
        figure = f"{records / run.wall / 1e6:.2f} M records/s" if records else ""
        beside = "" if name == what else f"/ pt: {run.wall / taken[what].wall:.1f}"
        bench.row(name, run, figure, beside)


def as_csv(source, target):
    """The day as the sqlite3 shell can import it: one row a record.  Returns how many."""
    count = 0
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for count, line in enumerate(lines, 1):
            r = json.loads(line)
            tags = json.dumps(r.get("tags", {}), separators=(",", ":"))
            body = "" if "value" in r and "type" not in r else line.rstrip("\n")
            cells = (r["ts"], r.get("type", "metric"), r.get("name", ""), str(r.get("value", "")),
                     tags, body)
            out.write(",".join('"' + c.replace('"', '""') + '"' for c in cells) + "\n")
    return count


def into(database, command, feed=None):
    """A function that makes a database anew by a command."""
    def make():
        remove(database)
        return measure(command, feed=feed)
    return make


def bench_ingest(bench, records):
    store = ["pt-ingest", "-q", "-d", "day.db"]
    rows = into("rows.db", ["sqlite3", "rows.db", TABLE, IMPORT])
    indexed = into("rows.db", ["sqlite3", "rows.db", TABLE, IMPORT, INDEX])
    compare(bench, "ingest, pipe", into("day.db", store, ["cat", "day.jsonl"]), rows, records)
    compare(bench, "ingest, file", into("day.db", store + ["day.jsonl"]), indexed, records)
    compare(bench, "the same file again", store + ["day.jsonl"])


def bench_size(bench, records):
    shutil.copy("day.db", "sealed.db")
    measure("pt-archive seal -q -d sealed.db")
    for name in ("day.jsonl", "day.db", "sealed.db", "rows.db"):
        if os.path.exists(name):
            size = file_size(name)
            figure = f"{size / records:.2f} B/record"
            bench.row(f"size of {name}", None, figure, f"{size / 1e6:.1f} MB")


def bench_queries(bench):
    latency = "FROM r WHERE name = 'order.latency' GROUP BY 1"
    ask = ["pt-query", "-d", "day.db"]
    rows = ["sqlite3", "rows.db"]
    for what, ours, theirs in (
            ("p50, p99 by minute at a venue",
             ask + ['order.latency{venue="X"}', "--since", f"{DATE}T10:30:00Z", "--window", "1m",
                    "--agg", "p50,p99"], None),
            ("p99 by minute and venue",
             ask + ["order.latency", "--window", "1m", "--agg", "p99", "--by", "venue"], None),
            ("count, avg, min, max by host",
             ask + ["order.latency", "--agg", "count,avg,min,max", "--by", "host"],
             rows + ["SELECT json_extract(tags, '$.host'), count(*), avg(value), min(value), "
                     f"max(value) {latency}"]),
            ("avg by minute", ask + ["order.latency", "--window", "1m", "--agg", "avg"],
             rows + [f"SELECT substr(ts, 1, 16), avg(value) {latency}"]),
            ("avg by minute, pt-query sql",
             ["pt-query", "sql", "-d", "day.db", "SELECT ts/60000000000, avg(value) FROM points"
              " WHERE name = 'order.latency' GROUP BY 1"], None),
            ("catalogue", "pt-query series -d day.db", None),
            ("rules over the day", f"pt-detect rules {TOP}/samples/alerts.rules -d day.db", None),
            ("daily report, html", f"pt-report daily -d day.db --date {DATE} -o html", None),
            ("verify", "pt-archive verify -d day.db", None)):
        compare(bench, what, ours, theirs)


def main(bench):
    present(bench, Sqlite)
    os.chdir(bench.dir)
    with open("day.jsonl", "wb") as day:
        command = [BUILD / "trading-day", "--seed", SEED, "--date", DATE]
        subprocess.run(command, stdout=day, check=True)
    records = as_csv("day.jsonl", "day.csv")
    bench_ingest(bench, records)
    bench_size(bench, records)
    bench_queries(bench)
    for program in sorted(BUILD.glob("pt-*")):
        if program.is_file() and os.access(program, os.X_OK):
            compare(bench, f"start of {program.name}", [program, "--version"])
    os.chdir(TOP)
