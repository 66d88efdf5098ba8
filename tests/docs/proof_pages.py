#!/usr/bin/env python3
"""doc/proof.md and doc/proof.zh.md have the same commands, and all of them do what the pages say.

    proof_pages.py ROOT ASSAY ASSAY_VERIFY LOG_MAKER

The folder of proofs and the proof file they speak of are made by log_maker, once there is a key. Exit code 77 (skipped) without openssl.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import ENVIRONMENT, code_blocks, report

PAGES = ("doc/proof.md", "doc/proof.zh.md")
NAME, ORIGIN = "data.example.gov.cn/assay", "data.example.gov.cn/assay/ent"


def commands(text):
    """The blocks without what stands behind #."""
    return [re.sub(r"\s+# .*(?=\n)", "", block) if "printf" not in block else block
            for _, words, block in code_blocks(text) if words == "sh"]


def run(folder, path, block):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **ENVIRONMENT, "PATH": f"{path}:{os.environ['PATH']}"}, timeout=120)


def make_proofs(maker, folder):
    def make(*args):
        return subprocess.run([maker, *args], cwd=folder, check=True, capture_output=True).stdout

    (folder / "result.json").write_text("{}\n")
    (folder / "findings.ndjson").write_text("".join(f'{{"finding":{i},"text":"a\\\\b  长 %s"}}\n' for i in range(5)))
    make("run", "proof", "company", "50", "1", "result.json", "findings.ndjson")
    make("sign", "proof", ORIGIN, f"{NAME}=sign.pem")
    shutil.copy(folder / "proof/checkpoint.sm3", folder / "old-checkpoint")
    make("run", "proof", "company", "55", "3", "result.json", "findings.ndjson")
    make("sign", "proof", ORIGIN, f"{NAME}=sign.pem")
    (folder / "one.proof").write_bytes(make("prove", "proof", "0", "7", "1", "sm3"))


def check_blocks(folder, path, maker, blocks):
    faults = []
    for i, block in enumerate(blocks):
        done = run(folder, path, block)
        if done.returncode:
            return [*faults, f"block {i}: exit {done.returncode}\n{block}{done.stdout}{done.stderr}"]
        if i == 0:
            make_proofs(maker, folder)
    if (folder / "public.pem").read_text() != (folder / "their.pem").read_text():
        faults.append("the key from the published text is not that of the key file")
    return faults


def check_the_check(folder, path, blocks):
    """What the blocks verify, changed: at least one of them must notice."""
    faults = []
    for name in ("proof/checkpoint.sm3", "result.json", "findings.ndjson", "one.proof"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole.replace(b"2", b"3", 1) if b"2" in whole else whole + b" ")
        noticed = [i for i, block in enumerate(blocks[1:], 1) if run(folder, path, block).returncode]
        if not noticed:
            faults.append(f"a changed {name} was not noticed")
        (folder / name).write_bytes(whole)
    openssl = [block for block in blocks if "pkeyutl" in block][0]
    (folder / "text").write_text((folder / "text").read_text().replace("\n2\n", "\n3\n"))
    return faults + ([] if run(folder, path, openssl).returncode else ["openssl verifies another text"])


def main():
    root, assay, verifier, maker = (Path(arg).resolve() for arg in sys.argv[1:5])
    if not shutil.which("openssl"):
        print("skipped: no openssl command")
        return 77
    texts = [(root / page).read_text() for page in PAGES]
    blocks = commands(texts[0])
    faults = [] if blocks == commands(texts[1]) else ["the commands of the two pages differ"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"
        path = Path(name) / "bin"
        folder.mkdir()
        path.mkdir()
        for program in (assay, verifier):
            (path / program.name).symlink_to(program)
        faults += check_blocks(folder, path, maker, blocks)
        faults += [] if faults else check_the_check(folder, path, blocks)
    return report(faults, f"{len(blocks)} blocks of commands in two pages do what they say")


if __name__ == "__main__":
    sys.exit(main())
