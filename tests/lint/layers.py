#!/usr/bin/env python3
"""Which folder may include which, which foreign header lives where, and how long files and functions may be.

    layers.py ROOT [--plant]    --plant: the check itself is checked: planted faults must be found
"""
import re
import sys
from pathlib import Path

# A folder may include its own headers, those of the folders named here, and include/assay.
MAY = {
    "base": [],
    "record": ["base"],
    "expr": ["record", "base"],
    "source": ["record", "base"],
    "check": ["expr", "record", "base"],
    "pack": ["check", "expr", "record", "base"],
    "proof": ["record", "base"],
    "pg": ["source", "record", "base"],
    "order": ["source", "ticket", "proof", "record", "base"],
    "ticket": ["proof", "record", "base"],
    "store": ["order", "ticket", "run", "pack", "source", "proof", "pg", "check", "expr", "record", "base"],
    "run": ["pack", "source", "proof", "pg", "check", "expr", "record", "base"],
}

# Foreign headers: the one file or folder that may see each.
FENCES = {
    "libpq-fe.h": ["lib/pg/"],
    "pcre2.h": ["lib/expr/regex.c"],
    "yaml.h": ["lib/pack/yaml.c"],
    "xxhash.h": ["lib/base/hash.c"],
    "utf8proc.h": ["lib/base/nfc.c"],
    "openssl/": ["lib/proof/"],
    "sqlite3.h": ["lib/store/db_sqlite.c"],
    "iconv.h": ["lib/source/encoding.c"],
    "xlsxwriter.h": ["lib/order/xlsx_write.c"],
    "expat.h": ["lib/order/xml.c"],
    "zlib.h": ["lib/order/zip.c"],
    "pthread.h": ["lib/base/", "lib/run/"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)
FILE_LINES_MAX = 700
FUNCTION_LINES_MAX = 60
FUNCTION_END = re.compile(r"^}\s*$")
FUNCTION_START = re.compile(r"^[A-Za-z_].*\)\s*$")


def check_include(path, name, folder):
    faults = []
    for header, places in FENCES.items():
        if name.startswith(header) and not any(path.startswith(p) for p in places):
            faults.append(f"{path}: includes <{name}>, which only {' '.join(places)} may")
    lower = name.split("/")[0]
    if lower in MAY and lower != folder and lower not in MAY[folder]:
        faults.append(f"{path}: {folder} includes {name}, but may only include {' '.join(MAY[folder]) or 'nothing'}")
    return faults


def functions(text):
    """(name line, first line number, number of lines) of each function, by the layout clang-format enforces."""
    lines, start = text.split("\n"), None
    for i, line in enumerate(lines):
        if line == "{" and start is None:
            start = i
        elif FUNCTION_END.match(line) and start is not None:
            yield lines[start - 1], start, i - start + 1
            start = None


def check_lengths(path, text):
    faults = []
    count = text.count("\n")
    if count > FILE_LINES_MAX:
        faults.append(f"{path}: {count} lines, at most {FILE_LINES_MAX}")
    for name, line, n in functions(text):
        if n > FUNCTION_LINES_MAX:
            faults.append(f"{path}:{line}: a function of {n} lines, at most {FUNCTION_LINES_MAX}: {name}")
    return faults


def check_file(path, text, folder):
    faults = check_lengths(path, text)
    for name in INCLUDE.findall(text):
        faults += check_include(path, name, folder)
    return faults


def check_public_only(path, text):
    """cli and examples see include/assay alone."""
    return [f"{path}: includes {name}, but may only include assay/"
            for name in INCLUDE.findall(text) if name.split("/")[0] in MAY]


def check_verifier(path, text):
    """The auditor's program stands on proof and what is below it, with nothing foreign of its own."""
    faults = check_lengths(path, text)
    for name in INCLUDE.findall(text):
        layer = name.split("/")[0]
        if (layer in MAY and layer not in ["proof", *MAY["proof"]]) or any(name.startswith(h) for h in FENCES):
            faults.append(f"{path}: includes {name}, but may only include proof/ and what is below it")
    return faults


def check_tree(root):
    faults = []
    for file in sorted(root.glob("lib/*/*.[ch]")):
        folder = file.parent.name
        if folder not in MAY:
            faults.append(f"lib/{folder}: a folder without a rule in {Path(__file__).name}")
            continue
        faults += check_file(file.relative_to(root).as_posix(), file.read_text(), folder)
    for file in sorted(root.glob("cli/verify/*.[ch]")):
        faults += check_verifier(file.relative_to(root).as_posix(), file.read_text())
    for file in sorted([*root.glob("cli/*.[ch]"), *root.glob("examples/**/*.c")]):
        path = file.relative_to(root).as_posix()
        faults += check_public_only(path, file.read_text()) + check_lengths(path, file.read_text())
    return faults


def check_the_check():
    planted = [
        check_file("lib/base/x.c", '#include "record/batch.h"\n', "base"),
        check_file("lib/run/x.c", "#include <libpq-fe.h>\n", "run"),
        check_file("lib/source/x.c", '#include "expr/expr.h"\n', "source"),
        check_public_only("cli/x.c", '#include "base/buf.h"\n'),
        check_verifier("cli/verify/x.c", '#include "run/run.h"\n'),
        check_lengths("lib/base/x.c", "int f(void)\n{\n" + "x;\n" * 61 + "}\n"),
    ]
    return [f"planted fault {i} was not found" for i, found in enumerate(planted) if len(found) != 1]


def main():
    root = Path(sys.argv[1])
    faults = check_the_check() + check_tree(root)
    print("\n".join(faults) if faults else "layers, fences and lengths are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
