"""The same data and the same pack give the same bytes, however they were read."""
import json
import os
import shutil

import kit
from kit import sql

RECORDS = 15000
PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    table: base
    key: [id]
    segment: city
    fields:
      id: {standard: integer, required: true, unique: true}
      city: {standard: text, required: true}
      zip: {standard: text, match: "[0-9]{6}", unique: true}
      name: {standard: word, length: {max: 8}}
      amount: {standard: decimal, min: 0}
      born: {standard: date, max: today}
      ended: {standard: date}
      seen: {standard: timestamptz}
    rules:
      - {id: city-of-zip, depends: {city: [zip]}}
      - {id: serial, sequence: {field: id, step: 1}}
      - {id: many, unique: {fields: [city, name], nulls: equal}}
      - {id: sums, aggregate: {figure: sum, of: amount, by: [city], max: 1}}
      - {id: mean, aggregate: {figure: mean, of: amount, min: 1000}}
      - {id: spread, distribution: {field: amount, bins: [0, 250.5, 900], against: last 7, psi: 0.25}}
      - {id: cities, distribution: {field: city, values: [c1, c6], against: last 7, psi: 0.25}}
      - {id: total, change: {figure: sum, of: amount, within: 10% of last 7}}
      - {id: live, expect: amount > 10 or name is null, where: city <> 'c3'}
      - {id: fresh, fresh: {field: seen, within: 1 day}}
      - {id: order, order: [born, ended]}
"""
# Faults of every kind at known places: duplicates, nulls, words that mean no value, wrong patterns, gaps.
BASE = f"""
drop table if exists base cascade;
create table base as select
    case when i % 900 = 5 then i - 1 else i end as id,
    case when i % 701 = 0 then null else 'c' || i % 7 end as city,
    case when i % 500 = 1 then '12345x' else lpad((i / 3)::text, 6, '0') end as zip,
    case when i % 11 = 0 then null when i % 13 = 0 then '无' when i % 400 = 2 then '名字太长了的一条记录' else '名' || i % 500 end as name,
    (case when i % 301 = 0 then -0.01 else i % 1000 + 0.25 end)::numeric(12, 2) as amount,
    date '2000-01-01' + i as born,
    case when i % 3 > 0 then date '2000-01-01' + i - 5 + i % 500 end as ended,
    timestamptz '2025-12-31 12:00:00+08' - i * interval '1 minute' as seen,
    repeat('-', 1500) as filler -- so that there is something to share among jobs
