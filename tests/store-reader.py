#!/usr/bin/env python3
"""Reads a store by the word of pt-store(5) alone, with nothing but Python's own library.

    store-reader.py FILE            the points: name, tags, ts (ns), value, as CSV
    store-reader.py FILE documents  the bodies of the documents, one a line
    store-reader.py FILE pages      how many pages have a checksum that agrees, of how many

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

    def bits(self, n, width):
        """n numbers of so many bits, the lowest bit first."""
        run = int.from_bytes(self.take((n * width + 7) // 8), "little")
        return [run >> i * width & (1 << width) - 1 for i in range(n)]

    def planes(self, n, count, packed):
        data = inflate(self.take(self.varint()), n * count) if packed else self.take(n * count)
        rows = [data[k * n:(k + 1) * n] for k in range(count)]
        return [sum(row[i] << 8 * k for k, row in enumerate(rows)) for i in range(n)]


def inflate(data, size):
    stream = zlib.decompressobj(-15)
    out = stream.decompress(data)
    if not stream.eof or stream.unused_data or len(out) != size:
        damaged("a DEFLATE stream")
    return out


def patch(c, x):
    at = 0
    for _ in range(c.varint()):
        at += c.varint()
        x[at] = c.signed()
        at += 1


def running(start, steps):
    """start, and after it one value more for each step; modulo 2^64."""
    out = [start]
    for step in steps:
        out.append((out[-1] + step) & MASK)
    return out


def numbers(c, n):
    flags, first = c.take(1)[0], c.signed()
    if n == 1:
        return [signed(first)]
    unit = c.varint() if flags & 4 else 1
    slope = c.signed() if flags & 8 else 0
    base, (low, planes) = c.signed(), c.take(2)
    parts = zip(c.bits(n - 1, low), c.planes(n - 1, planes, flags & 16))
    u = [lowest | above << low for lowest, above in parts]
    if flags & 32:
        patch(c, u)
    x = [base + v for v in u]
    form = flags & 3
    if form == 0:
        y = [0] + [i * slope + v for i, v in enumerate(x, 1)]
    else:
        y = running(0, x if form == 1 else running(slope, x)[1:])
    return [signed(first + unit * v & MASK) for v in y]


def value_of(kind, k):
    if kind <= 12:
        return k / 10 ** kind if kind else k
    bits = k & MASK
    return FLOAT.unpack(U64.pack(bits ^ MASK >> 1 if bits >> 63 else bits))[0]


def decode_chunk(data):
    c = Cursor(data)
    head, n = c.take(1)[0], c.varint()
    kind = head & 15
    if head >> 4 != 2 or kind > 13:
        damaged("not a chunk")
    times = numbers(c, n)
    values = [value_of(kind, k) for k in numbers(c, n)]
    at = 0
    for _ in range(c.varint()):
        gap, raw = c.varint(), c.take(8)
        at += gap >> 1
        values[at] = signed(U64.unpack(raw)[0]) if gap & 1 else FLOAT.unpack(raw)[0]
        at += 1
    if c.at != len(c.data):
        damaged("bytes are left over")
    return list(zip(times, values))


class Bits:
    """Single bits of bytes, the lowest first, and the codes of a sketch."""

    def __init__(self, c):
        self.c, self.held, self.left = c, 0, 0

    def take(self, n=1):
        u = 0
        for i in range(n):
            if not self.left:
                self.held, self.left = self.c.take(1)[0], 8
            u |= (self.held & 1) << i
            self.held >>= 1
            self.left -= 1
        return u

    def gamma(self):
        n = 0
        while not self.take():
            n += 1
        return self.take(n) | 1 << n

    def count(self, r):
        quotient = 0
        while quotient < 16 and self.take():
            quotient += 1
        return self.gamma() if quotient == 16 else quotient << r | self.take(r)


def decode_side(c):
    """Counts by bucket."""
    counts, left = {}, c.varint()
    at = c.varint() if left else 0
    bits, mean = Bits(c), 8
    while left > 0:
        n = bits.count(0 if mean < 16 else (mean // 8).bit_length() - 1)
        mean += n - mean // 8
        if n:
            counts[at] = n
        at += 1 if n else bits.gamma()
        left -= n
    return counts


def check_sketch(data, values):
    """Whether the sketch has just these values."""
    c, values = Cursor(data), list(map(float, values))
    said = [c.varint(), decode_side(c), decode_side(c)]
    true = [0, {}, {}]
    for v in values:
        if v == 0:
            true[0] += 1
        else:
            bucket = U64.unpack(FLOAT.pack(abs(v)))[0] >> 46
            side = true[1 if v < 0 else 2]
            side[bucket] = side.get(bucket, 0) + 1
    if said != true or c.at != len(data):
        damaged("a sketch does not agree with its chunk")


def wide(v):
    return isinstance(v, int) and not -2**53 <= v <= 2**53


def crc_word(v):
    """A number as a checksum takes it: an integer that no double holds as itself, else a double."""
    return U64.pack(v & MASK) if wide(v) else FLOAT.pack(v)


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


def pair(v):
    """A value as a sum takes it: an integer that no double holds is two of them."""
    return float(v), float(v - int(float(v))) if wide(v) else 0.0


def square_of(v):
    if not wide(v):
        return square(float(v))
    hi, lo = pair(v)
    cross = 2 * hi * lo
    rest = float(fractions.Fraction(2 * hi) * fractions.Fraction(lo) - fractions.Fraction(cross))
    return add(merge(square(hi), (cross, rest)), lo * lo)


def rise(before, v):
    if not wide(before) and not wide(v):
        return (float(v) - float(before) if v >= before else float(v)), 0.0
    hi, lo = pair(before)
    return merge(pair(v), (-hi, -lo)) if v >= before else pair(v)


def summary(points):
    """What the chunk's row says of its points."""
    column = [v for _, v in points]
    total = squares = increase = (0.0, 0.0)
    for i, v in enumerate(column):
        total, squares = merge(total, pair(v)), merge(squares, square_of(v))
        if i:
            increase = merge(increase, rise(column[i - 1], v))
    return [points[0][0], points[-1][0], len(points), min(column), max(column), column[0],
            column[-1], *total, *squares, *increase]


