#!/usr/bin/env python3
"""No file names a folder of the machine it was written on, or the host of a package registry.

    paths.py ROOT
"""
import os
import re
import subprocess
import sys
from pathlib import Path

# Written in pieces, so that this file does not find itself.
FORBIDDEN = [rb"/wo" + rb"rk/", rb"/tmp/b" + rb"-", rb"/ho" + rb"me/\w", rb"/ro" + rb"ot/"]
HOSTS = ["pypi" + ".org", "files.pythonhosted" + ".org", "registry.npmjs" + ".org", "registry.yarnpkg" + ".com",
         "crates" + ".io", "rubygems" + ".org", "proxy.golang" + ".org", "repo.maven" + ".apache.org",
         "repo1.maven" + ".org", "conda" + ".anaconda.org", "ghcr" + ".io", "docker" + ".io", "quay" + ".io"]
PATTERN = re.compile(b"|".join(FORBIDDEN + [re.escape(host.encode()) for host in HOSTS]))


def tracked(root):
    """What git knows; in an unpacked archive everything but build folders."""
    if (root / ".git").exists():
        out = subprocess.run(["git", "-c", f"safe.directory={root}", "ls-files", "-z"], cwd=root, check=True, capture_output=True)
        return [root / name.decode() for name in out.stdout.split(b"\0") if name]
    return [Path(folder) / name for folder, folders, names in os.walk(root) if "build" not in Path(folder).relative_to(root).parts
            for name in names]


def faults_in(name, data):
    return [f"{name}:{data.count(10, 0, match.start()) + 1}: {match.group().decode()}"
            for match in PATTERN.finditer(data)]


def main():
    root = Path(sys.argv[1]).resolve()
    files = [file for file in tracked(root) if file.is_file()]
    planted = [b"see /wo" + b"rk/x", b"cd /tmp/b" + b"-x", ("https://pypi" + ".org/simple").encode()]
    faults = [f"planted fault {i} was not found" for i, text in enumerate(planted) if len(faults_in("planted", text)) != 1]
    for file in files:
        faults += faults_in(file.relative_to(root), file.read_bytes())
    if not files:
        faults.append("no file")
    print("\n".join(faults) if faults else f"{len(files)} files name no machine and no registry")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
