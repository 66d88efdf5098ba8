#!/usr/bin/env python3
"""Both READMEs say the same, their pack loads, their commands, options, presets, links and exit codes exist.

    readme.py ROOT ASSAY
"""
import json
import re
import sys
import tempfile
from pathlib import Path

from kit import Command, code_blocks, commands, options, report

PAGES = ("README.md", "README.zh.md")


def without_comments(block):
    """The commands of a shell block; what stands behind # may be in any language."""
    return [line for line in (re.sub(r"(^|\s+)#.*", "", each).rstrip() for each in block.splitlines()) if line]


def blocks(text):
    return [(words, without_comments(block) if words == "sh" else block.splitlines()) for _, words, block in code_blocks(text)]


def tables(text):
    """Rows of all tables without their heads: the first cell, and the words in code type."""
    rows = []
    for line, following in zip(text.splitlines(), text.splitlines()[1:] + [""]):
        is_head = following.startswith("|--")
        if line.startswith("| ") and not is_head:
            rows.append((line.split("|")[1].strip(), re.findall(r"`[^`]+`", line)))
    return rows


def compare_pages(texts):
    faults = []
    for what, part in (("code blocks", blocks), ("tables", tables)):
        one, other = (part(text) for text in texts.values())
        if not one:
            faults.append(f"README.md has no {what}")
        if one != other:
            faults.append(f"{what} differ:\n  {one}\n  {other}")
    return faults


def check_pack(assay, text):
    packs = [block for _, words, block in code_blocks(text) if words == "yaml"]
    if len(packs) != 1:
        return [f"README.md has {len(packs)} packs, not 1"]
    faults = [] if packs[0].count("\n") == 10 else [f"the pack in ten lines has {packs[0].count(chr(10))}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.yaml"
        path.write_text(packs[0])
        done = assay("lint", path, "--fail-on", "warn")
        if done.returncode or "0 errors, 0 warnings" not in done.stdout:
            faults.append(f"the README's pack: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return faults


def check_commands(assay, text):
    """Every `assay ...` line names a command and options that exist."""
    faults, n = [], 0
    known = commands(assay)
    for words, lines in blocks(text):
        for line in (line for line in lines if words == "sh" and line.startswith("assay ")):
            n += 1
            named = [command for command in known if f"{line} ".startswith(f"assay {command} ")]
            if not named:
                faults.append(f"README.md: no such command: {line}")
                continue
            command = max(named, key=len)  # "verify data" before "verify"
            faults += [f"README.md: {command} has no {option}" for option in re.findall(r" (--[\w-]+)", line)
                       if option not in options(assay, command)]
    return faults if n else ["README.md shows no command"]


def check_presets(root, text):
    presets = json.loads((root / "CMakePresets.json").read_text())
    flows = {preset["name"] for preset in presets["workflowPresets"]}
    asked = set(re.findall(r"--workflow --preset (\w+)", text))
    named = {preset["name"] for preset in presets["configurePresets"] if not preset.get("hidden")}
    return ([f"README.md: no workflow preset {name}" for name in sorted(asked - flows)]
            + [f"README.md does not name the preset {name}" for name in sorted(named) if not re.search(rf"\b{name}\b", text)]
            + ([] if asked else ["README.md names no workflow preset"]))


def check_links(root, name, text):
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    return [f"{name}: {link} does not exist" for link in links if not (root / link).exists()]


def check_exit_codes(root, text):
    codes = re.findall(r"^\| (\d) \|", text, flags=re.M)
    faults = [] if codes == list("012345") else [f"README.md: exit codes {codes}"]
    for page, section in (("cli/assay.1", "EXIT STATUS"), ("cli/assay.zh.1", "退出状态")):
        part = (root / page).read_text().split(f".SH {section}\n")[1].split("\n.SH ")[0]
        found = re.findall(r"^\.B (\d)$", part, flags=re.M)
        faults += [] if found == codes else [f"{page}: exit codes {found}, README.md has {codes}"]
    return faults


def main():
    root, assay = Path(sys.argv[1]), Command(sys.argv[2])
    texts = {name: (root / name).read_text() for name in PAGES}
    english = texts[PAGES[0]]
    faults = (compare_pages(texts) + check_pack(assay, english) + check_commands(assay, english)
              + check_presets(root, english) + check_exit_codes(root, english))
    for name, text in texts.items():
        faults += check_links(root, name, text)
    return report(faults, "both READMEs say the same, and it is so")


if __name__ == "__main__":
    sys.exit(main())
