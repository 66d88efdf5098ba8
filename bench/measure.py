"""Running programs and keeping what they took."""
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Sample:
    """One run of a program. `cpu` and `memory` are those of the program that was started, not of a server behind it."""
    wall: float    # seconds
    cpu: float     # seconds, user and system
    memory: float  # MiB at the highest
    out: str       # what it printed


def start(argv, **more):
    try:
        return subprocess.Popen(argv, **more)
    except OSError as error:
        sys.exit(f"{argv[0]}: {error}")


def run(argv, env=None, stdin=None, cwd=None, codes=(0,)):
    """Run a program to its end. Any other exit code ends the bench with what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = start(argv, env={**os.environ, **(env or {})}, stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
        if child.returncode not in codes:
            sys.exit(f"{' '.join(argv)}: exit code {child.returncode}\n{texts[1][:8000]}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, texts[0])


@dataclass
class Row:
    """A contestant and all its runs; times in seconds, memory in MiB."""
    key: str
    name: str
    records: int
    wall: list = field(default_factory=list)
    cpu: list = field(default_factory=list)     # empty: the work is done in another process
    memory: list = field(default_factory=list)
    not_run: str = ""                           # why
    note: str = ""

    def add(self, sample, has_cpu=True):
        self.wall.append(sample.wall)
        if has_cpu:
            self.cpu.append(sample.cpu)
            self.memory.append(sample.memory)

    def median(self, what):
        values = getattr(self, what)
        return median(values) if values else None

    def as_json(self):
        return {k: v for k, v in vars(self).items() if v not in ("", [])}


def own_seconds(sample):
    """A program that tells its own time (without its start) and counts: {seconds, counts}."""
    told = json.loads(sample.out.strip().splitlines()[-1])
    return Sample(told["seconds"], sample.cpu, sample.memory, sample.out), told["counts"]
