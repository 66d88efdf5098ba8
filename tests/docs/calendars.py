#!/usr/bin/env python3
"""doc/calendars.md and doc/calendars.zh.md show the same pack and calendar, both load, and what the pages call an error is one.

    calendars.py ROOT ASSAY
"""
import sys
import tempfile
from pathlib import Path

from kit import Command, code_blocks, report

PAGES = ("doc/calendars.md", "doc/calendars.zh.md")
BAD = [  # what becomes of the calendar, and what is said of it
    (lambda text: text.replace("# years: 2026-2026\n", ""), "# years: 2004-2026' must stand before the header"),
    (lambda text: text.replace("2026-2026", "2026-2027"), "no holiday is listed for the year 2027"),
    (lambda text: text + "2026-01-02,holiday,\n", "must be in order of time"),
    (lambda text: text + "2026-01-04,workday,\n", "is listed twice"),
    (lambda text: text + "2026-01-05,workday,\n", "is no Saturday or Sunday"),
    (lambda text: text + "2027-01-01,holiday,\n", "outside the stated years"),
    (lambda text: text.rstrip("\n"), "may have been cut off"),
]


def blocks(text):
    return {words: block for _, words, block in code_blocks(text)}


def lint(assay, folder, codes):
    done = assay.expect(codes, "lint", folder / "pack.yaml")
    return done.stdout + done.stderr


def main():
    root, assay = Path(sys.argv[1]).resolve(), Command(sys.argv[2])
    shown = [blocks((root / page).read_text(encoding="utf-8")) for page in PAGES]
    faults = [] if shown[0] == shown[1] and len(shown[0]) == 2 else ["the pages show different blocks, or not two"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(shown[0]["yaml"], encoding="utf-8")
        (folder / "city.csv").write_text(shown[0]["csv"], encoding="utf-8")
        lint(assay, folder, [0])
        for change, words in BAD:
            (folder / "city.csv").write_text(change(shown[0]["csv"]), encoding="utf-8")
            said = lint(assay, folder, [2])
            if words not in said or "city.csv:" not in said:
                faults.append(f"'{words}' is not said, but: {said}")
    return report(faults, f"a pack, a calendar, {len(BAD)} errors of it")


if __name__ == "__main__":
    sys.exit(main())
