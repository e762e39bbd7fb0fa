"""From an event that is written to a pipe to its durable row."""
from lib.bench import TOP
from lib.program import run_program


def main(bench):
    run_program(bench, TOP / "tests/bench/latency")
