#!/usr/bin/env python3
"""Derive the code lists under rules/codes again from where they come from.

    derive_codes.py [--check] [--areacodes FILE] [--plates FILE] [--npm] [LIST...]

- LIST: file names such as regions.csv; without any, all lists whose origin is at hand.
- --areacodes, --plates: result.csv and plate-codes.csv of yescallop/areacodes, at the commit that the lists name.
- --npm: fetch the packages that lists are derived from, at the versions that they name, into a temporary folder.
- --check: write nothing, compare with what is committed. Exit code 1: a list differs.

Lists that are not in SOURCES are kept by hand; their headers say so. The same origin gives the same bytes.
"""
import argparse
import csv
import io
import json
import re
import sys
from pathlib import Path

import npm

FOLDER = Path(__file__).resolve().parent.parent / "rules/codes"
COLUMNS = ["code", "name", "parent", "since", "until", "successors"]
DATE = "2026-11-25"
AREACODES = "yescallop/areacodes, commit eed219a (2025-11-04)"


class Origins:
    """What lists are derived from; None where it is not at hand."""

    def __init__(self, options):
        self.areacodes, self.plates, self.npm = options.areacodes, options.plates, options.npm


def row(code, name, parent="", since="", until="", successors=""):
    return dict(zip(COLUMNS, (code, name, parent, since, until, successors)))


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def committed_codes(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True)
    return {line["code"] for line in table("".join(line for line in lines if not line.startswith("#")))}


# ---- administrative divisions ----

def successors_of(line):
    """Codes that took over when this one ended. A year in brackets marks territory that went elsewhere before: no successor."""
    found = [code for code in line["新代码"].split(";") if code and "[" not in code]
    return [code for code in dict.fromkeys(found) if code != line["代码"]]


def region_rows(lines):
    """The lines of one code, oldest first, as (name, since, until, successors). Where the next line begins in the year in
    which one ends (变更), the code stays in force: with another name, when the old line ends the year before, so that no two
    lines are of one time, or with the same name below something else, which makes one line."""
    since = None
    for line, after in zip(lines, lines[1:] + [None]):
        until = line["变更/弃用时间"]
        since = since or line["启用时间"]
        goes_on = after is not None and after["启用时间"] == until
        if goes_on and after["名称"] == line["名称"]:
            continue
        successors = [] if goes_on or not until else successors_of(line)
        yield line["名称"], since, str(int(until) - 1) if goes_on else until, ";".join(successors)
        since = None


def region_parent(code, codes):
    if code.endswith("0000"):
        return ""
    prefecture = code[:4] + "00"
    return prefecture if prefecture != code and prefecture in codes else code[:2] + "0000"


def regions(origins):
    lines = {}
    for line in table(Path(origins.areacodes).read_text(encoding="utf-8-sig")):
        lines.setdefault(line["代码"], []).append(line)
    rows = []
    for code in sorted(lines):
        of_code = sorted(lines[code], key=lambda line: int(line["启用时间"]))
        rows += [row(code, name, region_parent(code, lines), since, until, successors)
                 for name, since, until, successors in region_rows(of_code)]
    return rows


GB2260_EDITIONS = ["200212", "200306", "200312", "200403", "200409", "200412", "200506", "200512", "200612", "200712", "200812",
                   "200912", "201010", "201110", "201210", "201308", "201410", "201509", "201607"]
LEGACY_ADDED = {"140120": "山西省太原市市区", "830000": "台湾居民居住证"}


def regions_legacy(_origins):
    text = npm.member("id-validator", "1.3.0", "src/GB2260.js")
    names = {}
    for edition in GB2260_EDITIONS:
        names.update(json.loads(npm.member("gb2260", "0.6.0", f"lib/{edition}.json")))
    names.update(json.loads(re.search(r'\{"110000".*?\}', text, re.S).group()))
    names.update(LEGACY_ADDED)
    return [row(code, names[code]) for code in sorted(names.keys() - committed_codes("regions.csv"))]


def regions_statistics(_origins):
    def level(name):
        return table(npm.member("china-division", "2.7.0", f"dist/{name}.csv"))

    rows = [row(line["code"].ljust(6, "0"), line["name"]) for line in level("provinces")]
    rows += [row(line["code"].ljust(6, "0"), line["name"], line["provinceCode"].ljust(6, "0")) for line in level("cities")]
    cities = {each["code"] for each in rows}  # three of them have no counties and stand in for one
    rows += [row(line["code"], line["name"], line["cityCode"].ljust(6, "0")) for line in level("areas") if line["code"] not in cities]
    return sorted(rows, key=lambda each: each["code"])


# ---- other lists ----

def plate_prefixes(origins):
    rows = []
    for line in table(Path(origins.plates).read_text(encoding="utf-8-sig")):
        province, letters = line["代码"][0], line["代码"][1:].strip("[]")
        span = re.fullmatch("([A-Z])-([A-Z])", letters)
        if span:
            letters = "".join(chr(c) for c in range(ord(span[1]), ord(span[2]) + 1))
        rows += [row(province + letter, line["地区"]) for letter in letters]
    return sorted(rows, key=lambda each: each["code"])


def ethnic(_origins):
    text = npm.member("gb3304", "1.0.1", "dist/gb3304.esm.js")
    found = re.findall(r"name: '([^']+)'.*?digitalCode: '(\d\d)'", text, re.S)
    rows = [row(code, name) for name, code in found]
    return sorted(rows + [row("97", "其他"), row("98", "外国血统")], key=lambda each: each["code"])


