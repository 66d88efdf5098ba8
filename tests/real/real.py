#!/usr/bin/env python3
"""Real tables, held against SQL written by hand: real.py ASSAY DATA, with PG* naming a server that may be written to.

Every rule of a pack has a block `-- rule ID` in the .sql file beside it: a query that gives each record's key and its
verdict (a rule over the dataset: one row for each figure judged, with a null key). Its counts and failing keys have to be
those of the run, rule by rule; a rule without a block, or a block without a rule, is a failure.
"""
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "pg"))
import oracle_kit as kit  # noqa: E402

AS_OF = "2015-01-01T00:00:00+08:00"
FILES = {  # pack, which is also the dataset that can be read from the file itself
    "weather": ("prsa_beijing_2010_2014.csv", "header", []),
    "airports": ("openflights_airports_cn.csv", r"null '\N'", ["--no-header", "--null", r"\N"]),
    "routes": ("openflights_routes_cn.csv", r"null '\N'", ["--no-header", "--null", r"\N"]),
}
DOMAIN = {"meteorology": [], "transport": ["--dataset", "routes"]}  # packs of rules/packs over views of the tables
RULES = os.path.join(HERE, "..", "..", "rules")
COUNTS = ("evaluated", "failed", "skipped", "unreadable", "excluded")


def load(data):
    with open(os.path.join(HERE, "tables.sql"), encoding="utf-8") as file:
        script = file.read()
    for table, (name, options, _) in FILES.items():
        script += f"\\copy {table} from '{os.path.join(data, name)}' csv {options}\n"
    kit.psql(script + "analyze;\n")


def oracle(pack):
    """rule -> (counts, keys that are found), by the pack's .sql file."""
    with open(os.path.join(HERE, pack + ".sql"), encoding="utf-8") as file:
        head, *blocks = re.split(r"^-- rule (\S+)$", file.read(), flags=re.M)
    script = head
    for rule, query in zip(blocks[::2], blocks[1::2]):
        script += f"select '{rule}', k::text, v, count(*) from ({query}) t(k, v) group by 1, 2, 3;\n"
    expected = {rule: (dict.fromkeys(COUNTS, 0), []) for rule in blocks[::2]}
    for rule, key, verdict, n in kit.psql(script):
        counts, keys = expected[rule]
        if verdict in ("skipped", "unreadable", "excluded"):
            counts[verdict] += int(n)
            continue
        if verdict not in ("pass", "fail", "found"):
            sys.exit(f"{pack}.sql: {rule}: unknown verdict {verdict}")
        counts["evaluated"] += int(n)
        counts["failed"] += int(n) if verdict == "fail" else 0
        if verdict != "pass":
            keys += [key or ""] * int(n)
    return expected


def compare(pack, report, expected):
    rules = kit.rules_of(json.loads(kit.read(report, "result.json")))
    found = kit.findings_of(kit.read(report, "findings.ndjson"))
    faults = [f"{rule}: has no block in {pack}.sql" for rule in rules.keys() - expected.keys()]
    faults += [f"{rule}: a block in {pack}.sql, but no rule" for rule in expected.keys() - rules.keys()]
    faults += [f"{rule}: findings without a rule" for rule in found.keys() - rules.keys()]
    for rule in sorted(rules.keys() & expected.keys()):
        counts, keys = expected[rule]
        actual = {name: rules[rule][name] for name in COUNTS}
        if actual != counts:
            faults.append(f"{rule}: SQL says {counts}, the run {actual}")
        faults += kit.differences(rule, keys, [kit.key_of(f) for f in found.get(rule, [])])
    return faults


def without_place(result):
    """The bytes of a result without what tells at which moment the server was read."""
    return re.sub(rb'"(snapshot|lsn)": "[^"]*"', rb'"\1": ""', result)


def reports_alike(a, b):
    faults = [f"{name} differs between {a} and {b}" for name in ("findings.ndjson", "summary.txt")
              if kit.read(a, name) != kit.read(b, name)]
    if without_place(kit.read(a, "result.json")) != without_place(kit.read(b, "result.json")):
        faults.append(f"result.json differs between {a} and {b}")
    return faults


def as_texts(ndjson, dataset):
    """Findings of one dataset, for comparison between sources: a float has another text in a file than in a server."""
    found = []
    for rule, findings in kit.findings_of(ndjson).items():
        for finding in findings:
            if finding["dataset"] == dataset:
                value = None if finding["field"] == "longitude" else finding.get("value")
                found.append((rule, kit.key_of(finding), finding["verdict"], str(value), finding["reason"]))
    return sorted(found)


def file_against_server(assay, data, pack, report, folder):
    """The same pack over the original file: the findings that the server's records gave."""
    name, _, options = FILES[pack]
    kit.run(assay, "run", os.path.join(HERE, pack + ".yaml"), "--as-of", AS_OF, "--quiet", "--report", folder,
            "--dataset", pack, "--csv", f"{pack}={os.path.join(data, name)}", *options)
    of_server, of_file = (as_texts(kit.read(f, "findings.ndjson"), pack) for f in (report, folder))
    faults = kit.differences(f"{pack} from the file", of_server, of_file)
    counts = [{rule: [r[c] for c in COUNTS] + [r["outcome"]] for rule, r in
               kit.rules_of(json.loads(kit.read(f, "result.json"))).items() if rule.startswith(pack + ".")}
              for f in (report, folder)]
    return faults + [f"{rule}: {n} from the server, {counts[1].get(rule)} from the file"
                     for rule, n in counts[0].items() if counts[1].get(rule) != n]


def test(assay, data, pack, folder):
    reports = {jobs: os.path.join(folder, f"{pack}-{jobs}") for jobs in (1, 2, 4)}
    for jobs, report in reports.items():
        kit.run(assay, "run", os.path.join(HERE, pack + ".yaml"), "--as-of", AS_OF, "--quiet", "--report", report,
                "--jobs", str(jobs), codes=(1,))
    expected = oracle(pack)
    faults = compare(pack, reports[1], expected)
    faults += reports_alike(reports[1], reports[2]) + reports_alike(reports[1], reports[4])
    faults += file_against_server(assay, data, pack, reports[1], os.path.join(folder, pack + "-file"))
    print(f"{pack}: {len(expected)} rules, {sum(len(keys) for _, keys in expected.values())} findings, "
          f"{len(faults)} differences")
    return faults


def test_domain(assay, pack, folder):
    """A pack as it is delivered, over views that give the columns their names."""
    reports = {jobs: os.path.join(folder, f"{pack}-{jobs}") for jobs in (1, 3)}
    for jobs, report in reports.items():
        kit.run(assay, "run", os.path.join(RULES, "packs", pack + ".yaml"), "--include-dir", RULES, *DOMAIN[pack], "--as-of", AS_OF,
                "--quiet", "--report", report, "--jobs", str(jobs), codes=(1,))
    expected = oracle(pack)
    faults = compare(pack, reports[1], expected) + reports_alike(reports[1], reports[3])
    print(f"{pack}: {len(expected)} rules, {sum(len(keys) for _, keys in expected.values())} findings, "
          f"{len(faults)} differences")
    return faults


def main():
    assay, data = sys.argv[1:]
    load(data)
    faults = []
    with tempfile.TemporaryDirectory(prefix="assay-real.") as folder:
        for pack in FILES:
            faults += test(assay, data, pack, folder)
        for pack in DOMAIN:
            faults += test_domain(assay, pack, folder)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
