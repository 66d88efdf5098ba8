#!/usr/bin/env python3
"""doc/partials.md and doc/partials.zh.md have the same commands, whose options exist, and links that lead somewhere. What the pages
promise is tested by cli.merge and cli.partitions.

    partial_pages.py ROOT ASSAY
"""
import re
import sys
from pathlib import Path

from kit import Command, report
from readme import blocks, check_commands, check_links

PAGES = ("doc/partials.md", "doc/partials.zh.md")


def compare_pages(texts):
    one, other = (blocks(text) for text in texts.values())
    codes, other_codes = (re.findall(r"`[^`]+`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)) for text in texts.values())
    return ([] if one == other else ["the commands of the two pages differ"]) + \
           [f"only one of the pages names {code}" for code in sorted(set(codes) ^ set(other_codes))]


def main():
    root, assay = Path(sys.argv[1]), Command(sys.argv[2])
    texts = {name: (root / name).read_text() for name in PAGES}
    faults = compare_pages(texts) + check_commands(assay, texts[PAGES[0]])
    for name, text in texts.items():
        faults += check_links(root / "doc", name, text)
    return report(faults, "both pages say the same, and it is so")


if __name__ == "__main__":
    sys.exit(main())
