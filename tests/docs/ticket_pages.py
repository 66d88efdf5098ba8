#!/usr/bin/env python3
"""doc/tickets.md and doc/tickets.zh.md have the same commands, and all of them do what the pages say.

    ticket_pages.py ROOT ASSAY

The pack and the two nights of data they speak of are made here.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import ENVIRONMENT, code_blocks, report

PAGES = ("doc/tickets.md", "doc/tickets.zh.md")
PACK = """assay: 1
pack: demo.tickets
version: 1.0.0
title: {zh: 示例, en: Example}
timezone: Asia/Shanghai
calendar: calendars/cn.csv
sources: {registry: {title: {zh: 登记机关, en: Registry}, owner: 登记科, correct_within: 10 working days}}
standards:
  number: {title: {zh: 编号, en: Number}, type: integer}
  name: {title: {zh: 名称, en: Name}, type: text, normalize: [trim]}
datasets:
  company:
    title: {zh: 企业, en: Companies}
    source: registry
    table: public.company
    key: [id]
    fields:
      id: {standard: number, required: true, unique: true}
      name: {standard: name, required: true}
      staff: {standard: number, min: 0}
"""
MONDAY = "id,name,staff\n1, A,5\n2,B,-3\n3,,7\n"
TUESDAY = "id,name,staff\n1,A,5\n2,B,-3\n"


def commands(text):
    """The blocks without what stands behind #."""
    return [re.sub(r"\s+# .*(?=\n)", "", block) for _, words, block in code_blocks(text) if words == "sh"]


def run(folder, path, block):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **ENVIRONMENT, "PATH": f"{path}:{os.environ['PATH']}"}, timeout=120)


def check_blocks(folder, path, blocks):
    outputs = []
    for i, block in enumerate(blocks):
        done = run(folder, path, block)
        outputs.append(done.stdout)
        if done.returncode:
            return [f"block {i}: exit {done.returncode}\n{block}{done.stdout}{done.stderr}"], outputs
    return [], outputs


def check_outcome(folder, path, outputs):
    """What the pages tell, counted by hand for the two nights above."""
    faults = []
    listed = run(folder, path, "assay tickets list | awk '{print $5, $2, $3}' | sort").stdout.splitlines()
    wanted = ["company.name.normalize closed 2026-07-20", "company.name.required gone 2026-07-20",
              "company.staff.min confirmed 2026-07-20"]
    if listed != wanted:
        faults.append(f"tickets are {listed}, expected {wanted}")
    fixes = (folder / "fixes.sql").read_text()
    update = "update public.company set \"name\" = 'A' where \"id\" = '1' and \"name\" = ' A';"
    if fixes.count("update") != 1 or update not in fixes:
        faults.append(f"fixes.sql is\n{fixes}")
    if (folder / "told").read_text().strip() != "2" or len((folder / "events.ndjson").read_text().splitlines()) != 2:
        faults.append("the second night has two events: one ticket passed, one vanished")
    if outputs[2] != "1\n":
        faults.append(f"marks says {outputs[2]!r}")
    return faults


def main():
    root, assay = (Path(arg).resolve() for arg in sys.argv[1:3])
    texts = [(root / page).read_text() for page in PAGES]
    blocks = commands(texts[0])
    faults = [] if blocks == commands(texts[1]) else ["the commands of the two pages differ"]
    with tempfile.TemporaryDirectory() as name:
        folder, path = Path(name) / "work", Path(name) / "bin"
        folder.mkdir()
        path.mkdir()
        (path / "assay").symlink_to(assay)
        (folder / "calendars").symlink_to(root / "rules/calendars")
        (folder / "pack.yaml").write_text(PACK)
        (folder / "monday.csv").write_text(MONDAY)
        (folder / "tuesday.csv").write_text(TUESDAY)
        failed, outputs = check_blocks(folder, path, blocks)
        faults += failed or check_outcome(folder, path, outputs)
    return report(faults, "the pages of tickets")


if __name__ == "__main__":
    sys.exit(main())
