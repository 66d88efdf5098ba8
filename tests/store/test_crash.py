"""Runs and imports are killed at random moments; the power goes. The store is whole afterwards: all of it is there or nothing, no
ticket is lost, none is there twice.

    test_crash.py [--moments N] [--records N] [--seed N]
"""
import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: crash
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}}}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    fields: {id: {standard: integer}, n: {standard: integer, max: 9}, w: {standard: text, required: true}}
"""


class Crash(kit.Case):
    moments, records, seed = 40, 400, 11

    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.seed)
        self.pack_path = self.write("pack.yaml", PACK)
        self.init()
        self.known, self.open = set(), set()  # faults ever found; those that are there now
        self.runs = 0
        self.confirmed = False

    # ---- What is done ----

    def new_table(self):
        """Other faults than last time; about half of the records have one."""
        faults, lines = set(), []
        for i in range(self.records):
            wrong = self.rng.choice((0, 0, 1, 2, 3))
            lines.append(f"{i},{10 if wrong & 1 else 1},{'' if wrong & 2 else 'x'}\n")
            faults |= {("a.n.max", i)} if wrong & 1 else set()
            faults |= {("a.w.required", i)} if wrong & 2 else set()
        self.write("a.csv", "id,n,w\n" + "".join(lines))
        return faults

    def run_args(self):
        return ["run", self.pack_path, *self.at, *kit.RULES_THERE, "--as-of", "2026-03-02"]

    def import_args(self, number):
        """All that is open is confirmed; where nothing is, a run has to make something."""
        lines = [json.dumps({"id": t, "answer": "confirm", "remark": f"{number}"}) for t, in
                 self.rows("select id from ticket where state = 'open'")]
        return ["tickets", "import", self.write("answers.ndjson", "\n".join(lines) + "\n"), *self.at, "--who", "w"]

    def killed(self, args, after):
        """Whether the command ended by itself first."""
        process = self.start(*args)
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.sweep()
        if KIND == "postgres":
            kit.kit.wait_for(lambda: not kit.kit.backends())
        return process.returncode >= 0

    def sweep(self):
        """SQLite's temporary file has a name for an instant, before anything is in it."""
        for name in os.listdir(self.spill):
            self.assertTrue(name.startswith("etilqs_"), name)
            self.assertEqual(os.path.getsize(self.spill + "/" + name), 0)
            os.unlink(self.spill + "/" + name)

    def duration(self, make):
        begun = time.monotonic()
        done = self.assay(*make)
        self.assertIn(done.code, (0, 1), done.err)
        return time.monotonic() - begun

    # ---- What must hold ----

    def see(self, faults):
        """The store after a run that may have been killed; whether it is there."""
        runs, = (int(n) for n, in self.rows("select count(*) from run"))
        self.assertIn(runs, (self.runs, self.runs + 1))
        if runs > self.runs:
            self.runs, self.open, self.confirmed = runs, faults, False
            self.known |= faults
            return True
        return False

    def hold(self):
        tickets = self.rows("select id, rule, key, state from ticket")
        at = [(rule, json.loads(key)["id"]) for _, rule, key, _ in tickets]
        self.assertEqual((len(set(at)), set(at)), (len(at), self.known), "a ticket is lost or there twice")
        held = {a for a, t in zip(at, tickets) if t[3] not in ("closed", "gone")}
        self.assertEqual(held, self.open)
        self.assertEqual(self.rows("select count(*) from event where act = 'found'"), [(str(len(self.known)),)])
        self.assertEqual(self.rows("select ticket, run from event where run is not null group by ticket, run having count(*) > 1"), [])
        self.assertEqual(self.rows("select run from event where run not in (select no from run)"), [])
        self.whole()

    def test_killed(self):
        faults = self.new_table()
        reach = {"run": self.duration(self.run_args())}  # the latest moment; follows what the machine can do
        self.assertTrue(self.see(faults))
        reach["import"] = self.duration(self.import_args("first"))
        seen = {"run": [0, 0], "import": [0, 0]}
        for number in range(self.moments):
            what = "import" if number % 3 == 2 else "run"
            after = self.rng.uniform(0, reach[what])
            if what == "run":
                faults = self.new_table()
                self.killed(self.run_args(), after)
                is_there = self.see(faults)
            else:
                before = dict(self.rows("select id, state from ticket"))
                self.killed(self.import_args(number), after)
                states = dict(self.rows("select id, state from ticket"))
                wanted = {t: "confirmed" if s == "open" else s for t, s in before.items()}
                self.assertTrue(states in (before, wanted), "an import is there in part")
                is_there = states == wanted
            seen[what][is_there] += 1
            reach[what] *= 0.9 if is_there else 1.15
            self.hold()
        faults = self.new_table()
        self.duration(self.run_args())  # and the next night is as any other
        self.assertTrue(self.see(faults))
        self.hold()
        print(f"\n{KIND}: {self.moments} moments: runs, imports [not there, there]: {seen}", file=sys.stderr)
        if self.moments >= 40:
            self.assertTrue(all(seen["run"]), "runs were killed on one side of their commit only")

    def test_told_to_end(self):
        """SIGTERM is no kill: exit 4, and nothing of the run is there."""
        faults = self.new_table()
        self.duration(self.run_args())
        self.see(faults)
        os.mkfifo(self.path("pipe"))
        process = self.start(*self.run_args(), "--csv", "a=" + self.path("pipe"))
        with open(self.path("pipe"), "w", encoding="ascii") as pipe:
            pipe.write("id,n,w\n" + "".join(f"{i},99,x\n" for i in range(5000)))
            pipe.flush()
            process.terminate()
            code, _, err = self.ends(process, 5)
        self.assertEqual(code, 4, err)
        self.assertFalse(self.see(set()))
        self.hold()


