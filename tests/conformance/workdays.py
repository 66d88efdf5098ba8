#!/usr/bin/env python3
"""rules/calendars/cn.csv, and what is counted by it, held against the npm package chinese-days for every day of its years.

    workdays.py PROBE ROOT PACKAGE

PACKAGE is the package as `scripts/derive_calendar.py --install build/npm` installs it. Exit code 77: skipped, it or node is not there.

The package differs in two ways, both by design. Counting no days from a free day gives the next working day there, and that day
itself here. Beyond its years the package takes every Monday to Friday for a working day; here nothing is said.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

FIRST, LAST = "2004-01-01", "2026-12-31"
N_DAYS = 8401
N_WORKING = 6001 - 407 + 150  # Mondays to Fridays, without the holidays among them, and the make-up days


def skip(reason):
    print(f"skipped: {reason}: {N_DAYS} days are not compared, the calendar is not derived again")
    sys.exit(77)


def lines_of(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    return [line.split() for line in done.stdout.splitlines()]


def expected(theirs):
    """What is said here where the package says this."""
    date, working, _, *dues = theirs
    return [date, working, date, *(due if due <= LAST else "-" for due in dues)]


def compare(ours, theirs):
    faults = [f"{' '.join(one)}: expected {' '.join(expected(other))}"
              for one, other in zip(ours, theirs) if one != expected(other)]
    counts = len(ours), len(theirs), sum(line[1] == "1" for line in ours)
    if counts != (N_DAYS, N_DAYS, N_WORKING):
        faults.append(f"{counts} lines and working days, not {(N_DAYS, N_DAYS, N_WORKING)}")
    if sum(line[3] == "-" for line in ours) != 1 or not any(line[2] != other[2] for line, other in zip(ours, theirs)):
        faults.append("the two differences by design were not met")
    return faults


def main():
    probe, root, package = (Path(argument).resolve() for argument in sys.argv[1:])
    if not shutil.which("node"):
        skip("node is not installed")
    if not package.is_dir():
        skip(f"{package.name} is not there (scripts/derive_calendar.py --install build/npm)")
    done = subprocess.run([sys.executable, "-B", root / "scripts/derive_calendar.py", "--check", "--package", package],
                          capture_output=True, text=True)
    faults = [] if done.returncode == 0 else [done.stdout + done.stderr]
    faults += compare(lines_of(probe, root / "rules/calendars/cn.csv", FIRST, LAST),
                      lines_of("node", root / "tests/conformance/workdays.js", package, FIRST, LAST))
    print("\n".join(faults[:50]) if faults else f"{N_DAYS} days, {N_WORKING} of them working days, and 5 due dates of each agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
