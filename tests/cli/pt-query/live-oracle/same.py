# Are the rows of `live` those of `store` in order of their ends, and then of their begins, and was
# as much told to be late as there is?  What a store says of units is what it knows in the end.
import datetime, json, re

UNITS = {"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000}


def rows(path):
    for line in open(path):
        row = json.loads(line)
        row.pop("unit", None)
        yield row


def place(row):
    start = datetime.datetime.fromisoformat(row["ts"].replace("Z", "+00:00")).timestamp()
    return round((start + row["window"]) * 1000), round(start * 1000)


def told():
    found = re.search(r": (\d+) points? came .* up to (\S+) behind", open("told").read())
    if not found:
        return [0, 0]
    parts = re.findall(r"(\d+)(ms|[smhd])", found[2])
    return [int(found[1]), sum(int(n) * UNITS[unit] for n, unit in parts)]


live, store = list(rows("live")), sorted(rows("store"), key=place)
late = [int(word) for word in open("late").read().split()]
print(len(live), "rows, as in the store:", live == store)
print(late[0], "late, as told:", late == told())