from generate_series(1, {RECORDS}) i;
alter table base alter id set not null;
analyze base;
"""


class Same(kit.Case):
    @classmethod
    def setUpClass(cls):
        sql(BASE)

    def setUp(self):
        super().setUp()
        self.base_pack = self.pack(PACK)

    def report(self, *args, pack=None):
        """(findings.ndjson, result.json without how it was read, summary.txt)"""
        folder = self.path("report")
        shutil.rmtree(folder, ignore_errors=True)
        done = self.assay("run", pack or self.base_pack, "--as-of", "2026-01-01T00:00:00+08:00", "--report", folder,
                          "--quiet", *args)
        self.assertEqual((done.code, done.out, done.err), (1, "", ""))
        files = kit.tree(folder)
        result = json.loads(files["result.json"])
        for dataset in result["datasets"]:
            del dataset["reading"]
        return files["findings.ndjson"], result, files["summary.txt"]

    def same(self, a, b):
        self.assertEqual(a[1], b[1])
        self.assertTrue(a[0] == b[0], "findings differ")
        self.assertEqual(a[2], b[2])

    def in_place_of_the_table(self, place):
        """The pack with another table; its digest is not the same, everything else is."""
        told = self.report(pack=self.pack(PACK.replace("table: base", place), name="other.yaml"))
        told[1]["pack"]["digest"] = self.plain()[1]["pack"]["digest"]
        return told

    plain_report = None

    def plain(self):
        if Same.plain_report is None:
            Same.plain_report = self.report()
        return Same.plain_report

    def test_counts_alone(self):
        """A run that keeps no findings counts the same."""
        done = self.assay("run", self.base_pack, "--as-of", "2026-01-01T00:00:00+08:00", "--quiet", "--format", "json")
        result = json.loads(done.out)
        for dataset in result["datasets"]:
            del dataset["reading"]
        self.assertEqual(result, self.plain()[1])

    def test_counts_against_sql(self):
        """What is compared below is also right: every count worked out by the server."""
        result = self.plain()[1]
        rules = self.rules(result)
        for rule, column, failed in (
                ("id.unique", "evaluated", "select count(*) from base"),
                ("id.unique", "failed", "select count(*) from (select count(*) over (partition by id) n from base) x where n > 1"),
                ("city.required", "failed", "select count(*) from base where city is null"),
                ("zip.match", "failed", "select count(*) from base where zip !~ '^[0-9]{6}$'"),
                ("zip.unique", "failed", "select count(*) from (select count(*) over (partition by zip) n from base) x where n > 1"),
                ("name.length", "failed", "select count(*) from base where char_length(name) > 8"),
                ("name.length", "skipped", "select count(*) from base where name is null or name = '无'"),
                ("amount.min", "failed", "select count(*) from base where amount < 0"),
                ("born.max", "failed", "select count(*) from base where born > '2026-01-01'"),
                ("live", "failed", "select count(*) from base where city <> 'c3' and amount <= 10 and name <> '无'"),
                ("live", "excluded", "select count(*) from base where (city <> 'c3') is not true"),
                ("order", "failed", "select count(*) from base where born > ended")):
            with self.subTest(rule + " " + column):
                self.assertEqual(rules["a." + rule][column], int(sql(failed)[0]))
        counted = ", ".join(f"count(*) filter (where {where})" for where in (
            "amount < 0", "amount >= 0 and amount < 250.5", "amount >= 250.5 and amount < 900", "amount >= 900", "amount is null"))
        self.assertEqual("|".join(map(str, rules["a.spread"]["figures"].values())), sql(f"select concat_ws('|', {counted}) from base")[0])
        counted = "count(*) filter (where city = 'c1'), count(*) filter (where city = 'c6'), " \
                  "count(*) filter (where city not in ('c1', 'c6')), count(*) filter (where city is null)"
        self.assertEqual("|".join(map(str, rules["a.cities"]["figures"].values())), sql(f"select concat_ws('|', {counted}) from base")[0])
        self.assertEqual(rules["a.total"]["figures"], {"sum(amount)": sql("select trim_scale(sum(amount))::text from base")[0]})
        self.assertGreater(result["run"]["findings"], 10000)

    def test_what_rules_share(self):
        """Rules with equal conditions or checks find what each of them finds without the others."""
        head = PACK.split("    rules:")[0].replace(", length: {max: 8}", "") + "    rules:\n"
        length, expect, division = "field: name, length: {max: 8}", "expect: amount > 600 or name is null", "1000 / (amount - 10.25) > 3"
        rules = {f"s{i}": text for i, text in enumerate((
            f"{length}, where: amount > 500", f"{length}, where: city <> 'c3'", f"{length}, where: city <> 'c3', nulls: fail", length,
            f"{expect}, where: amount > 500", expect, f"expect: {division}", f"expect: {division}, where: city <> 'c3'",
            f"{length}, where: {division}", f"{expect}, where: {division}",
            f"unique: {{fields: [city, name], nulls: equal}}, where: {division}"))}

        def of(names):
            """What is told of each of these rules, run together."""
            text = head + "".join(f"      - {{id: {name}, {rules[name]}}}\n" for name in names)
            findings, result, _ = self.report(pack=self.pack(text, name="shared.yaml"))
            told = self.rules(result)
            lines = [json.loads(line) for line in findings.splitlines()]
            return {name: (told[f"a.{name}"], [line for line in lines if line["rule"] == f"a.{name}"]) for name in names}

        together = of(rules)
        for name in rules:
            with self.subTest(rules[name]):
                self.assertEqual(of([name])[name], together[name])
        self.assertGreater(together["s6"][0]["unreadable"], 0)
        self.assertGreater(together["s9"][0]["unreadable"], 0)
        self.assertTrue(all(told["failed"] for told, _ in together.values()))

    def test_jobs(self):
        self.assertGreater(int(sql("select relpages from pg_class where relname = 'base'")[0]), 2500, "too small to be cut")
        for jobs in ("2", "4", "8"):
            with self.subTest(jobs):
                self.same(self.report("--jobs", jobs), self.plain())

    def test_memory(self):
        for memory in ("1MiB", "64MiB"):
            with self.subTest(memory):
                self.same(self.report("--memory", memory), self.plain())
        self.same(self.report("--memory", "1MiB", "--jobs", "4"), self.plain())

    def test_shuffled(self):
        sql("create table shuffled as select * from base order by md5(id::text || amount)")
        self.addCleanup(sql, "drop table shuffled")
        self.same(self.in_place_of_the_table("table: shuffled"), self.plain())

    def test_partitioned(self):
        sql("create table parts (like base) partition by list (city);"
            "create table parts_a partition of parts for values in ('c0', 'c1', 'c2');"
            "create table parts_b partition of parts for values in ('c3');"
            "create table parts_c partition of parts default; insert into parts select * from base; analyze parts")
        self.addCleanup(sql, "drop table parts")
        self.same(self.in_place_of_the_table("table: parts"), self.plain())
        told = self.report("--jobs", "4")
        self.same(told, self.plain())

    def test_view_and_query(self):
        sql("create view seen as select * from base")
        self.same(self.in_place_of_the_table("table: seen"), self.plain())
        self.same(self.in_place_of_the_table('query: "select seen, ended, born, amount, name, zip, city, id from base"'), self.plain())

    def test_columns_of_other_types(self):
        """The same values in columns of other types: what is read is the field's type."""
        sql("create view other as select id::bigint as id, city::varchar(9) as city, zip::char(6) as zip, name::varchar as name, "
            "amount::text as amount, born::text as born, ended, seen from base")
        self.same(self.in_place_of_the_table("table: other"), self.plain())

    def test_csv(self):
        rows = sql("set timezone = 'Asia/Shanghai'; copy base to stdout (format csv, header)")
        path = self.write("base.csv", "\n".join(rows) + "\n")
        self.same(self.report("--csv", "a=" + path), self.plain())
        shuffled = [rows[0]] + sorted(rows[1:], key=hash)
        path = self.write("base.csv", "\r\n".join(shuffled) + "\r\n")
        self.same(self.report("--csv", "a=" + path, "--memory", "1MiB"), self.plain())

    def test_copy_text(self):
        rows = sql("set timezone = 'UTC'; copy base (id, city, zip, name, amount, born, ended, seen) to stdout")
        path = self.write("base.copy", "\n".join(rows) + "\n")
        self.same(self.report("--copy", "a=" + path, "--no-header"), self.plain())

    def test_folder_of_the_pack(self):
        os.mkdir(self.path("elsewhere"))
        shutil.copy(self.base_pack, self.path("elsewhere/p.yaml"))
        self.same(self.report(pack=self.path("elsewhere/p.yaml")), self.plain())


if __name__ == "__main__":
    kit.main()
