"""Questions to a store of M: pt-query from its start to its exit, beside what others take inside,
and beside that with the start of a client, which is how long a shell waits for them.

Every peer's answer is compared with pt's before anything is timed: what is quick because it
computes something else is no peer, and pt must not become it.
"""
import contextlib
import json
import shutil

from lib.engines import ENGINES
from lib.measure import Run, measure, median, timed
from lib.peers import present
from lib.questions import agree, questions, sums

TIMES = 7  # in each round
SHORT_S = 0.3  # what takes longer is asked once a round


def command(bench, question):
    return ["pt-query", "-d", bench.store(), *question.pt, "-o", "jsonl"]


def rows(output, question):
    return [question.row(json.loads(line)) for line in output.splitlines()]


def ask(engine, question):
    """Runs of one round."""
    taken = [engine.ask(question)[1]]
    while len(taken) < TIMES and taken[0] < SHORT_S:
        taken.append(engine.ask(question)[1])
    return [Run(wall, None, 0) for wall in taken]


def contenders(bench, question, engines):
    """Those that can be asked, as functions; each but pt has told that it agrees."""
    ours = rows(measure(command(bench, question)).output, question)
    able = {"pt": lambda: timed(command(bench, question), TIMES)}
    for engine in engines:
        answer = engine.ask(question)
        if answer:
            agree(question, ours, answer[0], engine.name)
            able[engine.name] = lambda engine=engine: ask(engine, question)
    return able


def starts(engines):
    """What the client of each takes before it asks anything; 0 where there is none."""
    return {e.name: median(timed(e.client(), TIMES)).wall if shutil.which(e.client()[0]) else 0
            for e in engines}


def compare(bench, key, question, engines, start):
    taken = {}
    able = contenders(bench, question, engines)
    for _ in range(bench.runs):
        for name, contend in able.items():
            taken.setdefault(name, []).extend(contend())
    taken = {name: median(runs) for name, runs in taken.items()}
    bench.note(question.what)
    for name, run in taken.items():
        pt = taken["pt"].wall
        beside = "" if name == "pt" else (f"/ pt: {run.wall / pt:.2f}, with its client "
                                          f"{(run.wall + start[name]) / pt:.2f}")
        bench.row(f"  {key} {name}", run, beside=beside)
    bench.measured[f"query.{key}"] = taken.pop("pt").wall * 1e3
    if taken:
        quickest = min(run.wall + start[name] for name, run in taken.items())
        bench.ratio(f"query.{key}.peers", quickest * 1e3, bench.measured[f"query.{key}"])


def main(bench):
    known = measure("pt-query --help").output.decode().split()
    bench.store()
    with contextlib.ExitStack() as open_ones:
        engines = [open_ones.enter_context(peer(bench)) for peer in present(bench, *ENGINES)]
        start = starts(engines)
        for name, wall in start.items():
            bench.note(f"the client of {name} starts in {wall * 1e3:.1f} ms")
        for key, question in questions(bench).items():
            if question.needs and question.needs not in known:
                bench.note(f"{question.what}: pt-query has no {question.needs} here: left out")
                continue
            compare(bench, key, question, engines, start)
        contenders(bench, sums(), engines)
