#!/usr/bin/env python3
"""Reads a store by the word of pt-store(5) alone, with nothing but Python's own library.

    store-reader.py FILE            the points: name, tags, ts (ns), value, as CSV
    store-reader.py FILE documents  the bodies of the documents, one a line

In order of name, tags and time; of time and arrival.  On the way every checksum is checked, and
what the row of a chunk says of its points; damage ends the program with status 4.
"""
import csv
import fractions
import math
import sqlite3
import struct
import sys
import zlib

MASK = (1 << 64) - 1
U64 = struct.Struct("<Q")
FLOAT = struct.Struct("<d")


def damaged(what):
    print("store-reader: damaged:", what, file=sys.stderr)
    sys.exit(4)


def signed(u):
    return u - (1 << 64) if u >> 63 else u


def unzigzag(u):
    return u >> 1 ^ -(u & 1) & MASK


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        if self.at > len(self.data):
            damaged("bytes end too early")
        return self.data[self.at - n:self.at]

    def varint(self):
        u = shift = 0
        while True:
            byte = self.take(1)[0]
            u |= (byte & 127) << shift
            if byte < 128:
                return u & MASK
            shift += 7

    def signed(self):
        return unzigzag(self.varint())

    def planes(self, n):
        count = self.take(1)[0]
        rows = [self.take(n) for _ in range(count)]
        return [sum(row[i] << 8 * k for k, row in enumerate(rows)) for i in range(n)]


def running(start, steps):
    """start, and after it one value more for each step; modulo 2^64."""
    out = [start]
    for step in steps:
        out.append((out[-1] + step) & MASK)
    return out


def times(c, n):
    codec, t0, unit = c.take(1)[0], c.signed(), c.varint()
    if codec == 0:
        steps = [unit] * (n - 1)
    else:
        first = c.varint()
        if codec == 1:
            steps = [(x + first) * unit for x in c.planes(n - 1)]
        else:
            steps = [s * unit for s in running(first, map(unzigzag, c.planes(n - 2)))]
    return [signed(t) for t in running(t0, steps)]


def decimals(c, n, codec):
    places, first = c.take(1)[0], c.signed()
    if codec == 1:
        k = [first + x for x in c.planes(n)]
    elif codec == 2:
        k = running(first, map(unzigzag, c.planes(n - 1)))
    else:
        step = c.signed()
        k = running(first, running(step, map(unzigzag, c.planes(n - 2))))
    k = [signed(x & MASK) for x in k]
    return k if places == 0 else [x / 10 ** places for x in k]


