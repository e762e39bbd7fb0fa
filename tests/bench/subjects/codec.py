"""Encoding and decoding alone, without a store."""
from lib.bench import BUILD
from lib.program import run_program


def main(bench):
    run_program(bench, BUILD / "tests/bench/codec")
    run_program(bench, BUILD / "tests/bench/codec", "--jitter")