class Server(Crash):
    test_killed = test_told_to_end = None

    def test_backend_ends(self):
        """The server ends the session while the run is read: a clear message, and nothing is there."""
        os.mkfifo(self.path("pipe"))
        process = self.start(*self.run_args(), "--csv", "a=" + self.path("pipe"))
        with open(self.path("pipe"), "w", encoding="ascii") as pipe:
            pid, = kit.kit.wait_for(kit.kit.backends)
            kit.kit.sql(f"select pg_terminate_backend({pid})")
            pipe.write("id,n,w\n1,99,x\n")
        out, err = process.communicate()
        self.assertEqual((process.returncode, out), (3, b""))
        self.assertIn(b"terminating connection due to administrator command", err)
        self.hold()


class Power(Crash):
    """The file and its log as a power cut may leave them."""
    test_killed = test_told_to_end = None

    def two_commits(self):
        """A store whose log holds a run and an import that are not in the file yet; its states before, between, after."""
        faults = self.new_table()
        self.duration(self.run_args())
        self.see(faults)
        states = [self.state(self.where)]
        other = sqlite3.connect(self.where)  # so that nobody is the last one, who would empty the log
        self.addCleanup(other.close)
        other.execute("select count(*) from run").fetchone()
        faults = self.new_table()
        self.duration(self.run_args())
        self.see(faults)
        states.append(self.state(self.where))
        self.duration(self.import_args("x"))
        states.append(self.state(self.where))
        self.assertEqual(len(set(map(str, states))), 3)
        return states

    def state(self, where):
        db = sqlite3.connect(where)
        try:
            return (db.execute("select count(*) from run").fetchall(), db.execute("select count(*), max(no) from event").fetchall(),
                    db.execute("select id, state, version from ticket order by id").fetchall())
        finally:
            db.close()

    def left(self, file, log, shm):
        """A copy with this much of its log is whole, and one of the states."""
        for name in os.listdir(self.dir):
            if name.startswith("cut.db"):
                os.unlink(self.path(name))
        for suffix, content in (("", file), ("-wal", log), ("-shm", shm)):
            if content is not None:
                self.write("cut.db" + suffix, content)
        self.whole(self.path("cut.db"))
        return self.state(self.path("cut.db"))

    def test_log_cut(self):
        states = self.two_commits()
        parts = {}
        for suffix in ("", "-wal", "-shm"):
            with open(self.where + suffix, "rb") as f:
                parts[suffix] = f.read()
        file, log, shm = parts.values()
        page = int.from_bytes(log[8:12], "big")
        frame, n = page + 24, (len(log) - 32) // (page + 24)
        commits = [i for i in range(n) if log[32 + i * frame + 4:32 + i * frame + 8] != b"\0\0\0\0"]
        self.assertGreaterEqual(len(commits), 2)
        places = {0, 1, 16, 31, 32, 33, 56, len(log) - 1, len(log)}
        for i in commits + self.rng.sample(range(n), min(n, 8)):
            end = 32 + (i + 1) * frame
            places |= {end - 1, end, end + 1, end + 24, end - page // 2}
        found = [0, 0, 0]
        for place in sorted(p for p in places if 0 <= p <= len(log)):
            for with_shm in (None, shm):
                state = self.left(file, log[:place], with_shm)
                self.assertIn(state, states, place)
                found[states.index(state)] += 1
        for place in self.rng.sample(range(32, len(log)), 12):  # blocks that were never written, or twice
            for hole in (b"\0" * 512, log[:512], self.rng.randbytes(64)):
                torn = (log[:place] + hole + log[place + len(hole):])[:len(log)]
                state = self.left(file, torn, None)
                self.assertIn(state, states, place)
                found[states.index(state)] += 1
        self.assertTrue(all(found), found)
        print(f"\n{n} frames, {len(commits)} commits; [before, between, after]: {found}", file=sys.stderr)

    def test_without_shm(self):
        states = self.two_commits()
        os.unlink(self.where + "-shm")
        self.assertEqual(self.state(self.where), states[-1])
        self.whole()

    def test_copied_while_written(self):
        """The copy is whole, or the command says that it is not; the store does not mind."""
        faults = self.new_table()
        process, codes = self.start(*self.run_args()), []
        while process.poll() is None:
            for suffix in ("", "-wal"):
                if os.path.exists(self.where + suffix):
                    shutil.copyfile(self.where + suffix, self.path("copy.db" + suffix))
            done = self.assay("store", "check", self.path("copy.db"))
            self.assertIn(done.code, (0, 1, 3), done.err)
            self.assertNotIn("Sanitizer", done.err)
            codes.append(done.code)
        self.assertTrue(self.see(faults))
        self.hold()
        print(f"\ncopies while a run wrote: {len(codes)}, whole: {codes.count(0)}", file=sys.stderr)


if KIND == "sqlite":
    del Server
else:
    del Power

if __name__ == "__main__":
    options = argparse.ArgumentParser()
    for name in ("moments", "records", "seed"):
        options.add_argument("--" + name, type=int, default=getattr(Crash, name))
    given = options.parse_args()
    Crash.moments, Crash.records, Crash.seed = given.moments, given.records, given.seed
    sys.argv[1:] = []
    kit.main()
