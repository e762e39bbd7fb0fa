"""Encoding and decoding alone, without a store; its last row, "all", is what is promised."""
from lib.bench import BUILD
from lib.program import run_program

# Columns of the table that it writes.
BYTES_A_POINT, ENCODE, DECODE, PLAIN_DECODE = 2, 3, 4, 6


def main(bench):
    for label, arguments in (("M", ()), ("M, jittered", ("--jitter",))):
        for words in run_program(bench, BUILD / "tests/bench/codec", *arguments):
            if words[:1] == ["all"]:
                bench.row(label, None, f"{words[BYTES_A_POINT]} B/point {words[ENCODE]} encode "
                                       f"{words[DECODE]} decode {words[PLAIN_DECODE]} plain decode")
                bench.measured.setdefault("codec.inflate", float(words[DECODE]))
                bench.measured.setdefault("codec.decode", float(words[PLAIN_DECODE]))
