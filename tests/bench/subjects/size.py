"""Bytes a point of whole files: as pt-ingest leaves them, as pt-archive does, beside peers."""
import shutil
import subprocess

from lib.measure import file_size, measure
from lib.peers import DuckDB, Sqlite, VictoriaMetrics, present

JITTER_MS = 7
WORTH_A_WORD = 0.01  # the part of the file from which on a table is named
KEEPING = ("seal", "compact")  # subcommands of pt-archive, those that there are


def by_table(store):
    """Bytes of the pages of each table, indices with their tables, the largest first."""
    answer = subprocess.run(
        ["sqlite3", "-readonly", "-separator", "\t", store,
         "SELECT m.tbl_name, sum(d.pgsize) FROM dbstat AS d JOIN sqlite_schema AS m USING (name)"
         " GROUP BY 1 ORDER BY 2 DESC"], stdout=subprocess.PIPE, check=True, text=True).stdout
    return {name: int(size) for name, size in (row.split("\t") for row in answer.splitlines())}


def report(bench, store, contender, points):
    """The row of a store.  Bytes a point without its sketches, and those of the sketches."""
    size, tables = file_size(store), {} if Sqlite.missing() else by_table(store)
    beside = [f"{t} {s / points:.3f}" for t, s in tables.items() if s > WORTH_A_WORD * size]
    bench.row(contender, None, f"{size / points:6.3f} B/point", ", ".join(beside))
    sketch = tables.get("sketch")
    return (size - (sketch or 0)) / points, sketch and sketch / points


def kept(bench, store, label, points):
    """Reports a store as it is and after each way of keeping it; returns the last figures."""
    figures = report(bench, store, label, points)
    known = measure("pt-archive --help").output.decode().split()
    for way in (w for w in KEEPING if w in known):
        bench.row(f"  pt-archive {way}", measure(["pt-archive", way, "-q", "-d", store]))
        figures = report(bench, store, f"{label}, {way}", points)
    return figures


def main(bench):
    store = bench.dir / "size.db"
    shutil.copy(bench.store(), store)
    bench.measured["size"], bench.measured["size.sketch"] = kept(bench, store, "pt", bench.points)
    bench.ingest(store, bench.generator("jsonl", jitter=JITTER_MS), bench.points)
    bench.measured["size.jitter"], _ = kept(bench, store, "pt, jittered", bench.points)
    store.unlink()
    for peer in present(bench, DuckDB, VictoriaMetrics):
        if peer is DuckDB:
            for label, order in (("DuckDB", ""), ("DuckDB, sorted", "ORDER BY name, host, ts")):
                path = bench.dir / "size.duck"
                DuckDB.load(path, bench.points, DuckDB.from_csv(bench.data("csv"), order))
                bench.row(label, None, f"{file_size(path) / bench.points:6.3f} B/point")
                path.unlink()
        else:
            with VictoriaMetrics(bench.dir) as server:
                server.load(bench.data("influx"), bench.points)
                size = server.merged_size()
            bench.row("VictoriaMetrics, merged", None, f"{size / bench.points:6.3f} B/point")
