"""What the tests of the documentation share: running the command, and reading what it and the pages say."""
import json
import os
import subprocess
from pathlib import Path

ENVIRONMENT = {**{k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}, "LC_ALL": "C.UTF-8"}


class Command:
    """The command under test; expect() says what was called when it goes wrong."""

    def __init__(self, path):
        self.path = str(Path(path).resolve())

    def __call__(self, *arguments, stdin="", cwd=None, env=None):
        return subprocess.run([self.path, *map(str, arguments)], input=stdin, capture_output=True, text=True, cwd=cwd,
                              env={**ENVIRONMENT, **(env or {})}, timeout=120)

    def expect(self, codes, *arguments, **kwargs):
        done = self(*arguments, **kwargs)
        if done.returncode not in codes:
            raise AssertionError(f"assay {' '.join(map(str, arguments))}: exit {done.returncode}, expected {codes}\n"
                                 f"{done.stdout}{done.stderr}")
        return done


def commands(assay):
    """The names of the commands, as `assay --help` lists them."""
    lines = assay.expect([0], "--help").stdout.splitlines()
    return [line.strip().split("  ")[0] for line in lines if line.startswith("  ")]


def options(assay, command):
    """{option: what stands for its value, or ""}, as the command's --help lists them."""
    found = {}
    for line in assay.expect([0], *command.split(), "--help").stdout.splitlines():
        if line.startswith("  --"):
            left = line.split("  ")[1].split(" ")
            found[left[0]] = left[1] if len(left) > 1 else ""
    return found


def ndjson(text):
    return [json.loads(line) for line in text.splitlines()]


def code_blocks(text):
    """The fenced blocks: (line of the fence, the words behind it, what is inside)."""
    blocks, inside = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if inside is None and line.startswith("```"):
            start, words, inside = number, line[3:].strip(), []
        elif inside is not None and line.startswith("```"):
            blocks.append((start, words, "\n".join(inside) + "\n"))
            inside = None
        elif inside is not None:
            inside.append(line)
    return blocks


def report(faults, passed):
    print("\n".join(faults) if faults else passed)
    return 1 if faults else 0
