#!/usr/bin/env python3
"""The code lists under rules/codes: their form, their counts, what they say about codes whose history is known, and that
they are what their origin gives.

    code_lists.py ROOT ASSAY

The last is checked for lists whose origin lies beside the checkout (../shared/data), and said where it does not.
"""
import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import Command, ndjson, report

COLUMNS = ["code", "name", "parent", "since", "until", "successors"]
REGION, DATE = r"[1-9]\d{5}", r"\d{4}(-\d\d(-\d\d)?)?"
LISTS = {  # form of a code, lines, codes
    "countries_numeric.csv": (r"\d{3}", 249, 249),
    "enterprise_status.csv": (r"[\u4e00-\u9fff（）、，]+", 18, 18),
    "ethnic.csv": (r"\d\d", 58, 58),
    "industry_sections.csv": (r"[A-T]|\d\d", 117, 117),
    "marriage.csv": (r"\d0|2[123]", 8, 8),
    "plate_prefixes.csv": (r"[\u4e00-\u9fff][A-Z]", 490, 490),
    "regions.csv": (REGION, 6693, 6450),
    "regions_legacy.csv": (REGION, 315, 315),
    "regions_statistics.csv": (REGION, 3348, 3348),
    "sex.csv": (r"\d", 4, 4),
}
UNVERIFIED = {"enterprise_status.csv", "ethnic.csv", "industry_sections.csv", "marriage.csv", "sex.csv"}
REGIONS_IN_FORCE = 3213  # the lines 在用 of the origin, counted there

# What was looked up, not computed: list, code, the other field of the rule, verdict, words of the reason, suggestion.
AS_OF = "2026-01-31T00:00:00+08:00"
REGIONS, BOTH = "codes/regions.csv", "[codes/regions.csv, codes/regions_legacy.csv]"
KNOWN = [
    (REGIONS, "", "510903", "", "pass", "", None),
    (REGIONS, "", "110103", "", "fail", "retired 2010; replaced by 110101", "110101"),
    (REGIONS, "", "512832", "", "fail", "retired 1985; replaced by 510903 or 510904", None),
    (REGIONS, "", "510902", "", "fail", "retired 2003; replaced by 510903 or 510904", None),
    (REGIONS, "", "510922", "", "fail", "retired 2019; replaced by 510981", "510981"),
    (REGIONS, "", "510923", "", "pass", "", None),
    (REGIONS, "", "130171", "", "fail", "not in the list codes/regions.csv", None),
    ("codes/regions_statistics.csv", "", "130171", "", "pass", "", None),
    (REGIONS, "", "130107", "", "pass", "", None),  # retired 1989, back in 1992
    (REGIONS, "leaf: true", "510900", "", "fail", "not a leaf of the list codes/regions.csv", None),
    (REGIONS, "leaf: true", "441900", "", "pass", "", None),  # a prefecture without counties
    (REGIONS, "at: day", "510903", "2002-12-31", "fail", "not in force on 2002-12-31: not in force before 2003", None),
    (REGIONS, "at: day", "510903", "2003-01-01", "pass", "", None),
    (REGIONS, "at: day", "510902", "2003-12-31", "pass", "", None),
    (REGIONS, "at: day", "440524", "1982-12-31", "fail", "not in force on 1982-12-31: not in force before 1983", None),
    (REGIONS, "at: day", "440524", "1983-06-01", "pass", "", None),
    (REGIONS, "at: day", "440524", "1994-01-01", "fail",
     "not in force on 1994-01-01: retired 1993; replaced by 440582", "440582"),
    (REGIONS, "at: day", "130107", "1991-01-01", "fail",
     "not in force on 1991-01-01: retired 1989; replaced by 130121", "130121"),
    (REGIONS, "since: day", "411082", "1989-01-01", "pass", "", None),  # given 1993, for people born before
    (REGIONS, "since: day", "440524", "1993-12-31", "pass", "", None),
    (REGIONS, "since: day", "440524", "1994-01-01", "fail", "", None),
    (REGIONS, 'part: "1..6", since: "7..10"', "440524188001010014", "", "pass", "", None),
    (REGIONS, 'part: "1..6", since: "7..10"', "810000199408230021", "", "pass", "", None),
    (REGIONS, 'part: "1..6", since: "7..10"', "830000199201300022", "", "fail", "", None),
    (BOTH, 'part: "1..6", since: "7..10"', "830000199201300022", "", "pass", "", None),
    (BOTH, 'part: "1..6", since: "7..10"', "140120195001010014", "", "pass", "", None),
    (BOTH, "", "440401", "", "pass", "", None),
    (REGIONS, "", "440401", "", "fail", "", None),
    ("codes/plate_prefixes.csv", 'part: "1..2"', "川J12345", "", "pass", "", None),
    ("codes/plate_prefixes.csv", 'part: "1..2"', "川G12345", "", "pass", "", None),
    ("codes/plate_prefixes.csv", 'part: "1..2"', "川P12345", "", "fail", "", None),
    ("codes/countries_numeric.csv", "", "682", "", "pass", "", None),
    ("codes/ethnic.csv", "", "56", "", "pass", "", None),
    ("codes/ethnic.csv", "", "57", "", "fail", "", None),
    ("codes/marriage.csv", "leaf: true", "20", "", "fail", "", None),
    ("codes/industry_sections.csv", "", "97", "", "pass", "", None),
]


