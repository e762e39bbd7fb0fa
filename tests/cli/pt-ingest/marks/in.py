"""Computes the marks of a file from the text of pt-store(5), and compares."""
import sqlite3
import struct
import sys

M = (1 << 64) - 1
G, A, B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mix(z):
    z = (z ^ z >> 30) * A & M
    z = (z ^ z >> 27) * B & M
    return z ^ z >> 31


def step(a, b, x, y):
    a = ((a ^ x) * G + y) & M
    b = ((b ^ y) * B + x) & M
    return a ^ a >> 32, b ^ b >> 29


def fold(x, y):
    return x * y >> 64 ^ x * y & M


def add(a, b, line):
    n = len(line)
    x, y = A + n * G & M, B + n * G & M
    blocks = [line[at:at + 32] for at in range(0, n - 31, 32)]
    if n % 32:
        blocks.append(line[-32:].ljust(32, b"\0"))
    for block in blocks:
        u, v, w, z = struct.unpack("<4Q", block)
        x, y = fold(x ^ u, v ^ A), fold(y ^ w, z ^ B)
    return step(a, b, x, y)


with open(sys.argv[2], "rb") as f:
    data = f.read()
places = [1] + [1 << k for k in range(8, 16)] + list(range(65536, 1 << 22, 65536))
places += range(1 << 22, len(data) + 1, 262144)
a, b, position, marks, head = A, B, 0, [], 0
for line in data.splitlines(keepends=True):
    a, b = add(a, b, line[:-1].removeprefix(b"\xef\xbb\xbf") if position == 0 else line[:-1])
    before, position = position, position + len(line)
    if any(before < place <= position for place in places):
        marks.append(mix((a + mix(b)) & M))
        head = marks[-1] if position <= 65536 else head

db = sqlite3.connect(sys.argv[1])
stored = {h & M for h, in db.execute("SELECT hash FROM mark")}
source = db.execute("SELECT head, last FROM source").fetchall()
batch = db.execute("SELECT digest, anchor FROM batch ORDER BY stop DESC LIMIT 1").fetchone()
anchor = struct.pack("<QQ", *add(A, B, data[-4096:]))
print("marks", stored == set(marks) and len(marks) > 20)
print("head and last", [tuple(x & M for x in row) for row in source] == [(head, marks[-1])])
print("digest", batch[0] == struct.pack("<QQ", a, b))
print("anchor", batch[1] == anchor if batch[1] else "none")
