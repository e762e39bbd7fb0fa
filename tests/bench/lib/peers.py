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
import urllib.parse

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


class Server:
    """A server on a free port, with its data below a directory; used by `with`."""

    def __init__(self, directory):
        self.data, self.process = directory / self.program, None

    @classmethod
    def missing(cls):
        return None if shutil.which(cls.program) else "make bench-deps"

    @staticmethod
    def free_ports(count):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        ports = [listening.getsockname()[1] for listening in sockets]
        for listening in sockets:
            listening.close()
        return ports

    def __enter__(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.port, second = self.free_ports(2)
        self.process = subprocess.Popen(self.command(second), start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + READY_S
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                self.get(self.health)
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
        if method == "POST":
            size = os.fstat(body.fileno()).st_size if body else 0
            connection.putheader("Content-Length", str(size))
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


class VictoriaMetrics(Server):
    """Without the cache of answers, which would tell how fast it remembers."""
    name = "VictoriaMetrics"
    program = "victoria-metrics"
    health = "/health"

    def command(self, _):
        return [self.program, f"-storageDataPath={self.data}", "-retentionPeriod=100y",
                f"-httpListenAddr=127.0.0.1:{self.port}", "-influxSkipSingleField",
                "-search.disableCache"]

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


class ClickHouse(Server):
    """18.16, as Debian has it: texts by a dictionary, sorted by series and time; two threads."""
    name = "ClickHouse"
    program = "clickhouse-server"
    health = "/ping"
    memory = 8 << 30  # bytes, for a question
    users = ("<yandex><profiles><default><max_memory_usage>{memory}</max_memory_usage>"
             "<max_threads>2</max_threads>"
             "<allow_experimental_low_cardinality_type>1</allow_experimental_low_cardinality_type>"
             "</default></profiles><users><default><password></password><networks><ip>127.0.0.1"
             "</ip></networks><profile>default</profile><quota>default</quota></default></users>"
             "<quotas><default></default></quotas></yandex>")
    config = ("<yandex><logger><level>warning</level><log>{data}/log</log></logger>"
              "<http_port>{port}</http_port><tcp_port>{second}</tcp_port>"
              "<listen_host>127.0.0.1</listen_host><path>{data}/</path>"
              "<tmp_path>{data}/tmp/</tmp_path><timezone>UTC</timezone>"
              "<mark_cache_size>268435456</mark_cache_size>"
              "<users_config>{data}/users.xml</users_config>"
              "<default_profile>default</default_profile>"
              "<default_database>default</default_database></yandex>")
    text = "LowCardinality(String)"
    table = (f"CREATE TABLE points (at Float64, name {text}, host {text}, venue {text}, "
             "value Float64, ts Int64 MATERIALIZED toInt64(round(at * 1000))) "
             "ENGINE = MergeTree PARTITION BY tuple() ORDER BY (name, host, ts)")

    def command(self, second):
        self.data.mkdir(parents=True)
        known = {"data": self.data, "port": self.port, "second": second, "memory": self.memory}
        for name, form in (("users.xml", self.users), ("config.xml", self.config)):
            (self.data / name).write_text(form.format(**known), encoding="utf-8")
        return [self.program, f"--config-file={self.data}/config.xml"]

    def statement(self, sql, method="POST", body=None):
        query = urllib.parse.urlencode({"query": sql})
        return self.request(method, f"/?{query}", body)

    def load(self, csv, points):
        """A table of one part, sorted."""
        self.statement(self.table)
        with open(csv, "rb") as body:
            self.statement("INSERT INTO points (at, name, host, venue, value) FORMAT CSVWithNames",
                           body=body)
        self.statement("OPTIMIZE TABLE points FINAL")
        held = int(self.statement("SELECT count() FROM points", "GET"))
        if held != points:
            raise Failed(f"{self.program} holds {held} points of {points}")


def present(bench, *peers):
    """Those of the peers that are here; of the others it is said how to install them."""
    for peer in peers:
        if peer.missing():
            bench.note(f"{peer.name} is missing: {peer.missing()}")
    return [peer for peer in peers if not peer.missing()]
