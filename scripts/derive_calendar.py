#!/usr/bin/env python3
"""Derive rules/calendars/cn.csv again from the npm package that it comes from.

    derive_calendar.py [--check] [--package FOLDER]
    derive_calendar.py --install FOLDER

- --package: the unpacked package; without it npm fetches the version that is named here.
- --check: write nothing, compare with what is committed. Exit code 1: it differs.
- --install: derive nothing, have npm install the package below FOLDER, for the test that compares every due date with it.

The same origin gives the same bytes. doc/calendars.md says how a year is added.
"""
import argparse
import json
import sys
from pathlib import Path

import npm

CALENDAR = Path(__file__).resolve().parent.parent / "rules/calendars/cn.csv"
NAME, VERSION, MEMBER = "chinese-days", "1.5.7", "dist/chinese-days.json"
DATE = "2026-11-28"
KINDS = {"holidays": "holiday", "workdays": "workday"}


def read_origin(folder):
    if not folder:
        return npm.member(NAME, VERSION, MEMBER)
    version = json.loads((Path(folder) / "package.json").read_text(encoding="utf-8"))["version"]
    if version != VERSION:
        sys.exit(f"{folder} holds {NAME} {version}, not {VERSION}")
    return (Path(folder) / MEMBER).read_text(encoding="utf-8")


def rows_of(origin):
    """(date, kind, Chinese name), in order of time. The origin's texts are "English name,Chinese name,days"."""
    days = json.loads(origin)
    return sorted((date, kind, words.split(",")[1]) for key, kind in KINDS.items() for date, words in days[key].items())


def text_of(rows):
    years = f"{rows[0][0][:4]}-{rows[-1][0][:4]}"
    return "\n".join([
        f"# 中国法定节假日放假和调休上班日 {years} (holidays and make-up working days of mainland China)",
        f"# years: {years}",
        "# Basis: the yearly notices of the General Office of the State Council (国务院办公厅关于部分节假日安排的通知)",
        f"# Origin: npm package {NAME} {VERSION}, {MEMBER}",
        "# Licence: MIT (Copyright 2024 Yawei sun)",
        "# Reading: holiday is a free day, whatever day of the week it is; workday is a Saturday or Sunday on which people work. All other",
        "#   days from Monday to Friday are working days. What is not of these years is not known, and never guessed.",
        f"# Derived: {DATE}, by scripts/derive_calendar.py",
        "date,kind,name",
        *(",".join(row) for row in rows),
    ]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--package", metavar="FOLDER")
    parser.add_argument("--install", metavar="FOLDER")
    options = parser.parse_args()
    if options.install:
        npm.install(options.install, NAME, VERSION)
        return 0
    rows = rows_of(read_origin(options.package))
    text = text_of(rows)
    if not options.check:
        CALENDAR.parent.mkdir(exist_ok=True)
        CALENDAR.write_text(text, encoding="utf-8")
    elif not CALENDAR.exists() or CALENDAR.read_text(encoding="utf-8") != text:
        print(f"{CALENDAR.name}: differs from its origin")
        return 1
    print(f"{CALENDAR.name}: {len(rows)} days")
    return 0


if __name__ == "__main__":
    sys.exit(main())
