#!/usr/bin/env python3
"""result.json and findings.ndjson are what their published schemas say, in every shape they come in.

    results.py ROOT ASSAY HISTORY_PROBE
"""
import copy
import json
import sys
import tempfile
from pathlib import Path

import jsonschema

from kit import Command, ndjson, report

PACK = """
assay: 1
pack: shapes
version: 1.0.0
title: {zh: 形状, en: Shapes}
timezone: Asia/Shanghai
sources: {s: {title: {zh: 来源, en: Source}, owner: Office}, t: {title: Other}}
standards:
  tidy: {type: text, normalize: [trim, width]}
  secret: {type: text, level: personal, checks: [{length: 11}]}
datasets:
  people:
    source: s
    table: people
    key: [area, id]
    segment: area
    share: conditional
    open: none
    condition: For approvals
    basis: It holds personal data
    fields:
      area: {standard: text, required: true}
      id: {standard: integer, required: true}
      name: {standard: tidy, source: t}
      phone: {standard: secret}
      born: {standard: date, max: today}
      left: {standard: date}
    rules:
      - {id: in-order, order: [born, left], tolerance: {warn: 0, fail: 50%}}
      - {id: pair, together: [phone, left], severity: info}
      - {id: whole, unique: [area, id]}
      - {id: many, rows: {min: 3}}
      - {id: ratio, expect: 10 / id > 1, where: area <> 'x', title: {zh: 比, en: Ratio}, basis: Clause 1}
      - {id: zip, depends: {area: [name]}}
"""

LOOKING_BACK = """
assay: 1
pack: looking-back
timezone: Asia/Shanghai
sources: {s: {title: S}}
datasets:
  d:
    source: s
    file: d.csv
    key: [id]
    fields:
      id: {standard: integer}
      amount: {standard: money}
    rules:
      - {id: volume, rows: {change: 10% of last 2}}
      - {id: total, change: {figure: sum, of: amount, within: 10% of last 2}}
      - {id: spread, distribution: {field: amount, bins: [0, 100], against: last 2, psi: 0.25}}
"""

HEADER = "area,id,name,phone,born,left\n"
CASES = {
    # label: (records, options, exit codes, outcome of the run, records read)
    "all pass": ("a,1,Li,13800138000,2001-01-01,2002-01-01\n" + "a,2,Wu,13800138001,2001-01-01,2002-01-01\n"
                 + "b,3,Hu,13800138002,2001-01-01,\"2002-01-01\"\n", [], [0], "PASS", 3),
    "empty table": ("", [], [1], "FAIL", 0),
    "every kind of finding": ("a,1,\uff2ci,138,2001-01-01,2000-01-01\n" + "a,1, Wu,,3001-01-01,\n" + "b,0,Hu,13800138002,x,\n"
                              + "c,5,Hu,13800138002,,\n" + ",6,Hu,,,\n" + "d,y,Hu,,,\n" + "c,7,He,,,\n" + "c,8,Hu,,,\n", [], [1], "FAIL", 8),
    "revealed": ("a,1,Li,138,2001-01-01,2002-01-01\n", ["--reveal", "people.phone"], [1], "FAIL", 1),
    "lines that cannot be read": ("a,1\n" + "a,2,Li,13800138000,2001-01-01,2002-01-01\n", ["--lenient"], [1], "FAIL", 1),
    "in Chinese": ("a,1, Wu,,3001-01-01,\n", ["--lang", "zh"], [1], "FAIL", 1),
}
MAPS = {"figures", "key", "values", "suggestion"}  # objects whose keys are names of the user


