#!/usr/bin/env python3
"""rules/packs/INDEX.md, made from the packs themselves: index.py ASSAY ROOT says whether it is what they hold, and with
`write` behind it makes it.
"""
import json
import sys
import tempfile
from pathlib import Path

import check
import check_transport_weather
from generate import PACKS

OTHERS = ("transport", "meteorology")  # several datasets; check_transport_weather.py has them

HEAD = """# Domain packs

领域规则包

Each pack is a file of this folder; its rules are listed with their indicators (GB/T 36344-2018). A rule of a field is called
`DATASET.FIELD.CHECK`, any other `DATASET.RULE`; `assay explain` takes either name. Of every pack there is a synthetic sample
with planted faults in `examples/packs` of the sources. This file is made by `tests/packs/index.py`.
"""


def table(header, rows):
    return ["", "| " + " | ".join(header) + " |", "|---" * len(header) + "|"] + ["| " + " | ".join(row) + " |" for row in rows]


def both(title):
    return f"{title['zh']} · {title['en']}" if title["zh"] else ""


def of_dataset(dataset):
    fields, others = {}, []
    for rule in dataset["rules"]:
        name = rule["id"].split(".", 1)[1]
        if "." in name:
            field, check = name.split(".")
            fields.setdefault(field, []).append(f"{check} {rule['indicator']}")
        else:
            others.append((f"`{name}`", rule["indicator"], rule["severity"], both(rule["title"]) or rule["check"], rule["basis"]))
    return (["", f"### {dataset['name']}: {both(dataset['title'])}"]
            + table(("field 字段", "checks 检查"), [(f"`{field}`", ", ".join(checks)) for field, checks in fields.items()])
            + table(("rule 规则", "indicator 指标", "severity 严重程度", "says 含义", "basis 依据"), others))


def result_of(assay, root, name, folder):
    if name in OTHERS:
        pack = check_transport_weather.Pack(assay, root, name)
        return pack.run_files(pack.module.AS_OF, str(Path(folder) / "report"))[0]
    pack = check.Pack(assay, root, name, folder)
    return pack.run(pack.csv())[0]


def of_pack(assay, root, name):
    with tempfile.TemporaryDirectory() as folder:
        result = result_of(assay, root, name, folder)
    lines = ["", f"## {name}.yaml: {both(result['pack']['title'])}"]
    return lines + [line for dataset in result["datasets"] for line in of_dataset(dataset)]


def main():
    assay, root, *write = sys.argv[1:]
    text = HEAD + "\n".join(line for name in PACKS + OTHERS for line in of_pack(assay, root, name)) + "\n"
    path = Path(root) / "rules" / "packs" / "INDEX.md"
    if write:
        path.write_text(text)
    if not path.exists() or path.read_text() != text:
        print("rules/packs/INDEX.md is not what the packs hold: tests/packs/index.py ASSAY ROOT write")
        return 1
    others = sorted(file.stem for file in path.parent.glob("*.yaml") if file.stem not in PACKS + OTHERS)
    print(f"packs without a sample: {others}" if others else f"{len(PACKS + OTHERS)} packs")
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main())
