import base64
import hashlib
import json
import re
from html.parser import HTMLParser

VOID = {"meta", "link"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.problems = [], set(), []
        self.scripts, self.links, self.cells, self.refs = [], [], [], []

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if len(a) != len(attrs):
            self.problems.append(f"<{tag}> has an attribute twice")
        if "id" in a:
            if a["id"] in self.ids:
                self.problems.append(f"id {a['id']} stands twice")
            self.ids.add(a["id"])
        for key in a:
            if key.startswith("on"):
                self.problems.append(f"<{tag} {key}>")
        self.links += [a[k] for k in ("src", "href", "action", "data") if k in a]
        self.refs += (a.get("aria-labelledby", "") + " " + a.get("aria-describedby", "")).split()
        if tag == "th" and "scope" not in a:
            self.problems.append("<th> without scope")
        if tag == "script":
            self.scripts.append("")
        if "data-v" in a and "number" in a.get("class", ""):
            self.cells.append([float(a["data-v"]), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element at {self.getpos()}")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] in ("td", "th") and self.cells and not self.cells[-1][1]:
            self.cells[-1][1] = data


text = open("page.html", encoding="utf-8").read()
page = Page()
page.feed(text)
report = json.load(open("report.json"))
problems = page.problems + [f"not closed: {t}" for t in page.open]
problems += [f"a link outwards: {u}" for u in page.links if not u.startswith(("#", "data:,"))]
problems += [f"no target: {u}" for u in page.links if u.startswith("#") and u[1:] not in page.ids]
problems += [f"no element {i}" for i in page.refs if i not in page.ids]
if re.search(r"https?://|url\(|@import", text):
    problems.append("an address in the page")

policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
digest = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
if "default-src 'none'" not in policy:
    problems.append("the policy lets something in")
if f"'sha256-{digest}'" not in policy:
    problems.append(f"the script's digest is {digest}")

charts = json.loads(page.scripts[0])["charts"]
want = [c for s in report["sections"] for c in s["charts"]]
if [c["id"] for c in charts] != [c["id"] for c in want]:
    problems.append("the charts of the page are not those of the report")
for drawn, chart in zip(charts, want):
    for a, b in zip(drawn["lines"], chart["lines"]):
        for x, y in zip(a["v"], b["value"]):
            if (x is None) != (y is None) or x is not None and abs(x - y) > 0.5001 * 10 ** -drawn["decimals"]:
                problems.append(f"{chart['id']} {a['n']}: {x} is not {y}")
numbers = [v for s in report["sections"] for t in s["tables"] for r in t["rows"] for v in r
           if isinstance(v, (int, float))]
if sorted(numbers) != sorted(v for v, _ in page.cells):
    problems.append("the tables of the page are not those of the report")
lines = open("page.txt", encoding="utf-8").read()
for value, shown in page.cells:
    if abs(float(shown.replace(",", "")) - value) > 0.5001 * 10 ** -len(shown.partition(".")[2]):
        problems.append(f"{value} is shown as {shown}")
    if shown not in lines:
        problems.append(f"{shown} is on the page but not in the text")
if len(page.cells) < 100:
    problems.append(f"only {len(page.cells)} numbers in tables")
print("\n".join(problems[:20]) or "a good page")
