"""The contest: the same R by everybody, in turn, in one run. A contestant is a row and a function that runs it once and notes the
row's figures and counts."""
import filecmp
import json
import os
import shutil
import subprocess
import sys

import measure
import truth
from ground import HERE, ROOT

sys.path.insert(0, os.path.join(HERE, "peers"))
import expert  # noqa: E402

PEER_PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's pandas


class Contest:
    def __init__(self, ground, ledger, has_npm):
        self.ground, self.ledger, self.has_npm = ground, ledger, has_npm
        self.expected = truth.of_r(ground.planted["enterprise"])
        self.expected_of_assay = {**self.expected, "others": 0}
        self.parts = {}  # title -> [(row, run)]

    def add(self, part, key, name, run, not_run="", note=""):
        row = measure.Row(key, name, self.ground.records, not_run=not_run, note=note)
        self.parts.setdefault(part, []).append((row, run))

    def rows(self):
        return {part: [row for row, _ in entries] for part, entries in self.parts.items()}

    def run(self, rounds, tell):
        for index in range(rounds):
            for part, entries in self.parts.items():
                for row, run in entries:
                    if not row.not_run:
                        run(row)
                        tell(f"round {index + 1}: {row.name}: {row.wall[-1]:.2f} s")

    # ---- The floor ----

    def add_floor(self):
        jobs = self.ground.jobs
        for key, name, more in (("floor", "plain", []), ("floor.large", "large pieces", ["--large"]),
                                ("floor.jobs", "plain", ["--connections", str(jobs)]),
                                ("floor.large.jobs", "large pieces", ["--large", "--connections", str(jobs)])):
            connections = more[-1] if "--connections" in more else "1"
            self.add("The floor: bare binary COPY", key, f"drain, {name}, connections: {connections}",
                     lambda row, more=more: self.drain(row, more))

    def drain(self, row, more):
        sample = measure.run([self.ground.drain, *more, "enterprise"])
        row.add(sample)
        self.ledger.compare(row.name, {"records": self.ground.records}, {"records": int(sample.out.split()[2])})

    # ---- assay ----

    def add_assay(self):
        part, jobs = "The whole job: assay over PostgreSQL", ["--jobs", str(self.ground.jobs)]
        for key, name, run in (("r", "R", self.result), ("leaves", "R, SM3 proof", self.leaves),
                               ("findings", "R, findings written", self.report),
                               ("proof", "R, findings written, SM3 proof", self.proof)):
            self.add(part, key, name, run)
            self.add(part, f"{key}.jobs", f"{name}, --jobs {jobs[1]}", lambda row, run=run: run(row, jobs))

    def result(self, row, more=()):
        sample = measure.run(self.ground.command("reference", "--format", "json", *more), codes=(0, 1))
        row.add(sample)
        self.ledger.compare(row.name, self.expected_of_assay, truth.of_assay(truth.failed(sample.out)))

    def leaves(self, row, more=()):
        self.result(row, [*more, *self.ground.proof()])

    def report(self, row, more=()):
        folder = self.ground.path("report")
        shutil.rmtree(folder, ignore_errors=True)
        row.add(measure.run(self.ground.command("reference", "--report", folder, *more), codes=(0, 1)))
        self.ledger.compare(row.name, self.expected_of_assay, truth.of_report(folder))

    def proof(self, row, more=()):
        self.report(row, [*more, *self.ground.proof()])

    def compare(self, row, counts):
        self.ledger.compare(row.name, self.expected, counts)

    # ---- The server itself ----

    def add_server(self):
        with open(os.path.join(HERE, "peers", "plain.sql"), encoding="utf-8") as file:
            plain = file.read()
        for switch, workers in (("off", 0), ("on", self.ground.jobs)):
            for key, name, sql in (("plain", "plain PL/pgSQL helpers", plain), ("expert", "by an expert", expert.statement(workers > 0))):
                self.add("Peer: the server", f"sql.{key}.{switch}", f"SQL: one statement, {name}, parallel {switch}",
                         lambda row, sql=sql, workers=workers: self.statement(row, sql, workers))

    def statement(self, row, sql, workers):
        settings = f"-c max_parallel_workers_per_gather={workers} -c work_mem=512MB -c timezone=Asia/Shanghai"
        sample = measure.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], env={"PGOPTIONS": settings})
        row.add(sample, has_cpu=False)
        self.compare(row, json.loads(sample.out))

    # ---- Files ----

    def add_files(self):
        part, ground = "R over files", self.ground
        ground.make_csv()
        csv = ground.path("enterprise.csv")
        self.add(part, "csv", "assay, CSV", lambda row: self.result(row, ["--csv", f"enterprise={csv}"]))
        folder, why = self.install_npm() if self.has_npm else (None, "the npm peers were not asked for")
        why_no_duckdb = why or self.why_no_module(folder, "@duckdb/node-api")
        why_no_polars = why or self.why_no_module(folder, "nodejs-polars")
        database, codes = ground.path("enterprise.duckdb"), ground.path("codes.csv")
        if not why_no_duckdb:
            measure.run(["node", "duckdb.mjs", "load", csv, database], cwd=folder)
        for threads in ("1", "2"):
            for mode, what, file in (("csv", "CSV", csv), ("native", "its own table", database)):
                self.add(part, f"duckdb.{mode}.{threads}", f"DuckDB, {what}, threads: {threads}",
                         lambda row, arguments=(mode, file, codes, threads): self.peer(row, ["node", "duckdb.mjs", *arguments], folder),
                         why_no_duckdb)
            self.add(part, f"polars.{threads}", f"polars, CSV, threads: {threads}",
                     lambda row, threads=threads: self.peer(row, ["node", "polars.mjs", csv, codes], folder,
                                                            {"POLARS_MAX_THREADS": threads}), why_no_polars)
        pandas = [PEER_PYTHON, "-B", os.path.join(HERE, "peers", "pandas_peer.py"), csv, codes]
        self.add(part, "pandas", "pandas, CSV", lambda row: self.peer(row, pandas, None), self.why_no_pandas())

    def peer(self, row, argv, folder, env=None):
        """A program that tells its own time, without that of its start."""
        sample, counts = measure.own_seconds(measure.run(argv, env=env, cwd=folder))
        row.add(sample)
        self.compare(row, counts)

    @staticmethod
    def why_no_pandas():
        try:
            subprocess.run([PEER_PYTHON, "-c", "import pandas"], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return "python3-pandas of Debian is not installed"
        return ""

    @staticmethod
    def why_no_module(folder, module):
        done = subprocess.run(["node", "--input-type=module", "-e", f"await import('{module}')"], cwd=folder, capture_output=True,
                              check=False)
        return "" if done.returncode == 0 else f"{module} cannot be loaded"

    @staticmethod
    def install_npm():
        """The folder with the peers and what they need, and why there is none."""
        folder = os.path.join(ROOT, "build", "bench-npm")
        for needed in ("node", "npm"):
            if not shutil.which(needed):
                return None, f"no program {needed} here"
        wanted, there = os.path.join(HERE, "peers", "package.json"), os.path.join(folder, "package.json")
        if not os.path.exists(there) or not filecmp.cmp(wanted, there, shallow=False):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            shutil.copy(wanted, folder)
            if subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=folder, capture_output=True,
                              check=False).returncode != 0:
                shutil.rmtree(folder)
                return None, "npm install failed"
        for name in ("duckdb.mjs", "polars.mjs"):
            shutil.copy(os.path.join(HERE, "peers", name), folder)
        return folder, ""
