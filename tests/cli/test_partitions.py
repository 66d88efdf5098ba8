"""scan and merge over a server: partitions under xargs, ranges of pages under mpirun, on one snapshot while others write.
On a server where nothing else happens the result is that of one run to the byte, what was read included."""
import json
import os
import shutil
import signal
import subprocess
import unittest

import kit
import partials
from kit import sql
from partials import records

RECORDS = 3000
TYPES = ("text", "text", "text", "text", "text", "text", "text", "text", "text", "timestamptz", "text", "text")
TABLES = "".join(f"""
drop table if exists {name} cascade;
create table {name} ({", ".join(f'"{c}" {t}' for c, t in zip(partials.COLUMNS, TYPES))}, filler text) {how};"""
                 for name, how in (("a", "partition by list (town)"), ("wide", ""))) + """
create table a_1 partition of a for values in ('C1');
create table a_2 partition of a for values in ('C2');
create table a_rest partition of a default;
"""


def literal(text):
    return "null" if text == "" else "'" + text.replace("'", "''") + "'"


def fill(table, rows, filler=""):
    values = ",\n".join("(" + ", ".join(map(literal, r)) + f", {literal(filler)})" for r in rows)
    return f"insert into {table} values {values};\n"


class Partitions(partials.Case):
    def setUp(self):
        super().setUp()
        rows = records("server", RECORDS)
        sql(TABLES + "alter table wide alter filler set storage plain;\n" + fill("a", rows) + fill("wide", rows, "-" * 1500))
        sql("vacuum analyze a, wide; checkpoint")
        self.a_pack = self.make_pack()

    def whole(self, pack=None):
        return self.report("run", pack or self.a_pack, "--as-of", "2026-01-31")

    def without_reading(self, files):
        result = json.loads(files["result.json"])
        for dataset in result["datasets"]:
            del dataset["reading"]
        return result, files["findings.ndjson"], files["summary.txt"]

    def shell(self, command, **env):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], env=self.environment({"PACK": self.a_pack, **env}), cwd=self.dir,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=250, check=False)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, ""))

    def test_xargs_over_partitions(self):
        whole = self.whole()
        sql_text = "select oid::regclass from pg_class join pg_inherits on oid = inhrelid where inhparent = 'a'::regclass"
        self.shell('"$CLUSTER_BIN/psql" -XAtqc "$SQL" > names\n'
                   'xargs -P 3 -I{} "$ASSAY" scan "$PACK" --dataset a --job "$JOB" --as-of 2026-01-31 --table {} --chunk {} '
                   '--of "$(wc -l < names)" -o {}.part < names', SQL=sql_text, JOB="night 1")
        self.assertEqual(len([n for n in os.listdir(self.dir) if n.endswith(".part")]), 3)
        self.same(self.report("merge", self.a_pack, "a_1.part", "a_rest.part", "a_2.part"), whole)

    def test_mpirun_over_ranges(self):
        if not shutil.which("mpirun"):
            raise unittest.SkipTest("mpirun is not here: apt-get install openmpi-bin")
        pack = self.make_pack("table: wide")
        whole = self.whole(pack)
        self.shell("mpirun --oversubscribe -n 4 bash -c '\"$ASSAY\" scan \"$PACK\" --dataset a --job \"$PMIX_NAMESPACE\" --as-of 2026-01-31 "
                   "--range $((OMPI_COMM_WORLD_RANK + 1))/$OMPI_COMM_WORLD_SIZE -o rank$OMPI_COMM_WORLD_RANK'",
                   OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        self.same(self.report("merge", pack, "rank2", "rank0", "rank3", "rank1"), whole)

    def scan_range(self, pack, i, n, *args):
        path = self.path(f"{i}of{n}")
        done = self.assay("scan", pack, *partials.JOB, "--range", f"{i}/{n}", "-o", path, *args)
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        return path

    def test_ranges(self):
        pages = int(sql("select pg_relation_size('wide') / 8192")[0])
        self.assertGreater(pages, 400, "too small to be cut")
        pack = self.make_pack("table: wide")
        whole = self.whole(pack)
        for n in (1, 3, 8):
            with self.subTest(pieces=n):
                parts = [self.scan_range(pack, i, n) for i in range(n, 0, -1)]
                self.same(self.report("merge", pack, *parts), whole)
        sizes = [os.path.getsize(self.path(f"{i}of3")) for i in (1, 2, 3)]
        self.assertLess(max(sizes), 2 * min(sizes), "the pieces should be of like size")
        parts = [self.scan_range(self.a_pack, i, 5) for i in range(1, 6)]
        self.same(self.report("merge", self.a_pack, *parts), self.whole())

    def test_one_snapshot_while_others_write(self):
        """The table grows to several times its size between the pieces; on the exported snapshot it does not."""
        pack = self.make_pack("table: wide")
        whole = self.without_reading(self.whole(pack))
        holder = subprocess.Popen([os.environ["CLUSTER_BIN"] + "/psql", "-XAtq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate)
        holder.stdin.write("begin isolation level repeatable read read only; select pg_export_snapshot();\n")
        holder.stdin.flush()
        snapshot = holder.stdout.readline().strip()
        parts = []
        for i in (2, 1, 4, 3):
            parts.append(self.scan_range(pack, i, 4, "--snapshot", snapshot))
            sql("insert into wide select * from wide; delete from wide where id like '%7'")
        self.assertEqual(self.without_reading(self.report("merge", pack, *parts)), whole)
        reading = json.loads(self.report("merge", pack, *parts)["result.json"])["datasets"][0]["reading"]
        self.assertNotEqual(reading["snapshot"], "", "all saw the same")
        own = self.scan_range(pack, 1, 4)
        done = self.assay("merge", pack, own, *parts[:1] + parts[2:])
        self.assertEqual(done.code, 1)
        done = self.assay("merge", pack, own, *parts[:1] + parts[2:], "--format", "json", "--quiet")
        self.assertEqual(json.loads(done.out)["datasets"][0]["reading"]["snapshot"], "", "not all saw the same")

    def test_killed_and_repeated(self):
        """A scheduler that kills and repeats: no half-written partial, and a repeat counts once."""
        whole = self.without_reading(self.whole())
        parts = [self.scan(self.a_pack, t, 3, "--table", t) for t in ("a_1", "a_2")]
        sql("create view slow as select a_rest.* from a_rest, (select pg_sleep(60)) s")
        self.addCleanup(sql, "drop view slow")
        process = self.start("scan", self.a_pack, *partials.JOB, "--chunk", "rest", "--of", "3", "--table", "slow", "-o", self.path("rest"))
        kit.wait_for(lambda: kit.backends("state = 'active'"))
        process.send_signal(signal.SIGKILL)
        process.wait()
        sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'assay'")
        self.assertFalse(os.path.exists(self.path("rest")))
        for name in ("rest", "again"):
            parts.append(self.scan(self.a_pack, "rest", 3, "--table", "a_rest"))
            os.rename(parts[-1], self.path(name))
            parts[-1] = self.path(name)
        self.assertEqual(self.without_reading(self.report("merge", self.a_pack, *parts)), whole)

    def test_refused(self):
        scan = ("scan", self.a_pack, *partials.JOB, "--chunk", "1", "--of", "1", "-o", self.path("out"))
        sql("create view seen as select * from a")
        self.addCleanup(sql, "drop view seen")
        self.unwritten(2, "seen is no table: it cannot be read in pieces",
                       "seen 不是表：无法分块读取", *scan, "--table", "seen", "--range", "1/2")
        done = self.assay(*scan, "--snapshot", "00000000-00000000-1")
        self.assertEqual((done.code, done.out), (3, ""))
        self.assertIn("cannot read on snapshot 00000000-00000000-1: ", done.err)
        done = self.assay(*scan, "--table", "nothing")
        self.assertEqual((done.code, done.out), (3, ""))
        self.assertIn("has no table or view nothing", done.err)


if __name__ == "__main__":
    kit.main()
