"""Holds records against the schema beside the manual.

    in.py SCHEMA documents <RECORDS  each against the schema and the part for its type
    in.py SCHEMA verdicts  <LINES    "yes" or "no" for each line
"""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
Validator = jsonschema.Draft202012Validator
Validator.check_schema(schema)
whole = Validator(schema)
parts = {name: Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]})
         for name in schema["$defs"]}


def fits(line):
    try:
        return whole.is_valid(json.loads(line))
    except ValueError:
        return False


if sys.argv[2] == "verdicts":
    for line in sys.stdin:
        print("yes" if fits(line) else "no")
else:
    count = set()
    for line in sys.stdin:
        record = json.loads(line)
        kind = record.get("type", "metric")
        for validator in whole, parts[kind]:
            for error in validator.iter_errors(record):
                print(f"{error.json_path}: {error.message}: {line}", end="")
        count.add(kind)
    print(*sorted(count))
