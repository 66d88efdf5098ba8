#!/usr/bin/env python3
"""Every check against an independent query: properties.py ASSAY [SEED [KIND...]], with PG* naming a server to write to.

For each kind of check random tables and rules are drawn (properties_tables.py, properties_kinds.py); the command's failing
keys, counts and outcomes have to be those that SQL in the same server gives for a query written for that kind. Then the
rows are put into another order, and other --jobs and --memory have to give the same bytes.
"""
import json
import os
import random
import re
import sys
import tempfile
import time
from fractions import Fraction

import oracle_kit as kit
import properties_kinds as kinds
from properties_tables import Table

AS_OF = "2026-02-28T12:00:00+08:00"
DRAWS = 20
LARGE = 20000
COUNTS = ("evaluated", "failed", "skipped", "unreadable", "excluded")
SETTINGS = """set timezone = 'Asia/Shanghai'; set client_min_messages = warning;
drop schema if exists public cascade; create schema public;
create function verdict(ok boolean) returns text language sql immutable as
    $$ select case when ok then 'pass' when not ok then 'fail' else 'skipped' end $$;
"""


class Draw:
    """One table and its rules."""

    def __init__(self, seed, kind, i):
        self.seed = f"{seed}-{kind}-{i}"
        rng = random.Random(self.seed)
        self.name = f"t{i}"
        if kind == "large":
            columns, self.rules = kinds.large(rng)
            self.table = Table(rng, self.name, columns, LARGE)
        else:
            columns, make = kinds.KINDS[kind](rng)
            self.table = Table(rng, self.name, columns)
            self.rules = [kinds.options(rng, make(rng, self.table), f"r{k}") for k in range(3)]
        self.rules += [kinds.own_type(c) for c in columns if c.kind != "text"]
        self.rules += [kinds.own_type(c) for c in self.table.all[:1]]

    def pack(self):
        fields = {"id": {"standard": "integer"}, "w": {"standard": "integer"}}
        for column in self.table.columns:
            fields[column.name] = {"standard": f"{self.name}_{column.name}" if column.missing else column.kind}
        return {"source": "s", "table": self.name, "key": ["id"], "fields": fields,
                "rules": [rule.yaml for rule in self.rules if rule.yaml]}

    def question(self):
        return "".join(f"select '{self.name}.{rule.id}', id::text, v, count(*) from ({rule.query(self.name)}) q(id, v) "
                       f"group by 1, 2, 3;\n" for rule in self.rules)

    def script(self):
        return self.table.script() + "".join(rule.prepare for rule in self.rules)


def written(value):
    """A node of a pack: flow style, all scalars quoted, nothing but ASCII."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    escaped = "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08X}" for c in str(value))
    return f'"{escaped}"'


def write_pack(folder, kind, draws):
    standards = {f"{d.name}_{c.name}": {"missing": c.missing} for d in draws for c in d.table.columns if c.missing}
    head = {"assay": 1, "pack": f"properties.{kind}", "version": "1.0.0", "timezone": "Asia/Shanghai",
            "sources": {"s": {"title": "S"}}}
    if standards:
        head["standards"] = standards
    for draw in draws:
        for rule in draw.rules:
            for name, content in rule.files.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(content)
    path = os.path.join(folder, "pack.yaml")
    with open(path, "w", encoding="utf-8") as file:
        for key, value in head.items():
            file.write(f"{key}: {written(value)}\n")
        file.write("datasets:\n")
        for draw in draws:
            file.write(f"  {draw.name}: {written(draw.pack())}\n")
    return path


def answers(draws):
    """rule -> (counts, keys that fail, keys that are unreadable), asked of the server."""
    asked = {f"{d.name}.{rule.id}": (dict.fromkeys(COUNTS, 0), []) for d in draws for rule in d.rules}
    script = "".join(d.script() for d in draws) + "analyze;\n" + "".join(d.question() for d in draws)
    for rule, key, verdict, n in kit.psql(SETTINGS + script):
        counts, keys = asked[rule]
        if verdict in ("skipped", "unreadable", "excluded"):
            counts[verdict] += int(n)
        else:
            counts["evaluated"] += int(n)
            counts["failed"] += int(n) * (verdict == "fail")
        if verdict in ("fail", "found"):
            keys += [key or ""] * int(n)
        elif verdict not in ("pass", "skipped", "unreadable", "excluded"):
            sys.exit(f"{rule}: a verdict that is none: {verdict}")
    return asked


def allowed(limit, evaluated):
    if str(limit).endswith("%"):
        return Fraction(limit[:-1]) * evaluated // 100
    return int(limit)


def outcome(rule, counts):
    """Section 6 of the decisions, once more in other words."""
    n, failed = counts["evaluated"], counts["failed"]
    if n == 0:
        return "NOT_EVALUATED" if counts["unreadable"] else "VACUOUS"
    tolerance = rule.tolerance if isinstance(rule.tolerance, dict) else {"fail": rule.tolerance}
    if failed > allowed(tolerance["fail"], n):
        return "WARN" if rule.severity in ("info", "warning") else "FAIL"
    return "WARN" if failed > allowed(tolerance.get("warn", 0), n) or counts["unreadable"] else "PASS"


def compare_rule(name, rule, of_run, found, asked):
    counts, keys = asked
    faults = []
    actual = {c: of_run[c] for c in COUNTS}
    if actual != counts:
        faults.append(f"{name}: SQL says {counts}, the run {actual}")
    elif of_run["outcome"] != outcome(rule, counts):
        faults.append(f"{name}: {outcome(rule, counts)} expected, the run says {of_run['outcome']}")
    return faults + kit.differences(name, keys, [kit.key_of(f) for f in found if f["verdict"] == "fail"])


def compare(draw, rules, found, asked):
    """Takes the draw's rules out of `rules` and `found`."""
    faults = []
    for rule in draw.rules:
        name = f"{draw.name}.{rule.id}"
        if name not in rules:
            faults.append(f"{name}: not in the result")
            continue
        wrong = compare_rule(name, rule, rules.pop(name), found.pop(name, []), asked[name])
        if wrong:
            faults += [*wrong, f"  rule {written(rule.yaml or rule.id)}", f"  oracle {rule.query(draw.name)}"]
    return faults


