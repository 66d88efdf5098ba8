"""Making and keeping a store: versions, files that are none, full disks, forgetting, and that each planted fault is found."""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: keep
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}}}
datasets:
  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {id: {standard: integer}, n: {standard: integer, max: 9}}}
  b: {title: {zh: 乙, en: B}, source: s, file: b.csv, key: [id], fields: {id: {standard: integer}, n: {standard: integer, max: 9}}}
"""
VERSION = 1


class Base(kit.Case):
    def setUp(self):
        super().setUp()
        self.pack_path = self.write("pack.yaml", PACK)

    def run_night(self, day, *wrong, of=range(6), dataset="a"):
        """These records are wrong."""
        self.write(dataset + ".csv", "id,n\n" + "".join(f"{i},{10 if i in wrong else 1}\n" for i in of))
        return self.night(self.pack_path, "--dataset", dataset, "--as-of", day)

    def refuse(self, *args, code, words):
        """Refused in both languages, the second time as the first."""
        for lang, text in zip(kit.kit.LANGUAGES, words):
            done = self.assay(*args, "--lang", lang)
            self.assertEqual((done.code, done.out), (code, ""), done.err)
            self.assertIn(text, done.err)


class Keeping(Base):
    # ---- Versions ----

    def test_init_again(self):
        self.init()
        self.run_night("2026-03-02", 1)
        before = self.everything()
        self.init()
        self.store("upgrade")
        self.assertEqual(self.everything(), before)

    def test_many_at_once(self):
        """Made by several at the same time: one store."""
        made = [self.start("store", "init", self.where, *self.place) for _ in range(6)]
        self.assertEqual([(p.communicate()[1].decode(), p.returncode) for p in made], [("", 0)] * 6)
        self.assertEqual(self.rows("select count(*) from assay_meta"), [("2",)])
        self.whole()

    def test_no_store(self):
        for args in (("store", "check", self.where, *self.place), ("tickets", "list", *self.at), ("run", self.pack_path, *self.at),
                     ("store", "upgrade", self.where, *self.place)):
            self.refuse(*args, code=3 if KIND == "sqlite" else 2, words=("'assay store init' makes one", "可用 assay store init 创建"))
        if KIND == "sqlite":
            self.assertFalse(os.path.exists(self.where))

    def test_versions(self):
        self.init()
        self.run_night("2026-03-02", 1)
        everyone = (("store", "check", self.where, *self.place), ("tickets", "list", *self.at), ("run", self.pack_path, *self.at, *kit.RULES_THERE))
        self.change(f"update assay_meta set value = '{VERSION + 1}' where key = 'version'")
        before = self.everything()
        newer = (f"the store has version {VERSION + 1}, this program knows {VERSION}", f"存储库版本为 {VERSION + 1}，本程序支持 {VERSION}")
        for args in (*everyone, ("store", "init", self.where, *self.place), ("store", "upgrade", self.where, *self.place)):
            self.refuse(*args, code=2, words=newer)
        for lost in ("0", "-7", "x", ""):
            self.change(f"update assay_meta set value = '{lost}' where key = 'version'")
            for args in (*everyone, ("store", "upgrade", self.where, *self.place)):
                self.refuse(*args, code=3, words=("has lost its version", "存储库缺少版本号"))
        self.change(f"update assay_meta set value = '{VERSION + 1}' where key = 'version'")
        self.assertEqual(self.everything(), before)

    def test_seed_lost(self):
        self.init()
        self.change("delete from assay_meta where key = 'seed'")
        self.refuse("tickets", "list", *self.at, code=3, words=("lost its seed", "缺少种子"))

    # ---- What is not ours ----

    def test_table_of_somebody_else(self):
        if KIND == "sqlite":
            with contextlib.closing(sqlite3.connect(self.where)) as db, db:
                db.execute("create table run (x)")
            with open(self.where, "rb") as f:
                before = f.read()
        else:
            kit.kit.sql(f"create schema {self.schema}; create table {self.schema}.run (x int)")
        for args in (("store", "init", self.where, *self.place), ("tickets", "list", *self.at), ("store", "upgrade", self.where, *self.place)):
            self.refuse(*args, code=3, words=("a table 'run' of somebody else", "他人的表“run”"))
        if KIND == "sqlite":
            with open(self.where, "rb") as f:
                self.assertEqual(f.read(), before)
            self.assertEqual([n for n in os.listdir(self.dir) if n.startswith("assay.db")], ["assay.db"])

    # ---- Forgetting ----

    def test_prune(self):
        self.init()
        self.run_night("2026-03-02", 1, 2, 3, 4)
        self.run_night("2026-03-02", 1, dataset="b")  # the last one of b
        self.run_night("2026-03-03", 1, 2, 3)  # 4 passed
        self.run_night("2026-03-04", 1, 2, 3)
        ids = {t["key"]["id"]: t["id"] for t in self.listed("--dataset", "a")}
        self.tickets("reject", ids[3], "--who", "w", "--remark", "r", "--day", "2026-03-04")
        self.tickets("close", ids[3], "--who", "w", "--remark", "r", "--day", "2026-03-04")
        self.run_night("2026-03-05", 1, 3)  # 2 passed; 3 is no fault, they say, and is there
        self.run_night("2026-03-06", 1, 3)
        kept = {t["id"] for t in self.listed() if t["key"]["id"] in (1, 3)}
        before = self.everything()
        for day in ("x", "2026-02-30", "2026-3-1", "20260301", ""):
            self.assertIn("is no day", self.store("prune", "--before", day, code=2).err)
        self.assertIn("prune needs --before DAY", self.store("prune", code=2).err)
        self.assertEqual(self.store("prune", "--before", "2026-03-02").err, "0 rows\n")
        self.assertEqual(self.everything(), before)
        done = self.store("prune", "--before", "2026-12-31")
        self.assertGreater(int(done.err.split()[0]), 0)
        self.whole()
        after = self.everything()
        self.assertEqual({r[0] for r in after["ticket"]}, kept)
        for ticket in kept:  # all of their history, and what they say
            for table in ("event", "finding", "ticket"):
                self.assertEqual([r for r in after[table] if ticket in r], [r for r in before[table] if ticket in r])
        last = self.rows("select dataset, max(run) from reading group by dataset")
        self.assertEqual(sorted({r for r, in self.rows("select run from outcome")}), sorted(r for _, r in last))
        self.assertEqual(sorted(r for r, in self.rows("select no from run where result is not null")), sorted(r for _, r in last))
        self.assertEqual(self.rows("select count(*) from run"), [("6",)])
        self.assertEqual(self.store("prune", "--before", "2026-12-31").err, "0 rows\n")
        self.assertEqual(self.run_night("2026-03-07", 1, 3)[1:], (0, 0, 0, 0, 0, 2))  # nobody is asked again

    # ---- Whole ----

    def sample(self):
        self.init()
        self.run_night("2026-03-02", 1, 2, 3)
        self.run_night("2026-03-03", 2, 3)
        self.whole()
        return {t["key"]["id"]: t["id"] for t in self.listed()}

    def test_each_fault_is_found(self):
        ids = self.sample()
        dump = self.path("whole.db")
        if KIND == "sqlite":
            shutil.copyfile(self.where, dump)
        faults = (
            (f"update ticket set state = 'confirmed' where id = '{ids[2]}'", "a ticket whose state is not that of its last event"),
            (f"delete from event where ticket = '{ids[2]}'", "a ticket without a history"),
            (f"delete from finding where ticket = '{ids[2]}'", "a ticket without its finding"),
            (f"insert into finding (ticket, run, verdict, value, reason, masked) values ('{ids[2]}', 2, 'fail', '1', 'r', 0)",
             "a ticket with several findings that hold"),
            (f"update finding set gone = 2 where ticket = '{ids[2]}'", "a ticket that is to be corrected and has no finding that holds"),
            (f"delete from ticket where id = '{ids[2]}'", "a finding without its ticket"),
            (f"delete from ticket where id = '{ids[3]}'", "an event without its ticket"),
            (f"update ticket set closed = null where id = '{ids[1]}'", "a closed ticket without a day or a reason"),
            (f"update ticket set resolution = null where id = '{ids[1]}'", "a closed ticket without a day or a reason"),
            ("delete from run where no = 1", "an outcome without its run"),
        )
        for i, (damage, words) in enumerate(faults):
            if KIND == "sqlite":
                shutil.copyfile(dump, self.where)
            elif i:
                self.schema += "x"
                self.place = ["--schema", self.schema]
                self.at = ["--store", self.where, *self.place]
                damage = self.other_ids(damage, ids)
            self.change(damage)
            done = self.store("check", code=1)
            self.assertIn(words, done.out, damage)
            lines = done.out.splitlines()
            self.assertEqual(done.err, f"{len(lines)} fault" + "s\n", damage)

    def other_ids(self, damage, ids):
        """The same sample in another schema; its tickets have numbers of their own."""
        for key, new in self.sample().items():
            damage = damage.replace(ids[key], new)
        return damage

    def test_history_stays(self):
        ids = self.sample()
        for change in (f"update event set who = 'x' where ticket = '{ids[1]}'", "update event set moment = ''"):
            with self.assertRaisesRegex(Exception, "the history of tickets is never changed"):
                self.change(change)

    def test_export(self):
        self.sample()
        lines = [json.loads(line) for line in self.store("export").out.splitlines()]
        everything = self.everything()
        for table, rows in everything.items():
            told = sorted((tuple(r.values())[1:] for r in lines if r["table"] == table), key=str)
            wanted = [r for r in rows if r[0] != "seed"]
            self.assertEqual(len(told), len(wanted), table)
            self.assertEqual(sorted(sorted(map(str, r)) for r in told), sorted(sorted(map(str, r)) for r in wanted), table)
        self.assertEqual(self.store("export").out, self.store("export").out)
        with open("/dev/full", "wb") as full:
            done = self.assay("store", "export", self.where, *self.place, stdout=full)
        self.assertEqual(done.code, 3)

    # ---- Usage ----

    def test_usage(self):
        self.init()
        for args in ((), ("frob",), ("init", self.where, "more"), ("check", self.where, "--before", "2026-01-01")):
            self.assertEqual(self.assay("store", *args).code, 2, args)
        if KIND == "postgres":
            self.refuse("store", "init", self.where, "--schema", "A;b", code=2, words=("is not a plain name", "不是普通名称"))


class File(Base):
    """What only a file can be."""

    def test_garbage(self):
        self.init()
        self.run_night("2026-03-02", *range(200), of=range(400))
        with open(self.where, "rb") as f:
            good = f.read()
        whole = ("not a whole SQLite database", "不是完好的 SQLite 数据库")
        for label, content in (("text", b"hello\n" * 1000), ("head lost", b"\0" * 100 + good[100:]), ("a key", b"-----BEGIN")):
            self.write("assay.db", content)
            for args in (("store", "check", self.where), ("tickets", "list", *self.at), ("store", "init", self.where),
                         ("run", self.pack_path, *self.at, *kit.RULES_THERE)):
                with self.subTest(label, args=args):
                    self.refuse(*args, code=3, words=whole)
            with open(self.where, "rb") as f:
                self.assertEqual(f.read(), content, label)
        found = set()
        for cut in range(1, len(good) // 4096):
            self.write("assay.db", good[:cut * 4096 + 100])
            done = self.assay("store", "check", self.where)
            self.assertIn(done.code, (1, 2, 3), (cut, done.err))
            found.add(done.code)
            self.assertIn(self.assay("tickets", "list", *self.at).code, (0, 2, 3), cut)
        self.assertTrue(found & {1, 3})
        for at in (100, *range(4096, len(good), 4096)):  # the head of each page
            self.write("assay.db", good[:at] + b"\xa5" * 12 + good[at + 12:])
            self.assertIn(self.assay("store", "check", self.where).code, (1, 2, 3), at)

    def test_empty_file(self):
        """As a full disk may leave it: init goes on where it stopped."""
        self.write("assay.db", b"")
        self.refuse("tickets", "list", *self.at, code=2, words=("'assay store init' makes one", "可用 assay store init 创建"))
        self.init()
        self.whole()

    def test_places(self):
        for where in (self.dir, self.path("none/assay.db"), "/dev/null/x"):
            self.assertEqual(self.assay("store", "init", where).code, 3, where)
        self.assertEqual(self.assay("store", "init", "").code, 2)

    def test_by_another_name(self):
        """A link is the same store: one lock."""
        self.init()
        os.symlink("assay.db", self.path("link.db"))
        self.write("a.csv", "id,n\n1,10\n")
        os.mkfifo(self.path("pipe"))
        first = self.start("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--csv", "a=" + self.path("pipe"))
        with open(self.path("pipe"), "w", encoding="ascii") as pipe:
            second = self.assay("run", self.pack_path, "--store", self.path("link.db"), *kit.RULES_THERE, "--dataset", "a")
            pipe.write("id,n\n1,10\n")
        self.assertEqual(second.code, 2)
        self.assertIn("another run of dataset a", second.err)
        first.communicate()
        self.assertEqual(first.returncode, 1)

    def unprivileged(self, *args):
        """As a user to whom permissions apply."""
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"] if os.getuid() == 0 else []
        done = subprocess.run([*command, os.environ["ASSAY"], *args], env=self.environment(), cwd="/", capture_output=True, check=False)
        return done.returncode, done.stderr.decode()

    def test_read_only(self):
        self.init()
        self.run_night("2026-03-02", 1)
        os.chmod(self.dir, 0o755)
        os.chmod(self.spill, 0o777)
        for name in os.listdir(self.dir):
            if name != "spill":
                os.chmod(self.path(name), 0o444)
        with open(self.where, "rb") as f:
            before = f.read()
        for args in (("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a"), ("store", "init", self.path("new.db")),
                     ("tickets", "close", "--dataset", "a", "--who", "w", "--remark", "r", *self.at), ("store", "prune", self.where, "--before", "2030-01-01")):
            code, err = self.unprivileged(*args)
            self.assertEqual(code, 3, (args, err))
            self.assertRegex(err, "check path, permissions and disk|cannot be made: Permission denied|cannot be written")
        with open(self.where, "rb") as f:
            self.assertEqual(f.read(), before)
        self.assertFalse(os.path.exists(self.path("new.db")))

    def test_full_disk(self):
        """Of ever more room: all of a run is there or nothing; an older state stays."""
        folder = self.path("tiny")
        os.mkdir(folder)
        self.write("a.csv", "id,n\n" + "".join(f"{i},99\n" for i in range(600)))
        codes = {"init": set(), "run": set(), "import": set()}
        for size in (8, 40, 120, 200, 400, 600, 800, 1200, 4096):
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", folder], check=False, stderr=subprocess.DEVNULL).returncode:
                raise AssertionError("mounting needs root")
            self.where = folder + "/assay.db"
            self.at = ["--store", self.where]
            try:
                self.one_size(codes)
            finally:
                subprocess.run(["umount", folder], check=True)
        self.assertEqual(codes, {"init": {0, 3}, "run": {1, 3}, "import": {0, 3}})

    def one_size(self, codes):
        done = self.assay("store", "init", self.where)
        codes["init"].add(done.code)
        if done.code:
            self.assertRegex(done.err, "disk is full|check path, permissions and disk|No space left")
            return
        done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--as-of", "2026-03-02")
        codes["run"].add(done.code)
        self.assertEqual(self.counts(), (1, 600) if done.code == 1 else (0, 0))
        if done.code == 3:
            self.assertRegex(done.err, "the disk is full; nothing of this was kept|check path, permissions and disk")
            return
        with open(self.where, "rb") as f:
            pages = len(f.read())
        room = os.statvfs(os.path.dirname(self.where))
        free = room.f_bavail * room.f_frsize
        if free > 40960:  # leave too little for the next thing
            self.write("tiny/ballast", b"x" * (free - 40960))
        done = self.assay("tickets", "confirm", "--dataset", "a", "--who", "w" * 4000, *self.at)
        codes["import"].add(done.code)
        confirmed = int(self.rows("select count(*) from ticket where state = 'confirmed'")[0][0])
        self.assertEqual(confirmed, 0 if done.code else 600)
        if os.path.exists(self.path("tiny/ballast")):
            os.unlink(self.path("tiny/ballast"))
            self.assertEqual(self.assay("tickets", "confirm", "--dataset", "a", "--who", "w", *self.at).code, 0 if done.code else 1)
            codes["import"].add(0)
        self.assertGreater(pages, 0)
        self.whole()

    def counts(self):
        return tuple(int(self.rows(f"select count(*) from {t}")[0][0]) for t in ("run", "ticket"))


if KIND == "postgres":
    del File

if __name__ == "__main__":
    kit.main()
