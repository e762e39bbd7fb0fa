"""Mean and 95th percentile of M by host, from standard input, without a store.

Exact percentiles need every value at once: what pt holds is a promise too.  Tools that take a
minute for M are given the first tenth of it, and their time and CPU are shown ten times as long;
that is said of each.  Some know means alone.  All answers are compared with pt's.
"""
import collections
import dataclasses
import json
import shutil

from lib.bench import POINTS_A_SERIES
from lib.measure import in_turn, measure
from lib.peers import DuckDB, present
from lib.questions import LAST_BIT, ROUNDED, Question, agree

BOTH = Question("mean and p95 by host", ["--agg", "avg,p95", "--by", "host"],
                lambda r: (r["tags"]["host"], r["avg"], r["p95"]), 1, (ROUNDED, LAST_BIT))
MEAN = dataclasses.replace(BOTH, what="mean by host", near=(ROUNDED,),
                           row=lambda r: (r["tags"]["host"], r["avg"]))
TENTH = 10


class Tool(collections.namedtuple("Tool", "name form part question row command")):
    """A peer that reads standard input.  row: of a line of its answer."""

    def missing(self):
        return None if shutil.which(self.command[0]) else "make bench-deps"


def cells(separator):
    return lambda line: line.split(separator)


def members(line):
    return list(json.loads(line).values())


def mlr(form, group, *first):
    return ["mlr", f"--i{form}", "--ojsonl", *first, "stats1", "-i", "-a", "mean,p95",
            "-f", "value", "-g", group]


TOOLS = (
    Tool("mawk csv, mean", "csv", 1, MEAN, cells(","), [
        "mawk", "-F,", "NR > 1 { n[$3]++; s[$3] += $5 }"
        " END { for (k in n) printf \"%s,%.17g\\n\", k, s[k] / n[k] }"]),
    Tool("datamash csv", "csv", TENTH, BOTH, cells(","), [
        "datamash", "--format", "%.17g", "-t,", "--header-in", "-s", "-g", "host", "mean", "value",
        "perc:95", "value"]),
    Tool("mlr csv", "csv", TENTH, BOTH, members, mlr("csv", "host")),
    Tool("mlr jsonl", "jsonl", TENTH, BOTH, members, mlr("jsonl", "tags.host", "flatten", "then")),
    Tool("jq jsonl, mean", "jsonl", TENTH, MEAN, members, [
        "jq", "-nc", "reduce inputs as $r ({}; .[$r.tags.host] |= [.[0] + $r.value, .[1] + 1])"
        " | to_entries[] | {host: .key, mean: (.value[0] / .value[1])}"]),
)


def data(bench, form, part=1):
    return bench.data(form, POINTS_A_SERIES // part)


def ours(bench, form, part=1):
    return measure(["pt-query", "-i", form, *BOTH.pt, "-o", "jsonl"],
                   source=data(bench, form, part))


def duckdb(bench, form):
    """From files: through a pipe it reads with one thread."""
    path = data(bench, form)
    host, rows = ("host", f"read_csv('{path}')") if form == "csv" else (
        "tags.host", f"read_json('{path}', format = 'newline_delimited')")
    return DuckDB.run(":memory:", f"SELECT {host}, avg(value), quantile_cont(value, 0.95)"
                      f" FROM {rows} GROUP BY 1")


def scaled(run, part):
    return dataclasses.replace(run, wall=run.wall * part, cpu=run.cpu * part)


def contenders(bench, tools):
    all_of = {f"pt {form}": lambda form=form: ours(bench, form) for form in ("jsonl", "csv")}
    if DuckDB in tools:
        for form in ("jsonl", "csv"):
            all_of[f"DuckDB {form}"] = lambda form=form: duckdb(bench, form)
    for tool in tools:
        if tool is not DuckDB:
            name = tool.name if tool.part == 1 else f"{tool.name}, 1/{tool.part} x {tool.part}"
            all_of[name] = lambda tool=tool: scaled(
                measure(tool.command, source=data(bench, tool.form, tool.part)), tool.part)
    return all_of


def check(bench, taken, tools):
    """Fails unless all that was answered is the same."""
    def rows_of(output, row):
        return [row(line) for line in output.decode().splitlines()]

    def our_rows(question, part):
        return rows_of(parts[part], lambda line: question.row(json.loads(line)))

    parts = {1: taken["pt jsonl"].output, TENTH: ours(bench, "jsonl", TENTH).output}
    agree(BOTH, our_rows(BOTH, 1), rows_of(taken["pt csv"].output,
                                           lambda line: BOTH.row(json.loads(line))), "pt csv")
    for name, run in taken.items():
        if name.startswith("DuckDB"):
            agree(BOTH, our_rows(BOTH, 1), rows_of(run.output, cells("|")), name)
        for tool in tools:
            if tool is not DuckDB and name.startswith(tool.name):
                agree(tool.question, our_rows(tool.question, tool.part),
                      rows_of(run.output, tool.row), name)


def main(bench):
    tools = present(bench, DuckDB, *TOOLS)
    for form in ("jsonl", "csv"):
        data(bench, form), data(bench, form, TENTH)
    taken = in_turn(contenders(bench, tools), bench.runs)
    check(bench, taken, tools)
    for name, run in taken.items():
        beside = ""
        if not name.startswith("pt "):
            form = "jsonl" if "jsonl" in name else "csv"
            beside = f"/ pt {form}: {run.wall / taken[f'pt {form}'].wall:.1f}"
        bench.row(name, run, bench.speed(run, bench.points), beside)
    for form in ("jsonl", "csv"):
        bench.measured[f"stream.{form}"] = taken[f"pt {form}"].wall
    peers = [run.wall / taken[f"pt {form}"].wall for form in ("jsonl", "csv")
             for name, run in taken.items() if form in name and not name.startswith("pt ")]
    if peers:
        bench.measured["stream.peers"] = min(peers)
    bench.measured["stream.rss"] = max(taken[f"pt {form}"].rss for form in ("jsonl", "csv"))
