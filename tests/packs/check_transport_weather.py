#!/usr/bin/env python3
"""The packs of road transport and weather over their samples: check_transport_weather.py ASSAY SOURCE PACK [server].

The sample is made again and has to be the committed one byte by byte; the pack has no error and no doubt; the run finds exactly
the planted faults; every rule has an indicator and a planted fault, or a reason why no record can make it fail. With `server`,
under tests/pg/cluster.sh, the sample is loaded into typed columns first and the same has to be found there.
"""
import csv
import importlib
import json
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "pg")]
import meteorology_vectors  # noqa: E402
import oracle_kit as kit  # noqa: E402

TYPES = {"decimal": "numeric", "integer": "bigint", "date": "date", "timestamp": "timestamp", "text": "text"}


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def made_again(sample, examples, folder):
    sample.write(folder)
    return [f"{name} is not what {sample.pack}.py makes" for name in sorted(os.listdir(folder))
            if not os.path.exists(os.path.join(examples, name)) or kit.read(folder, name) != kit.read(examples, name)]


class Pack:
    """A pack of rules/packs, the module that makes its sample, and the committed files of the sample."""

    def __init__(self, assay, source, name):
        self.assay, self.name = assay, name
        self.rules = os.path.join(source, "rules")
        self.path = os.path.join(self.rules, "packs", name + ".yaml")
        self.examples = os.path.join(source, "examples", "packs")
        self.module = importlib.import_module(name)
        self.sample = self.module.build()

    def table(self, dataset):
        return os.path.join(self.examples, f"{self.name}_{dataset}.csv")

    def run(self, as_of, folder, *arguments):
        """(result, findings as (dataset, key, rule)); keys in which a number of a person was planted are shown as they are."""
        arguments += tuple(f"--reveal={field}" for field in self.module.REVEAL)
        kit.run(self.assay, "run", self.path, "--include-dir", self.rules, "--as-of", as_of, "--quiet", "--report", folder,
                *arguments, codes=(1,))
        result = json.loads(kit.read(folder, "result.json"))
        found = [(finding["dataset"], kit.key_of(finding), rule)
                 for rule, findings in kit.findings_of(kit.read(folder, "findings.ndjson")).items() for finding in findings]
        return result, found

    def run_files(self, as_of, folder):
        return self.run(as_of, folder, *(f"--csv={d}={self.table(d)}" for d in self.sample.tables))

    def planted(self):
        return [(f["dataset"], f["key"], f["rule"]) for f in rows_of(os.path.join(self.examples, self.name + ".faults.csv"))]

    def lint(self):
        said = kit.run(self.assay, "lint", self.path, "--include-dir", self.rules, "--fail-on", "warn", "--lang", "en").decode()
        return [] if re.search(r": 0 errors, 0 warnings, \d+ rules\n$", said) else [f"lint says: {said}"]


def all_planted(pack, result):
    """Every rule has an indicator, and a fault or a reason."""
    rules, planted, excused = kit.rules_of(result), {rule for _, _, rule in pack.planted()}, pack.module.CANNOT_FAIL
    faults = [f"{rule}: no indicator" for rule, r in rules.items() if not re.fullmatch("0[1-6]0[1-6]", r.get("indicator") or "")]
    faults += [f"{rule}: no fault is planted" for rule in rules.keys() - planted - excused.keys()]
    faults += [f"{rule}: planted, though it cannot fail" for rule in excused.keys() & planted]
    faults += [f"{rule}: no such rule" for rule in (planted | excused.keys()) - rules.keys()]
    print(f"{pack.name}: {len(rules)} rules, {len(rules.keys() & planted)} with a planted fault, "
          f"{len(excused)} that no record can fail:")
    for rule, why in sorted(excused.items()):
        print(f"  {rule}: {why}")
    return faults


def over_files(pack, folder):
    faults = made_again(pack.sample, pack.examples, os.path.join(folder, "again")) + pack.lint()
    result, found = pack.run_files(pack.module.AS_OF, os.path.join(folder, "files"))
    faults += kit.differences(pack.name, pack.planted(), found) + all_planted(pack, result)
    earlier = kit.rules_of(pack.run_files(pack.module.AS_OF_FRESH, os.path.join(folder, "fresh"))[0])
    faults += [f"{rule} is stale as of {pack.module.AS_OF_FRESH}" for rule, r in earlier.items()
               if rule.endswith(".fresh") and (r["evaluated"], r["failed"]) != (1, 0)]
    print(f"{pack.name}: {sum(map(len, pack.sample.tables.values()))} records, {len(found)} findings, {len(faults)} differences")
    return faults


def unreadable(pack):
    """Records that a typed column cannot hold: those with a fault of a rule `type`."""
    return {(dataset, key) for dataset, key, rule in pack.planted() if rule.endswith(".type")}


def load(pack, folder):
    """The tables of the pack with columns of the types of their fields."""
    skipped, script = unreadable(pack), ""
    with open(pack.path, encoding="utf-8") as file:
        tables = re.findall(r"^    table: (\w+)$", file.read(), flags=re.M)
    for (dataset, keys), table in zip(pack.sample.keys.items(), tables):
        records = [r for r in rows_of(pack.table(dataset)) if (dataset, "|".join(r[k] for k in keys)) not in skipped]
        columns = [f"{name} {TYPES[pack.module.TYPES[dataset].get(name, 'text')]}" for name in records[0]]
        path = os.path.join(folder, table + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(r.values() for r in records)
        script += f"create table {table} ({', '.join(columns)});\n\\copy {table} from '{path}' csv\n"
    kit.psql(script + "analyze;\n")


def over_server(pack, folder):
    load(pack, folder)
    skipped = unreadable(pack)
    expected = [fault for fault in pack.planted() if fault[:2] not in skipped]
    faults, texts = [], []
    for jobs in ("1", "3"):
        _, found = pack.run(pack.module.AS_OF, os.path.join(folder, jobs), "--jobs", jobs)
        faults += kit.differences(f"{pack.name} from the server, jobs {jobs}", expected, found)
        texts.append(kit.read(os.path.join(folder, jobs), "findings.ndjson"))
    faults += ["the findings differ with the number of jobs"] if texts[0] != texts[1] else []
    print(f"{pack.name}: {len(expected)} findings from the server, {len(skipped)} records that typed columns cannot hold, "
          f"{len(faults)} differences")
    return faults


def main():
    assay, source, name, *mode = sys.argv[1:]
    pack = Pack(os.path.abspath(assay), os.path.abspath(source), name)
    with tempfile.TemporaryDirectory(prefix="assay-pack.") as folder:
        os.mkdir(os.path.join(folder, "again"))
        faults = over_server(pack, folder) if mode == ["server"] else over_files(pack, folder)
        if name == "meteorology" and not mode:
            faults += meteorology_vectors.check(pack, source, os.path.join(folder, "vectors"))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
