"""The programs that pt is measured beside, each driven as well as it can be.

Each has missing(): None, or what installs it.
"""
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from lib.bench import BUILD
from lib.measure import Failed, Run, cpu_of, end, measure, memory_of

NODE_MODULES = BUILD / "bench-peers/node_modules"
DUCK_JS = pathlib.Path(__file__).with_name("duck.js")
READY_S = 30  # until a server must answer


class DuckDB:
    """Its shell, or its library under node; two threads, as many as the machine of the promises."""
    name = "DuckDB"
    columns = "ts: 'DOUBLE', name: 'VARCHAR', host: 'VARCHAR', venue: 'VARCHAR', value: 'DOUBLE'"
    row = "CAST(round(ts * 1000) AS BIGINT) AS ts, name, host, venue, value"

    @staticmethod
    def missing():
        if shutil.which("duckdb") or shutil.which("node") and (NODE_MODULES / "@duckdb").exists():
            return None
        return "make bench-deps, or the duckdb shell on PATH"

    @staticmethod
    def run(database, *statements):
        statements = ("SET threads = 2",) + statements
        if shutil.which("duckdb"):
            return measure(["duckdb", "-noheader", "-list", database, "-c", "; ".join(statements)])
        os.environ["BENCH_PEERS"] = str(NODE_MODULES)
        return measure(["node", DUCK_JS, database, *statements])

    @classmethod
    def from_csv(cls, path, order=""):
        return (f"CREATE TABLE points AS SELECT {cls.row} FROM read_csv('{path}', header = true, "
                f"columns = {{{cls.columns}}}) {order}")

    @classmethod
    def from_json(cls, path):
        row = cls.row.replace(" host, venue", " tags.host AS host, tags.venue AS venue")
        return (f"CREATE TABLE points AS SELECT {row} FROM read_json('{path}', "
                "format = 'newline_delimited', columns = {ts: 'DOUBLE', name: 'VARCHAR', "
                "value: 'DOUBLE', tags: 'STRUCT(host VARCHAR, venue VARCHAR)'})")

    @classmethod
    def load(cls, database, points, *statements):
        """A table in a new database, down to the disk."""
        database.unlink(missing_ok=True)
        taken = cls.run(database, *statements, "CHECKPOINT")
        held = cls.run(database, "SELECT count(*) FROM points").output.split()[-1]
        if int(held) != points:
            raise Failed(f"DuckDB holds {held} points of {points}")
        return taken


class Sqlite:
    """The sqlite3 shell and its .import, into a plain table without an index."""
    name = "sqlite3"

    @staticmethod
    def missing():
        return None if shutil.which("sqlite3") else "make bench-deps"

    @staticmethod
    def load(database, csv, points):
        columns = "ts REAL, name TEXT, host TEXT, venue TEXT, value REAL"
        taken = measure(["sqlite3", database, "PRAGMA journal_mode = wal",
                         "PRAGMA synchronous = off", f"CREATE TABLE points({columns})",
                         f".import --csv --skip 1 {csv} points"])
        held = int(measure(["sqlite3", database, "SELECT count(*) FROM points"]).output)
        if held != points:
            raise Failed(f"sqlite3 holds {held} points of {points}")
        return taken


class VictoriaMetrics:
    """A server on a free port, with its data below a directory; used by `with`."""
    name = "VictoriaMetrics"
    program = "victoria-metrics"

    def __init__(self, directory):
        self.data, self.process = directory / "victoria", None

    @classmethod
    def missing(cls):
        return None if shutil.which(cls.program) else "make bench-deps"

    def __enter__(self):
        shutil.rmtree(self.data, ignore_errors=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [self.program, f"-storageDataPath={self.data}", "-retentionPeriod=100y",
             f"-httpListenAddr=127.0.0.1:{self.port}", "-influxSkipSingleField"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        limit = time.monotonic() + READY_S
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                self.get("/health")
                return self
            except OSError:
                time.sleep(0.05)
        end(self.process)
        raise Failed(f"{self.program} does not answer on 127.0.0.1:{self.port}")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(READY_S)
        except subprocess.TimeoutExpired:
            end(self.process)
        shutil.rmtree(self.data, ignore_errors=True)

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.putrequest(method, path)
        if body:
            connection.putheader("Content-Length", str(os.fstat(body.fileno()).st_size))
        connection.endheaders()
        if body:
            connection.sock.sendfile(body)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        if response.status not in (200, 204):
            raise Failed(f"{self.program}: {path}: HTTP {response.status} {text[:200]!r}")
        return text.decode()

    def get(self, path):
        return self.request("GET", path)

    def load(self, lines, points):
        """Uploads line protocol until all of it can be asked for; the server's CPU and memory."""
        started = time.perf_counter()
        with open(lines, "rb") as body:
            self.request("POST", "/write?precision=ms", body)
        self.get("/internal/force_flush")
        wall = time.perf_counter() - started
        cpu = cpu_of(self.process.pid)
        held = [float(line.split()[-1]) for line in self.get("/metrics").splitlines()
                if line.startswith('vm_rows_inserted_total{type="influx"}')]
        if held != [points]:
            raise Failed(f"{self.program} holds {held} points of {points}")
        return Run(wall, cpu, memory_of(self.process.pid)[1])

    def merged_size(self):
        """Bytes of its data when it has merged all and its files do not change any more.

        They come and go until then, so du may miss one; it says so, and is asked again anyway."""
        self.get("/internal/force_merge")
        size, before, limit = 0, -1, time.monotonic() + 4 * READY_S
        while size != before and time.monotonic() < limit:
            before = size
            time.sleep(4)
            size = int(subprocess.run(["du", "-sb", self.data], stdout=subprocess.PIPE, check=False,
                                      stderr=subprocess.DEVNULL).stdout.split()[0])
        return size


def present(bench, *peers):
    """Those of the peers that are here; of the others it is said how to install them."""
    for peer in peers:
        if peer.missing():
            bench.note(f"{peer.name} is missing: {peer.missing()}")
    return [peer for peer in peers if not peer.missing()]
