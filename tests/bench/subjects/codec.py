"""Encoding and decoding alone, without a store; the row "all" of its table is what is promised."""
from lib.bench import BUILD
from lib.program import run_program

SHOWN = {"B/pt": "B/point", "encode": "encode", "decode": "decode", "dec_plain": "plain decode"}


def columns(words):
    """The names of a table's columns: "dec plain", without inflate, is one of them."""
    return " ".join(words).replace(" plain", "_plain").split()


def main(bench):
    for label, arguments in (("M", ()), ("M, jittered", ("--jitter",))):
        head = []
        for words in run_program(bench, BUILD / "tests/bench/codec", *arguments):
            if "B/pt" in words:
                head = columns(words)
            if words[:1] != ["all"]:
                continue
            # Names of rows may have spaces, and the head has none for them: told from the right.
            cells = dict(zip(reversed(head), reversed(words)))
            bench.row(label, None, " ".join(f"{cells.get(c, '-')} {s}" for c, s in SHOWN.items()))
            for key, column in (("codec.inflate", "decode"), ("codec.decode", "dec_plain")):
                if column in cells:
                    bench.measured.setdefault(key, float(cells[column]))