def explain(kind, draw, faults, pack):
    print(f"{kind}: seed {draw.seed}, pack {pack}", *faults, draw.table.dump()[:20000], sep="\n", file=sys.stderr)


def without_place(result):
    return re.sub(rb'"(snapshot|lsn)": "[^"]*"', rb'"\1": ""', result)


def shuffle(draws, seed):
    kit.psql(f"select setseed(0.{seed % 1000:03});\n" + "".join(
        f"create temp table s as select * from {d.name} order by random(); truncate {d.name};\n"
        f"insert into {d.name} select * from s; drop table s;\n" for d in draws))


def variants(assay, pack, report, draws, seed):
    """Other rows, jobs and memory: the same bytes."""
    shuffle(draws, seed)
    base = [assay, "run", pack, "--as-of", AS_OF, "--quiet"]
    faults = []
    if kit.run(*base, "--format", "ndjson", "--jobs", "3") != kit.read(report, "findings.ndjson"):
        faults.append("other findings with rows in another order and --jobs 3")
    result = kit.run(*base, "--format", "json", "--jobs", "2", "--memory", "1MiB")
    if without_place(result) != without_place(kit.read(report, "result.json")):
        faults.append("another result with rows in another order, --jobs 2 and --memory 1MiB")
    return faults


def counted(result):
    return {name: [rule[c] for c in COUNTS] + [rule["outcome"]] for name, rule in kit.rules_of(json.loads(result)).items()}


def from_files(assay, pack, report, draws, folder):
    """The same records as text in the form of COPY: the same findings."""
    arguments = []
    for draw in draws:
        path = os.path.join(folder, draw.name + ".copy")
        with open(path, "w", encoding="utf-8") as file:
            file.write(draw.table.copy_text())
        arguments += ["--copy", f"{draw.name}={path}"]
    again = os.path.join(folder, "again")
    kit.run(assay, "run", pack, "--as-of", AS_OF, "--quiet", "--no-header", "--report", again, *arguments)
    names = [sorted((rule, kit.key_of(f), f["verdict"]) for rule, found in kit.findings_of(
        kit.read(of, "findings.ndjson")).items() for f in found) for of in (report, again)]
    faults = kit.differences("from files", *names)
    counts = [counted(kit.read(of, "result.json")) for of in (report, again)]
    return faults + [f"{rule}: {n} from the server, {counts[1].get(rule)} from a file" for rule, n in counts[0].items()
                     if counts[1].get(rule) != n]


def spills(assay, pack):
    """The least memory has to be too little for the large table, or nothing was shown."""
    said = kit.run_all(assay, "run", pack, "--as-of", AS_OF, "--memory", "1MiB").stderr.decode()
    amount = re.search(r"([0-9.]+) MiB spilled", said)
    return [] if amount and float(amount[1]) > 0 else [f"nothing was spilled: {said}"]


def test(assay, seed, kind, folder):
    draws = [Draw(seed, kind, i) for i in range(1 if kind == "large" else DRAWS)]
    asked = answers(draws)
    pack, report = write_pack(folder, kind, draws), os.path.join(folder, "report")
    kit.run(assay, "run", pack, "--as-of", AS_OF, "--quiet", "--report", report)
    rules = kit.rules_of(json.loads(kit.read(report, "result.json")))
    found = kit.findings_of(kit.read(report, "findings.ndjson"))
    bad = 0
    for draw in draws:
        faults = compare(draw, rules, found, asked)
        if faults:
            explain(kind, draw, faults, pack)
            bad += 1
    rest = [f"{name}: not expected" for name in [*rules, *found] if not name.endswith(".id.type")]
    rest += variants(assay, pack, report, draws, seed)
    rest += from_files(assay, pack, report, draws, folder) if kind != "schema" else []  # in a file every column is text
    rest += spills(assay, pack) if kind == "large" else []
    for fault in rest:
        print(f"{kind}: seed {seed}: {fault}", file=sys.stderr)
    verdicts = {c: sum(counts[c] for counts, _ in asked.values()) for c in COUNTS}
    print(f"{kind}: {len(asked)} rules, {verdicts}, {bad + len(rest)} wrong", flush=True)
    if not verdicts["failed"] or verdicts["failed"] == verdicts["evaluated"]:
        rest.append("nothing was told apart")
        print(f"{kind}: seed {seed}: the draws hold no failure, or nothing else", file=sys.stderr)
    return bad + len(rest)


def main():
    assay, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20260701
    start, wrong = time.monotonic(), 0
    for kind in sys.argv[3:] or [*kinds.KINDS, "large"]:
        with tempfile.TemporaryDirectory(prefix="assay-properties.") as folder:
            wrong += test(assay, seed, kind, folder)
    print(f"{time.monotonic() - start:.0f} s, seed {seed}: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
