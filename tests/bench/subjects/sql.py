"""The same questions in SQL: how much longer than by pt-query's own options, all start to exit.

By pt-query sql, which has its tables built in, and by the sqlite3 shell with the extension loaded;
of the points themselves and, where it can say it, by the function windows.  The answers have to be
those of pt-query.

The function reads what the options read, and so is held against them.  Plain SQL makes a row of
each point, whatever the summaries of chunks could say: that is held against them only where few
points are asked for, and else is so much a point.
"""
import json

from lib.bench import BUILD
from lib.measure import Failed, measure, median, timed
from lib.peers import Sqlite, present
from lib.promises import PROMISES
from lib.questions import agree, questions
from subjects.query import command, rows

EXTENSION = BUILD / "pt.so"
SHELL = "sqlite3, pt.so"  # lib.questions knows how it writes
TIMES = 5  # in each round
SHORT_S = 0.3  # what takes longer is asked once a round
EVERY_POINT = "q4"


def faces(bench):
    """How SQL can be asked: (words of the command, a row of a line of its answer) by name."""
    found = {"pt-query sql": (["pt-query", "sql", "-d", bench.store(), "-o", "jsonl"],
                              lambda line: list(json.loads(line).values()))}
    if not EXTENSION.exists():
        bench.note(f"no {EXTENSION.name} here: the sqlite3 shell is left out")
    elif present(bench, Sqlite):
        found[SHELL] = (["sqlite3", "-readonly", "-list", "-cmd", f".load {EXTENSION}",
                         bench.store()], lambda line: line.split("|"))
    return found


def has_windows(bench, asked):
    """Whether all of them know the function windows."""
    try:
        for words, _ in asked.values():
            measure(words + ["SELECT count FROM windows('cpu.user')"])
        return True
    except Failed:
        bench.note("no SQL function windows here: left out")
        return False


def compare(bench, key, question, spellings, asked):
    """How much slower than by options, and the seconds taken, by name.

    spellings: what is added to the name of a face, and the statement.
    """
    native = command(bench, question)
    known = rows(measure(native).output, question)
    able = {"native": native}
    for name, (words, row) in asked.items():
        for spelling, statement in spellings.items():
            able[name + spelling] = words + [statement]
            answer = measure(words + [statement]).output.decode().splitlines()
            agree(question, known, [row(line) for line in answer], name)
    taken = {name: timed(words, 1) for name, words in able.items()}
    for _ in range(bench.runs):
        for name, words in able.items():
            taken[name] += timed(words, TIMES if taken[name][0].wall < SHORT_S else 1)
    taken = {name: median(runs) for name, runs in taken.items()}
    bench.note(question.what)
    slower = {name: run.wall / taken["native"].wall for name, run in taken.items()}
    for name, run in taken.items():
        bench.row(f"  {key} {name}", run,
                  beside=f"/ native: {slower[name]:.2f}" if name != "native" else "")
    return slower, {name: run.wall for name, run in taken.items()}


def main(bench):
    known = measure("pt-query --help").output.decode().split()
    asked = faces(bench)
    windows, slowest = has_windows(bench, asked), 0
    for key, question in questions(bench).items():
        if not question.pt_sql:
            continue
        if question.needs and question.needs not in known:
            bench.note(f"{question.what}: pt-query has no {question.needs} here: left out")
            continue
        spellings = {"": question.pt_sql}
        if windows and question.windows:
            spellings[", windows"] = question.windows
        slower, taken = compare(bench, key, question, spellings, asked)
        if f"sql.{key}" in PROMISES:
            bench.measured[f"sql.{key}"] = max(slower[name] for name in asked)
        if key == EVERY_POINT:
            bench.measured["sql.row"] = max(taken[name] for name in asked) / bench.points * 1e6
        slowest = max([slowest] + [slower[n] for n in slower if n.endswith(", windows")])
    if windows:
        bench.measured["sql.windows"] = slowest
