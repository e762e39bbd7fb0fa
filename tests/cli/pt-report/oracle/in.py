import json
import math
import sys
from collections import defaultdict

records = [json.loads(line) for line in open(sys.argv[1])]
report = json.load(open(sys.argv[2]))
sections = {s["id"]: s for s in report["sections"]}
checked = 0


def same(what, got, want):
    global checked
    checked += 1
    if got != want and not (got is not None and math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-9)):
        print(f"{what}: the report says {got}, the lines say {want}")


def figure(section, name):
    return next(f["value"] for f in sections[section]["figures"] if f["name"] == name)


def rows(section, title, keys):
    table = next(t for t in sections[section]["tables"] if t["title"].startswith(title))
    return {tuple(r[:keys]): r[keys:] for r in table["rows"]}


def quantile(values, q):  # type 7
    values = sorted(values)
    h = (len(values) - 1) * q
    k = int(h)
    return values[k] + (h - k) * (values[min(k + 1, len(values) - 1)] - values[k])


def increases(name, key):
    last, total = {}, defaultdict(float)
    for r in metrics[name]:
        series = tuple(sorted(r["tags"].items()))
        if series in last:
            step = r["value"] - last[series]
            total[r["tags"][key]] += step if step >= 0 else r["value"]
        last[series] = r["value"]
    return total


metrics, documents = defaultdict(list), defaultdict(list)
for r in records:
    if "type" in r:
        documents[r["type"]].append(r)
    else:
        metrics[r["name"]].append(r)

same("records", figure("summary", "records"), len(records))

latency = metrics["order.latency"]
for name, q in ("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1):
    same(name, figure("latency", "order latency " + name), quantile([r["value"] for r in latency], q))
groups = defaultdict(list)
for r in latency:
    groups[r["tags"]["venue"], r["tags"]["host"]].append(r["value"])
table = rows("latency", "By venue and host", 2)
same("groups", len(table), len(groups))
for key, values in groups.items():
    same(f"{key} count", table[key][0], len(values))
    for i, q in enumerate((0.5, 0.95, 0.99, 1)):
        same(f"{key} {q}", table[key][1 + i], quantile(values, q))

requests, errors = increases("order.requests", "venue"), increases("order.errors", "venue")
table = rows("throughput", "By venue", 1)
for venue in requests:
    same(f"{venue} requests", table[venue,][0], requests[venue])
    same(f"{venue} errors", table[venue,][1], errors[venue])
    same(f"{venue} error rate", table[venue,][2], 100 * errors[venue] / requests[venue])
same("requests", figure("throughput", "requests"), sum(requests.values()))

messages = increases("md.messages", "feed")
for (feed,), row in rows("market-data", "Messages by feed", 1).items():
    same(f"{feed} messages", row[0], messages[feed])

for title, keys in ("By account and strategy", ("account", "strategy")), ("By regime", ("regime",)):
    groups = defaultdict(list)
    for r in documents["trade"]:
        groups[tuple(r[k] for k in keys)].append(r)
    table = rows("trading", title, len(keys))
    same(title, len(table), len(groups))
    for key, trades in groups.items():
        pnl = [t["pnl"] for t in trades]
        fees = math.fsum(t["fee"] for t in trades)
        losses = -math.fsum(p for p in pnl if p <= 0)
        want = [len(trades), math.fsum(t["qty"] * t["price"] for t in trades), fees, math.fsum(pnl),
                math.fsum(pnl) - fees, 100 * sum(p > 0 for p in pnl) / len(pnl),
                math.fsum(p for p in pnl if p > 0) / losses if losses else None]
        for got, expected in zip(table[key], want):
            same(f"{title} {key}", got, expected)

for (name,), row in rows("decisions", "By decision", 1).items():
    of = [r for r in documents["decision"] if r["name"] == name]
    by = {w: [r["latency"] for r in of if r["by"] == w] for w in ("auto", "human")}
    want = [len(of), len(by["auto"]), len(by["human"]),
            100 * sum(r["outcome"] == "approved" for r in of) / len(of),
            1000 * quantile(by["auto"], 0.5) if by["auto"] else None,
            quantile(by["human"], 0.5) if by["human"] else None]
    for got, expected in zip(row, want):
        same(f"decision {name}", got, expected)

for (model,), row in rows("models", "By model", 1).items():
    of = [r for r in documents["prediction"] if r["model"] == model]
    judged = [(r["value"], r["actual"]) for r in of if "actual" in r]
    same(f"{model} predictions", row[0], len({r["id"] for r in of}))
    same(f"{model} judged", row[1], len(judged))
    if model.startswith("direction"):
        same(f"{model} accuracy", row[2], 100 * sum((v >= 0.5) == (a == 1) for v, a in judged) / len(judged))
        same(f"{model} Brier", row[3], math.fsum((v - a) ** 2 for v, a in judged) / len(judged))
    else:
        same(f"{model} error", row[4], math.fsum(abs(v - a) for v, a in judged) / len(judged))

for (name,), row in rows("traces", "By component", 1).items():
    of = [r for r in documents["span"] if r["name"] == name]
    durations = [1000 * r["dur"] for r in of]
    want = [len(of), sum(r["status"] == "error" for r in of)]
    want += [quantile(durations, q) for q in (0.5, 0.95, 0.99, 1)]
    for got, expected in zip(row, want):
        same(f"span {name}", got, expected)
slowest = rows("traces", "The slowest", 1)
want = sorted((-r["dur"], r["trace"]) for r in documents["span"] if "parent" not in r)[:10]
same("slowest traces", [list(slowest)] == [[(t,) for _, t in want]], True)

for (severity, name), row in rows("events", "By severity", 2).items():
    of = [r for r in documents["event"] if (r["severity"], r["name"]) == (severity, name)]
    same(f"event {name}", row[0], len(of))
    same(f"event {name} example", row[3] == of[0]["message"], True)

print("all agree" if checked > 250 else f"only {checked} figures were compared")
