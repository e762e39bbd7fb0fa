"""Subjects that are a program of their own, which says what it found.

A line "measured KEY VALUE" of its output is the figure of a promise; other lines are for people.
"""
from lib.measure import measure


def run_program(bench, path, *arguments):
    if not path.exists():
        bench.note(f"no {path.name} here: left out")
        return
    for line in measure([path, *arguments]).output.decode().splitlines():
        words = line.split()
        if words[:1] == ["measured"] and len(words) == 3:
            bench.measured[words[1]] = float(words[2])
            bench.row(words[1], None, words[2])
        else:
            bench.note(line)