def each_point(db):
    series = db.execute("SELECT id, name, tags FROM series").fetchall()
    for sid, name, tags in sorted(series, key=lambda s: (s[1].encode(), s[2].encode())):
        for *row, crc, data, sketch_crc, sketch in db.execute(
                "SELECT series, t0, t1, n, min, max, first, last, sum, sum_lo, squares, squares_lo,"
                " increase, increase_lo, batch0, batch1, chunk.crc, chunk_data.bytes"
                ", sketch.crc, sketch.bytes FROM chunk JOIN chunk_data ON chunk_data.id = data"
                " LEFT JOIN sketch ON sketch.id = data WHERE series = ? ORDER BY t0", (sid,)):
            if chunk_crc(row, data) != crc:
                damaged(f"a chunk of series {sid}")
            points = decode_chunk(data)
            if sketch:
                if zlib.crc32(U64.pack(crc) + sketch) != sketch_crc:
                    damaged(f"a sketch of series {sid}")
                check_sketch(sketch, [v for _, v in points])
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
        bytes_ = b"".join((t or b"") + b"\0" for t in (*texts, body))
        if zlib.crc32(U64.pack(ts & MASK) + bytes_) != crc:
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


def page_sum(page, number):
    g, a, b = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
    lanes = [(i + 1) * b & MASK for i in range(4)]
    words = [w for w, in U64.iter_unpack(page[:-8])] + [number]
    for k, word in enumerate(words):
        h = (lanes[k % 4] ^ word) * g & MASK
        lanes[k % 4] = h ^ h >> 29
    z = lanes[0] ^ lanes[1] ^ lanes[2] ^ lanes[3]
    z = (z ^ z >> 30) * a & MASK
    z = (z ^ z >> 27) * b & MASK
    return z ^ z >> 31


def pages(path):
    with open(path, "rb") as f:
        data = f.read()
    if data[20] != 8:
        damaged("no room for checksums")
    good = 0
    for i in range(len(data) // 16384):
        page = data[i * 16384:(i + 1) * 16384]
        good += not any(page) or U64.unpack(page[-8:])[0] == page_sum(page, i + 1)
    print(good, "of", len(data) // 16384, "pages")


def main(path, what="points"):
    if what == "pages":
        pages(path)
        return
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
