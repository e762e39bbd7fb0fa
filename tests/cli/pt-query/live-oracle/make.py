# Makes records, some of them behind the others, in the file `all`; those that are not late by the
# rule of the manual, in the file `taken`.  Prints how many are late, and how far the furthest was
# behind the newest record, in milliseconds.
#
#   make.py SEED LATENESS SLACK SCALE KIND [LENGTH [SLIDE]]     times in milliseconds
import datetime, json, random, sys, zoneinfo

random.seed(int(sys.argv[1]))
lateness, slack, scale = (int(a) for a in sys.argv[2:5])
kind, length, slide = sys.argv[5], *(int(a) for a in (sys.argv[6:] + [0, 0])[:2])
zone = zoneinfo.ZoneInfo("Europe/Berlin")


def first_end(ts):
    if kind == "days":
        day = datetime.datetime.fromtimestamp(ts // 1000, zone).date() + datetime.timedelta(1)
        return int(datetime.datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000
    step = slide or length
    return ((ts - length) // step + 1) * step + length


def late(ts, watermark):
    return ts < watermark if kind == "session" else first_end(ts) <= watermark


records, now = [], 1_700_000_000_000
for i in range(4000):
    now += random.choice((0, 1, 10, 100, 100, 1000)) * scale
    ts = now - (random.randrange(slack) if random.random() < 0.5 else 0)
    tags = {"h": random.choice("abc")}
    if i > 3000:
        tags["x"] = str(i // 100)
    name = "m" if random.random() < 0.9 else "other"
    record = {"ts": ts, "name": name, "value": random.randrange(1000), "tags": tags}
    if i > 2000 and tags["h"] == "a":
        record["unit"] = "ms"
    records.append(record)

newest, count, furthest, taken = 0, 0, 0, []
for r in records:
    newest = max(newest, r["ts"])
    if r["name"] != "m":
        continue
    if late(r["ts"], newest - lateness):
        count += 1
        furthest = max(furthest, newest - r["ts"])
    else:
        taken.append(r)
for path, rows in ("all", records), ("taken", taken):
    with open(path, "w") as out:
        out.writelines(json.dumps(r) + "\n" for r in rows)
print(count, furthest)
