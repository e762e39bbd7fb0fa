"""Subjects that are a program of their own, which writes what it found for people to read."""
from lib.measure import measure


def run_program(bench, path, *arguments):
    """Shows the program's output and returns its lines as words; nothing when it is not there."""
    if not path.exists():
        bench.note(f"no {path.name} here: left out")
        return []
    lines = measure([path, *arguments]).output.decode().splitlines()
    for line in lines:
        bench.note(line)
    return [line.split() for line in lines]
