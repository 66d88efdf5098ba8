#!/usr/bin/env python3
"""The Debian packages hold the reviewed files and depend on what they need.

    packages.py ROOT BUILD CONFIG VERSION LIBDIR PREFIX

Exit code 77 (skipped) where the build is not a release for /usr: a package of it would be of no use.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import compare, listed

SKIPPED = 77


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def contents(package):
    """Paths below /usr; folders left out, links by their own name."""
    paths = set()
    for line in run("dpkg-deb", "-c", package).splitlines():
        mode, owner, path = line.split()[0], line.split()[1], line.split(maxsplit=5)[5].split(" -> ")[0]
        assert owner == "root/root", line
        if not mode.startswith("d"):
            paths.add(path.removeprefix("./usr/"))
    return paths


def field(package, name):
    return run("dpkg-deb", "-f", package, name).strip()


def check_dependencies(packages, version):
    library = f"libassay{version.split('.')[0]}"
    faults = []

    def expect(component, name, words):
        value = field(packages[component], name)
        faults.extend(f"{packages[component].name}: {name} lacks '{word}': {value}" for word in words if word not in value)

    expect("lib", "Package", [library])
    expect("lib", "Depends", ["libc6", "libpq5", "libpcre2-8-0", "libyaml-0-2", "libxxhash0", "libutf8proc2", "libssl3",
                              "libxlsxwriter4", "libexpat1", "zlib1g", "tzdata"])
    expect("dev", "Package", ["libassay-dev"])
    expect("dev", "Depends", [f"{library} (= {version}"])
    expect("tool", "Package", ["assay"])
    expect("tool", "Depends", [f"{library} (= {version}", "libc6"])
    control = run("dpkg-deb", "-I", packages["lib"])
    faults += [f"{library}: no control file {name}" for name in ("shlibs", "triggers") if name not in control]
    return faults


def main():
    root, build, config, version, libdir, prefix = Path(sys.argv[1]), *sys.argv[2:7]
    if config != "Release" or prefix != "/usr":
        print(f"skipped: packages are made of a release build for /usr; this one is {config or 'without type'} for {prefix}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="assay-packages-") as folder:
        run("cpack", "--config", f"{build}/CPackConfig.cmake", "-G", "DEB", "-B", folder)
        found = {p.name.split("_")[0]: p for p in Path(folder).glob("*.deb")}
        names = {"lib": f"libassay{version.split('.')[0]}", "dev": "libassay-dev", "tool": "assay"}
        if sorted(found) != sorted(names.values()):
            raise SystemExit(f"packages made: {sorted(found)}")
        packages = {component: found[name] for component, name in names.items()}
        faults = check_dependencies(packages, version)
        for component, package in packages.items():
            paths = {(component, path) for path in contents(package)}
            faults += compare(package.name, paths, listed(root, libdir, version, config, component))
    print("\n".join(faults) if faults else "three packages with the reviewed files and dependencies")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
