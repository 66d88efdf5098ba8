"""What the contestants stand on: programs, tables in a private server, files, keys."""
import os
import shutil
import subprocess
import sys

import measure
import truth

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
AS_OF = "2026-07-01T00:00:00+08:00"
JOBS = 2         # connections, where several are used: the goals are about two
FAULTS = "230"  # of 1000 records: each of the 23 kinds in one of a hundred
COLUMNS = ("(id text not null, uscc text, name text, legal_person text, citizen_id text, phone text, region text, "
           "capital numeric(18, 2), founded date, status text, updated_at timestamptz, address text)")
SIGNER = "bench.example/assay"
# Target of the build: what is called by which name, and where it lies.
TARGETS = {"assay_cli": ("assay", "cli/assay"), "assay_generate": ("generate", "bench/assay_generate"),
           "assay_drain": ("drain", "bench/assay_drain"), "bench_kernels": ("kernels", "bench/bench_kernels"),
           "assay_leaves": ("leaves", "bench/assay_leaves")}


def psql(sql, env=None, **more):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], capture_output=True, check=False,
                          env={**os.environ, **(env or {})}, **more)
    if done.returncode != 0:
        sys.exit(f"psql: {sql[:200]}\n{done.stderr.decode(errors='replace')[:4000]}")
    return done.stdout.decode().strip()


def build():
    """A release build without the tests; its folder."""
    folder = os.path.join(ROOT, "build", "program")
    for command in (["cmake", "--preset", "release", "-B", folder, "-DASSAY_TESTS=OFF"],
                    ["cmake", "--build", folder, "--target", *TARGETS]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    return folder


def empty(folder):
    """Make the folder anew, but never empty one that the bench did not make."""
    if os.path.isdir(folder) and os.listdir(folder) and not os.path.exists(os.path.join(folder, "reference.yaml")):
        sys.exit(f"{folder} holds other files: name another folder with --work")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)


class Ground:
    def __init__(self, options, programs):
        self.records, self.jobs, self.work = options.records, JOBS, options.work
        self.part = options.records // 4  # records of the tables over which growth is measured
        for name, place in TARGETS.values():
            setattr(self, name, os.path.join(programs, place))
        empty(self.work)
        self.planted = {}
        self.make_pack("reference", self.reference())
        self.make_keys()
        self.make_enterprise()

    def path(self, *names):
        return os.path.join(self.work, *names)

    # ---- Packs ----

    @staticmethod
    def reference():
        with open(os.path.join(HERE, "reference.yaml"), encoding="utf-8") as file:
            return file.read()

    def make_pack(self, name, text):
        with open(self.path(f"{name}.yaml"), "w", encoding="utf-8") as file:
            file.write(text)

    def command(self, pack, *more):
        """assay over a pack that was made."""
        return [self.assay, "run", self.path(f"{pack}.yaml"), "--include-dir", os.path.join(ROOT, "rules"), "--as-of", AS_OF, "--quiet",
                *more]

    # ---- Proof ----

    def make_keys(self):
        for arguments in ([self.path("secret")], ["--sm2", self.path("sign.pem"), "--name", SIGNER]):
            measure.run([self.assay, "key", "new", *arguments])

    def proof(self):
        """Options of a run with a proof, in an archive of its own."""
        shutil.rmtree(self.path("proofs"), ignore_errors=True)
        return ["--proof", self.path("proofs"), "--proof-key", self.path("secret"), "--origin", SIGNER, "--sign",
                f"{SIGNER}={self.path('sign.pem')}"]

    # ---- Data ----

    def generator(self, records, name, *more):
        """The program that makes a table, and notes under this name what it planted."""
        return [self.generate, "--records", str(records), "--regions", os.path.join(ROOT, "rules", "codes", "regions.csv"),
                "--counts", self.path(f"{name}.counts"), *(more or ("--faults", FAULTS))]

    def note_planted(self, name):
        self.planted[name] = truth.read_planted(self.path(f"{name}.counts"))

    def make_table(self, table, records, *more):
        psql(f"create unlogged table {table} {COLUMNS}")
        generator = measure.start(self.generator(records, table, *more), stdout=subprocess.PIPE)
        psql(f"copy {table} from stdin", stdin=generator.stdout)
        if generator.wait() != 0:
            sys.exit("the generator failed")
        psql(f"vacuum analyze {table}")
        self.note_planted(table)

    def make_enterprise(self):
        self.make_table("enterprise", self.records, "--faults", FAULTS, "--codes", self.path("codes.csv"))
        psql("create table region_code (code text primary key, name text)")
        with open(self.path("codes.csv"), "rb") as file:
            psql("copy region_code from stdin csv header", stdin=file)
        with open(os.path.join(HERE, "peers", "helpers.sql"), encoding="utf-8") as file:
            psql(file.read())
        psql("vacuum analyze region_code")

    def make_csv(self):
        with open(self.path("enterprise.csv"), "wb") as file:
            subprocess.run(["psql", "-XAtq", "-c", "copy enterprise to stdout csv header"], stdout=file, check=True,
                           env={**os.environ, "PGTZ": "Asia/Shanghai"})