def read(path):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    n = next(i for i, line in enumerate(lines) if not line.startswith("# "))
    return lines[:n], list(csv.reader(lines[n:]))


def header_faults(name, comments, rows):
    faults = [f"no line '{word}'" for word in ("Standard", "Origin", "Licence")
              if not any(line.startswith(f"# {word}: ") for line in comments)]
    if rows[0] != COLUMNS:
        faults.append(f"its columns are {rows[0]}")
    if any(line.startswith("# Unverified: ") for line in comments) != (name in UNVERIFIED):
        faults.append("says of what is unverified otherwise than this test")
    return faults


def line_faults(form, row, codes):
    code, name, parent, since, until, successors = row
    faults = [] if re.fullmatch(form, code) and name and name == name.strip() else ["code or name is not well-formed"]
    faults += [f"parent {parent} is not listed"] if parent and parent not in codes else []
    faults += [f"successor {each} is not listed" for each in successors.split(";") if successors and each not in codes]
    faults += ["a code in force has successors"] if successors and not until else []
    faults += ["replaces itself"] if code in successors.split(";") or code == parent else []
    if not all(re.fullmatch(DATE, each) for each in (since, until) if each) or (since and until and since > until):
        faults.append(f"its period {since}..{until} is none")
    return [f"{code}: {fault}" for fault in faults]


def period_faults(rows):
    """Lines of one code follow each other, and no two are of one time."""
    return [f"{before[0]}: {before[3]}..{before[4]} and {row[3]}..{row[4]} overlap"
            for before, row in zip(rows, rows[1:]) if before[0] == row[0] and not (before[4] and before[4] < row[3])]


def form_faults(name, path):
    form, n_lines, n_codes = LISTS[name]
    comments, rows = read(path)
    codes = [row[0] for row in rows[1:]]
    faults = header_faults(name, comments, rows) + period_faults(rows[1:])
    for row in rows[1:]:
        faults += line_faults(form, row, set(codes))
    if (len(codes), len(set(codes))) != (n_lines, n_codes):
        faults.append(f"has {len(codes)} lines and {len(set(codes))} codes, not {n_lines} and {n_codes}")
    if name != "industry_sections.csv" and name not in UNVERIFIED and codes != sorted(codes):
        faults.append("is not in order of its codes")
    if name == "regions.csv" and sum(not row[4] for row in rows[1:]) != REGIONS_IN_FORCE:
        faults.append(f"{sum(not row[4] for row in rows[1:])} lines are in force, not {REGIONS_IN_FORCE}")
    return [f"{name}: {fault}" for fault in faults]


