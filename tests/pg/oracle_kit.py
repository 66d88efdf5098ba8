"""What the tests share that hold the command against PostgreSQL: psql, the command, and readings of what it wrote."""
import json
import os
import subprocess
import sys
from collections import Counter

FIELD, NULL = "\x1f", "\x1d"


def psql(script):
    """Run a script; the rows of all its queries as lists of texts. NULL is None."""
    done = subprocess.run(["psql", "-XAtq0", "-v", "ON_ERROR_STOP=1", "-P", f"null={NULL}", "-F", FIELD, "-f", "-"],
                          input=script.encode("utf-8"), capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"psql failed:\n{done.stderr.decode(errors='replace')[:8000]}")
    rows = done.stdout.decode("utf-8").split("\0")[:-1]
    return [[None if cell == NULL else cell for cell in row.split(FIELD)] for row in rows]


def run_all(program, *arguments, codes=(0, 1)):
    """Run the command. Any other exit code ends the test with what it said."""
    done = subprocess.run([program, *arguments], capture_output=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"{' '.join([program, *arguments])}: exit code {done.returncode}\n"
                 f"{done.stderr.decode(errors='replace')[:8000]}")
    return done


def run(program, *arguments, codes=(0, 1)):
    """Run the command; its standard output."""
    return run_all(program, *arguments, codes=codes).stdout


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def findings_of(ndjson):
    """rule -> list of findings."""
    found = {}
    for line in ndjson.decode("utf-8").splitlines():
        finding = json.loads(line)
        found.setdefault(finding["rule"], []).append(finding)
    return found


def key_of(finding):
    """The key as one text; '' for a finding over the dataset."""
    key = finding["key"]
    return "" if key is None else "|".join("" if part is None else str(part) for part in key.values())


def rules_of(result):
    return {rule["id"]: rule for dataset in result["datasets"] for rule in dataset["rules"]}


def differences(name, expected, actual):
    """Lines that say which keys are missing and which are too many."""
    expected, actual = Counter(expected), Counter(actual)
    lines = []
    for title, more, fewer in (("not found", expected, actual), ("found without reason", actual, expected)):
        surplus = more - fewer
        if surplus:
            shown = sorted(surplus.elements())
            lines.append(f"{name}: {len(shown)} {title}: {shown[:20]}{' ...' if len(shown) > 20 else ''}")
    return lines
