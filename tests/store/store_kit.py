"""What the tests of the store share: a store in either back end, its rows, runs over small CSV files.

The command is $ASSAY; $STORE_KIND is sqlite or postgres. For the latter the script runs under tests/pg/cluster.sh.
"""
import contextlib
import json
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
import kit  # noqa: E402  the kit of the command's tests

KIND = os.environ.get("STORE_KIND", "sqlite")
COUNTS = re.compile(r"run (\d+): (\d+) tickets opened, (\d+) reopened, (\d+) closed, (\d+) gone, (\d+) changed, (\d+) as before")
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../rules")
RULES_THERE = ("--include-dir", RULES)


def server_uri():
    return f"postgresql://{os.environ['PGUSER']}@/{os.environ['PGDATABASE']}?host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"


class Working:
    """Working days, counted here from the published list and nothing else."""

    def __init__(self, path=os.path.join(RULES, "calendars/cn.csv")):
        import datetime
        self.datetime, self.off, self.on = datetime, set(), set()
        with open(path, encoding="utf-8") as f:
            for line in f:
                day, kind = (line.split("#")[0].strip().split(",") + [""])[:2]
                if re.fullmatch(r"\d{4}-\d\d-\d\d", day):
                    {"holiday": self.off, "workday": self.on}[kind].add(day)

    def later(self, day, n):
        """The n-th working day after a day, both as text."""
        at = self.datetime.date.fromisoformat(day)
        while n:
            at += self.datetime.timedelta(days=1)
            text = at.isoformat()
            n -= text in self.on or (at.weekday() < 5 and text not in self.off)
        return at.isoformat()

    def days(self, day, n):
        return (self.datetime.date.fromisoformat(day) + self.datetime.timedelta(days=n)).isoformat()


class Case(kit.Case):
    """Each test has a store of its own."""
    made = 0

    def setUp(self):
        super().setUp()
        Case.made += 1
        self.schema = f"s{os.getpid()}_{Case.made}"
        self.where = self.path("assay.db") if KIND == "sqlite" else server_uri()
        self.place = [] if KIND == "sqlite" else ["--schema", self.schema]
        self.at = ["--store", self.where, *self.place]

    # ---- The command ----

    def store(self, action, *args, code=0, where=None):
        done = self.assay("store", action, where or self.where, *self.place, *args)
        self.assertEqual(done.code, code, done.err)
        return done

    def init(self):
        self.store("init")

    def night(self, pack, *args, code=None, **more):
        """A run into the store: what it says it did, (number, opened, reopened, closed, gone, changed, unchanged)."""
        done = self.assay("run", pack, *self.at, *RULES_THERE, *args, **more)
        found = COUNTS.search(done.err)
        self.assertTrue(found, done.err)
        self.assertIn(done.code, (0, 1) if code is None else (code,), done.err)
        return tuple(int(n) for n in found.groups())

    def tickets(self, action, *args, code=0, **more):
        done = self.assay("tickets", action, *args, *self.at, *(RULES_THERE if "--pack" in args else ()), **more)
        self.assertEqual(done.code, code, done.err)
        return done

    def listed(self, *args):
        return [json.loads(line) for line in self.tickets("list", "--format", "json", *args).out.splitlines()]

    def history(self, ticket):
        lines = self.tickets("show", ticket, "--format", "json").out.splitlines()
        return [json.loads(line) for line in lines[1:]]

    def whole(self, where=None):
        done = self.store("check", where=where)
        self.assertEqual((done.out, done.err), ("", "0 faults\n"))

    # ---- The tables ----

    def rows(self, sql):
        """Rows of a query as tuples of text (None: null), read past the command."""
        if KIND == "sqlite":
            with contextlib.closing(sqlite3.connect(f"file:{self.where}?mode=ro", uri=True)) as db:
                return [tuple(None if v is None else str(v) for v in row) for row in db.execute(sql)]
        lines = kit.sql(f"set search_path = {self.schema}; select row_to_json(q) from ({sql}) q")
        return [tuple(None if v is None else str(v) for v in json.loads(line).values()) for line in lines]

    def change(self, sql):
        """Damage, done past the command."""
        if KIND == "sqlite":
            with contextlib.closing(sqlite3.connect(self.where)) as db, db:
                db.executescript(sql)
        else:
            kit.sql(f"set search_path = {self.schema}; {sql}")

    def everything(self):
        """All tables, for before and after."""
        tables = ("assay_meta", "run", "reading", "outcome", "figure", "score", "manifest", "checkpoint", "ticket", "finding", "event")
        return {t: sorted(self.rows(f"select * from {t}"), key=str) for t in tables}


main = kit.main
