"""Nights one by one: what closes a ticket and what does not, runs beside runs, people in between, events, exit codes."""
import json
import os
import signal

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: nights
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}, owner: 甲科}}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    fields: {id: {standard: text}, n: {standard: integer, max: 9}, w: {standard: text, required: true}}
  b: {title: {zh: 乙, en: B}, source: s, file: b.csv, key: [id], fields: {id: {standard: text}, n: {standard: integer, max: 9}}}
"""
EVENT = ["no", "ticket", "moment", "who", "act", "state", "run", "remark", "detail", "dataset", "rule", "key", "owner", "due"]


class Base(kit.Case):
    def setUp(self):
        super().setUp()
        self.pack_path = self.write("pack.yaml", PACK)
        self.init()
        self.day = 1

    def table(self, text, dataset="a"):
        self.write(dataset + ".csv", ("id,n,w\n" if dataset == "a" else "id,n\n") + "".join(line + "\n" for line in text.split()))

    def run_table(self, text, *args, dataset="a"):
        self.day += 1
        self.table(text, dataset)
        return self.night(self.pack_path, "--dataset", dataset, "--as-of", f"2026-03-{self.day:02}", *args)

    def states(self):
        return {(t["rule"], t["key"]["id"] if t["key"] else None): t["state"] for t in self.listed()}

    def id_of(self, key, rule="a.n.max"):
        found, = (t["id"] for t in self.listed() if t["key"] and t["key"]["id"] == key and t["rule"] == rule)
        return found

    def act(self, act, ticket, *args, code=0, **more):
        return self.tickets(act, ticket, "--who", "w", "--remark", "r", "--day", f"2026-03-{self.day:02}", *args, code=code, **more)


class Nights(Base):
    def test_lenient(self):
        """A record that may be among those that could not be read is not gone; one that was read is judged."""
        self.run_table("k1,10,x k2,10,x k3,10,x")
        self.assertEqual(self.run_table("k1,1,x k2,10,x,torn", "--lenient")[1:], (1, 0, 1, 0, 0, 0))
        self.assertEqual(self.states(), {("a.n.max", "k1"): "closed", ("a.n.max", "k2"): "open", ("a.n.max", "k3"): "open",
                                         ("a.record", None): "open"})
        self.assertEqual(self.run_table("k2,10,x", "--lenient")[1:], (0, 0, 1, 1, 0, 1))
        self.assertEqual(self.states(), {("a.n.max", "k1"): "closed", ("a.n.max", "k2"): "open", ("a.n.max", "k3"): "gone",
                                         ("a.record", None): "closed"})

    def test_rule_not_evaluated(self):
        self.run_table("k1,10,x k2,10,x")
        self.run_table("k1,?,x k2,?,x")
        self.assertEqual([self.states()["a.n.max", k] for k in ("k1", "k2")], ["open", "open"])
        self.run_table("k3,?,x")  # not even where the record is gone
        self.assertEqual([self.states()["a.n.max", k] for k in ("k1", "k2")], ["open", "open"])

    def test_value_that_cannot_be_read(self):
        """It does not pass: under the rules that read it the record was not judged; under others it was."""
        self.run_table("k1,10, k2,10,x k3,1,x")
        self.assertEqual(self.run_table("k1,?,x k2,1,x k3,1,x")[1:], (1, 0, 2, 0, 0, 0))
        self.assertEqual(self.states(), {("a.n.max", "k1"): "open", ("a.w.required", "k1"): "closed", ("a.n.max", "k2"): "closed",
                                         ("a.n.type", "k1"): "open"})
        self.run_table("k1,1,x k2,1,x k3,1,x")
        self.assertEqual(set(self.states().values()), {"closed"})
        self.whole()

    def test_rule_taken_out(self):
        """A rule that is not in the pack any more closes nothing; people can."""
        self.run_table("k1,10,x")
        self.write("pack.yaml", PACK.replace("n: {standard: integer, max: 9}, w", "n: {standard: integer}, w"))
        self.run_table("k1,1,x")
        self.assertEqual(self.states(), {("a.n.max", "k1"): "open"})
        self.act("close", self.id_of("k1"))

    def test_other_dataset(self):
        self.run_table("k1,10,x")
        self.run_table("k1,10 k2,10", dataset="b")
        self.run_table("k9,1", dataset="b")
        self.assertEqual(self.states(), {("a.n.max", "k1"): "open", ("b.n.max", "k1"): "gone", ("b.n.max", "k2"): "gone"})

    def test_empty_table(self):
        self.run_table("k1,10,x")
        self.assertEqual(self.run_table("")[1:], (0, 0, 0, 1, 0, 0))

    def test_one_key(self):
        """Several failing records of one key are one ticket, in whatever order and cut they come."""
        self.run_table("k1,10,x k1,11,x k1,1,x k2,12,x")
        self.assertEqual([(t["key"]["id"], t["records"]) for t in self.listed()], [("k1", 2), ("k2", 1)] if self.id_of("k1") < self.id_of("k2")
                         else [("k2", 1), ("k1", 2)])
        self.assertEqual(self.run_table("k2,12,x k1,1,x k1,11,x k1,10,x", "--jobs", "4", "--memory", "1MiB")[1:], (0, 0, 0, 0, 0, 2))
        self.assertEqual(self.run_table("k2,12,x k1,10,x")[1:], (0, 0, 0, 0, 1, 1))
        self.whole()

    def test_rejected_stays_until_it_changes(self):
        self.run_table("k1,10,x")
        self.act("reject", self.id_of("k1"))
        self.assertEqual(self.run_table("k1,10,x")[1:], (0, 0, 0, 0, 0, 1))
        self.act("close", self.id_of("k1"))
        self.assertEqual(self.run_table("k1,10,x")[1:], (0, 0, 0, 0, 0, 1))
        self.assertEqual(self.run_table("k1,11,x")[1:], (0, 1, 0, 0, 0, 0))
        self.act("reject", self.id_of("k1"))
        self.act("close", self.id_of("k1"))
        self.run_table("k1,1,x")
        self.assertEqual(self.states(), {("a.n.max", "k1"): "closed"})
        self.assertEqual(self.run_table("k1,11,x")[1:], (0, 1, 0, 0, 0, 0))  # it was right in between
        self.whole()

    def test_failed_run_leaves_nothing(self):
        self.run_table("k1,10,x")
        before = self.everything()
        self.table("k1,10")
        done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--as-of", "2026-03-05")
        self.assertEqual(done.code, 3)
        self.assertEqual(self.everything(), before)

    def test_marks(self):
        self.run_table("k1,10, k2,1,x k3,10,x")
        marks = lambda key, code: self.tickets("marks", "--pack", self.pack_path, "--dataset", "a", "--key", key, code=code).out
        self.assertEqual(marks("k1", 0), "0\n")  # found, given to nobody yet
        self.act("dispatch", self.id_of("k1"), "--pack", self.pack_path)
        self.act("dispute", self.id_of("k1", "a.w.required"))
        self.assertEqual((marks("k1", 1), marks("k2", 0), marks("k3", 0), marks("none", 0)), ("2\n", "0\n", "0\n", "0\n"))
        self.run_table("k1,1,x")
        self.assertEqual(marks("k1", 0), "0\n")


class Beside(Base):
    """Runs and people at the same time."""

    def slow(self, dataset):
        """A run that waits in the middle of its dataset, and the pipe that lets it go on."""
        pipe = self.path(f"pipe.{dataset}.{self.day}")
        os.mkfifo(pipe)
        process = self.start("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", dataset, "--csv", f"{dataset}={pipe}",
                             "--as-of", "2026-03-20")
        return process, open(pipe, "w", encoding="ascii")  # opens when the run has it open: the store is begun

    def finish(self, slow, text):
        process, pipe = slow
        pipe.write(text)
        pipe.close()
        _, err = process.communicate()
        found = kit.COUNTS.search(err.decode())
        self.assertTrue(found, err)
        return tuple(int(n) for n in found.groups())[1:]

    def test_same_dataset_refused(self):
        slow = self.slow("a")
        self.table("k1,10,x")
        for lang, text in (("en", "assay: another run of dataset a with this store is under way: wait for it, or select other datasets\n"),
                           ("zh", "assay: 数据集 a 的另一次运行正在使用该存储库：请等待其结束，或选择其他数据集\n")):
            done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--lang", lang)
            self.assertEqual((done.code, done.out, done.err), (2, "", text))
        self.assertEqual(self.finish(slow, "id,n,w\nk1,10,x\n"), (1, 0, 0, 0, 0, 0))
        self.assertEqual(self.run_table("k1,10,x")[1:], (0, 0, 0, 0, 0, 1))  # it is free again

    def test_claim_goes_with_the_process(self):
        process, pipe = self.slow("a")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        pipe.close()
        if KIND == "postgres":
            kit.kit.wait_for(lambda: not kit.kit.backends())
        self.run_table("k1,10,x")
        self.whole()

    def test_different_datasets(self):
        one, two = self.slow("a"), self.slow("b")
        self.assertEqual(self.finish(two, "id,n\nk1,10\nk2,10\n"), (2, 0, 0, 0, 0, 0))
        self.assertEqual(self.finish(one, "id,n,w\nk1,10,x\nk2,1,\n"), (2, 0, 0, 0, 0, 0))
        self.assertEqual(set(self.states().values()), {"open"})
        self.assertEqual(self.rows("select count(*) from run"), [("2",)])
        self.whole()

    def test_many_at_once(self):
        """Twelve datasets, all of them committing at the same time; and people who act meanwhile."""
        names = [f"d{i}" for i in range(12)]
        dataset = "  {}: {{title: {{zh: 甲, en: A}}, source: s, file: d.csv, key: [id], fields: {{id: {{standard: text}}, n: {{standard: integer, max: 9}}}}}}\n"
        pack = self.write("many.yaml", PACK.split("datasets:\n")[0] + "datasets:\n" + "".join(dataset.format(n) for n in names))
        self.write("d.csv", "id,n\n" + "".join(f"k{i},10\n" for i in range(100)))
        self.run_table("k1,10,x k2,10,x")
        runs = [self.start("run", pack, *self.at, *kit.RULES_THERE, "--dataset", n, "--as-of", "2026-03-02") for n in names]
        self.act("confirm", self.id_of("k1"))
        for run in runs:
            err = run.communicate()[1].decode()
            self.assertEqual(run.returncode, 1, err)
            self.assertIn("100 tickets opened, 0 reopened", err)
        self.assertEqual(self.rows("select count(*) as n, count(distinct id) as ids from ticket"), [("1202", "1202")])
        self.assertEqual(self.rows("select count(*) from run"), [("13",)])
        self.whole()

    def test_people_while_a_run_reads(self):
        """What they did stands; what they reopened is neither passed nor gone, as the run did not look out for it."""
        self.run_table("k1,10,x k2,10,x k3,10,x k4,10,x k5,10,x")
        self.run_table("k1,10,x k2,10,x k3,1,x k5,10,x")
        ids = {k: self.id_of(k) for k in ("k1", "k2", "k3", "k4", "k5")}
        self.assertEqual((self.states()["a.n.max", "k3"], self.states()["a.n.max", "k4"]), ("closed", "gone"))
        slow = self.slow("a")
        self.act("reopen", ids["k3"])
        self.act("reopen", ids["k4"])
        self.act("correct", ids["k1"])
        self.act("close", ids["k2"])
        self.act("reject", ids["k5"])
        self.assertEqual(self.finish(slow, "id,n,w\nk1,1,x\nk2,10,x\nk3,1,x\nk5,10,x\n"), (0, 1, 1, 0, 0, 1))
        self.assertEqual(self.states(), {("a.n.max", "k1"): "closed", ("a.n.max", "k2"): "open", ("a.n.max", "k3"): "open",
                                         ("a.n.max", "k4"): "open", ("a.n.max", "k5"): "rejected"})
        self.whole()
        self.run_table("k1,1,x k2,10,x k3,1,x k5,10,x")
        self.assertEqual((self.states()["a.n.max", "k3"], self.states()["a.n.max", "k4"]), ("closed", "gone"))

    def test_import_while_a_run_reads(self):
        self.run_table("k1,10,x k2,10,x")
        ids = [self.id_of(k) for k in ("k1", "k2")]
        answers = self.write("answers.ndjson", "".join(json.dumps({"id": i, "answer": "correct"}) + "\n" for i in ids))
        slow = self.slow("a")
        self.tickets("import", answers, "--who", "w", "--day", "2026-03-03")
        self.assertEqual(self.finish(slow, "id,n,w\nk1,1,x\nk2,10,x\n"), (0, 1, 1, 0, 0, 0))
        self.assertEqual(self.states(), {("a.n.max", "k1"): "closed", ("a.n.max", "k2"): "open"})
        self.whole()

    def test_import_and_run_at_once(self):
        """Neither loses anything, whoever is first."""
        many = " ".join(f"k{i},10,x" for i in range(200))
        self.run_table(many)
        for turn in range(6):
            lines = "".join(json.dumps({"id": t["id"], "answer": "dispute", "remark": f"{turn}"}) + "\n" for t in self.listed())
            answers = self.write("answers.ndjson", lines)
            self.day += 1
            run = self.start("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--as-of", f"2026-03-{self.day:02}")
            self.tickets("import", answers, "--who", "w", "--day", "2026-03-03", code=0 if turn == 0 else 1)
            self.assertEqual(run.wait(), 1)
            self.assertEqual(set(self.states().values()), {"disputed"})
            self.whole()
        self.assertEqual(self.rows("select act, count(*) from event group by act order by act"), [("dispute", "200"), ("found", "200")])


class Events(Base):
    def lines(self, name="events"):
        with open(self.path(name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def test_each_change_once(self):
        args = ("--events", self.path("events"), "--notify-command", f"cat >> {self.path('told')}")
        self.run_table("k1,10,x k2,10,x", *args)
        self.act("transfer", self.id_of("k1"), "--to", "乙科", "--pack", self.pack_path, *args)
        self.act("extend", self.id_of("k1"), "--days", "3", "--pack", self.pack_path, *args)
        answers = self.write("a.ndjson", json.dumps({"id": self.id_of("k2"), "answer": "confirm"}) + "\n")
        self.tickets("import", answers, "--who", "u", "--day", "2026-03-04", *args)
        self.run_table("k1,11,x", *args)
        told = self.lines()
        self.assertEqual(told, self.lines("told"))
        self.assertEqual([list(e) for e in told], [EVENT] * len(told))
        self.assertEqual([(e["key"]["id"], e["act"], e["state"], e["who"], e["owner"]) for e in told if e["key"]["id"] == "k1"],
                         [("k1", "found", "open", "assay", "甲科"), ("k1", "transfer", "dispatched", "w", "乙科"),
                          ("k1", "extend", "dispatched", "w", "乙科"), ("k1", "changed", "dispatched", "assay", "乙科")])
        self.assertEqual([(e["act"], e["state"]) for e in told if e["key"]["id"] == "k2"],
                         [("found", "open"), ("confirm", "confirmed"), ("vanished", "gone")])
        self.assertEqual([e["detail"] for e in told if e["act"] in ("transfer", "extend")], [{"owner": "乙科"}, {"days": 3}])
        self.assertEqual(len({e["no"] for e in told}), len(told))
        stored = self.rows("select no, act from event order by no")
        self.assertEqual([(str(e["no"]), e["act"]) for e in told], stored)
        self.assertEqual(self.run_table("k1,11,x", *args)[1:], (0, 0, 0, 0, 0, 1))
        self.assertEqual(self.lines(), told)

    def test_standard_output(self):
        self.run_table("k1,10,x")
        done = self.act("confirm", self.id_of("k1"), "--events", "-")
        self.assertEqual([json.loads(line)["act"] for line in done.out.splitlines()], ["confirm"])

    def test_takers_that_fail(self):
        """What was done is in the store, and the exit code says that not everybody knows."""
        many = " ".join(f"k{i},10,x" for i in range(3000))
        self.table(many)
        for number, (args, words) in enumerate(((("--notify-command", "exit 7"), ("ended with 7", "以 7 结束")),
                                                (("--notify-command", "head -n 1 >/dev/null"), ("could not be handed on", "事件未能送出")),
                                                (("--notify-command", "/no/such/command 2>/dev/null"), ("ended with 127", "以 127 结束")),
                                                (("--notify-command", "kill -9 $$"), ("did not end by itself", "未正常结束")),
                                                (("--events", "/dev/full"), ("events: /dev/full could not be written", "事件：无法写入 /dev/full")))):
            for turn, lang in enumerate(kit.kit.LANGUAGES):
                day = f"2026-03-{10 + 2 * number + turn:02}"
                self.table(many.replace(",10,", f",{20 + 2 * number + turn},"))  # so that there is something to tell
                done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--as-of", day, "--lang", lang, *args)
                self.assertEqual(done.code, 3, (args, done.err))
                self.assertIn(words[turn], done.err, args)
                self.assertEqual(self.rows("select max(day) from run"), [(day,)])
        self.whole()

    def test_no_place(self):
        self.table("k1,10,x")
        done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--dataset", "a", "--events", self.path("none/x"))
        self.assertEqual(done.code, 3)
        self.assertIn("cannot be written: No such file or directory", done.err)
        self.assertEqual(self.rows("select count(*) from run"), [("0",)])

    def test_needs_a_store(self):
        for args in (("--events", "x"), ("--notify-command", "cat"), ("--schema", "x")):
            done = self.assay("run", self.pack_path, *args)
            self.assertEqual((done.code, done.err), (2, "assay: --events, --notify-command and --schema need --store\n"))


class Asking(Base):
    def setUp(self):
        super().setUp()
        self.run_table("k1,10,x k2,10, k3,10,x")
        self.run_table("k1,10,x k2,10, k3,1,x")
        self.run_table("k1,10", dataset="b")

    def test_filters(self):
        keys = lambda *args: sorted((t["dataset"], t["key"]["id"]) for t in self.listed(*args))
        every = [("a", "k1"), ("a", "k2"), ("a", "k2"), ("a", "k3"), ("b", "k1")]
        due, = {t["due"] for t in self.listed("--state", "open", "--dataset", "a")}
        for args, wanted in (((), every), (("--dataset", "b"), every[4:]), (("--rule", "a.w.required"), [("a", "k2")]), (("--source", "s"), every),
                             (("--source", "x"), []), (("--owner", "甲科"), every), (("--owner", "乙科"), []), (("--severity", "error"), every),
                             (("--severity", "info"), []), (("--state", "closed"), [("a", "k3")]), (("--state", "unclosed"), every[:3] + every[4:]),
                             (("--due-until", due, "--dataset", "a"), every[:3]), (("--due-before", due), []),
                             (("--owner", "' or '1' = '1"), []), (("--dataset", "a'; drop table ticket; --"), []),
                             ((self.id_of("k1"),), [("a", "k1")]), ((self.id_of("k1")[:8], self.id_of("k3")), [("a", "k1"), ("a", "k3")]),
                             ((self.id_of("k1"), "--state", "closed"), [])):
            self.assertEqual(keys(*args), wanted, args)

    def test_refusals(self):
        for args, words in ((("list", "--state", "opened"), "state 'opened' is none"), (("list", "--due-before", "2026-02-30"), "is no day"),
                            (("list", "--due-until", "tomorrow"), "is no day"), (("list", "1234567"), "is no ticket"),
                            (("list", "x" * 32), "is no ticket"), (("list", "0" * 33), "is no ticket"), (("list", "%%%%%%%%"), "is no ticket"),
                            (("show",), "name the tickets"), (("show", "0" * 32), "no such ticket"), (("confirm",), "name tickets, or say which"),
                            (("reject", "--dataset", "a"), "reject needs a reason"), (("transfer", "--dataset", "a"), "needs to know to whom"),
                            (("extend", "--dataset", "a", "--remark", "r"), "a number of days from 1 to 3650"),
                            (("extend", "--dataset", "a", "--remark", "r", "--days", "0"), "a number of days from 1 to 3650"),
                            (("extend", "--dataset", "a", "--remark", "r", "--days", "3651"), "not a number in range"),
                            (("dispatch", "--dataset", "a"), "dispatch counts a deadline: name the pack"),
                            (("confirm", "--dataset", "a", "--day", "2026-13-01"), "is no day"), (("confirm", "--dataset", "a", "--who", " "), "say who does it"),
                            (("dispatch", "--dataset", "a", "--pack", self.pack_path, "--day", "2031-01-01"), "2026"),
                            (("frob",), "write: assay tickets"), ((), "write: assay tickets"), (("marks", "--dataset", "a"), "marks needs"),
                            (("export", "--format", "json"), "export needs --format"), (("import",), "name one file")):
            before = self.everything()
            done = self.assay("tickets", *args, *self.at, *(kit.RULES_THERE if "--pack" in args else ()))
            self.assertIn(done.code, (2, 3), (args, done.err))
            self.assertIn(words, done.err)
            self.assertEqual(self.everything(), before, args)

    def test_exit_codes(self):
        self.assertEqual(self.act("confirm", self.id_of("k1")).err, "1 done, 0 refused\n")
        done = self.act("confirm", self.id_of("k1"), code=1)
        self.assertEqual(done.err, f"{self.id_of('k1')}: it is confirmed: confirm cannot be done\n0 done, 1 refused\n")
        done = self.act("confirm", self.id_of("k1"), "--lang", "zh", code=1)
        self.assertEqual(done.err, f"{self.id_of('k1')}: 该工单属实：不能属实\n完成 0 个，拒绝 1 个\n")
        done = self.tickets("return", "--dataset", "a", "--who", "w", "--remark", "r", code=1)  # one may, three may not
        self.assertTrue(done.err.endswith("1 done, 3 refused\n"), done.err)
        self.act("close", "0" * 32, code=2)  # there is none
        with open("/dev/full", "wb") as full:
            for args in (("list",), ("list", "--format", "json"), ("export",), ("show", self.id_of("k1"))):
                self.assertEqual(self.assay("tickets", *args, *self.at, stdout=full).code, 3, args)

    def test_two_with_one_beginning(self):
        """By chance two numbers begin alike: nothing is done to either until more is written."""
        one, other = self.id_of("k1"), self.id_of("k2")
        alike = one[:8] + other[8:]
        for table, column in (("ticket", "id"), ("finding", "ticket")):
            self.change(f"update {table} set {column} = '{alike}' where {column} = '{other}'")
        self.tickets("list", one[:8], code=2)
        done = self.act("confirm", one[:8], code=2)
        self.assertEqual(done.err, f"assay: 2 tickets begin with {one[:8]}: write more of the number\n")
        self.assertEqual(self.act("confirm", one).err, "1 done, 0 refused\n")

    def test_import_refusals(self):
        one, two, three = self.id_of("k1"), self.id_of("k2"), self.id_of("k3")
        for name, content, code in (("x.csv", "id,answer\n", 0), ("x.csv", "nothing\n", 3), ("x.csv", b"\xff\xfe\0", 3), ("x.ndjson", "{", 1),
                                    ("x.xlsx", "PK", 3), ("x.pdf", "", 2)):
            self.tickets("import", self.write(name, content), "--who", "w", code=code)
        lines = [(one, "confirm", "", "open"), (two, "frob", "", "open"), ("0" * 32, "confirm", "", ""), (three, "confirm", "", "open"),
                 (self.id_of("k2", "a.w.required"), "reject", "", "open")]
        path = self.write("x.csv", "id,answer,remark,state\n" + "".join(",".join(line) + "\n" for line in lines))
        done = self.tickets("import", path, "--who", "w", "--day", "2026-03-05", code=1)
        self.assertEqual([line.split(":")[0] for line in done.err.splitlines()[:-1]], ["line 3", "line 4", "line 5", "line 6"])
        self.assertIn("there is no such ticket", done.err)
        self.assertIn("it was open when it was given out and is closed now: export it again", done.err)
        self.assertTrue(done.err.endswith("1 answers taken, 0 taken before, 4 refused, 0 lines without an answer\n"), done.err)
        self.assertEqual(self.states()["a.n.max", "k1"], "confirmed")
        self.assertEqual(self.tickets("import", self.path("none.csv"), code=3).out, "")

    def test_order_files(self):
        for name in ("o.csv", "sub/o.csv"):
            if name == "sub/o.csv":
                os.mkdir(self.path("sub"))
            self.tickets("export", "--format", "csv", "--output", name, "--owner", "甲科", "--state", "unclosed")
            with open(self.path(name), encoding="utf-8-sig") as f:
                self.assertEqual(len(f.readlines()), 5)
        before = kit.kit.tree(self.path("sub"))
        self.tickets("export", "--format", "csv", "--output", "sub/o.csv", "--state", "frob", code=2)
        self.assertEqual(kit.kit.tree(self.path("sub")), before)
        self.tickets("export", "--format", "csv", "--output", "none/o.csv", code=3)


if __name__ == "__main__":
    kit.main()
