#!/usr/bin/env python3
"""A domain pack held against its sample: check.py ASSAY ROOT PACK, or check.py ASSAY ROOT PACK table (under
tests/pg/cluster.sh: the records are read from typed columns of a table).

The sample is what its generator makes; the pack has neither errors nor warnings; the run finds the planted faults and
nothing else; every rule is planted, those over a whole dataset by a variant; no output shows a personal value.
"""
import collections
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from generate import files
from kit import AS_OF, csv_bytes

REPORT = ("findings.ndjson", "result.json", "summary.txt")


def command(*words, code):
    """A command that must end with this exit code."""
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}, check=False, timeout=120)
    if done.returncode != code:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}, expected {code}\n{done.stdout}{done.stderr}")
    return done


class Pack:
    def __init__(self, assay, root, name, folder):
        self.assay, self.rules, self.name, self.folder = assay, Path(root) / "rules", name, Path(folder)
        self.path = self.rules / "packs" / f"{name}.yaml"
        self.module = importlib.import_module(name)

    def run(self, sources, path=None, as_of=AS_OF, code=1):
        """(result, findings, everything that was written)"""
        report = self.folder / "report"
        done = command(self.assay, "run", str(path or self.path), "--include-dir", str(self.rules), "--as-of", as_of,
                       "--report", str(report), *sources, code=code)
        texts = [(report / file).read_text() for file in REPORT]
        return json.loads(texts[1]), list(map(json.loads, texts[0].splitlines())), texts + [done.stdout, done.stderr]

    def csv(self, rows=None):
        """The words that name the samples, as written or only their first records."""
        words = []
        for sample in self.module.SAMPLES:
            file = self.folder / f"{sample.name}.csv"
            file.write_bytes(csv_bytes(sample.columns, [list(row.values()) for row in sample.rows[:rows]]))
            words += ["--csv", f"{sample.dataset}={file}"]
        return words

    def load(self):
        """The records into typed columns of tables."""
        script = ""
        for sample in self.module.SAMPLES:
            rows, _ = sample.typed()
            file = self.folder / f"{sample.name}.csv"
            file.write_bytes(csv_bytes(sample.columns, [list(row.values()) for row in rows]))
            columns = ", ".join(f'"{name}" {kind}' for name, kind in sample.columns.items())
            script += f"create table {sample.table} ({columns});\n\\copy {sample.table} from '{file}' csv header\n"
        subprocess.run([os.environ["CLUSTER_BIN"] + "/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=script, text=True,
                       check=True, timeout=60)


def key_of(finding):
    return "|".join(str("" if value is None else value) for value in (finding["key"] or {}).values())


def compare(findings, planted):
    found = collections.Counter((key_of(finding), finding["rule"]) for finding in findings)
    expected = collections.Counter((fault.key, fault.rule) for fault in planted)
    return [f"planted, not found: {rule} of {key}" for key, rule in (expected - found).elements()] + [
        f"found, not planted: {rule} of {key}" for key, rule in (found - expected).elements()]


def said(result):
    """What the pack itself says: words of a predicate are no data."""
    return {rule["predicate"] for dataset in result["datasets"] for rule in dataset["rules"]}


def shown(samples, result, texts):
    """Personal values of the sample that an output shows."""
    own = "\n".join(said(result))
    values = {row[column] for sample in samples for row in sample.rows for column in sample.personal}
    values |= {secret for sample in samples for secret in sample.secrets}
    values = {value for value in values if len(value) > 1 and value not in own}
    return [f"shown unmasked: {value}" for value in sorted(values) if any(value in text for text in texts)], len(values)


def vary(pack, variant):
    """The rule fails once, without a key."""
    path = None
    if variant.drop:
        path = pack.folder / "pack.yaml"
        text, n = re.subn(rf"^    {variant.drop}: .*\n", "", pack.path.read_text(), flags=re.M)  # of a dataset
        if not n:
            return [f"{variant.rule}: there is no {variant.drop} in the pack"]
        path.write_text(text)
    _, findings, _ = pack.run(pack.csv(variant.rows), path, variant.as_of or AS_OF)
    keys = [finding["key"] for finding in findings if finding["rule"] == variant.rule]
    return [] if keys == [None] else [f"{variant.rule}: {variant} gives findings of {keys}"]


def check_files(pack, root):
    faults = []
    for file, data in files(pack.name).items():
        path = Path(root) / "examples" / "packs" / file
        if not path.exists() or path.read_bytes() != data:
            faults.append(f"examples/packs/{file} is not what generate.py makes")
    done = command(pack.assay, "lint", "--lang", "en", "--fail-on", "warn", "--include-dir", str(pack.rules), str(pack.path), code=0)
    if "0 errors, 0 warnings" not in done.stdout:
        faults.append(done.stdout)
    return faults


def planted_everywhere(pack, result):
    rules = {rule["id"] for dataset in result["datasets"] for rule in dataset["rules"]}
    planted = {fault.rule for sample in pack.module.SAMPLES for fault in sample.faults}
    varied = {variant.rule for variant in pack.module.VARIANTS}
    return [f"never planted: {rule}" for rule in sorted(rules - planted - varied)] + [
        f"planted, but no rule: {rule}" for rule in sorted((planted | varied) - rules)], rules


def main():
    assay, root, name, *table = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        pack = Pack(assay, root, name, folder)
        samples = pack.module.SAMPLES
        if table:
            pack.load()
            result, findings, texts = pack.run([])
            planted = [fault for sample in samples for fault in sample.typed()[1]]
            faults = []
        else:
            faults = check_files(pack, root)
            result, findings, texts = pack.run(pack.csv())
            planted = [fault for sample in samples for fault in sample.faults]
        faults += compare(findings, planted)
        absent, rules = planted_everywhere(pack, result)
        leaks, secrets = shown(samples, result, texts)
        faults += absent + leaks
        for variant in [] if table else pack.module.VARIANTS:
            faults += vary(pack, variant)
    print("\n".join(faults) if faults else f"{name}: {len(rules)} rules; {len(planted)} planted faults found and no other; none of "
          f"{secrets} personal values shown")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