def countries_numeric(_origins):
    """Without XK, whose number is one of the user's, not of the standard."""
    codes = json.loads(npm.member("i18n-iso-countries", "7.14.0", "codes.json"))
    names = json.loads(npm.member("i18n-iso-countries", "7.14.0", "langs/zh.json"))["countries"]

    def name(alpha2):
        return names[alpha2][0] if isinstance(names[alpha2], list) else names[alpha2]

    return sorted((row(number, name(alpha2)) for alpha2, _, number, _ in codes if alpha2 != "XK"), key=lambda each: each["code"])


SOURCES = {  # in order: the legacy list needs the regions
    "regions.csv": ("areacodes", regions, [
        "中华人民共和国县级以上行政区划代码及其沿革 1981-2025 (administrative divisions of China, county level and above, with history)",
        "Standard: codes published year by year by the Ministry of Civil Affairs (民政部), form of GB/T 2260",
        f"Origin: result.csv of {AREACODES}",
        "Licence: CC0-1.0",
        "Reading: since and until are the first and the last year in which the code was in force, both inclusive: a code retired in",
        "  2003 was in force until some day of 2003. 1981 is where the source begins, not when the code was given.",
        "  A name that changed under one code has a line of its own; the line of the old name ends the year before, and the code stays",
        "  in force all the time.",
        "  successors: codes that took over when the code ended, not those that territory went to before. Empty: not known.",
        "  parent: the prefecture where the list has it, else the province; computed from the code.",
    ]),
    "regions_legacy.csv": ("npm", regions_legacy, [
        "公民身份号码和居住证中实际使用、但不在历年行政区划代码中的代码 (codes that real numbers carry though regions.csv has them not)",
        "Standard: none of its own; such as 市辖区 (codes ending in 01) and 省直辖县级行政区划 of the editions of GB/T 2260",
        "Origin: npm packages id-validator 1.3.0 (list GB2260) and gb2260 0.6.0 (editions 2002-12 to 2016-07), the codes that regions.csv",
        "  has not. Added: 140120, given before 1983, from jxlwqq/id-validator, commit 24f6af6 (MIT); 830000, first six digits of residence",
        "  permits of Taiwan residents, as on the official specimen.",
        "Licence: MIT (id-validator: Copyright 2014 mc-zone; gb2260: Hsiaoming Yang; jxlwqq/id-validator: Copyright 金小龙)",
        "Reading: a code of this list is plausible, not proved: use it with severity warning. No history is known; names as in the source.",
        "  Parents are left out, as they stand in regions.csv.",
    ]),
    "regions_statistics.csv": ("npm", regions_statistics, [
        "统计用区划代码, 省地县三级 (division codes used for statistics, province, prefecture and county)",
        "Standard: list of the National Bureau of Statistics (国家统计局), as of 2023-06-30; differs from the list of the Ministry of Civil Affairs, for",
        "  instance by development zones such as 130171",
        "Origin: npm package china-division 2.7.0, provinces, cities and areas",
        "Licence: MIT by the package's package.json, WTFPL version 2 by its LICENSE file",
        "Reading: one edition, no history; codes of two and four digits are filled up with zeros.",
    ]),
    "plate_prefixes.csv": ("plates", plate_prefixes, [
        "机动车号牌发牌机关代号 (first two characters of vehicle plates)",
        "Standard: GA 36; this list is the source's",
        f"Origin: plate-codes.csv of {AREACODES}; its patterns such as 川[AG] are written out",
        "Licence: CC0-1.0",
    ]),
    "ethnic.csv": ("npm", ethnic, [
        "各民族名称代码 (nationalities of China)",
        "Standard: GB/T 3304-1991, two digits",
        "Origin: npm package gb3304 1.0.1; 97 and 98 added from common practice",
        "Licence: MIT (Copyright 2020 Qingrong Ke)",
        "Unverified: 97 and 98 are not in the origin and were not compared with the standard.",
    ]),
    "countries_numeric.csv": ("npm", countries_numeric, [
        "世界各国和地区数字代码 (country codes, three digits)",
        "Standard: ISO 3166-1 numeric",
        "Origin: npm package i18n-iso-countries 7.14.0, names in Chinese as there; without XK, whose number the standard does not assign",
        "Licence: MIT (Copyright 2016 widdix GmbH)",
    ]),
}


def text_of(header, rows):
    out = io.StringIO()
    for line in [*header, f"Derived: {DATE}, by scripts/derive_codes.py"]:
        out.write(f"# {line}\n")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def differs(name, text):
    path = FOLDER / name
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    print(f"{name}: differs from its origin" if path.exists() else f"{name}: is not there")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--areacodes")
    parser.add_argument("--plates")
    parser.add_argument("--npm", action="store_true")
    parser.add_argument("lists", nargs="*", metavar="LIST")
    options = parser.parse_args()
    unknown = set(options.lists) - SOURCES.keys()
    if unknown:
        parser.error(f"no such list: {', '.join(sorted(unknown))}; there are {', '.join(SOURCES)}")
    origins, faults = Origins(options), 0
    for name, (origin, derive, header) in SOURCES.items():
        if options.lists and name not in options.lists:
            continue
        if not getattr(origins, origin):
            print(f"{name}: skipped, needs --{origin}")
            continue
        text = text_of(header, derive(origins))
        if options.check:
            faults += differs(name, text)
        else:
            (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"{name}: {text.count(chr(10)) - len(header) - 2} lines")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
