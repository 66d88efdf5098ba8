#!/usr/bin/env python3
"""Writes the samples of the domain packs: generate.py ROOT."""
import importlib
import sys
from pathlib import Path

PACKS = ("enterprise", "population")


def files(name):
    """{name: bytes} of all samples of a pack."""
    return {file: data for sample in importlib.import_module(name).SAMPLES for file, data in sample.files().items()}


if __name__ == "__main__":
    for pack in PACKS:
        for file, data in files(pack).items():
            (Path(sys.argv[1]) / "examples" / "packs" / file).write_bytes(data)
