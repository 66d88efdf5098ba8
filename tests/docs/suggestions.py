#!/usr/bin/env python3
"""doc/suggestions.md and its Chinese twin name the origins that the schema has, in one order, and every origin is met in a run, with the value
and the confidence that the pages promise. What is masked stays so.

    suggestions.py ROOT ASSAY
"""
import json
import re
import sys
import tempfile
from pathlib import Path

from kit import Command, ndjson, report

PAGES = ("doc/suggestions.md", "doc/suggestions.zh.md")
PACK = """assay: 1
pack: suggestions
timezone: Asia/Shanghai
sources: {s: {title: S, owner: O}}
standards:
  tidy: {type: text, normalize: [trim, upper], checks: [{one_of: [ACTIVE, CLOSED]}]}
  number: {type: text, level: sensitive, checks: [checksum: gb11643]}
  code: {type: text, checks: [code: codes.csv]}
  card: {type: text, checks: [checksum: luhn]}
  secret_card: {type: text, level: sensitive, checks: [checksum: luhn]}
  secret_state: {type: text, level: sensitive, checks: [one_of: [ACTIVE, CLOSED]]}
datasets:
  d:
    source: s
    file: d.csv
    key: [id]
    fields: {id: {standard: text, required: true}, tidy: {standard: tidy}, number: {standard: number}, code: {standard: code},
      card: {standard: card}, secret_card: {standard: secret_card}, secret_state: {standard: secret_state}, zip: {standard: text},
      city: {standard: text}}
    rules: [{id: city, depends: {city: [zip]}}]
"""
CODES = "code,name,since,until,successors\n110100,Beijing,,,\n110200,Old,,2000,110100\n120100,Tianjin,,,\n"
HEADER = "id,tidy,number,code,card,secret_card,secret_state,zip,city\n"
ROWS = ("1, active ,610104620927690,110200,79927398710,79927398710,ACTOVE,1,a\n" "2, actove ,,Beijing,,,,1,a\n" "3,ACTXXE,,110108,,,,1,b\n"
        "4,XXTIVX,,990000,,,,1,a\n" "5,XXXXXX,,,,,,2,a\n" "6,,,,,,,2,b\n")
# rule and id -> suggestion, origin, confidence; every other finding has none
WANT = {
    ("d.tidy.normalize", "1"): ("ACTIVE", "normalizer", 100), ("d.tidy.normalize", "2"): ("ACTOVE", "normalizer", 100),
    ("d.tidy.one_of", "1"): ("ACTIVE", "normalizer", 100), ("d.tidy.one_of", "2"): ("ACTIVE", "nearest", 90),
    ("d.tidy.one_of", "3"): ("ACTIVE", "nearest", 70), ("d.number.checksum", "1"): ("6101***6908", "upgrade", 99),
    ("d.code.code", "1"): ("110100", "successor", 95), ("d.code.code", "2"): ("110100", "name", 95),
    ("d.code.code", "3"): ("110100", "nearest", 60), ("d.card.checksum", "1"): ("79927398713", "check-digit", 9),
    ("d.secret_card.checksum", "1"): ("79***13", "check-digit", 5), ("d.secret_state.one_of", "1"): ("A***E", "nearest", 90),
    ("d.city", "3"): ({"city": "a"}, "majority", 75),
}


def origins_of_page(text):
    return re.findall(r"^\| `([a-z-]+)` \|", text, re.M)


def run(assay):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (("pack.yaml", PACK), ("codes.csv", CODES), ("d.csv", HEADER + ROWS)):
            (folder / file).write_text(content, encoding="utf-8")
        return ndjson(assay.expect([1], "run", folder / "pack.yaml", "--csv", f"d={folder}/d.csv", "--as-of", "2026-01-31", "--format",
                                   "ndjson", "--quiet").stdout)


def main():
    root, assay = Path(sys.argv[1]), Command(sys.argv[2])
    schema = json.loads((root / "rules/finding.schema.json").read_text())["properties"]["suggestion_by"]["enum"]
    pages = [origins_of_page((root / page).read_text()) for page in PAGES]
    faults = [f"{page} has {sorted(origins)}, the schema {sorted(schema)}" for page, origins in zip(PAGES, pages)
              if sorted(origins) != sorted(schema)]
    faults += ["the pages name the origins in different orders"] if pages[0] != pages[1] else []
    faults += [f"no case of {origin}" for origin in schema if origin not in {want[1] for want in WANT.values()}]
    left = dict(WANT)
    for f in run(assay):
        got = tuple(f[each] for each in ("suggestion", "suggestion_by", "confidence")) if "suggestion" in f else None
        want = left.pop((f["rule"], f["key"]["id"]), None)
        if got != want:
            faults.append(f"{f['rule']} of {f['key']['id']}: {got}, expected {want}")
    return report(faults + [f"no finding of {each}" for each in left], f"{len(WANT)} suggestions, {len(schema)} origins")


if __name__ == "__main__":
    sys.exit(main())
