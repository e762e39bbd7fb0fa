"""One run of a program: its wall time, the CPU it took, the most memory it held."""
import collections
import dataclasses
import os
import pathlib
import resource
import shlex
import signal
import statistics
import subprocess
import threading
import time

SAMPLE_S = 0.02  # between two looks at the memory of the processes
SPAWN = pathlib.Path(__file__).resolve().parents[3] / "build/tests/bench/spawn"


class Failed(Exception):
    """A program did not do what it was measured for, so its figures mean nothing."""


# One look at a program: seconds since the epoch; MB it holds and those of them that are no file's;
# CPU seconds it took; bytes of its files.
Sample = collections.namedtuple("Sample", "at rss own cpu size")


@dataclasses.dataclass
class Run:
    wall: float  # seconds
    cpu: float  # seconds, of all its processes; None when it cannot be told
    rss: float  # MB, peak; 0 when it ended before that could be seen
    output: bytes = b""
    samples: list = dataclasses.field(default_factory=list)


def memory_of(pid):
    """MB of a process: all, at the peak, and without mapped files; zeros when it is gone."""
    found = {}
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(("VmRSS:", "VmHWM:", "RssAnon:")):
                found[line.partition(":")[0]] = int(line.split()[1]) / 1024
    except OSError:
        pass
    return [found.get(field, 0.0) for field in ("VmRSS", "VmHWM", "RssAnon")]


def cpu_of(pid):
    """CPU seconds of a process; 0 when it is gone."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def members(group):
    """The processes of a process group."""
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.getpgid(int(name)) == group:
                yield int(name)
        except ProcessLookupError:
            pass


class Sampler(threading.Thread):
    """Looks at a process group's memory, and at the size of files, until it is stopped."""

    def __init__(self, group, files):
        super().__init__(daemon=True)
        self.group, self.files, self.over = group, files, threading.Event()
        self.peak, self.samples = 0.0, []

    def run(self):
        while not self.over.wait(SAMPLE_S):
            pids = list(members(self.group))
            rss, peak, own = [sum(m) for m in zip((0, 0, 0), *map(memory_of, pids))]
            self.peak = max(self.peak, peak)
            size = sum(f.stat().st_size for f in self.files if f.exists())
            self.samples.append(Sample(time.time(), rss, own, sum(map(cpu_of, pids)), size))

    def stop(self):
        self.over.set()
        self.join()
        return self.peak


def argv(command):
    return shlex.split(command) if isinstance(command, str) else [str(c) for c in command]


def end(process):
    """Ends a program that is not wanted any more, with all it started in its group."""
    if process and process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def measure(command, feed=None, watch=(), accept=(0,), source=os.devnull):
    """Runs a command (words, or a line without shell syntax) to its end.

    feed: another one, whose output it reads by a pipe and which is not counted; without it the file
    source is its input, or nothing.  watch: files whose size is sampled.  What goes to standard
    output is kept.
    """
    producer = process = None
    stdin = open(source, "rb")
    try:
        if feed:
            producer = subprocess.Popen(argv(feed), start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        started = time.perf_counter()
        process = subprocess.Popen(argv(command), start_new_session=True,
                                   stdin=producer.stdout if producer else stdin,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if producer:
            producer.stdout.close()
        sampler = Sampler(process.pid, watch)
        sampler.start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = sampler.stop()
        process.stdout.close()
        if process.returncode not in accept:
            raise Failed(f"{shlex.join(argv(command))}: status {process.returncode}: "
                         f"{output[-500:].decode(errors='replace').strip()}")
        if producer and producer.wait() != 0:
            raise Failed(f"{shlex.join(argv(command))} did not read all of {argv(feed)[0]}")
    finally:
        stdin.close()
        end(process)
        end(producer)
    # A child began as a copy of this process: what is said of it is never below that.
    if usage.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
        peak = max(peak, usage.ru_maxrss / 1024)
    return Run(wall, usage.ru_utime + usage.ru_stime, peak, output, sampler.samples)


def timed(command, times):
    """Runs a command that takes milliseconds so many times, each from its start to its exit."""
    done = subprocess.run([SPAWN, str(times), *argv(command)], check=False, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"{shlex.join(argv(command))}: {done.stderr.decode(errors='replace').strip()}")
    figures = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
    return [Run(wall, cpu, rss / 1e6) for wall, cpu, rss in figures]


def median(runs):
    cpu = None if runs[0].cpu is None else statistics.median(r.cpu for r in runs)
    return Run(statistics.median(r.wall for r in runs), cpu,
               max(r.rss for r in runs), runs[-1].output, runs[-1].samples)


def in_turn(contenders, rounds):
    """The medians of {name: function that returns a Run}, where all take turns in each round."""
    taken = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contend in contenders.items():
            os.sync()  # what one has written is not to be paid for by the next
            taken[name].append(contend())
    return {name: median(runs) for name, runs in taken.items()}


def remove(*names):
    """Removes SQLite files, with what stands beside them."""
    for name in names:
        for suffix in ("", "-wal", "-shm", "-journal"):
            pathlib.Path(f"{name}{suffix}").unlink(missing_ok=True)


def file_size(database):
    """Bytes of a database, with its write-ahead log if one was left."""
    paths = [pathlib.Path(f"{database}{suffix}") for suffix in ("", "-wal", ".wal")]
    return sum(path.stat().st_size for path in paths if path.exists())
