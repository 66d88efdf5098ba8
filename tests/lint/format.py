#!/usr/bin/env python3
"""Every C file is laid out as clang-format lays it out.

    format.py ROOT
"""
import subprocess
import sys
from pathlib import Path

FOLDERS = ("lib", "cli", "tests", "bench", "examples", "include")


def badly_laid_out(root, files):
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=root, capture_output=True, text=True)
    if done.returncode and "clang-format-violations" not in done.stderr:
        raise SystemExit(done.stderr)
    return sorted({line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})


def check_the_check(root):
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", f"--assume-filename={root}/lib/x.c"], cwd=root,
                          input="int  x ;\n", capture_output=True, text=True)
    return ["a planted fault was not found"] if done.returncode == 0 else []


def main():
    root = Path(sys.argv[1]).resolve()
    files = [file.relative_to(root).as_posix() for folder in FOLDERS for file in sorted((root / folder).rglob("*.[ch]"))]
    faults = [f"{file}: run clang-format -i" for file in badly_laid_out(root, files)] + check_the_check(root)
    if not files:
        faults.append("no file")
    print("\n".join(faults) if faults else f"{len(files)} files are laid out as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
