"""explain: the value, its code points, what is demanded, the verdict and why; for a file and for a table the same."""
import kit
from kit import sql

PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    table: told
    key: [id, town]
    fields:
      id: {standard: integer}
      town: {standard: text}
      name: {standard: short, required: true}
      who: {standard: secret, length: 2}
      n: {standard: integer, min: 3}
    rules:
      - {id: pair, unique: [name, n]}
      - {id: early, unique: [name, n], where: id < 3}
      - {id: both, expect: n > 5 or name = 'x', title: {zh: 二者, en: Both}}
      - {id: near, field: name, one_of: [y], where: n < 5}
      - {id: few, rows: {min: 6}}
      - {id: fine, rows: {min: 1}}
      - {id: towns, aggregate: {figure: count, of: name, by: [town], min: 1}}
      - {id: largest, aggregate: {figure: max, of: n, max: 5}}
      - {id: cols, schema: {columns: {zip: text}}}
      - {id: div, field: name, length: 1, where: 1 / (id - 1) > 0}
      - {id: divs, unique: [name, n], where: 1 / (id - 1) > 0}
      - {id: must, field: name, length: {min: 1}, nulls: fail}
"""
HEAD = kit.HEAD.replace("standards:\n", "standards:\n  short: {title: {zh: 短, en: Short}, basis: GB 1-2000, missing: [无], "
                        "checks: [{length: {max: 3}, title: {zh: 词长, en: Short word}}]}\n")
# n is text in the table: what stands there may be no number.
ROWS = ((1, "甲", "x", "ab", "3"), (2, "a", "toolong", "abc", "x"), (3, "b", None, None, None), (3, "c", "x", "𠮷", "3"),
        (4, "a", "无", "e\u0301", "7"))


class Explain(kit.Case):
    @classmethod
    def setUpClass(cls):
        values = ", ".join("(" + ", ".join("null" if v is None else repr(v) for v in row) + ")" for row in ROWS)
        sql("drop table if exists told; create table told (id int, town text, name text, who text, n text);"
            f"insert into told values {values}")

    def setUp(self):
        super().setUp()
        self.told_pack = self.pack(PACK, head=HEAD)
        self.csv = self.write("a.csv", "id,town,name,who,n\n" +
                              "".join(",".join("" if v is None else str(v) for v in row) + "\n" for row in ROWS))
        self.copy = self.write("a.copy", "".join("\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in ROWS))

    def line(self, text):
        with open(self.told_pack, encoding="utf-8") as f:
            return next(i for i, line in enumerate(f, 1) if text in line)

    def explains(self, rule, key, want, *args, lang="en", code=0):
        keys = [word for k in key for word in ("--key", k)]
        for source in ((), ("--csv", self.csv), ("--copy", self.copy, "--no-header")):
            done = self.assay("explain", rule, "--pack", self.told_pack, *keys, *args, *source, "--lang", lang)
            self.assertEqual((done.code, done.out, done.err), (code, want if code == 0 else "", "" if code == 0 else want))

    def told(self, rule, title, predicate, at, basis, record):
        head = f"rule: {rule}{title}\npredicate: {predicate}\nstated at: {self.told_pack}:{self.line(at)}\n"
        return head + (f"basis: {basis}\n" if basis else "") + record

    def test_one_source(self):
        for sources in (("--csv", self.csv, "--copy", self.copy), ("--db", "dbname=x", "--csv", self.csv), ("--copy", self.copy, "--db", "dbname=x")):
            done = self.assay("explain", "a.name.length", "--pack", self.told_pack, "--key", "1", "--key", "甲", *sources)
            self.assertEqual((done.code, done.out), (2, ""))
            self.assertIn("a dataset has one source: --db, --csv or --copy", done.err)

    def test_file_of_the_pack(self):
        self.told_pack = self.pack(PACK.replace("table: told", "file: a.csv"), head=HEAD)
        done = self.assay("explain", "a.name.length", "--pack", self.told_pack, "--key", "1", "--key", "甲", "--db", "dbname=x")
        self.assertEqual((done.code, done.out, done.err), (2, "", "assay: the pack reads dataset a from a file: --db does not belong here\n"))

    def test_pass_and_fail(self):
        head = ("a.name.length", " (Short word)", "length: {max: 3}", "short: {title", "GB 1-2000")
        self.explains("a.name.length", ("1", "甲"), self.told(
            *head, 'record: id = 1 town = 甲\n  name = "x"\n    code points: U+0078\n  verdict: pass\n'))
        self.explains("a.name.length", ("2", "a"), self.told(
            *head, 'record: id = 2 town = a\n  name = "toolong"\n    code points: U+0074 U+006F U+006F U+006C U+006F U+006E U+0067\n'
            "  verdict: fail\n  reason: length is 7, should be at most 3\n"))
        self.explains("a.name.length", ("3", "b"), self.told(
            *head, "record: id = 3 town = b\n  name = NULL\n  verdict: skipped (no value)\n"))
        self.explains("a.name.length", ("4", "a"), self.told(
            *head, 'record: id = 4 town = a\n  name = "无"\n    code points: U+65E0\n  verdict: skipped (no value)\n'))

    def test_in_chinese(self):
        self.explains("a.name.length", ("2", "a"),
                      f"规则：a.name.length（词长）\n要求：length: {{max: 3}}\n出处：{self.told_pack}:{self.line('short: {title')}\n"
                      "依据：GB 1-2000\n记录： id = 2 town = a\n  name = \"toolong\"\n"
                      "    码位： U+0074 U+006F U+006F U+006C U+006F U+006E U+0067\n  判定：不合格\n  原因：长度为 7，应不大于 3\n",
                      lang="zh")
        self.explains("a.n.min", ("2", "a"),
                      f"规则：a.n.min\n要求：min: 3\n出处：{self.told_pack}:{self.line('  n: {standard')}\n"
                      "记录： id = 2 town = a\n  n = \"x\"\n    码位： U+0078\n  判定：无法判定\n  原因：n 不能读作 integer\n", lang="zh")

    def test_unreadable(self):
        self.explains("a.n.min", ("2", "a"), self.told(
            "a.n.min", "", "min: 3", "  n: {standard", "", 'record: id = 2 town = a\n  n = "x"\n    code points: U+0078\n'
            "  verdict: unreadable\n  reason: n cannot be read as integer\n"))
        self.explains("a.n.type", ("2", "a"), self.told(
            "a.n.type", "", "type: integer", "  n: {standard", "", 'record: id = 2 town = a\n  n = "x"\n    code points: U+0078\n'
            "  verdict: fail\n  reason: cannot be read as integer: not a whole number\n"))

    def test_where(self):
        head = ("a.near", "", "one_of: [y]", "id: near", "")
        name = '  name = "{}"\n    code points: {}\n'
        self.explains("a.near", ("4", "a"), self.told(
            *head, "record: id = 4 town = a\n" + name.format("无", "U+65E0") + "  verdict: left out by the condition (where)\n"))
        self.explains("a.near", ("2", "a"), self.told(
            *head, "record: id = 2 town = a\n" + name.format("toolong", "U+0074 U+006F U+006F U+006C U+006F U+006E U+0067") +
            "  verdict: unreadable\n  reason: n cannot be read as integer\n"))

    def test_masked_unless_revealed(self):
        head = ("a.who.length", "", "length: 2", "who: {standard", "")
        end = "  verdict: fail\n  reason: the length is wrong, should be 2\n"
        self.explains("a.who.length", ("2", "a"), self.told(
            *head, 'record: id = 2 town = a\n  who = "***"\n    masked; reveal the field to see it\n' + end))
        self.explains("a.who.length", ("2", "a"), self.told(
            *head, 'record: id = 2 town = a\n  who = "abc"\n    code points: U+0061 U+0062 U+0063\n' + end), "--reveal", "a.who")
        # A letter and its accent are two characters: the code points tell.
        self.explains("a.who.length", ("4", "a"), self.told(
            *head, 'record: id = 4 town = a\n  who = "e\u0301"\n    code points: U+0065 U+0301\n  verdict: pass\n'), "--reveal",
            "a.who")

    def test_over_the_record(self):
        self.explains("a.both", ("3", "c"), self.told(
            "a.both", " (Both)", "expect: n > 5 or name = 'x'", "id: both", "",
            'record: id = 3 town = c\n  name = "x"\n    code points: U+0078\n  n = "3"\n    code points: U+0033\n  verdict: pass\n'))

    def test_over_the_dataset(self):
        head = ("a.pair", "", "unique: [name, n]", "id: pair", "")
        two = '  name = "{}"\n    code points: {}\n  n = "{}"\n    code points: {}\n'
        self.explains("a.pair", ("1", "甲"), self.told(
            *head, "record: id = 1 town = 甲\n" + two.format("x", "U+0078", "3", "U+0033") +
            "  verdict: fail\n  reason: the combination of name, n occurs 2 times\n"))
        self.explains("a.pair", ("2", "a"), self.told(
            *head, "record: id = 2 town = a\n" +
            two.format("toolong", "U+0074 U+006F U+006F U+006C U+006F U+006E U+0067", "x", "U+0078") +
            "  verdict: unreadable\n  reason: n cannot be read as integer\n"))
        self.explains("a.pair", ("3", "b"), self.told(
            *head, "record: id = 3 town = b\n  name = NULL\n  n = NULL\n  verdict: no finding about this record\n"))
        self.explains("a.early", ("1", "甲"), self.told(
            "a.early", "", "unique: [name, n]", "id: early", "", "record: id = 1 town = 甲\n" +
            two.format("x", "U+0078", "3", "U+0033") + "  verdict: no finding about this record\n"))
        self.explains("a.early", ("3", "c"), self.told(
            "a.early", "", "unique: [name, n]", "id: early", "", "record: id = 3 town = c\n" +
            two.format("x", "U+0078", "3", "U+0033") + "  verdict: left out by the condition (where)\n"))

    def test_condition_that_cannot_be_computed(self):
        cause = "  verdict: unreadable\n  reason: the condition (where) cannot be computed\n"
        name = '  name = "x"\n    code points: U+0078\n'
        self.explains("a.div", ("1", "甲"), self.told(
            "a.div", "", "length: 1", "id: div,", "", "record: id = 1 town = 甲\n" + name + cause))
        self.explains("a.divs", ("1", "甲"), self.told(
            "a.divs", "", "unique: [name, n]", "id: divs", "",
            "record: id = 1 town = 甲\n" + name + '  n = "3"\n    code points: U+0033\n' + cause))

    def test_missing_where_nulls_fail(self):
        head = ("a.must", "", "length: {min: 1}", "id: must", "")
        why = "  verdict: fail\n  reason: a value is missing\n"
        self.explains("a.must", ("3", "b"), self.told(*head, "record: id = 3 town = b\n  name = NULL\n" + why))
        self.explains("a.must", ("4", "a"), self.told(
            *head, 'record: id = 4 town = a\n  name = "无"\n    code points: U+65E0\n' + why))

    def test_about_all_records(self):
        """Such a rule has no verdict on one record: its outcome is told, and why."""
        self.explains("a.few", ("1", "甲"), self.told(
            "a.few", "", "rows: {min: 6}", "id: few", "", "record: id = 1 town = 甲\n"
            "all records together: FAIL\n  reason: 5 records, at least 6 expected\n"))
        self.explains("a.few", ("1", "甲"), f"规则：a.few\n要求：rows: {{min: 6}}\n出处：{self.told_pack}:{self.line('id: few')}\n"
                      "记录： id = 1 town = 甲\n针对全部记录：FAIL\n  原因：共 5 条记录，应不少于 6 条\n", lang="zh")
        self.explains("a.fine", ("1", "甲"), self.told(
            "a.fine", "", "rows: {min: 1}", "id: fine", "", "record: id = 1 town = 甲\nall records together: PASS\n"))
        self.explains("a.towns", ("1", "甲"), self.told(
            "a.towns", "", "aggregate: {figure: count, of: name, by: [town], min: 1}", "id: towns", "",
            'record: id = 1 town = 甲\n  town = "甲"\n    code points: U+7532\n  name = "x"\n    code points: U+0078\n'
            'all records together: FAIL\n  reason: name: count is 0, at least 1 expected; town = "b"\n'))
        self.explains("a.largest", ("2", "a"), self.told(
            "a.largest", "", "aggregate: {figure: max, of: n, max: 5}", "id: largest", "",
            'record: id = 2 town = a\n  n = "x"\n    code points: U+0078\n'
            "  verdict: unreadable\n  reason: n cannot be read as integer\n"
            "all records together: FAIL\n  reason: n: max is 7, at most 5 expected\n"))
        self.explains("a.cols", ("1", "甲"), self.told(
            "a.cols", "", "schema: {columns: {zip: text}}", "id: cols", "", "record: id = 1 town = 甲\n"
            "all records together: FAIL\n  reason: column 'zip' is missing, expected with type text\n"))

    def test_refused(self):
        for key, en, zh in ((("9", "c"), "dataset a has no record with this key", "数据集 a 中没有该主键的记录"),
                            (("9",), "the key of a has 2 fields, 1 values were given", "数据集 a 的主键有 2 个字段，但给出了 1 个值")):
            self.explains("a.both", key, f"assay: {en}\n", code=2)
            self.explains("a.both", key, f"assay: {zh}\n", lang="zh", code=2)
        self.explains("a.bot", ("1", "甲"), "assay: the pack has no rule 'a.bot'\n", code=2)
        self.explains("a.bot", ("1", "甲"), "assay: 规则包中没有规则“a.bot”\n", lang="zh", code=2)
        done = self.assay("explain", "a.both", "--pack", self.told_pack, "--key", "1", "--key", "a", env={"PGHOST": "/no/such"})
        self.assertEqual((done.code, done.out), (3, ""))

    def test_file_that_the_pack_names(self):
        self.told_pack = self.pack(PACK.replace("table: told", "file: a.csv"), head=HEAD)
        done = self.assay("explain", "a.both", "--pack", self.told_pack, "--key", "1", "--key", "甲", env={"PGHOST": "/no/such"})
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertTrue(done.out.endswith("  verdict: pass\n"))


if __name__ == "__main__":
    kit.main()
