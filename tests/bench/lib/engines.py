"""The peers that hold M and answer questions, each timed by itself, without start or client.

Each is made of the bench and used by `with`, which loads M; ask(question) gives the rows of the
answer and the seconds it took, or None where the peer has no words for the question.  client() is
the command that asks nothing of M in the way that people ask from a shell: what it takes comes to
every answer there.
"""
import collections
import json
import os
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

from lib.measure import Failed, end, remove
from lib.peers import DUCK_JS, NODE_MODULES, ClickHouse, DuckDB, Sqlite, VictoriaMetrics


class Duck:
    """In a process of node that stays, on the table as it was read and on one that is sorted."""
    name = "DuckDB"
    table = "points"

    def __init__(self, bench):
        self.bench, self.process = bench, None
        self.path = bench.dir / f"M-{bench.hosts}.duck"

    @staticmethod
    def missing():
        there = shutil.which("node") and (NODE_MODULES / "@duckdb").exists()
        return None if there else "make bench-deps"

    def __enter__(self):
        if not self.path.exists():
            part = self.path.with_suffix(".part")
            DuckDB.load(part, self.bench.points, DuckDB.from_csv(self.bench.data("csv")),
                        "CREATE TABLE sorted AS SELECT * FROM points ORDER BY name, host, ts")
            part.rename(self.path)
        os.environ["BENCH_PEERS"] = str(NODE_MODULES)
        self.process = subprocess.Popen(["node", DUCK_JS, self.path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.say("SET threads = 2")
        self.say("CREATE TEMP MACRO intDiv(a, b) AS a // b")
        return self

    def __exit__(self, *_):
        end(self.process)

    def client(self):
        return ["node", DUCK_JS, ":memory:", "SELECT 1"]

    def say(self, statement):
        print(statement, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed(f"DuckDB gave no answer to {statement}")
        return json.loads(answer)

    def ask(self, question):
        if not question.sql:
            return None
        ms, rows = self.say(question.sql.format(points=self.table))
        return rows, ms / 1e3


class DuckSorted(Duck):
    name = "DuckDB, sorted"
    table = "sorted"


class Rows:
    """SQLite in this process, on one row a point in the order of its key: series and time."""
    name = "SQLite rows"
    missing = Sqlite.missing

    def __init__(self, bench):
        self.bench, self.db = bench, None
        self.path = bench.dir / f"M-{bench.hosts}.rows.db"

    def __enter__(self):
        if not self.path.exists():
            self.fill(self.bench.fresh("part.rows.db"))
        self.db = sqlite3.connect(self.path)
        self.db.execute("PRAGMA cache_size = -524288")
        return self

    def fill(self, part):
        flat = part.with_suffix(".flat")
        remove(flat)
        Sqlite.load(flat, self.bench.data("csv"), self.bench.points)
        db = sqlite3.connect(part, isolation_level=None)
        for statement in (
                "PRAGMA synchronous = off", f"ATTACH '{flat}' AS flat",
                "CREATE TABLE series(id INTEGER PRIMARY KEY, name, host, venue,"
                " UNIQUE (name, host))",
                "INSERT INTO series(name, host, venue) SELECT DISTINCT name, host, venue"
                " FROM flat.points",
                "CREATE TABLE points(series INTEGER, ts INTEGER, value REAL,"
                " PRIMARY KEY (series, ts)) WITHOUT ROWID",
                "INSERT INTO points SELECT id, CAST(round(ts * 1000) AS INTEGER), value"
                " FROM flat.points JOIN series USING (name, host) ORDER BY 1, 2"):
            db.execute(statement)
        db.close()
        remove(flat)
        part.rename(self.path)

    def __exit__(self, *_):
        self.db.close()

    def client(self):
        return ["sqlite3", self.path, "SELECT 1"]

    def ask(self, question):
        if not question.rows:
            return None
        begun = time.perf_counter()
        rows = self.db.execute(question.rows).fetchall()
        return rows, time.perf_counter() - begun


class House(ClickHouse):
    """By the time that its own statistics tell."""

    def __init__(self, bench):
        super().__init__(bench.dir)
        self.bench = bench

    def __enter__(self):
        super().__enter__()
        self.load(self.bench.data("csv"), self.bench.points)
        return self

    def client(self):
        return ["curl", "-s", f"http://127.0.0.1:{self.port}/ping"]

    def ask(self, question):
        sql = question.clickhouse or question.sql
        if not sql:
            return None
        answer = json.loads(self.statement(sql.format(points="points") + " FORMAT JSONCompact",
                                           "GET"))
        return answer["data"], answer["statistics"]["elapsed"]


class Victoria(VictoriaMetrics):
    """By the time from a request to the last byte of its answer, on the same machine."""

    def __init__(self, bench):
        super().__init__(bench.dir)
        self.bench = bench

    def __enter__(self):
        super().__enter__()
        self.load(self.bench.data("influx"), self.bench.points)
        self.merged_size()
        return self

    def client(self):
        return ["curl", "-s", f"http://127.0.0.1:{self.port}/health"]

    @staticmethod
    def points(path, text):
        """(labels, milliseconds, number) of an answer."""
        if path.endswith("export"):
            for line in text.splitlines():
                series = json.loads(line)
                for ms, value in zip(series["timestamps"], series["values"]):
                    yield series["metric"], ms, value
            return
        for series in json.loads(text)["data"]["result"]:
            for at, value in series.get("values") or [series["value"]]:
                yield series["metric"], round(at * 1000), float(value)

    def ask(self, question):
        if not question.victoria:
            return None
        numbers, taken = collections.defaultdict(list), 0
        for path, parameters in question.victoria:
            begun = time.perf_counter()
            text = self.get(f"{path}?{urllib.parse.urlencode(parameters)}")
            taken += time.perf_counter() - begun
            for labels, ms, value in self.points(path, text):
                numbers[question.victoria_key(labels, ms)].append(value)
        return [(*key, *question.victoria_numbers(*n)) for key, n in numbers.items()], taken


ENGINES = (Duck, DuckSorted, Rows, House, Victoria)
