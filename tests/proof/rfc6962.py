#!/usr/bin/env python3
"""The public vectors of RFC 6962 proofs (transparency-dev/merkle), where they lie beside the checkout.

    rfc6962.py PROBE ROOT    exit code 77 without them: test_merkle has some values of its own
"""
import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

EXPECTED = 196


def unpack(text):
    return base64.b64decode(text or "").hex()


def root_of(text):
    """Some roots are words ("don't care"): their hash stands in, so that equal stays equal. An empty one stays empty."""
    raw = base64.b64decode(text or "")
    return (raw if len(raw) in (0, 32) else hashlib.sha256(raw).digest()).hex()


def joined(hashes):
    return ",".join(hashes) if hashes else "-"


def line_of(case):
    hashes = joined([unpack(each) for each in case["proof"] or []])
    if "leafIdx" in case:
        return f"path {case['leafIdx']} {case['treeSize']} {root_of(case['leafHash'])} {root_of(case['root'])} {hashes}"
    return f"consistency {case['size1']} {case['size2']} {root_of(case['root1'])} {root_of(case['root2'])} {hashes}"


def ask(probe, *arguments, lines):
    done = subprocess.run([probe, *arguments], input="".join(line + "\n" for line in lines), text=True, capture_output=True, check=True)
    return done.stdout.split()


def check_cases(probe, folder):
    files = sorted([*folder.glob("inclusion/**/*.json"), *folder.glob("consistency/**/*.json")])
    cases = [json.loads(file.read_text()) for file in files]
    got = ask(probe, "check", "sha256", "evp", lines=[line_of(case) for case in cases])
    faults = [f"{file.relative_to(folder)}: {answer}" for file, case, answer in zip(files, cases, got)
              if answer != ("fails" if case["wantErr"] else "holds")]
    if len(files) != EXPECTED or len(got) != EXPECTED:
        faults.append(f"{len(files)} cases, {len(got)} answers, not {EXPECTED}")
    return faults


def check_eight(probe, path):
    """The roots and paths of the eight leaves, for both algorithms."""
    eight, faults = json.loads(path.read_text()), []
    for alg, provider in [("sha256", "evp"), ("sm3", "evp"), ("sm3", "lanes")]:
        of = eight[alg]
        for n, want in enumerate(of["roots"], 1):
            if ask(probe, "root", alg, provider, lines=of["leaf_hashes"][:n]) != [want]:
                faults.append(f"{alg} {provider}: root of {n}")
        lines = [f"path {place.split('/')[0]} {place.split('/')[1]} {of['leaf_hashes'][int(place.split('/')[0])]} "
                 f"{of['roots'][int(place.split('/')[1]) - 1]} {joined(hashes)}" for place, hashes in of["inclusion"].items()]
        if ask(probe, "check", alg, provider, lines=lines) != ["holds"] * len(lines):
            faults.append(f"{alg} {provider}: a path does not hold")
    return faults


def main():
    probe, folder = sys.argv[1], Path(sys.argv[2]).parent / "shared/vectors/rfc6962"
    if not folder.is_dir():
        print(f"skipped: no vectors in {folder}: {EXPECTED} public cases not tried")
        return 77
    faults = check_cases(probe, folder) + check_eight(probe, folder / "ct8_sha256_and_sm3.json")
    print("\n".join(faults) if faults else f"{EXPECTED} public cases and eight leaves of both algorithms are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