def validator(root, name):
    schema = json.loads((root / "rules" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def faults_of(what, schema, document):
    return [f"{what}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in schema.iter_errors(document)]


def objects(document, path=()):
    """The paths of all objects with fixed keys."""
    if isinstance(document, dict):
        if not path or path[-1] not in MAPS:
            yield path
        for key, value in document.items():
            yield from objects(value, (*path, key))
    elif isinstance(document, list):
        for i, value in enumerate(document[:1]):  # the others have the same form
            yield from objects(value, (*path, i))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def check_strictness(schema, document):
    """A schema that lets anything pass proves nothing: an unknown key, and a lost one, must be found in every object."""
    faults = []
    for path in objects(document):
        changed = copy.deepcopy(document)
        at(changed, path)["unknown"] = 1
        if schema.is_valid(changed):
            faults.append(f"the schema lets an unknown key pass in /{'/'.join(map(str, path))}")
        for key in at(document, path):
            changed = copy.deepcopy(document)
            del at(changed, path)[key]
            if key not in ("figures", "suggestion", "opening", "not_evaluated", "missing") and schema.is_valid(changed):
                faults.append(f"the schema does not miss {key} in /{'/'.join(map(str, path))}")
    return faults


def run_case(assay, folder, records, options, codes):
    (folder / "people.csv").write_text(HEADER + records)
    out = folder / "report"
    assay.expect(codes, "run", folder / "pack.yaml", "--csv", f"people={folder}/people.csv", "--as-of", "2026-01-31",
                 "--report", out, *options)
    return json.loads((out / "result.json").read_text()), ndjson((out / "findings.ndjson").read_text())


def check_case(assay, schemas, folder, label, case):
    records, options, codes, outcome, count = case
    result, findings = run_case(assay, folder, records, options, codes)
    faults = faults_of(f"{label}, result.json", schemas["result"], result)
    for i, finding in enumerate(findings, 1):
        faults += faults_of(f"{label}, findings.ndjson line {i}", schemas["finding"], finding)
    said = (result["run"]["outcome"], result["datasets"][0]["records"], result["run"]["findings"])
    if said != (outcome, count, len(findings)):
        faults.append(f"{label}: outcome, records, findings are {said}, expected {(outcome, count, len(findings))}")
    return result, findings, faults


def check_looking_back(assay, probe, schema, folder):
    """Rules over earlier runs: without a store the result says what lacks, with one the exact sum is a text."""
    (folder / "back.yaml").write_text(LOOKING_BACK)
    (folder / "d.csv").write_text("id,amount\n1,0.10\n2,99999999999999999999\n")
    pack, csv, day = folder / "back.yaml", folder / "d.csv", "2026-01-31"
    alone = json.loads(assay.expect([1], "run", pack, "--csv", f"d={csv}", "--as-of", day, "--format", "json").stdout)
    third = json.loads(probe.expect([0], pack, "d", day, "json", csv, csv, csv).stdout)
    summary = probe.expect([0], pack, "d", day, "summary", csv, csv).stdout
    rules = [{rule["id"]: rule for rule in each["datasets"][0]["rules"]} for each in (alone, third)]
    faults = faults_of("without a store", schema, alone) + faults_of("with a history", schema, third)
    faults += check_strictness(schema, alone)
    for id, runs in (("d.volume", 2), ("d.total", 2), ("d.spread", 2)):
        lack = rules[0][id].get("not_evaluated", {}).get("en")
        if rules[0][id]["outcome"] != "NOT_EVALUATED" or lack != f"needs a store with at least {runs} earlier runs, and this run has no store":
            faults.append(f"{id} without a store: {rules[0][id]['outcome']}, {lack}")
        if rules[1][id]["outcome"] != "PASS" or "not_evaluated" in rules[1][id]:
            faults.append(f"{id} with a history: {rules[1][id]}")
        if f"{id}: 0 evaluated, 0 failed; needs a store with at least 2 earlier runs, 1 are there" not in summary:
            faults.append(f"the summary does not say what {id} lacks: {summary}")
    if rules[1]["d.total"]["figures"] != {"sum(amount)": "99999999999999999999.1"}:
        faults.append(f"the sum is not exact: {rules[1]['d.total']['figures']}")
    if rules[1]["d.spread"]["figures"] != {"<0": 0, "[0,100)": 1, ">=100": 1, "null": 0, "psi_e6": 0}:
        faults.append(f"the counts are not as they should be: {rules[1]['d.spread']['figures']}")
    return faults


def run_missing(assay, folder):
    """One chunk of two, merged all the same."""
    (folder / "people.csv").write_text(HEADER + CASES["all pass"][0])
    assay.expect([0], "scan", folder / "pack.yaml", "--dataset", "people", "--csv", folder / "people.csv", "--as-of", "2026-01-31",
                 "--job", "j", "--chunk", "1", "--of", "2", "-o", folder / "part")
    out = folder / "merged"
    assay.expect([1], "merge", folder / "pack.yaml", folder / "part", "--allow-missing", "--report", out)
    return json.loads((out / "result.json").read_text())


def check_missing(schema, result):
    faults = faults_of("a missing chunk, result.json", schema, result)
    said = (result["run"]["outcome"], result["datasets"][0]["missing"])
    return faults + ([] if said == ("NOT_EVALUATED", {"chunks": 1, "of": 2}) else [f"a missing chunk: {said}"])


def check_shapes(seen):
    """The cases do reach what the schema tells apart."""
    results, findings = seen
    outcomes = {rule["outcome"] for r in results for d in r["datasets"] for rule in d["rules"]}
    shapes = {
        "outcomes": {"PASS", "WARN", "FAIL", "VACUOUS"} <= outcomes,
        "a finding without a key": any(f["key"] is None for f in findings),
        "a key with a null": any(f["key"] and None in f["key"].values() for f in findings),
        "several values": any("values" in f for f in findings),
        "an unreadable verdict": any(f["verdict"] == "unreadable" for f in findings),
        "a suggestion": any(isinstance(f.get("suggestion"), str) for f in findings),
        "a suggestion for one of several fields": any(isinstance(f.get("suggestion"), dict) for f in findings),
        "a masked value": any(isinstance(f.get("value"), str) and "*" in f["value"] for f in findings),
        "figures": any("figures" in rule for r in results for d in r["datasets"] for rule in d["rules"]),
        "segments": any(d["segments"] for r in results for d in r["datasets"]),
        "a rejected record": any(d["rejected"] for r in results for d in r["datasets"]),
        "an opening": any("opening" in d for r in results for d in r["datasets"]),
        "a revealed field": any(r["run"]["revealed"] for r in results),
        "no score": any(r["score"]["total_e4"] is None or None in [d["score_e4"] for d in r["score"]["dimensions"]]
                        for r in results),
    }
    return [f"no case has {what}" for what, reached in shapes.items() if not reached]


def main():
    root, assay, probe = Path(sys.argv[1]), Command(sys.argv[2]), Command(sys.argv[3])
    schemas = {name: validator(root, f"{name}.schema.json") for name in ("result", "finding")}
    faults, results, findings = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(PACK)
        for label, case in CASES.items():
            result, lines, found = check_case(assay, schemas, folder, label, case)
            results.append(result)
            findings += lines
            faults += found
        faults += check_looking_back(assay, probe, schemas["result"], folder)
        missing = run_missing(assay, folder)
    faults += check_missing(schemas["result"], missing) + check_strictness(schemas["result"], missing)
    faults += check_shapes((results, findings)) + check_strictness(schemas["result"], results[2])
    for finding in (next(f for f in findings if "value" in f), next(f for f in findings if "values" in f)):
        faults += check_strictness(schemas["finding"], finding)
    return report(faults, f"{len(results)} results and {len(findings)} findings are as their schemas say")


if __name__ == "__main__":
    sys.exit(main())
