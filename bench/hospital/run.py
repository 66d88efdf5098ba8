#!/usr/bin/env python3
"""How good findings and suggestions are where the truth is known: precision, recall and F1 by cell.

    run.py ASSAY [FOLDER [PACK]]

FOLDER has dirty.csv and clean.csv, with the same records in the same order and a column `index` (default:
shared/data/hospital beside the checkout; the data are not part of the project). PACK has one dataset, named as the folder
(default: hospital.yaml beside this script).

A cell is wrong where the two files differ. A finding speaks of the last field that it shows: of a dependency, the dependent
one. Where several rules suggest a value for a cell, the most confident one counts, of equals the first by name.

  findings      precision: of the cells that have a finding, how many are wrong; recall: of the wrong ones, how many have one
  suggestions   precision: of the cells that have a suggestion, how many get their true value by it; recall: of the wrong ones
"""
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data" / "hospital"


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["index"]: row for row in csv.DictReader(file)}


def run(assay, folder, pack):
    with tempfile.TemporaryDirectory() as report:
        done = subprocess.run([assay, "run", pack, "--csv", f"{folder.name}={folder}/dirty.csv", "--report", report, "--quiet"],
                              capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{done.stdout}{done.stderr}assay run: exit {done.returncode}")
        with open(Path(report) / "findings.ndjson", encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def value_of(suggestion):
    return next(iter(suggestion.values())) if isinstance(suggestion, dict) else suggestion


def cells(findings):
    """{(index, column): (suggested value or None, where it comes from)}"""
    best = {}
    for f in sorted(findings, key=lambda f: (-f.get("confidence", -1), f["rule"])):
        cell = (f["key"]["index"], f["field"] or list(f["values"])[-1])
        best.setdefault(cell, (value_of(f.get("suggestion")), f.get("suggestion_by")))
    return best


def line(what, right, told, wrong):
    precision, recall = right / told if told else 0, right / wrong if wrong else 0
    f1 = 2 * precision * recall / (precision + recall) if right else 0
    return f"{what:24} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}   ({right} of {told} told, {wrong} wrong)"


def score(dirty, clean, told):
    wrong = {(i, column) for i, row in dirty.items() for column in row if row[column] != clean[i][column]}
    suggested = {cell: value for cell, (value, _) in told.items() if value is not None}
    right = [cell for cell, value in suggested.items() if cell in wrong and value == clean[cell[0]][cell[1]]]
    print(f"{len(dirty)} records, {len(wrong)} wrong cells")
    print(line("findings", len(wrong & told.keys()), len(told), len(wrong)))
    print(line("suggestions", len(right), len(suggested), len(wrong)))
    counts, good = Counter(told[cell][1] for cell in suggested), Counter(told[cell][1] for cell in right)
    for origin in sorted(counts):
        print(f"  by {origin:21}{good[origin]} of {counts[origin]} right")


def main():
    if not 2 <= len(sys.argv) <= 4:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else DATA
    pack = sys.argv[3] if len(sys.argv) > 3 else HERE / "hospital.yaml"
    if not (folder / "dirty.csv").is_file() or not (folder / "clean.csv").is_file():
        raise SystemExit(f"no dirty.csv and clean.csv in {folder}: name the folder that has them (they are not part of the project)")
    score(read(folder / "dirty.csv"), read(folder / "clean.csv"), cells(run(sys.argv[1], folder, pack)))


if __name__ == "__main__":
    main()
