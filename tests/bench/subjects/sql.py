"""The same questions in SQL: how much longer than by pt-query's own options, all start to exit.

By pt-query sql, which has its tables built in, and by the sqlite3 shell with the extension loaded.
The answers have to be pt-query's own.
"""
import json

from lib.bench import BUILD
from lib.measure import measure, median, timed
from lib.peers import Sqlite, present
from lib.questions import agree, questions
from subjects.query import command, rows

EXTENSION = BUILD / "pt.so"
SHELL = "sqlite3, pt.so"  # lib.questions knows how it writes
TIMES = 5  # in each round
SHORT_S = 0.3  # what takes longer is asked once a round


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


def compare(bench, key, question, asked):
    native = command(bench, question)
    known = rows(measure(native).output, question)
    able = {"native": native}
    for name, (words, row) in asked.items():
        able[name] = words + [question.pt_sql]
        answer = measure(able[name]).output.decode().splitlines()
        agree(question, known, [row(line) for line in answer], name)
    taken = {name: timed(words, 1) for name, words in able.items()}
    for _ in range(bench.runs):
        for name, words in able.items():
            taken[name] += timed(words, TIMES if taken[name][0].wall < SHORT_S else 1)
    taken = {name: median(runs) for name, runs in taken.items()}
    bench.note(question.what)
    for name, run in taken.items():
        beside = f"/ native: {run.wall / taken['native'].wall:.2f}" if name != "native" else ""
        bench.row(f"  {key} {name}", run, beside=beside)
    slowest = max(taken[name].wall for name in asked)
    bench.ratio(f"sql.{key}", slowest, taken["native"].wall)


def main(bench):
    known = measure("pt-query --help").output.decode().split()
    asked = faces(bench)
    for key, question in questions(bench).items():
        if not question.pt_sql:
            continue
        if question.needs and question.needs not in known:
            bench.note(f"{question.what}: pt-query has no {question.needs} here: left out")
            continue
        compare(bench, key, question, asked)
