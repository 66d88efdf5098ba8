#!/usr/bin/env python3
"""The pages of the checks are executed: each example is a pack and a file, given to the real command.

    check_pages.py ROOT ASSAY HISTORY_PROBE

An example names `field` (one field, called v) or `fields`, a `rule`, `rows`, and what must come of it: `verdicts`, one for
each row (pass, fail, skipped, unreadable), or the `outcome` of a rule over the dataset. `files` lie beside the pack, `as_of`
is the time the run looks from. `dataset` holds further keys of the dataset; a check that follows from them has an empty `rule`.
`history` holds the rows of earlier runs, the oldest first: these are run one after the other by the probe, which keeps them as a
store does.
"""
import json
import sys
import tempfile
from pathlib import Path

import yaml

from kit import Command, code_blocks, ndjson, report

KEYS = {"field", "fields", "rule", "rows", "verdicts", "outcome", "files", "as_of", "dataset", "history"}
VERDICTS = ("pass", "fail", "skipped", "unreadable")
KEY = "row_number"  # the key of every example's dataset: the number of the row, from 1


class Texts(yaml.SafeLoader):
    """Scalars stay the texts they are, as in a pack; only null is told apart."""


Texts.yaml_implicit_resolvers = {first: [r for r in rules if r[0] == "tag:yaml.org,2002:null"]
                                 for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def examples_of(path):
    blocks = [(words, text) for _, words, text in code_blocks(path.read_text()) if words.startswith("yaml")]
    if not blocks or any(words != "yaml example" for words, _ in blocks):
        raise ValueError(f"has {len(blocks)} examples, of which one or more are to be marked ```yaml example")
    return [example_of(text) for _, text in blocks]


def example_of(text):
    example = yaml.load(text, Loader=Texts)
    unknown = example.keys() - KEYS
    if unknown or ("verdicts" in example) == ("outcome" in example) or ("field" in example) == ("fields" in example):
        raise ValueError(f"the example's keys are {sorted(example)}")
    return example


def fields_of(example):
    if "field" in example:
        return {"v": dict(example["field"])}
    return {name: dict(type=each) if isinstance(each, str) else dict(each) for name, each in example["fields"].items()}


def filled(example, rows):
    """Rows as lists, of one width."""
    rows = [row if isinstance(row, list) else [row] for row in rows]
    if any(len(row) != len(fields_of(example)) for row in rows):
        raise ValueError(f"rows and fields are not of one number: {rows}")
    return rows


def rows_of(example):
    rows = filled(example, example["rows"])
    if "verdicts" in example and len(rows) != len(example["verdicts"]):
        raise ValueError(f"rows and verdicts are not of one number: {len(rows)}")
    return rows


def pack_of(kind, example):
    """One field: its check in a standard of its own, unless every field of the type has it. Several: a rule of the dataset."""
    fields = fields_of(example)
    standards = {f"std-{name}": each for name, each in fields.items()}
    rules = []
    if "field" in example:
        options = {k: v for k, v in example["rule"].items() if k != kind}
        check = {kind: example["rule"][kind], **options}
        on_field = {kind: check.pop(kind)} if kind == "required" else {}
        is_implicit = kind == "type" and example["rule"]["type"] == fields["v"]["type"]
        if not on_field and not is_implicit:
            standards["std-v"]["checks"] = [check]
    else:
        on_field = {}
        rules = [{"id": "example", **example["rule"]}] if example["rule"] else []
    dataset = {"source": "s", "file": "rows.csv", "key": [KEY],
               "fields": {KEY: {"standard": "integer", "required": "true", "unique": "true"},
                          **{name: {"standard": f"std-{name}", **on_field} for name in fields}},
               **example.get("dataset", {})}
    if rules:
        dataset["rules"] = rules
    pack = {"assay": "1", "pack": "example", "timezone": "Asia/Shanghai", "sources": {"s": {"title": "S", "owner": "O"}},
            "standards": standards, "datasets": {"d": dataset}}
    rule_id = "d.example" if rules else f"d.v.{kind}" if example["rule"] else f"d.{kind}"
    return pack, rule_id


def scalar(text):
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def csv_of(example, rows):
    """Nulls are nothing at all, the empty text is quoted."""
    names = [KEY, *fields_of(example)]
    lines = [[str(n), *map(scalar, row)] for n, row in enumerate(rows, 1)]
    return "".join(",".join(line) + "\n" for line in [names, *lines])


def run_with_history(probe, folder, form, example):
    files = [folder / f"earlier{i}.csv" for i in range(len(example["history"]))]
    for file, rows in zip(files, example["history"]):
        file.write_text(csv_of(example, filled(example, rows)))
    arguments = [folder / "pack.yaml", "d", example.get("as_of", ""), form, *files, folder / "rows.csv"]
    return probe.expect([0], *arguments).stdout


def run(assay, folder, form, example):
    if "history" in example:
        return run_with_history(assay.probe, folder, form, example)
    as_of = example.get("as_of")
    options = ["--as-of", as_of] if as_of else []
    done = assay.expect([0, 1], "run", folder / "pack.yaml", "--csv", f"d={folder}/rows.csv", "--format", form, "--quiet", *options)
    return done.stdout


def verdicts_found(rule, findings, n):
    """The verdict of each row: failing ones are named by findings; those without a finding can only be told by their number."""
    named = {int(f["key"][KEY]): f["verdict"] for f in findings if f["key"]}
    return [named.get(i, "quiet") for i in range(1, n + 1)]


def compare_verdicts(rule, findings, wanted):
    faults = []
    found = verdicts_found(rule, findings, len(wanted))
    for i, (verdict, want) in enumerate(zip(found, wanted), 1):
        # an unreadable field is a finding of its type rule only; here it is among the quiet ones and counted below
        if want not in VERDICTS:
            faults.append(f"row {i}: '{want}' is no verdict")
        elif (verdict == "fail") != (want == "fail") or (verdict == "unreadable" and want != "unreadable"):
            faults.append(f"row {i}: {verdict}, the page says {want}")
    count = {word: wanted.count(word) for word in VERDICTS}
    said = {"evaluated": rule["evaluated"], "failed": rule["failed"], "skipped": rule["skipped"], "unreadable": rule["unreadable"]}
    expected = {"evaluated": count["pass"] + count["fail"], "failed": count["fail"], "skipped": count["skipped"],
                "unreadable": count["unreadable"]}
    return faults if said == expected else faults + [f"the result counts {said}, the page {expected}"]


def check_alone(assay, kind, example, wanted):
    """Rows are judged one by one as well, so that skipped and unreadable are told apart row by row."""
    faults = []
    for i, want in enumerate(wanted):
        one = {**example, "rows": [example["rows"][i]], "verdicts": [want]}
        faults += [f"row {i + 1} alone: {fault}" for fault in execute(assay, kind, one)]
    return faults


def execute(assay, kind, example):
    pack, rule_id = pack_of(kind, example)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pack.yaml").write_text(yaml.safe_dump(pack, allow_unicode=True, sort_keys=False))
        (folder / "rows.csv").write_text(csv_of(example, rows_of(example)))
        for file, text in example.get("files", {}).items():
            (folder / file).write_text(text)
        result = json.loads(run(assay, folder, "json", example))
        findings = [f for f in ndjson(run(assay, folder, "ndjson", example)) if f["rule"] == rule_id]
    rules = [r for r in result["datasets"][0]["rules"] if r["id"] == rule_id]
    if len(rules) != 1 or rules[0]["check"] != kind:
        return [f"the pack has no rule {rule_id} of this kind: {[r['id'] for r in result['datasets'][0]['rules']]}"]
    if "verdicts" in example:
        return compare_verdicts(rules[0], findings, example["verdicts"])
    if rules[0]["outcome"] != example["outcome"].upper():
        return [f"the outcome is {rules[0]['outcome']}, the page says {example['outcome']}"]
    return [] if bool(findings) == (rules[0]["failed"] > 0) else [f"{rules[0]['failed']} failed, findings: {findings}"]


def kinds(assay):
    """{name: (what it is over, whether it is available)} as `assay checks` lists them."""
    found = {}
    for line in assay.expect([0], "checks").stdout.splitlines():
        found[line.split()[0]] = (line[15:27].strip(), "(not in this version)" not in line)
    return found


def check_example(assay, kind, example, over):
    faults = execute(assay, kind, example)
    if not faults and over in ("value", "record"):
        faults = check_alone(assay, kind, example, example["verdicts"])
    return faults


def check_page(assay, path, over):
    try:
        return [fault for example in examples_of(path) for fault in check_example(assay, path.stem, example, over)]
    except (ValueError, KeyError, AssertionError, yaml.YAMLError) as error:
        return [f"{type(error).__name__}: {error}"]


def main():
    root, assay = Path(sys.argv[1]), Command(sys.argv[2])
    assay.probe = Command(sys.argv[3])
    pages = {path.stem: path for path in sorted((root / "rules/checks").glob("*.md"))}
    known = kinds(assay)
    available = {name for name, (_, is_available) in known.items() if is_available}
    faults = [f"{name}: a check without a page" for name in sorted(available - pages.keys())]
    faults += [f"{name}: a page without a check" for name in sorted(pages.keys() - available)]
    executed = 0
    for name in sorted(pages.keys() & available):
        faults += [f"rules/checks/{name}.md: {fault}" for fault in check_page(assay, pages[name], known[name][0])]
        executed += 1
    if executed == 0 or executed != len(pages):
        faults.append(f"{executed} of {len(pages)} pages were executed")
    return report(faults, f"{executed} pages executed")


if __name__ == "__main__":
    sys.exit(main())
