"""What the subjects share: the data, the store of M, the rows of figures, the promises."""
import datetime
import os
import pathlib
import sqlite3
import subprocess
import time

from lib.measure import Failed, argv, measure, remove
from lib.promises import PROMISES, verdict

TOP = pathlib.Path(__file__).resolve().parents[3]
BUILD = TOP / "build"
GENERATE = BUILD / "tests/bench/generate"
TSV = BUILD / "bench.tsv"

SERIES_A_HOST = 10
POINTS_A_SERIES = 10000
INTERVAL_S = 10
START_S = 1767225600  # the first point, in whole seconds
QUIET = 0.05  # of the processors, taken by others


def others_cpu():
    """CPU seconds taken since the start of the machine, less those of this run's programs."""
    ticks = pathlib.Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, irq, softirq = (int(t) for t in ticks[:7])
    own = os.times()
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK") - sum(own[:4])


class Bench:
    def __init__(self, options, directory):
        self.runs, self.scale, self.hosts = options.runs, options.scale, options.hosts
        self.dir, self.task, self.begun, self.measured = directory, "", set(), {}
        self.points = self.hosts * SERIES_A_HOST * POINTS_A_SERIES
        self.at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        for program in ("pt-ingest", "tests/bench/generate"):
            if not (BUILD / program).exists():
                raise Failed(f"build/{program} is missing: make all benches")
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, medians of {self.runs} "
              f"runs, M = {self.points / 1e6:g}M points")

    def subject(self, name, measure_all):
        """Measures a subject, and says so when the machine had other things to do."""
        self.task = name
        self.begun.add(name)
        print(f"\n{name}", flush=True)
        before = others_cpu()
        started = time.monotonic()
        measure_all(self)
        share = (others_cpu() - before) / (time.monotonic() - started) / os.cpu_count()
        if share > QUIET:
            self.note(f"not a quiet machine: others took {share * 100:.0f} % of its processors; "
                      "what runs many threads suffers most")

    # -- figures --

    def row(self, contender, run=None, figure="", beside=""):
        """A line of figures, and a row of the file of them.  beside: for the reader only."""
        line = f"  {contender:<30}"
        if run:
            wall = f"{run.wall:8.2f} s " if run.wall >= 1 else f"{run.wall * 1e3:8.1f} ms"
            cpu = f"{'-':>8}       "
            if run.cpu is not None:
                cpu = f"{run.cpu:8.2f} s  cpu" if run.cpu >= 1 else f"{run.cpu * 1e3:8.1f} ms cpu"
            line += f"{wall} {cpu} {f'{run.rss:6.0f} MB' if run.rss else '     -   '}  "
        print(f"{line}{figure}{'   ' if beside else ''}{beside}".rstrip(), flush=True)
        cells = [self.at, self.task, contender]
        cpu = "" if not run or run.cpu is None else f"{run.cpu:.5f}"
        cells += [f"{run.wall:.5f}", cpu, f"{run.rss:.1f}"] if run else [""] * 3
        new = not TSV.exists()
        with open(TSV, "a", encoding="utf-8") as out:
            if new:
                out.write("at\ttask\tcontender\twall_s\tcpu_s\trss_mb\tfigure\n")
            out.write("\t".join(cells + [figure]) + "\n")

    @staticmethod
    def speed(run, points):
        return f"{points / run.wall / 1e6:5.2f} Mpoints/s {run.cpu / points * 1e9:5.0f} ns/point"

    def note(self, text):
        print(f"  {text}", flush=True)

    def ratio(self, promise, peers, ours):
        """Records peer / ours for a promise; says nothing of one that was not measured."""
        if peers and ours:
            self.measured[promise] = peers / ours

    # -- data --

    def generator(self, form, hosts=None, points=POINTS_A_SERIES, jitter=0):
        return argv([GENERATE, "--format", form, "--hosts", hosts or self.hosts, "--points", points,
                     "--jitter", jitter])

    def data(self, form, points=POINTS_A_SERIES):
        """The file of M in a format, or of its first points, made when it is first asked for."""
        part = "" if points == POINTS_A_SERIES else f"-{points}"
        path = self.dir / f"M-{self.hosts}{part}.{form}"
        if not path.exists() or path.stat().st_mtime < GENERATE.stat().st_mtime:
            part = path.with_suffix(".part")
            with open(part, "wb") as out:
                subprocess.run(self.generator(form, points=points), stdout=out, check=True)
            part.rename(path)
        return path

    def store(self):
        """A store that holds M, made when it is first asked for; not to be changed."""
        path = self.dir / f"M-{self.hosts}.db"
        if not path.exists():
            self.ingest(path, ["cat", self.data("jsonl")], self.points)
        return path

    def ingest(self, path, feed, points):
        """Makes a store of what a command writes, and fails unless all of it is there."""
        part = self.fresh("part.db")
        run = measure(["pt-ingest", "-q", "-d", part], feed,
                      watch=(part, part.with_name("part.db-wal")))
        self.holds(part, points)
        part.rename(path)
        return run

    def fresh(self, name):
        """A name for a new database, with nothing in its way."""
        path = self.dir / name
        remove(path)
        return path

    @staticmethod
    def holds(store, points):
        """Fails unless a store took in that many points: a benchmark of losing data is none."""
        db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        try:
            found = db.execute("SELECT sum(points) FROM batch").fetchone()[0]
        finally:
            db.close()
        if found != points:
            raise Failed(f"{store}: {found} points were stored of {points}")

    # -- the end --

    def promises(self):
        print("\npromised")
        for key, promise in PROMISES.items():
            if key.partition(".")[0] in self.begun:
                print(f"  {promise.what:<66} {promise.least():>10}  "
                      f"{verdict(promise, self.measured.get(key))}")
        print(f"\nall figures: {TSV.relative_to(TOP)}")
