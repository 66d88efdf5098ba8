"""A year of nights: a table that changes by a script, people who act by a script, and a model of the tickets beside it that
knows only what the documents say. After each night, and after each act, the tables of the store equal the model.

    test_year.py [--nights N] [--records N] [--seed N]
"""
import argparse
import random
import re
import sys
import unittest

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: year
version: 1.0.0
timezone: Asia/Shanghai
sources:
  fast: {title: {zh: 快, en: Fast}, owner: 甲科, correct_within: 10 working days}
  plain: {title: {zh: 自然日, en: Plain}, owner: 乙科, correct_within: 15 days}
  nobody: {title: {zh: 无人, en: Nobody}}
standards:
  code: {title: {zh: 代码, en: Code}, checks: [{match: "[A-Z]{3}"}]}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: fast
    file: a.csv
    key: [area, id]
    fields:
      area: {standard: text}
      id: {standard: integer}
      code: {standard: code}
      qty: {standard: integer, source: plain, max: 100}
      name: {standard: text, required: true}
    rules: [{id: volume, rows: {min: MIN}}]
  b:
    title: {zh: 乙, en: B}
    source: nobody
    file: b.csv
    key: [id]
    fields: {id: {standard: integer}, n: {standard: integer, min: 0}}
"""
SOURCE = {"a.code.match": "fast", "a.qty.max": "plain", "a.qty.type": "plain", "a.name.required": "fast", "a.volume": "fast", "a.record": "fast",
          "b.n.min": "nobody"}
OWNER = {"fast": "甲科", "plain": "乙科", "nobody": "nobody"}
FIRST = "2025-01-01"

# What people may do, in which states, and what it leads to ("": stays).
ACTS = {
    "dispatch": ("open returned disputed", "dispatched"),
    "confirm": ("open dispatched disputed", "confirmed"),
    "reject": ("open dispatched confirmed disputed", "rejected"),
    "correct": ("open dispatched confirmed disputed", "corrected"),
    "return": ("dispatched confirmed", "returned"),
    "transfer": ("open dispatched confirmed returned disputed", "dispatched"),
    "extend": ("open dispatched confirmed disputed", ""),
    "dispute": ("open dispatched confirmed rejected", "disputed"),
    "close": ("open dispatched confirmed rejected corrected returned disputed gone", "closed"),
    "reopen": ("rejected corrected gone closed", "open"),
}
STATES = "open dispatched confirmed rejected corrected returned disputed gone closed".split()


class Ticket:
    def __init__(self, rule, day, due):
        self.state, self.opened, self.due, self.owner = "open", day, due, OWNER[SOURCE[rule]]
        self.received = self.closed = self.resolution = None
        self.value, self.records, self.reopened, self.events = None, 0, 0, [("found", "open")]

    def told(self):
        return (self.state, self.opened, self.due, self.owner, self.received, self.closed, self.resolution, str(self.records),
                str(self.reopened))


class Model:
    """Tickets by (rule, key); key None: over the dataset."""

    def __init__(self):
        self.tickets, self.calendar = {}, kit.Working()

    def due(self, rule, day):
        return self.calendar.days(day, 15) if SOURCE[rule] == "plain" else self.calendar.later(day, self.days_of(rule))

    def days_of(self, rule):
        return 10 if SOURCE[rule] == "fast" else 10  # nobody says: ten working days

    # ---- A run ----

    def night(self, dataset, day, faults, seen, judged, certain):
        """faults: {(rule, key): values}. Returns what the run should say it did."""
        said = dict.fromkeys(("opened", "reopened", "closed", "gone", "changed", "as before"), 0)
        for at, values in faults.items():
            said[self.found(at, day, values)] += 1
        for at, t in self.tickets.items():
            rule, key = at
            if at in faults or rule not in judged or not self.is_of(rule, dataset):
                continue
            there = key is None or key in seen
            if t.state in ("gone", "closed"):
                t.value = None
            elif there or certain:
                self.over(t, "closed" if there else "gone", day)
                said["closed" if there else "gone"] += 1
        return said

    @staticmethod
    def is_of(rule, dataset):
        return rule.startswith(dataset + ".")

    def found(self, at, day, values):
        t = self.tickets.get(at)
        if not t:
            t = self.tickets[at] = Ticket(at[0], day, self.due(at[0], day))
            t.value, t.records = values, len(values)
            return "opened"
        denied = t.state == "rejected" or (t.state == "closed" and t.resolution == "rejected")
        if t.value == values and (denied or t.state not in ("rejected", "corrected", "gone", "closed")):
            return "as before"
        t.value, t.records = values, len(values)
        if t.state not in ("rejected", "corrected", "gone", "closed"):
            t.events.append(("changed", t.state))
            return "changed"
        if t.state in ("gone", "closed"):
            t.due, t.received = self.due(at[0], day), None
        t.state, t.closed, t.resolution = "open", None, None
        t.reopened += 1
        t.events.append(("refound", "open"))
        return "reopened"

    def over(self, t, state, day):
        t.state, t.closed, t.value = state, day, None
        t.resolution = "passed" if state == "closed" else "gone"
        t.events.append(("passed" if state == "closed" else "vanished", state))

    # ---- People ----

    def act(self, at, act, day, owner, days):
        """Whether it may be done."""
        t, (states, to) = self.tickets[at], ACTS[act]
        if t.state not in states.split():
            return False
        if act in ("dispatch", "transfer"):
            t.received, t.due = day, self.due(at[0], day)
        if act == "transfer":
            t.owner = owner
        if act == "extend":
            t.due = self.calendar.days(t.due, days) if SOURCE[at[0]] == "plain" else self.calendar.later(t.due, days)
        if act == "close":
            t.closed, t.resolution = day, "rejected" if t.state == "rejected" else "by-hand"
        if act == "reopen":
            t.closed, t.resolution, t.reopened = None, None, t.reopened + 1
        t.state = to or t.state
        t.events.append((act, t.state))
        return True


class Table:
    """The table of dataset a: what is wrong with each record, as a script wants it."""

    def __init__(self, rng, n):
        self.rng, self.next = rng, n
        self.records = {self.key(i): self.good() for i in range(n)}
        self.away = {}  # records that may come back

    @staticmethod
    def key(i):
        return (("东", "西", "南,北")[i % 3], i)

    @staticmethod
    def good():
        return {"code": "ABC", "qty": 5, "name": "x", "copies": 1}

    def spoil(self, record):
        field = self.rng.choice(("code", "code", "qty", "name"))
        record[field] = {"code": self.rng.choice(("ab1", "=1+1", "'; drop table ticket; --", "\u2028")),
                         "qty": self.rng.choice((101, 500)), "name": ""}[field]

    def step(self):
        rng = self.rng
        for key in rng.sample(sorted(self.records), 3):
            self.spoil(self.records[key])
        for key in [k for k in sorted(self.records) if self.faults_of(self.records[k])]:
            what = rng.random()
            if what < 0.06:
                self.records[key].update(self.good())
            elif what < 0.09:
                self.spoil(self.records[key])
            elif what < 0.12:
                self.records[key]["copies"] = rng.choice((1, 2, 3))
            elif what < 0.15:
                self.away[key] = self.records.pop(key)
        if self.away and rng.random() < 0.5:
            key = rng.choice(sorted(self.away))
            self.records[key] = self.away.pop(key)

    @staticmethod
    def faults_of(r):
        found = {}
        if not re.fullmatch("[A-Z]{3}", r["code"]):
            found["a.code.match"] = r["code"]
        if r["qty"] > 100:
            found["a.qty.max"] = r["qty"]
        if r["name"] == "":
            found["a.name.required"] = None
        return found

    def csv(self, torn, no_numbers):
        """The file, and the records that cannot be read in it."""
        lost, lines = set(self.rng.sample(sorted(self.records), 2) if torn else ()), []
        for key in self.rng.sample(sorted(self.records), len(self.records)):
            r = self.records[key]
            code = '"' + r["code"] + '"'
            for copy in range(r["copies"]):
                cells = [f'"{key[0]}"', str(key[1]), code, "?" if no_numbers else str(r["qty"]), r["name"]]
                lines.append(",".join(cells) + (",and,more" if key in lost else ""))
        return "area,id,code,qty,name\n" + "".join(line + "\n" for line in lines), lost


class Year(kit.Case):
    nights, records, seed = 365, 120, 7

    def setUp(self):
        super().setUp()
        self.rng = random.Random(self.seed)
        self.table, self.model = Table(self.rng, self.records), Model()
        self.least = self.records - 2
        self.pack_path = self.write("pack.yaml", PACK.replace("MIN", str(self.least)))
        self.done, self.refused, self.said = dict.fromkeys(ACTS, 0), 0, {}
        self.states = dict.fromkeys(STATES, 0)
        self.special = {"torn": 0, "a rule not evaluated": 0, "other dataset": 0}
        self.ids = {}  # (rule, key) -> id

    # ---- The store, as the model tells it ----

    @staticmethod
    def key_of(text):
        if text == "null":
            return None
        area = re.fullmatch(r'\{"area":"([^"]*)","id":(\d+)\}', text)
        return (area.group(1), int(area.group(2))) if area else int(re.fullmatch(r'\{"id":(-?\d+)\}', text).group(1))

    def stored(self):
        found = {}
        for row in self.rows("select id, rule, key, state, opened, due, owner, received, closed, resolution, records, "
                             "reopened from ticket"):
            at = (row[1], self.key_of(row[2]))
            self.assertNotIn(at, found, "two tickets of one fault")
            self.assertEqual(self.ids.setdefault(at, row[0]), row[0], "a ticket changed its id")
            found[at] = row[3:]
        return found

    def compare(self, when):
        found, wanted = self.stored(), {at: t.told() for at, t in self.model.tickets.items()}
        if found != wanted:
            wrong = [(at, found.get(at), wanted.get(at)) for at in found.keys() | wanted.keys() if found.get(at) != wanted.get(at)]
            self.fail(f"{when}: (ticket, store, model): {wrong[:5]}")
        for t in self.model.tickets.values():
            self.states[t.state] += 1

    # ---- A night ----

    def one_night(self, number, day):
        self.table.step()
        torn, no_numbers = number % 17 == 11, number % 29 == 13
        text, lost = self.table.csv(torn, no_numbers)
        self.write("a.csv", text)
        self.special["torn"] += torn
        self.special["a rule not evaluated"] += no_numbers
        faults, lost_lines = {}, 0
        for key, r in self.table.records.items():
            if key in lost:
                lost_lines += r["copies"]
                continue
            found = self.table.faults_of(r)
            if no_numbers:
                found.pop("a.qty.max", None)
                found["a.qty.type"] = "?"
            for rule, value in found.items():
                faults[rule, key] = [value] * r["copies"]
        read = sum(r["copies"] for r in self.table.records.values()) - lost_lines
        if read < self.least:
            faults["a.volume", None] = ["too few"]
        judged = {"a.code.match", "a.name.required", "a.qty.type", "a.volume"} | (set() if no_numbers else {"a.qty.max"})
        if torn:
            judged.add("a.record")
        if lost_lines:
            faults["a.record", None] = ["line"] * lost_lines
        self.run_one("a", day, faults, self.table.records.keys() - lost, judged, not lost_lines,
                     *(["--lenient"] if torn else []))

    def other_night(self, day):
        self.special["other dataset"] += 1
        values = {i: self.rng.choice((1, 1, -1)) for i in self.rng.sample(range(8), 6)}
        self.write("b.csv", "id,n\n" + "".join(f"{i},{n}\n" for i, n in values.items()))
        faults = {("b.n.min", i): [n] for i, n in values.items() if n < 0}
        self.run_one("b", day, faults, values.keys(), {"b.n.min"}, True)

    def run_one(self, dataset, day, faults, seen, judged, certain, *args):
        told = self.night_of(dataset, day, *args)
        said = self.model.night(dataset, day, faults, seen, judged, certain)
        self.assertEqual(told[1:], tuple(said.values()), day)
        for name, n in said.items():
            self.said[name] = self.said.get(name, 0) + n
        self.compare("night of " + day)

    def night_of(self, dataset, day, *args):
        return self.night(self.pack_path, "--dataset", dataset, "--as-of", day, *args)

    # ---- People ----

    def people(self, day):
        act = self.rng.choice(list(ACTS))
        wanted = [at for at, t in self.model.tickets.items() if t.state in ACTS[act][0].split()]
        chosen = self.rng.sample(sorted(wanted, key=str), min(len(wanted), self.rng.choice((1, 2, 3))))
        chosen += self.rng.sample(sorted(self.model.tickets, key=str), self.rng.choice((0, 0, 1)))  # it may not be
        chosen = list(dict.fromkeys(chosen))
        if not chosen:
            return
        args = [self.ids[at] for at in chosen] + ["--who", "王某", "--day", day, "--pack", self.pack_path, "--remark", "因'为\u2028"]
        args += {"transfer": ["--to", "丙科"], "extend": ["--days", "3"]}.get(act, [])
        may = [self.model.act(at, act, day, "丙科", 3) for at in chosen]
        done = self.tickets(act, *args, code=0 if all(may) else 1)
        self.assertTrue(done.err.endswith(f"{sum(may)} done, {len(may) - sum(may)} refused\n"), done.err)
        self.done[act] += sum(may)
        self.refused += len(may) - sum(may)
        self.compare(f"{act} on {day}")

    # ---- The year ----

    def test_year(self):
        self.init()
        for number in range(self.nights):
            day = self.model.calendar.days(FIRST, number)
            self.one_night(number, day)
            if number % 7 == 3:
                self.other_night(day)
            self.people(day)
            if number % 30 == 29:
                self.whole()
                self.same_as_list()
        self.whole()
        self.same_events()
        print(f"\n{KIND}: {self.nights} nights, {len(self.model.tickets)} tickets, by runs {self.said}, by people {self.done}, "
              f"refused {self.refused}; days in a state {self.states}; nights with {self.special}", file=sys.stderr)
        if self.nights >= 365:
            for what in (self.said, self.done, self.states, self.special):
                self.assertTrue(all(what.values()), what)
            self.assertGreater(self.refused, 5)

    def same_as_list(self):
        """The command shows what the tables hold, and what is overdue."""
        day = self.rng.choice(sorted(t.due for t in self.model.tickets.values()))
        listed = {(t["rule"], self.key_of(kit.json.dumps(t["key"], ensure_ascii=False, separators=(",", ":")))):
                  (t["state"], t["due"], t["owner"]) for t in self.listed()}
        self.assertEqual(listed, {at: (t.state, t.due, t.owner) for at, t in self.model.tickets.items()})
        overdue = {t["id"] for t in self.listed("--due-before", day)}
        self.assertEqual(overdue, {self.ids[at] for at, t in self.model.tickets.items()
                                   if t.state not in ("gone", "closed") and t.due < day})

    def same_events(self):
        found = {}
        for ticket, act, state in self.rows("select ticket, act, state from event order by no"):
            found.setdefault(ticket, []).append((act, state))
        self.assertEqual(found, {self.ids[at]: t.events for at, t in self.model.tickets.items()})


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    for name in ("nights", "records", "seed"):
        options.add_argument("--" + name, type=int, default=getattr(Year, name))
    given = options.parse_args()
    Year.nights, Year.records, Year.seed = given.nights, given.records, given.seed
    sys.argv[1:] = []
    kit.main()
