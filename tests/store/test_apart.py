"""What must not be taken for something else: tickets that begin alike, packs whose rules have the same names, answers of another round, texts
in the order of another language; and servers with defaults of their own."""
import os

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: NAME
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}, owner: 甲科}}
datasets:
  DATASET:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    fields: {id: {standard: text}, n: {standard: integer, max: 9}}
    rules: [{id: volume, rows: {change: 10% of last 2}}]
"""


class Apart(kit.Case):
    def setUp(self):
        super().setUp()
        self.init()

    def run_night(self, day, wrong=("k1",), of=("k1", "k2", "k3"), pack="p", dataset="a"):
        path = self.write(f"{pack}.yaml", PACK.replace("NAME", pack).replace("DATASET", dataset))
        self.write("a.csv", "id,n\n" + "".join(f"{i},{10 if i in wrong else 1}\n" for i in of))
        return self.night(path, "--as-of", day)

    def the_ticket(self):
        ticket, = self.listed()
        return ticket

    def refuse(self, *args, words):
        for lang, text in zip(kit.kit.LANGUAGES, words):
            self.assertIn(text, self.tickets(*args, "--lang", lang, code=2).err)

    # ---- Names ----

    def test_beginnings(self):
        """A beginning that two tickets share names none of them; and neither does one that nobody has."""
        self.run_night("2026-03-02")
        one = self.the_ticket()["id"]
        two = one[:31] + ("0" if one[31] != "0" else "1")
        columns = "dataset, rule, field, key, key_print, source, owner, severity, basis, state, opened, due, version, digest, records, reopened"
        self.change(f"insert into ticket (id, {columns}) select '{two}', {columns} from ticket")
        for action in (("list",), ("show",), ("confirm", "--who", "w"), ("export",)):
            self.refuse(action[0], one[:31], *action[1:], words=(f"2 tickets begin with {one[:31]}", f"有 2 个工单号以 {one[:31]} 开头"))
            self.refuse(action[0], "0" * 8, *action[1:], words=("there is no such ticket: 00000000", "没有这样的工单：00000000"))
        self.refuse("confirm", one, "f" * 32, "--who", "w", words=("no such ticket: " + "f" * 32, "没有这样的工单：" + "f" * 32))
        self.assertEqual({t["state"] for t in self.listed()}, {"open"})
        self.tickets("confirm", one, "--who", "w")
        self.assertEqual({t["id"]: t["state"] for t in self.listed()}, {one: "confirmed", two: "open"})
        self.assertEqual([t["id"] for t in self.listed(two)], [two])

    def test_formats(self):
        for action in (("list",), ("show", "0" * 32)):
            self.refuse(*action, "--format", "csv", words=(f"{action[0]} writes text or json", f"{action[0]} 只输出 text 或 json"))

    # ---- Packs ----

    def test_figures_of_two_packs(self):
        """Rules of the same name in two packs look back on runs of their own; their tickets are the same."""
        many = tuple(f"k{i}" for i in range(1, 31))
        for day in ("2026-03-02", "2026-03-03"):
            self.run_night(day, pack="small")
            self.run_night(day, of=many, pack="large")
        self.run_night("2026-03-04", pack="small")
        self.run_night("2026-03-04", of=many, pack="large")
        told = self.rows("select r.pack, o.outcome from outcome o join run r on r.no = o.run where o.rule = 'a.volume' order by r.no")
        self.assertEqual(told, [("small", "NOT_EVALUATED"), ("large", "NOT_EVALUATED")] * 2 + [("small", "PASS"), ("large", "PASS")])
        self.assertEqual({t["rule"] for t in self.listed()}, {"a.n.max"})

    # ---- Answers ----

    def answer(self, ticket, name):
        path = self.write(name, f"id,answer,remark\n{ticket},correct,\n")
        done = self.tickets("import", path, "--who", "w")
        return done.err.split(",")[:2]

    def test_answer_of_another_round(self):
        """The same words are a new answer once the fault was found again; twice in one round they are one."""
        self.run_night("2026-03-02")
        ticket = self.the_ticket()["id"]
        self.assertEqual(self.answer(ticket, "one.csv"), ["1 answers taken", " 0 taken before"])
        self.assertEqual(self.answer(ticket, "one.csv"), ["0 answers taken", " 1 taken before"])
        self.run_night("2026-03-03")
        self.assertEqual(self.the_ticket()["state"], "open")
        self.assertEqual(self.answer(ticket, "one.csv"), ["1 answers taken", " 0 taken before"])
        self.assertEqual(self.the_ticket()["state"], "corrected")
        self.assertEqual(self.answer(ticket, "one.csv"), ["0 answers taken", " 1 taken before"])
        self.tickets("reopen", ticket, "--who", "w", "--remark", "r")
        self.assertEqual(self.answer(ticket, "one.csv"), ["1 answers taken", " 0 taken before"])

    def test_import_of_standard_input(self):
        self.run_night("2026-03-02")
        sheet = f"id,answer\n{self.the_ticket()['id']},confirm\n".encode()
        self.assertIn("say what it is", self.tickets("import", "-", "--who", "w", code=2, given=sheet).err)
        self.tickets("import", "-", "--format", "csv", "--who", "w", given=sheet)
        self.assertEqual(self.the_ticket()["state"], "confirmed")

    # ---- Order ----

    def test_order_by_bytes(self):
        """No language's order: capital letters come first, an underscore counts."""
        for dataset in ("b", "a_c", "ab", "B", "a"):
            self.run_night("2026-03-02", pack=f"of_{dataset}", dataset=dataset)
        self.assertEqual([t["dataset"] for t in self.listed()], ["B", "a", "a_c", "ab", "b"])
        if KIND == "postgres":
            told = self.rows("select distinct c.relname || '.' || a.attname as name from pg_index i join pg_class c on c.oid = i.indrelid "
                             f"join pg_attribute a on a.attrelid = c.oid and (a.attnum = any(i.indkey) or a.attname in ('ticket', 'due')) "
                             f"where c.relnamespace = '{self.schema}'::regnamespace and a.atttypid = 'text'::regtype "
                             "and a.attcollation <> (select oid from pg_collation where collname = 'C')")
            self.assertEqual(told, [])  # what is joined over two collations is joined without an index

    def test_every_index(self):
        """The first night makes one of its indexes last."""
        index = "select name from sqlite_master where type = 'index' and name not like 'sqlite%' order by name" if KIND == "sqlite" else \
            f"select relname from pg_class where relkind = 'i' and relnamespace = '{self.schema}'::regnamespace order by relname"
        before = self.rows(index)
        self.run_night("2026-03-02")
        self.assertEqual(self.rows(index), before)
        self.assertIn(("ticket_print",), before)
        self.whole()

    # ---- Servers ----

    def test_defaults_of_the_server(self):
        """Writing, and the newest that was committed, whatever the server begins transactions with."""
        if KIND != "postgres":
            return
        kit.kit.sql(f"create role r{os.getpid()} superuser login; alter role r{os.getpid()} set default_transaction_read_only = on; "
                    f"alter role r{os.getpid()} set default_transaction_isolation = 'serializable'")
        self.where = self.where.replace(f"//{os.environ['PGUSER']}@", f"//r{os.getpid()}@")
        self.at = ["--store", self.where, *self.place]
        self.init()
        self.assertEqual(self.run_night("2026-03-02")[1], 1)
        self.assertEqual(self.run_night("2026-03-03")[6], 1)


if __name__ == "__main__":
    kit.main()
