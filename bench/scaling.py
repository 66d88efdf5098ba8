"""How the cost grows: with records, rules, columns, connections, and the share of records that fail."""
import re
import shutil
import subprocess
import sys

import measure
import packs
import truth
from ground import psql
from report import MEMORY_RECORDS, TREE_LEAVES

RULES, COLUMNS, JOBS, SHARES = (1, 5, 15, 17, 50, 100, 300), (5, 11, 25, 50, 100), (1, 2, 4), (0, 1, 10, 50, 100)
WIDE = ("uscc", "name", "legal_person", "citizen_id", "phone", "region", "status", "address")


class Scaling:
    """Parts like those of the contest, but each is run through by itself."""

    def __init__(self, ground, ledger, rounds, tell):
        self.ground, self.ledger, self.rounds, self.tell = ground, ledger, rounds, tell
        self.parts = {}

    def rows(self):
        return self.parts

    def in_turn(self, part, entries):
        """entries: (row, run), each run once a round."""
        self.parts.setdefault(part, []).extend(row for row, _ in entries)
        for _ in range(self.rounds):
            for row, run in entries:
                run(row)
                self.tell(f"{row.name}: {row.wall[-1]:.2f} s")

    def result(self, row, pack, expected, more=(), counts_of=lambda counts: counts):
        """A run whose counts are told on standard output, by rule id if not read otherwise."""
        sample = measure.run(self.ground.command(pack, "--format", "json", *more), codes=(0, 1))
        row.add(sample)
        self.ledger.compare(f"{row.key}: {row.name}", expected, counts_of(truth.failed(sample.out)))

    def of_r(self, table):
        """What assay finds in a table under R."""
        return {**truth.of_r(self.ground.planted[table]), "others": 0}

    # ---- Records and memory: from a pipe, since no table is kept of the largest ----

    def records(self, largest):
        size = 10**5
        while size <= largest:
            row = measure.Row(f"records.{size}", f"{size:,} records", size)
            self.stream_rounds("R over more records, from a pipe", row, self.stream_counts, self.rounds if size <= 10**6 else 1)
            size *= 10

    def memory(self, largest):
        size = min(largest, MEMORY_RECORDS)
        for key, name, more in (("default", "default", []), ("64", "--memory 64MiB", ["--memory", "64MiB"])):
            row = measure.Row(f"memory.{key}", f"{size:,} records, findings written, {name}", size)
            self.stream_rounds("Memory, from a pipe", row, lambda row, more=more: self.stream_findings(row, more), 1)

    def stream_rounds(self, part, row, stream, rounds):
        self.parts.setdefault(part, []).append(row)
        for _ in range(rounds):
            stream(row)
            self.tell(f"{row.name}: {row.wall[-1]:.2f} s")

    def stream_counts(self, row):
        sample = self.stream(row, "--format", "json")
        self.ledger.compare(f"{row.key}: {row.name}", self.of_r("stream"), truth.of_assay(truth.failed(sample.out)))

    def stream_findings(self, row, more):
        folder = self.ground.path("report")
        shutil.rmtree(folder, ignore_errors=True)
        self.stream(row, "--report", folder, *more)
        self.ledger.compare(f"{row.key}: {row.name}", self.of_r("stream"), truth.of_report(folder))

    def stream(self, row, *more):
        generator = measure.start(self.ground.generator(row.records, "stream"), stdout=subprocess.PIPE)
        sample = measure.run(self.ground.command("reference", "--no-header", "--copy", "enterprise=-", *more),
                             stdin=generator.stdout, codes=(0, 1))
        generator.stdout.close()
        if generator.wait() != 0:
            sys.exit("the generator failed")
        self.ground.note_planted("stream")
        row.add(sample)
        return sample

    # ---- Leaves, which nobody reads from anywhere ----

    def tree(self, largest):
        size = min(largest, TREE_LEAVES)
        row = measure.Row("tree", f"{size:,} synthetic leaves, sorted and hashed into a tree", size)
        self.parts.setdefault("The tree by itself", []).append(row)
        sample = measure.run([self.ground.leaves, "tree", str(size)])
        row.add(sample)
        self.ledger.compare(f"{row.key}: {row.name}", {"leaves": size}, {"leaves": int(re.search(r"^(\d+) leaves", sample.out, re.M)[1])})
        self.tell(f"{row.name}: {row.wall[-1]:.2f} s")

    # ---- Rules ----

    def rules(self):
        self.ground.make_table("fewer", self.ground.part)
        entries, planted = [], self.ground.planted["fewer"]
        for n in RULES:
            text, like = packs.of_rules(n, "fewer")
            self.ground.make_pack(f"rules{n}", text)
            expected = {name: planted[f"enterprise.{rule}"] for name, rule in like.items()}
            row = measure.Row(f"rules.{n}", f"{n} rule{'s' if n > 1 else ''}", self.ground.part)
            entries.append((row, lambda row, n=n, expected=expected: self.result(row, f"rules{n}", expected)))
        self.in_turn("More rules", entries)
        psql("drop table fewer")

    # ---- Columns ----

    def columns(self):
        for n in COLUMNS:
            psql("drop table if exists wide")
            psql(f"create unlogged table wide as select id, {', '.join(f'{WIDE[i % len(WIDE)]} as c{i}' for i in range(n))} "
                 f"from enterprise limit {self.ground.part}")
            psql("vacuum analyze wide")
            self.ground.make_pack("wide", packs.of_columns(n))
            counted = psql(f"select {', '.join(f'count(*) - count(c{i})' for i in range(n))} from wide").split("|")
            expected = {f"enterprise.c{i}.required": int(count) for i, count in enumerate(counted)}
            row = measure.Row(f"columns.{n}", f"{n} columns, each required", self.ground.part)
            floor = measure.Row(f"columns.{n}.floor", f"{n} columns: drain", self.ground.part)
            self.in_turn("More columns", [(floor, lambda row: self.drain(row, "wide")),
                                          (row, lambda row, expected=expected: self.result(row, "wide", expected))])
        psql("drop table wide")

    # ---- Connections ----

    def connections(self):
        self.in_turn("More connections", [
            (measure.Row(f"jobs.{jobs}", f"--jobs {jobs}", self.ground.records),
             lambda row, jobs=jobs: self.result(row, "reference", self.of_r("enterprise"), ["--jobs", str(jobs)], truth.of_assay))
            for jobs in JOBS])

    # ---- Failing records ----

    def failing(self):
        for share in SHARES:
            self.ground.make_table("failing", self.ground.part, "--failing", str(share))
            self.ground.make_pack("failing", packs.over_table(self.ground.reference(), "failing"))
            self.in_turn("More failing records, three findings each", [
                (measure.Row(f"failing.{share}.floor", f"{share} % fail: drain", self.ground.part), self.drain),
                (measure.Row(f"failing.{share}", f"{share} % fail: R, findings written", self.ground.part), self.report)])
            psql("drop table failing")

    def drain(self, row, table="failing"):
        row.add(measure.run([self.ground.drain, table]))

    def report(self, row):
        folder = self.ground.path("report")
        shutil.rmtree(folder, ignore_errors=True)
        row.add(measure.run(self.ground.command("failing", "--report", folder), codes=(0, 1)))
        self.ledger.compare(f"{row.key}: {row.name}", self.of_r("failing"), truth.of_report(folder))
