"""How fast every byte of a store is checked, counted in the points (16 bytes each) it holds."""
from lib.measure import in_turn, measure

POINT_BYTES = 16  # a time and a value


def main(bench):
    store = bench.store()
    command = ["pt-archive", "verify", "-q", "-d", store]
    run = in_turn({"pt": lambda: measure(command)}, bench.runs)["pt"]
    speed = bench.points * POINT_BYTES / run.wall / 1e9
    bench.row("pt-archive verify", run, f"{speed:.2f} GB/s of points")
    bench.measured["verify"] = speed
