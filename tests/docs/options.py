#!/usr/bin/env python3
"""Every option of every command stands in both man pages and in the completion, with the same values, and the other way round.

    options.py ROOT ASSAY
"""
import re
import subprocess
import sys
from pathlib import Path

from kit import Command, commands, options, report

COMMON = "COMMON"
MAN_PAGES = {"cli/assay.1": "COMMON OPTIONS", "cli/assay.zh.1": "公共选项"}


def man_options(text, common_section):
    """{section: {option: value}}; a section is a command's name in capitals, or COMMON."""
    sections, section = {}, None
    lines = text.splitlines()
    for before, line in zip(lines, lines[1:]):
        if line.startswith(".SH "):
            section = COMMON if line[4:] == common_section else line[4:]
        match = re.fullmatch(r'\.BI? \\-\\-([\w\\-]+)(?: " (.*)")?', line)
        if match and before == ".TP":
            sections.setdefault(section, {})["--" + match.group(1).replace("\\", "")] = match.group(2) or ""
    return sections


def compare(what, found, expected):
    return [f"{what}: {option}: {found.get(option, 'missing')!r}, the help says {expected.get(option, 'nothing')!r}"
            for option in sorted(found.keys() | expected.keys()) if found.get(option) != expected.get(option)]


def check_man(root, path, common_section, helped):
    text = (root / path).read_text()
    sections = man_options(text, common_section)
    faults = [f"{path}: section {s} is no command" for s in sections if s != COMMON and s.lower() not in helped]
    for command, expected in helped.items():
        found = {**sections.get(command.upper(), {}), **sections.get(COMMON, {})}
        faults += compare(f"{path}, {command}", found, expected)
        if f".B assay {command}\n" not in text:
            faults.append(f"{path}: {command} is not in the synopsis")
    return faults


def complete(root, *words):
    """What bash offers for the last word."""
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _assay; '
              '[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-euc", script, "bash", str(root / "cli/completion/assay.bash"), *words],
                          capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def check_words(root, command, option, value):
    """An option whose help names its values offers just these; without a value it offers none."""
    if "|" not in value:
        return []
    faults = []
    for words in ((option, ""), (option, "="), (option, "=", "")):
        offered = complete(root, "assay", *command.split(), *words)
        if offered != set(value.split("|")):
            faults.append(f"completion, {command} {' '.join(words)}: offers {sorted(offered)}, the help says {value}")
    return faults


def check_completion(root, helped):
    faults = []
    offered = complete(root, "assay", "")
    if offered != {*(command.split()[0] for command in helped), "--help", "--version"}:
        faults.append(f"completion: offers the commands {sorted(offered)}")
    for command, expected in helped.items():
        offered = complete(root, "assay", *command.split(), "--")
        faults += compare(f"completion, {command}", dict.fromkeys(offered, ""), dict.fromkeys(expected, ""))
        takes = subprocess.run(["bash", "-euc", '. "$1"; _assay_options "$2"', "bash",
                                str(root / "cli/completion/assay.bash"), command],
                               capture_output=True, text=True, check=True).stdout.split()
        for option, value in expected.items():
            if (option + "=" in takes) != bool(value):
                faults.append(f"completion, {command}: does not know whether {option} takes a value")
            faults += check_words(root, command, option, value)
    return faults


def main():
    root, assay = Path(sys.argv[1]), Command(sys.argv[2])
    helped = {command: options(assay, command) for command in commands(assay)}
    faults = [f"{command} --help lists no option" for command, found in helped.items() if not found]
    for path, common_section in MAN_PAGES.items():
        faults += check_man(root, path, common_section, helped)
    faults += check_completion(root, helped)
    return report(faults, f"{sum(map(len, helped.values()))} options of {len(helped)} commands, everywhere the same")


if __name__ == "__main__":
    sys.exit(main())