def values(c, n):
    codec = c.take(1)[0]
    if codec == 0:
        return FLOAT.unpack(c.take(8)) * n
    if codec in (1, 2, 3):
        return decimals(c, n, codec)
    bitmap = c.take((n + 7) // 8) if codec == 5 else bytes(n)
    out, bits = [], 0
    for i, x in enumerate(c.planes(n)):
        bits = x if codec == 5 else bits ^ x
        whole = codec == 5 and bitmap[i // 8] >> i % 8 & 1
        out.append(signed(bits) if whole else FLOAT.unpack(U64.pack(bits))[0])
    return out


def decode_chunk(data):
    c = Cursor(data)
    flags, n = c.take(1)[0], c.varint()
    if flags & ~1 != 0x10:
        damaged("not a chunk")
    if flags & 1:
        size = c.varint()
        c = Cursor(zlib.decompress(c.data[c.at:]))
        if len(c.data) != size:
            damaged("a chunk's length")
    points = list(zip(times(c, n), values(c, n)))
    if c.at != len(c.data):
        damaged("bytes are left over")
    return points


def crc_word(v):
    """A number as a checksum takes it: an integer that no double holds as itself, else a double."""
    wide = isinstance(v, int) and not -2**53 <= v <= 2**53
    return U64.pack(v & MASK) if wide else FLOAT.pack(v)


def chunk_crc(row, data):
    words = [U64.pack(v & MASK) for v in row[:4]]
    words += [crc_word(v) for v in row[4:8]] + [FLOAT.pack(v or 0.0) for v in row[8:14]]
    words += [U64.pack(v & MASK) for v in row[14:16]]
    return zlib.crc32(b"".join(words) + data)


def two_sum(a, b):
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def normal(hi, lo):
    s = hi + lo
    return s, lo - (s - hi)


def add(a, b):
    s, e = two_sum(a[0], b)
    return normal(s, e + a[1]) if math.isfinite(s) else (s, 0.0)


def merge(a, b):
    (s, e), (t, f) = two_sum(a[0], b[0]), two_sum(a[1], b[1])
    if not math.isfinite(s):
        return s, 0.0
    s, e = normal(s, e + t)
    return normal(s, e + f)


def square(v):
    if math.isinf(v * v):
        return v * v, 0.0
    return v * v, float(fractions.Fraction(v) ** 2 - fractions.Fraction(v * v))


def summary(points):
    """What the chunk's row says of its points."""
    column = [v for _, v in points]
    total = squares = increase = (0.0, 0.0)
    for i, v in enumerate(map(float, column)):
        total, squares = add(total, v), merge(squares, square(v))
        if i:
            increase = add(increase, v - before if v >= before else v)
        before = v
    return [points[0][0], points[-1][0], len(points), min(column), max(column), column[0],
            column[-1], *total, *squares, *increase]


def each_point(db):
    series = db.execute("SELECT id, name, tags FROM series").fetchall()
    for sid, name, tags in sorted(series, key=lambda s: (s[1].encode(), s[2].encode())):
        for *row, crc, data in db.execute(
                "SELECT series, t0, t1, n, min, max, first, last, sum, sum_lo, squares, squares_lo,"
                " increase, increase_lo, batch0, batch1, crc, bytes"
                " FROM chunk JOIN chunk_data ON id = data WHERE series = ? ORDER BY t0", (sid,)):
            if chunk_crc(row, data) != crc:
                damaged(f"a chunk of series {sid}")
            points = decode_chunk(data)
            if summary(points) != [v or 0 for v in row[1:14]]:
                damaged(f"the row of a chunk of series {sid}")
            yield from ((name, tags, *point) for point in points)
        tail = db.execute("SELECT ts, value FROM tail WHERE series = ? ORDER BY ts", (sid,))
        yield from ((name, tags, ts, value) for ts, value in tail)


def decode_block(n, data):
    c = Cursor(data)
    size = c.varint()
    c = Cursor(zlib.decompress(data[c.at:]))
    if len(c.data) != size:
        damaged("a block's length")
    doc = ts = 0
    for _ in range(n):
        doc, ts = doc + c.signed() & MASK, ts + c.signed() & MASK
        lengths = c.varint(), c.varint(), c.varint()
        _name, _trace, body = (c.take(k) for k in lengths)
        yield signed(ts), doc, body


def each_document(db):
    found = []
    for doc, ts, crc, *texts, body in db.execute(
            "SELECT id, ts, crc, CAST(type AS BLOB), CAST(name AS BLOB), CAST(trace AS BLOB),"
            " CAST(body AS BLOB) FROM document"):
        if zlib.crc32(U64.pack(ts & MASK) + b"".join((t or b"") + b"\0" for t in (*texts, body))) != crc:
            damaged(f"document {doc}")
        found.append((ts, doc, body))
    for block, kind, t0, t1, n, crc, data in db.execute(
            "SELECT id, type, t0, t1, n, crc, bytes FROM block"):
        head = b"".join(U64.pack(v & MASK) for v in (t0, t1, n)) + kind.encode()
        if zlib.crc32(head + data) != crc:
            damaged(f"block {block}")
        found += decode_block(n, data)
    return [body for _, _, body in sorted(found)]


def text(v):
    """The shortest text that reads back to the value: 3, not 3.0."""
    return repr(v).removesuffix(".0")


def main(path, what="points"):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    if db.execute("PRAGMA application_id").fetchone() != (0x70745331,):
        damaged("not a store")
    if db.execute("PRAGMA user_version").fetchone() != (2,):
        damaged("a version that this program does not know")
    db.execute("BEGIN")
    if what == "documents":
        sys.stdout.buffer.writelines(body + b"\n" for body in each_document(db))
    else:
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(("name", "tags", "ts", "value"))
        rows.writerows((n, tags, ts, text(v)) for n, tags, ts, v in each_point(db))


if __name__ == "__main__":
    main(*sys.argv[1:])
