#!/usr/bin/env python3
"""The library against a second implementation: leaves, trees and snapshots of generated records, and the values in SPEC.md.

    test_oracle.py PROBE ROOT
"""
import random
import re
import subprocess
import sys
from pathlib import Path

from oracle import Oracle, b_of, sm3_offered

DATASET, EPOCH = "企业登记".encode(), 7
INDEX_KEY, SALT_KEY = bytes(range(32)), bytes(range(100, 132))


def ask(probe, *arguments, lines):
    done = subprocess.run([probe, *map(str, arguments)], input="".join(line + "\n" for line in lines), text=True,
                          capture_output=True, check=True)
    return done.stdout.split("\n")[:-1]


def records(n, seed):
    """Pairs of key record and record, of lengths around the edges of a block, with repeats."""
    source = random.Random(seed)
    made = [(source.randbytes(source.choice([0, 1, 22, 31, 54, 55, 56, 63, 64, 120, 300])),
             source.randbytes(source.choice([0, 1, 18, 19, 26, 27, 64, 82, 83, 200, 900]))) for _ in range(n)]
    return made + made[: n // 10]


def leaf_of(oracle, key, record, dataset=DATASET, epoch=EPOCH, index_key=INDEX_KEY, salt_key=SALT_KEY):
    kh = oracle.kh(index_key, dataset, key)
    salt = oracle.salt(salt_key, epoch, dataset, kh)
    return kh, salt, oracle.leaf(kh, salt, record)


def check_leaves(probe, alg, provider):
    oracle, pairs = Oracle(alg), records(400, 1)
    want = [" ".join(part.hex() for part in leaf_of(oracle, *pair)) for pair in pairs]
    got = ask(probe, "leaves", alg, provider, DATASET.hex(), EPOCH, INDEX_KEY.hex(), SALT_KEY.hex(),
              lines=[f"{key.hex()}.{record.hex()}" for key, record in pairs])
    return [f"{alg} {provider}: leaf {i}: {g} instead of {w}" for i, (g, w) in enumerate(zip(got, want)) if g != w] + (
        [] if len(got) == len(want) else [f"{alg} {provider}: {len(got)} leaves"])


def check_snapshot(probe, alg, provider, n, b, parts, memory):
    source = random.Random(n)
    rows = [source.randbytes(48) for _ in range(n)]
    rows += rows[:3] + [row[:16] + source.randbytes(32) for row in rows[:2]]  # equal leaves, equal keys
    want_b = b_of(len(rows)) if b is None else b
    want = f"{len(rows)} {want_b} {Oracle(alg).snapshot(rows, want_b).hex()}"
    got = ask(probe, "snapshot", alg, provider, "-" if b is None else b, parts, memory, lines=[row.hex() for row in rows])
    return [] if got == [want] else [f"{alg} {provider} n {n} b {b} parts {parts} memory {memory}: {got} instead of {want}"]


def check_roots(probe, alg, provider):
    """Roots of streams, around the number of leaves that are hashed together."""
    faults, oracle = [], Oracle(alg)
    for n in [0, 1, 2, 3, 5, 7, 8, 100, 1023, 1024, 1025, 2047, 2048, 2049, 3100, 5000]:
        hashes = [oracle.hash(bytes([0]) + i.to_bytes(4, "big")) for i in range(n)]
        got = ask(probe, "root", alg, provider, lines=[each.hex() for each in hashes])
        if got != [oracle.root(hashes).hex()]:
            faults.append(f"{alg} {provider}: root of {n} leaves: {got}")
    return faults


def check_spec(root):
    """Every line `name alg value` of the table in SPEC.md is computed again, and all names are there."""
    text = (root / "lib/proof/SPEC.md").read_text()
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (sm3|sha256) \| `([0-9a-f]+)` \|$", text, re.M)
    faults, names = [], set()
    for name, alg, value in rows:
        names.add((name, alg))
        want = golden(Oracle(alg))[name].hex() if alg == "sha256" or sm3_offered() else value
        if want != value:
            faults.append(f"SPEC.md: {name} {alg} is {value}, computed {want}")
    wanted = {(name, alg) for alg in ("sm3", "sha256") for name in golden(Oracle("sha256"))}
    return faults + [f"SPEC.md has no {name} {alg}" for name, alg in sorted(wanted - names)]


def cre1(**texts):
    """A canonical record of text fields."""
    fields = b"".join(len(name).to_bytes(2, "big") + name.encode() + b"\x05" + len(value.encode()).to_bytes(4, "big") + value.encode()
                      for name, value in sorted(texts.items()))
    return b"CRE\x01" + len(texts).to_bytes(2, "big") + fields


def golden(oracle):
    """The example of SPEC.md: dataset, keys and records as it says."""
    kh, salt, leaf = leaf_of(oracle, cre1(id="B1"), cre1(id="B1", name="甲公司"), b"company", 1)
    rows = [oracle.hash(bytes([i]))[:16] + oracle.hash(bytes([i, i])) for i in range(10)]
    return {"kh": kh, "salt": salt, "leaf": leaf, "no_leaf": oracle.snapshot([], 0), "one_leaf": oracle.snapshot([kh + leaf], 0),
            "ten_leaves_b0": oracle.snapshot(rows, 0), "ten_leaves_b2": oracle.snapshot(rows, 2)}


def main():
    probe, root = sys.argv[1], Path(sys.argv[2])
    faults = check_spec(root)
    ways = [("sha256", "evp")]
    if sm3_offered():
        ways += [("sm3", "evp"), ("sm3", "lanes")]
    for alg, provider in ways:
        faults += check_leaves(probe, alg, provider) + check_roots(probe, alg, provider)
        for n, b, parts, memory in [(0, None, 1, 0), (1, None, 1, 0), (40, 3, 3, 0), (700, None, 2, 0), (2045, None, 1, 0),
                                    (2043, None, 1, 0), (40000, None, 4, 1), (5000, 6, 1, 0), (300, 10, 2, 0)]:
            faults += check_snapshot(probe, alg, provider, n, b, parts, memory)
    faults += [] if b_of(1023) == 0 and b_of(2048) == 1 and b_of(10 ** 8) == 16 and b_of(2 ** 40) == 24 else ["b_of is wrong"]
    print("\n".join(faults) if faults else f"{len(ways)} ways agree with the second implementation")
    if not faults and not sm3_offered():
        print("skipped: hashlib offers no sm3 here, only sha256 was compared")
        return 77
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
