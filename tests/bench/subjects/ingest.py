"""M into a store: every format that pt-ingest reads, beside what others do with the same points."""
from lib.measure import in_turn, measure, remove
from lib.peers import DuckDB, Sqlite, VictoriaMetrics, present


def ours(bench, form, pipe=False):
    """Into a new store; from the file itself, or fed through a pipe."""
    path, store = bench.data(form), bench.fresh("ingest.db")
    command = ["pt-ingest", "-q", "-d", store, "-i", form]
    taken = measure(command, feed=["cat", path]) if pipe else measure(command + [path])
    bench.holds(store, bench.points)
    remove(store)
    return taken


def duckdb(bench, *statements):
    path = bench.dir / "duck.db"
    taken = DuckDB.load(path, bench.points, *statements)
    path.unlink()
    return taken


def victoria(bench):
    with VictoriaMetrics(bench.dir) as server:
        return server.load(bench.data("influx"), bench.points)


def sqlite(bench):
    path = bench.fresh("rows.db")
    taken = Sqlite.load(path, bench.data("csv"), bench.points)
    remove(path)
    return taken


def contenders(bench):
    all_of = {
        "pt jsonl": lambda: ours(bench, "jsonl"),
        "pt jsonl, pipe": lambda: ours(bench, "jsonl", pipe=True),
        "pt csv": lambda: ours(bench, "csv"),
    }
    if "influx" in measure("pt-ingest --help").output.decode():
        all_of["pt influx"] = lambda: ours(bench, "influx")
    else:
        bench.note("pt-ingest reads no line protocol here: left out")
    for peer in present(bench, DuckDB, VictoriaMetrics, Sqlite):
        if peer is DuckDB:
            jsonl, csv = bench.data("jsonl"), bench.data("csv")
            all_of["DuckDB jsonl"] = lambda: duckdb(bench, DuckDB.from_json(jsonl))
            all_of["DuckDB jsonl, any order"] = lambda: duckdb(
                bench, "SET preserve_insertion_order = false", DuckDB.from_json(jsonl))
            all_of["DuckDB csv"] = lambda: duckdb(bench, DuckDB.from_csv(csv))
        elif peer is VictoriaMetrics:
            all_of["VictoriaMetrics influx"] = lambda: victoria(bench)
        else:
            all_of["sqlite3 .import csv"] = lambda: sqlite(bench)
    return all_of


def main(bench):
    for form in ("jsonl", "csv", "influx"):
        bench.data(form)
    taken = in_turn(contenders(bench), bench.runs)
    first = taken["pt jsonl"]
    for name, run in taken.items():
        beside = ""
        if not name.startswith("pt "):
            beside = f"/ pt jsonl: {run.wall / first.wall:.2f} wall, {run.cpu / first.cpu:.2f} cpu"
        bench.row(name, run, bench.speed(run, bench.points), beside)
    for key, peer in (("duckdb", "DuckDB jsonl"), ("victoria", "VictoriaMetrics influx")):
        if peer in taken:
            bench.ratio(f"ingest.{key}", taken[peer].wall, first.wall)
            bench.ratio(f"ingest.{key}.cpu", taken[peer].cpu, first.cpu)
    for form in ("csv", "influx"):
        if f"pt {form}" in taken:
            bench.ratio(f"ingest.{form}", first.wall, taken[f"pt {form}"].wall)
    bench.measured["ingest.rss"] = max(r.rss for name, r in taken.items() if name.startswith("pt "))