def legacy_faults(folder):
    regions, legacy = ({row[0] for row in read(folder / f"{name}.csv")[1][1:]} for name in ("regions", "regions_legacy"))
    return [f"regions_legacy.csv: {code} is in regions.csv" for code in sorted(regions & legacy)]


def pack_of():
    fields = "".join(f"      v{i}: {{standard: text, code: {{file: {files}{', ' if words else ''}{words}}}}}\n"
                     for i, (files, words, *_) in enumerate(KNOWN)).replace("day", "day{0}")
    fields = "\n".join(line.replace("day{0}", f"day{i}") for i, line in enumerate(fields.splitlines()))
    days = "\n".join(f"      day{i}: {{standard: date}}" for i in range(len(KNOWN)))
    return ("assay: 1\npack: lists\ntimezone: Asia/Shanghai\nsources: {s: {title: S, owner: O}}\ndatasets:\n  d:\n    source: s\n"
            f"    file: rows.csv\n    key: [id]\n    fields:\n      id: {{standard: text, required: true, unique: true}}\n{fields}\n{days}\n")


def known_faults(assay, root):
    """One record that holds every value, so that the command is run once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(pack_of(), encoding="utf-8")
        names = ["id", *(f"v{i}" for i in range(len(KNOWN))), *(f"day{i}" for i in range(len(KNOWN)))]
        values = ["1", *(each[2] for each in KNOWN), *(each[3] for each in KNOWN)]
        (folder / "rows.csv").write_text(f"{','.join(names)}\n{','.join(values)}\n", encoding="utf-8")
        done = assay.expect([0, 1], "run", folder / "pack.yaml", "--csv", f"d={folder}/rows.csv", "--format", "ndjson",
                            "--quiet", "--as-of", AS_OF, "--include-dir", root / "rules")
    found = {each["rule"]: each for each in ndjson(done.stdout)}
    faults = []
    for i, (files, words, value, day, verdict, reason, suggestion) in enumerate(KNOWN):
        finding = found.pop(f"d.v{i}.code", None)
        label = f"{value} in {files} {words} {day}"
        if (finding is None) != (verdict == "pass"):
            faults.append(f"{label}: {finding}, not {verdict}")
        elif finding and reason and finding["reason"] != reason:
            faults.append(f"{label}: '{finding['reason']}', not '{reason}'")
        elif finding and reason and finding_suggestion(finding) != suggestion:
            faults.append(f"{label}: suggests {finding.get('suggestion')}, not {suggestion}")
    return faults + [f"a finding of {rule}: {json.dumps(each)}" for rule, each in found.items()]


def finding_suggestion(finding):
    """The value itself, where the rule reads two fields: of the first."""
    suggestion = finding.get("suggestion")
    return next(iter(suggestion.values())) if isinstance(suggestion, dict) else suggestion


def origin_faults(root):
    data = root.parent / "shared/data"
    if not data.is_dir():
        print(f"no origin beside the checkout ({data}): lists are not derived again")
        return []
    done = subprocess.run([sys.executable, "-B", root / "scripts/derive_codes.py", "--check", "--areacodes",
                           data / "areacodes_1981_2025.csv", "--plates", data / "plate_codes.csv", "regions.csv",
                           "plate_prefixes.csv"], capture_output=True, text=True)
    return [] if done.returncode == 0 and done.stdout.count(" lines") == 2 else [done.stdout + done.stderr]


def main():
    root, assay = Path(sys.argv[1]).resolve(), Command(sys.argv[2])
    folder = root / "rules/codes"
    there = {path.name for path in folder.iterdir()}
    faults = [f"{name}: not known to this test, or not there" for name in sorted(there ^ LISTS.keys())]
    for name in sorted(there & LISTS.keys()):
        faults += form_faults(name, folder / name)
    faults += legacy_faults(folder) + known_faults(assay, root) + origin_faults(root)
    return report(faults[:50], f"{len(there)} lists, {len(KNOWN)} known codes")


if __name__ == "__main__":
    sys.exit(main())
