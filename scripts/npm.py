"""Files of npm packages, through npm's own client, at a version that is named."""
import functools
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path


@functools.lru_cache(maxsize=None)
def packed(name, version):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, capture_output=True,
                              text=True)
        return (Path(folder) / done.stdout.split()[-1]).read_bytes()


def member(name, version, path):
    """The text of one file of a package."""
    with tarfile.open(fileobj=io.BytesIO(packed(name, version))) as archive:
        return archive.extractfile(f"package/{path}").read().decode("utf-8-sig")


def install(folder, name, version):
    """Into folder/node_modules."""
    subprocess.run(["npm", "install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, f"{name}@{version}"],
                   check=True)
