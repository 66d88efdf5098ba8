#!/usr/bin/env python3
"""Suggestions by likeness and by name, held against a plain implementation: every distance by the textbook's table.

    nearest.py ASSAY ROOT

The lists are the codes of rules/codes/regions.csv, and their names as a list of texts, once a code list and once `one_of`; the
values are slips of these, some of several characters, and names.
"""
import csv
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

AS_OF, YEAR = "2026-01-31T00:00:00+08:00", "2026"
PACK = """assay: 1
pack: near
timezone: Asia/Shanghai
sources: {{s: {{title: s, owner: o}}}}
datasets:
  d:
    source: s
    file: d.csv
    key: [id]
    fields:
      id: {{standard: text, required: true, unique: true}}
      code: {{standard: text, code: codes/regions.csv}}
      name: {{standard: text, code: names.csv}}
      word: {{standard: text, one_of: [{words}]}}
"""
EACH = 150


def distance(a, b):
    """Optimal string alignment, all of the table."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def is_number(text):
    return all(c in "0123456789" for c in text)


def letters_apart(a, b):
    """No fewer edits than this: letters of one that the other has not."""
    return max(sum((a - b).values()), sum((b - a).values()))


def nearest(value, texts, bags):
    """(text, confidence) or None, as doc/suggestions.md says it."""
    if len(value) < 2:
        return None
    limit, bag = 1 if len(value) <= 5 or is_number(value) else 2, Counter(value)
    found = []
    for text in texts:
        if is_number(value) and not (is_number(text) and len(text) == len(value)):
            continue
        if abs(len(text) - len(value)) <= limit and letters_apart(bag, bags[text]) <= limit:
            found.append((distance(value, text), text))
    found = sorted(each for each in found if each[0] <= limit)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    if is_number(value):
        return found[0][1], 60
    return found[0][1], 90 if found[0][0] == 1 and len(found) == 1 else 70


def slip(text, letters, draw):
    """One to three random edits."""
    for _ in range(draw.choice((1, 1, 1, 2, 2, 3))):
        at, letter = draw.randrange(len(text)), draw.choice(letters)
        text = draw.choice((text[:at] + letter + text[at + 1:], text[:at] + letter + text[at:], text[:at] + text[at + 1:] or "x",
                            text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]))
    return text


def regions(root):
    lines = (root / "rules/codes/regions.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("# ")))


def in_force(row):
    return row["since"] <= YEAR and (not row["until"] or row["until"] >= YEAR)


def run(assay, root, records, names, words):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(PACK.format(words=", ".join(words)), encoding="utf-8")
        (folder / "names.csv").write_text("code\n" + "".join(f"{each}\n" for each in names), encoding="utf-8")
        with open(folder / "d.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["id", "code", "name", "word"], *records])
        done = subprocess.run([assay, "run", folder / "pack.yaml", "--csv", f"d={folder}/d.csv", "--as-of", AS_OF, "--format",
                               "ndjson", "--quiet", "--include-dir", root / "rules"], capture_output=True, text=True)
    if done.returncode != 1:
        raise SystemExit(f"exit {done.returncode}: {done.stdout[:300]}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(finding):
    return (finding["suggestion"], finding["confidence"], finding["suggestion_by"]) if "suggestion" in finding else None


def expected(value, texts, bags, named):
    codes = named.get(value, set())
    if len(codes) == 1:
        return (*codes, 95, "name")
    near = nearest(value, texts, bags)
    return (*near, "nearest") if near else None


def main():
    assay, root, draw = sys.argv[1], Path(sys.argv[2]).resolve(), random.Random(5)
    rows = regions(root)
    listed = {row["code"] for row in rows}
    codes = sorted({row["code"] for row in rows if in_force(row)})
    names = sorted({row["name"] for row in rows})
    words, named = draw.sample(names, 150) + [a + b for a, b in zip(draw.sample(names, 150), draw.sample(names, 150))], {}
    for row in rows:
        if row["code"] in set(codes):
            named.setdefault(row["name"], set()).add(row["code"])
    ideographs = sorted(set("".join(names)))
    values = {
        "code": [slip(draw.choice(codes), "0123456789" * 3 + "OIl", draw) for _ in range(EACH)] + draw.sample(names, EACH),
        "name": [slip(draw.choice(names), ideographs, draw) for _ in range(2 * EACH)],
        "word": [slip(draw.choice(words), ideographs[:9], draw) for _ in range(2 * EACH)]}
    records = [[i, *each] for i, each in enumerate(zip(*values.values()))]
    lists = {"code": (codes, named, listed), "name": (names, {}, set(names)), "word": (words, {}, set(words))}
    bags = {text: Counter(text) for text in {*codes, *names, *words}}
    faults, seen, found = [], Counter(), {(f["key"]["id"], f["field"]): f for f in run(assay, root, records, names, words)}
    for i, record in enumerate(records):
        for field, value in zip(values, record[1:]):
            texts, by_name, known = lists[field]
            if value in known:
                continue  # what replaced a retired code is tested elsewhere
            got, want = told(found[str(i), field]), expected(value, texts, bags, by_name)
            seen[field, want and want[1]] += 1
            if got != want:
                faults.append(f"{field} {value!r}: {got}, expected {want}")
    for case in [("code", 60), ("code", 70), ("code", 95), ("code", None), ("name", 90), ("name", 70), ("name", None), ("word", 90),
                 ("word", 70), ("word", None)]:
        if seen[case] < 3:
            faults.append(f"only {seen[case]} cases of {case}")
    print("\n".join(faults[:20]) if faults else f"{sum(seen.values())} values: {dict(seen)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
