"""What the tests of installing and packaging share."""
from pathlib import Path


def listed(root, libdir, version, config, component=None):
    """The reviewed list with its words filled in: {(component, path)}."""
    words = {"LIBDIR": libdir, "VERSION": version, "MAJOR": version.split(".")[0], "CONFIG": config.lower() or "noconfig"}
    files = set()
    for line in (root / "tests/install/files.txt").read_text().splitlines():
        part, path = line.split()
        for word, value in words.items():
            path = path.replace(word, value)
        if path.endswith("/rules/*"):  # everything under rules/, whatever is added there
            files |= {(part, path[:-1] + f.relative_to(root / "rules").as_posix())
                      for f in (root / "rules").rglob("*") if f.is_file()}
        else:
            files.add((part, path))
    return {f for f in files if component in (None, f[0])}


def compare(what, found, expected):
    return ([f"{what}: not in tests/install/files.txt: {' '.join(f)}" for f in sorted(found - expected)]
            + [f"{what}: missing: {' '.join(f)}" for f in sorted(expected - found)])


def files_under(folder):
    return {p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file() or p.is_symlink()}
