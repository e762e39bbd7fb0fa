"""From an event that is written to a pipe to its durable row."""
from lib.bench import TOP
from lib.program import run_program


def main(bench):
    """A line "above MS" of the program is its p99 less the commit interval: what is promised."""
    for words in run_program(bench, TOP / "tests/bench/latency"):
        if words[:1] == ["above"]:
            bench.row("pt-ingest, p99 above interval", None, f"{words[1]} ms")
            bench.measured["latency"] = float(words[1])
