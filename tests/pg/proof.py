#!/usr/bin/env python3
"""Proofs against PostgreSQL: proof.py ASSAY PUSH_ARCHIVE [SEED], with PG* naming a server to write to.

The same records have the same root and the same leaves on every way into the program, under every setting of the server, with
any number of jobs, in any order and with too little memory; and of ten thousand random changes exactly those are told that are
one.
"""
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter

import oracle_kit as kit
import proof_kit
import proof_table as table

RECORDS, LARGE = 2000, 200000
ROUNDS, CHANGES = 25, 400
SETTINGS = {"TimeZone": "America/St_Johns", "DateStyle": "SQL, DMY", "IntervalStyle": "iso_8601", "extra_float_digits": "-15",
            "bytea_output": "escape"}


class Test:
    def __init__(self, assay, push_archive, seed, folder):
        self.push_archive = push_archive
        self.rng, self.folder, self.faults = random.Random(seed), folder, []
        self.archive = proof_kit.Archive(assay, os.path.join(folder, "archive"))
        self.assay = assay

    def path(self, name):
        return os.path.join(self.folder, name)

    def pack(self, name, of_table, columns=None):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(table.pack(of_table, columns))
        return self.path(name)

    def expect(self, name, ok, *details):
        if not ok:
            self.faults.append(name)
            print(f"wrong: {name}", *details, sep="\n  ", file=sys.stderr, flush=True)

    def last_evidence(self):
        """Manifest, leaves and bucket table of the last run."""
        manifest = proof_kit.manifests(self.archive.proofs)[-1]
        return manifest, *(proof_kit.snapshot(self.archive.proofs, manifest, s) for s in ("leaves", "buckets"))

    def evidence(self, pack, *more, env=None):
        self.archive.run(pack, "--quiet", *more, env=env)
        return self.last_evidence()

    def same(self, name, expected, actual, of_source=False):
        """The same leaves; and manifests that differ in moments alone, and in the source's types where that is another one."""
        self.expect(f"{name}: other leaves", expected[1] == actual[1], self.first_difference(expected[1], actual[1]))
        self.expect(f"{name}: another root", expected[0]["root"] == actual[0]["root"])
        self.expect(f"{name}: another bucket table", expected[2] == actual[2])
        forgotten = ("columns", "result", "findings", "findings_root") if of_source else ()
        one, two = ({k: v for k, v in proof_kit.timeless(m[0]).items() if k not in forgotten} for m in (expected, actual))
        self.expect(f"{name}: another manifest", one == two, *(f"{k}: {one.get(k)} {two.get(k)}" for k in one | two
                                                               if one.get(k) != two.get(k)))

    @staticmethod
    def first_difference(one, two):
        differing = {one[i:i + 48] for i in range(0, len(one), 48)} ^ {two[i:i + 48] for i in range(0, len(two), 48)}
        return f"{len(one) // 48} and {len(two) // 48} leaves, {len(differing)} on one side only"

    # ---- The same records on every way in ----

    def ways(self, pack):
        base = self.evidence(pack)
        self.expect("every record has a leaf", len(base[1]) == 48 * RECORDS and base[0]["rows"] == str(RECORDS))
        with proof_kit.without_binary(self.path("")[:-1]) as env:
            self.same("text COPY", base, self.evidence(pack, env=env))
        for form, option in (("csv", "--csv"), ("text", "--copy")):
            path = self.path("exported." + form)
            self.export(form, path)
            more = ["--no-header"] if form == "text" else []
            self.same(f"a file ({form})", base, self.evidence(pack, option, f"d={path}", *more), of_source=True)
        self.same("pushed values", base, self.pushed(pack), of_source=True)
        sha = self.evidence(pack, "--proof-alg", "sha256")
        self.expect("SHA-256 leaves are others, with the same number", len(sha[1]) == len(base[1]) and sha[1] != base[1])
        return base

    def pushed(self, pack):
        """Evidence of a program that reads the values with SQL and pushes them, each in its kind."""
        rows = kit.psql(table.pushed("d"))
        with open(self.path("pushed"), "w", encoding="ascii") as file:
            file.writelines("\t".join(value or "-" for value in row) + "\n" for row in rows)
        a = self.archive
        kit.run(self.push_archive, pack, "d", self.path("pushed"), a.proofs, a.secret, a.pem, proof_kit.SIGNER,
                *table.pushed_columns(), codes=(0,))
        return self.last_evidence()

    def export(self, form, path):
        header = ", header" if form == "csv" else ""
        with open(path, "wb") as file:
            done = kit.run(f"{os.environ['CLUSTER_BIN']}/psql", "-Xq", "-c",
                           f"copy ({table.exported('d')}) to stdout (format {form}{header})", codes=(0,))
            file.write(done)

    def settings(self, pack, base):
        words = {name: value.replace(" ", "\\ ") for name, value in SETTINGS.items()}
        tried = [{name: words[name]} for name in words] + [words]
        with proof_kit.without_binary(self.path("")[:-1]) as proxy:
            for setting in tried:
                env = {"PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in setting.items())}
                self.same(f"PGOPTIONS {setting}", base, self.evidence(pack, env=env))
                self.same(f"PGOPTIONS {setting}, text COPY", base, self.evidence(pack, env={**env, **proxy}))
        for what in ("role postgres", "database postgres"):
            kit.psql("".join(f"alter {what} set {name} = '{value}';\n" for name, value in SETTINGS.items()))
            self.same(f"alter {what}", base, self.evidence(pack))
            kit.psql(f"alter {what} reset all")

    # ---- Jobs, order, memory ----

    def parallel(self):
        columns = [table.BY_NAME[name] for name in ("c_text", "c_int8", "c_numeric")]
        kit.psql(f"create table large as select i::int8 as id, md5(i::text) as c_text, i * 7919 as c_int8, i / 8.0 as c_numeric "
                 f"from generate_series(1, {LARGE}::int8) i; insert into large select * from large where id % 50000 = 0;"
                 f"create table shuffled as select * from large order by random(); analyze large; analyze shuffled")
        pack, shuffled = self.pack("large.yaml", "large", columns), self.pack("shuffled.yaml", "shuffled", columns)
        self.archive.fresh()
        base = self.evidence(pack)
        self.expect("large: every record has a leaf", len(base[1]) == 48 * (LARGE + LARGE // 50000))
        for more in (("--jobs", "2"), ("--jobs", "4"), ("--jobs", "4", "--memory", "1MiB")):
            self.same(f"large, {' '.join(more)}", base, self.evidence(pack, *more))
        again = self.evidence(shuffled, "--jobs", "2")
        again[0]["pack_digest"] = base[0]["pack_digest"]  # another table, another pack
        self.same("shuffled", base, again, of_source=True)
        _, done = self.archive.run(pack, "--memory", "1MiB")
        spilled = re.search(r"([0-9.]+) MiB spilled", done.stderr.decode())
        self.expect("the least memory is too little", spilled and float(spilled[1]) > 0, done.stderr.decode())
        self.expect("nothing has changed, with little memory", self.archive.verify(pack, "--memory", "1MiB") == (0, []))

    # ---- Changes ----

    def change(self):
        """SQL of random changes, each of another record."""
        keys = self.rng.sample(range(1, RECORDS + 1), CHANGES)
        pairs = [(keys.pop(), keys.pop()) for _ in range(CHANGES // 20)]
        script = [self.rng.choice(table.SINGLE)(self.rng, key) for key in keys]
        return script + [table.swap_between(self.rng, *pair) for pair in pairs]

    def tamper(self, pack):
        self.archive.fresh()
        self.archive.run(pack, "--quiet")
        kit.psql("create table untouched as table d")
        told = Counter()
        for i in range(ROUNDS):
            made = [tuple(row) for row in kit.psql("begin; truncate d; insert into d table untouched;\n"
                                                   + "".join(self.change()) + "commit;")]
            code, lines = self.archive.verify(pack, "--jobs", str(1 + i % 2), "--quiet")
            seen = [(line["op"], line["key"]["id"]) for line in lines]
            self.expect(f"changes, round {i}", code == 1 and all(line["records"] == 1 for line in lines)
                        and not kit.differences("changes", made, seen), *kit.differences("changes", made, seen))
            told.update(op for op, _ in made)
        kit.psql("truncate d; insert into d table untouched")
        self.expect("all taken back", self.archive.verify(pack, "--quiet") == (0, []))
        return told

    def cancelling(self):
        """What sums and exclusive ors of row hashes do not see: pairs that come and go together."""
        pack = self.pack("pairs.yaml", "pairs", [table.BY_NAME["c_text"]])
        kit.psql("create table pairs as select i::int8 as id, md5(i::text) as c_text from generate_series(1, 40) i")
        self.archive.fresh()
        self.archive.run(pack, "--quiet")
        hashes = "select coalesce(bit_xor(h), 0) from (select ('x' || substr(md5(p::text), 1, 16))::bit(64)::int8 as h from pairs p) q"
        before = kit.psql(hashes)
        kit.psql("insert into pairs select i, 'forged' from generate_series(1000, 1002) i, generate_series(1, 2)")
        self.expect("the exclusive or is blind to pairs", kit.psql(hashes) == before)
        code, lines = self.archive.verify(pack, "--quiet")
        self.expect("pairs that cancel out are told", code == 1 and sorted((x["op"], x["key"]["id"], x["records"]) for x in lines)
                    == [("added", str(i), 2) for i in range(1000, 1003)], lines)
        self.sums(pack)

    def sums(self, pack):
        """Two records forged so that a sum of 16 bits over the rows stays: some hundred candidates each are enough."""
        row_hash = "('x' || substr(md5(row({0}, {1})::text), 1, 4))::bit(16)::int"
        kit.psql("delete from pairs where id >= 1000")
        one, two = kit.psql(
            f"with old as (select (sum({row_hash.format('id', 'c_text')}) & 65535) as s from pairs where id in (1, 2)),"
            f" a as (select i, {row_hash.format('1::int8', chr(39) + 'x' + chr(39) + ' || i')} as h from generate_series(1, 700) i),"
            f" b as (select i, {row_hash.format('2::int8', chr(39) + 'x' + chr(39) + ' || i')} as h from generate_series(1, 700) i)"
            " select a.i, b.i from a, b, old where (a.h + b.h) & 65535 = old.s order by 1, 2 limit 1")[0]
        total = f"select sum({row_hash.format('id', 'c_text')}) & 65535 from pairs"
        before = kit.psql(total)
        kit.psql(f"update pairs set c_text = 'x' || (array[{one}, {two}])[id] where id in (1, 2)")
        self.expect("the sum is blind to a forged pair", kit.psql(total) == before)
        code, lines = self.archive.verify(pack, "--quiet")
        self.expect("a pair forged for a sum is told", code == 1 and
                    sorted((x["op"], x["key"]["id"]) for x in lines) == [("changed", "1"), ("changed", "2")], lines)


def main():
    proof_kit.need_openssl()
    assay, push_archive, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 20261125
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assay-proof.") as folder:
        test = Test(assay, push_archive, seed, folder)
        pack = test.pack("pack.yaml", "d")
        kit.psql("set client_min_messages = warning;\n" + table.create("d") +
                 table.insert("d", [table.record(test.rng, k) for k in range(1, RECORDS + 1)]) + "analyze d")
        steps = {}
        base = test.ways(pack)
        for name, step in {"settings": lambda: test.settings(pack, base), "parallel": test.parallel,
                           "tamper": lambda: test.tamper(pack), "cancelling": test.cancelling}.items():
            begun = time.monotonic()
            steps[name] = step()
            print(f"{name}: {time.monotonic() - begun:.0f} s {dict(steps[name] or {})}", flush=True)
        print(f"{time.monotonic() - start:.0f} s, seed {seed}: {len(test.faults)} wrong")
    return 1 if test.faults else 0


if __name__ == "__main__":
    sys.exit(main())
