import json
import sys
from html.parser import HTMLParser

EVIL = ["</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a'b\"c&d", "two\nlines\tand",
        "x" * 400, "\u202e\u05d0\u05d1\u05d2", "\u2028\u2029", "<!--<script>", "\x1b[31mred\x07", "日本語", "]]>", ""]
START = 1795167000


def put(**record):
    print(json.dumps(record))


def make():
    for minute in range(60):
        for i, evil in enumerate(EVIL):
            ts = START + 60 * minute + i
            put(ts=ts, name="order.latency", value=10 + i, unit="m</b>s", tags={"venue": evil, "host": evil})
            put(ts=ts, name="order.requests", value=100 * minute, tags={"venue": evil})
            put(ts=ts, name="order.errors", value=minute, tags={"venue": evil})
            put(ts=ts, name="md.lag", value=i + 1, tags={"feed": evil})
            put(ts=ts, name="md.messages", value=minute // 9, tags={"feed": evil})
            put(ts=ts, name="cpu.busy", value=minute % 7, tags={"host": evil})
            put(ts=ts, name="account.equity", value=1000 + i + minute, tags={"account": evil, "strategy": evil})
    for i, evil in enumerate(EVIL):
        ts = START + i
        put(type="event", ts=ts, name=evil, severity=evil, message=evil)
        put(type="trade", ts=ts, account=evil, strategy=evil, symbol=evil, qty=1, price=2, fee=0.1, pnl=3, regime=evil)
        put(type="decision", ts=ts, name=evil, by=evil, outcome=evil, latency=0.1)
        put(type="prediction", ts=ts, model=evil or "m", id=evil, value=0.7, actual=1, regime=evil)
        put(type="span", ts=ts, dur=0.1, trace="%032x" % (i + 1), span="%016x" % (i + 1), name=evil, status=evil)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.attributes = {}, set()

    def handle_starttag(self, tag, attrs):
        self.seen[tag] = self.seen.get(tag, 0) + 1
        self.attributes |= {k for k, _ in attrs}

    handle_startendtag = handle_starttag


def check():
    page, tags = open("page.html", encoding="utf-8").read(), Tags()
    tags.feed(page)
    print("scripts:", tags.seen["script"])
    print("made by data:", sorted(set(tags.seen) & {"img", "b", "iframe"}))
    print("handlers:", sorted(a for a in tags.attributes if a.startswith("on")))
    data = page.split('id="data">', 1)[1].split("</script>", 1)[0]
    names = {line["n"] for chart in json.loads(data)["charts"] for line in chart["lines"]}
    print("names whole:", EVIL[0] in names or EVIL[8] in names)
    text = open("page.txt", encoding="utf-8").read()
    print("control characters:", sorted({c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160}))
    print("widest line:", max(len(line) for line in text.split("\n")) <= 110)
    report = json.load(open("report.json"))
    print("sections:", " ".join(s["id"] for s in report["sections"]))
    print(report["sections"][2]["charts"][0]["note"])


make() if sys.argv[1] == "make" else check()
