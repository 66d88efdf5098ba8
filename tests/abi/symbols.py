#!/usr/bin/env python3
"""The exported symbols are those of the reviewed list, those of the headers and those of the version script.

    symbols.py LIBRARY ROOT
"""
import re
import subprocess
import sys
from pathlib import Path

VERSION_NODE = "A"  # nm's letter for the names of the versions themselves


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library], check=True,
                         capture_output=True, text=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return {name for _, kind, name in rows if kind != VERSION_NODE}


def statements(root):
    """What the headers declare, without comments and preprocessor lines."""
    for header in sorted(root.glob("include/assay/*.h")):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        text = re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", "", text, flags=re.M)
        yield from re.split(r"[;{}]", text)


def functions(root, is_marked):
    """The functions declared with, or without, ASSAY_API: without it nobody could link them."""
    names = set()
    for statement in statements(root):
        match = re.search(r"\b(assay_\w+)\s*\([^()]*\)\s*$", statement)
        if match and "typedef" not in statement and ("ASSAY_API" in statement) == is_marked:
            names.add(match.group(1))
    return names


def in_map(root):
    text = (root / "lib/assay.map").read_text()
    public = text.split("global:")[1].split("local:")[0]
    return set(re.findall(r"([\w*]+);", public))


def tell(what, names):
    return [f"{what}: {name}" for name in sorted(names)]


def main():
    library, root = sys.argv[1], Path(sys.argv[2])
    found, listed = exported(library), set((root / "tests/abi/symbols.txt").read_text().split())
    names = {name.split("@")[0] for name in found}
    headers = functions(root, True)
    faults = (tell("exported but not in tests/abi/symbols.txt", found - listed)
              + tell("in tests/abi/symbols.txt but not exported", listed - found)
              + tell("exported but not in a header", names - headers)
              + tell("in a header but not exported", headers - names)
              + tell("in a header without ASSAY_API", functions(root, False))
              + tell("in lib/assay.map but not in a header", in_map(root) - headers))
    print("\n".join(faults) if faults else f"{len(found)} exported symbols, all reviewed and declared")
    return 1 if faults or not found else 0


if __name__ == "__main__":
    sys.exit(main())
