"""Values of people are planted wherever a value may stand: none of them is found in the store, its log, its tables, or in anything
the command writes about it. What is hostile in public values comes out harmless, and as it was."""
import csv
import io
import json
import os
import re
import subprocess
import unicodedata
import zipfile

import store_kit as kit
from store_kit import KIND

PACK = """assay: 1
pack: leaks
version: 1.0.0
timezone: Asia/Shanghai
sources: {s: {title: {zh: 源, en: Source}, owner: 甲科}}
standards:
  who: {title: {zh: 身份证号, en: Citizen id}, level: personal, normalize: [trim, width, upper], checks: [{checksum: gb11643}]}
  tel: {title: {zh: 手机, en: Mobile}, level: personal, normalize: [trim, width], checks: [{match: "1[0-9]{10}"}]}
  card: {title: {zh: 卡, en: Card}, level: sensitive, checks: [{checksum: luhn}]}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [who, tel]
    fields:
      who: {standard: who}
      tel: {standard: tel}
      card: {standard: card}
      free: {standard: text, personal: true, match: "x+"}
    rules:
      - {id: pair, expect: who = tel}
      - {id: three, expect: length(who) + length(tel) + length(free) < 3}
      - {id: places, depends: {who: [card]}}
  b:
    title: {zh: 乙, en: B}
    source: s
    file: b.csv
    key: [tel]
    fields: {tel: {standard: tel, unique: true}, n: {standard: integer, max: 3}}
"""
IDS = ("110101199003070070", "440524188001010014", "11010119900307007１")
TELS = ("13800138001", "13900139002", "１３７００１３７００３", "15912345678")
CARDS = ("6222021234567890128", "6222021234567890125")
# Whole values, and the parts that no mask may show: the birth date, the digits in the middle.
SECRETS = ("11010119900307007", "44052418800101001", "19900307", "18800101", "13800138001", "13900139002", "13700137003", "１３７００１３７００３",
           "15912345678", "80013800", "90013900", "70013700", "91234567", "2123456789", "6222021234567890128", "6222021234567890125")
NIGHTS = ("2026-03-02", "2026-03-03", "2026-03-04")


class Leaks(kit.Case):
    def setUp(self):
        super().setUp()
        self.pack_path = self.write("pack.yaml", PACK)
        self.init()

    def table(self, shift):
        rows = [(IDS[0], TELS[0], CARDS[0], f"call {TELS[0]}"), (IDS[1], TELS[1], CARDS[1], IDS[0]), (IDS[2], TELS[2], CARDS[1], TELS[3]),
                (IDS[0], TELS[3], CARDS[1], "x")]
        self.write("a.csv", "who,tel,card,free\n" + "".join(",".join(r) + "\n" for r in rows[shift:]))
        self.write("b.csv", "tel,n\n" + "".join(f"{t},{9 - shift}\n{t},1\n" for t in TELS))

    def everywhere(self):
        """Everything that is written, by name."""
        out = {}
        for night, day in enumerate(NIGHTS):
            self.table(night % 2)
            done = self.assay("run", self.pack_path, *self.at, *kit.RULES_THERE, "--as-of", day, "--events", self.path("events"),
                              "--notify-command", "cat >> " + self.path("notified"), "--report", self.path("report"))
            self.assertEqual(done.code, 1, done.err)
            out["run " + day] = done.out + done.err
        unclosed = ("--state", "unclosed", "--who", "w", "--pack", self.pack_path, "--remark", "r", "--day", NIGHTS[-1])
        self.assertGreater(len(self.listed("--state", "unclosed")), 15)
        out["dispatch"] = self.tickets("dispatch", *unclosed).err
        for lang in kit.kit.LANGUAGES:
            for form in ("text", "json"):
                out[f"list {lang} {form}"] = self.tickets("list", "--lang", lang, "--format", form).out
            ids = [t["id"] for t in self.listed()][:200]
            out["show " + lang] = self.tickets("show", *ids, "--lang", lang).out
            for form in ("csv", "ndjson", "xlsx"):
                path = self.path(f"order.{lang}.{form}")
                out[f"export {lang} {form}"] = self.tickets("export", "--format", form, "--lang", lang, "--output", path).err
            done = self.tickets("confirm", *unclosed, "--lang", lang, code=0 if lang == "en" else 1)
            out["confirm " + lang] = done.out + done.err
            done = self.tickets("export", "--format", "sql", "--pack", self.pack_path, "--lang", lang, code=1)
            out["sql " + lang] = done.out + done.err
        out["store export"] = self.store("export").out
        out["store check"] = self.store("check").out
        done = self.tickets("marks", "--pack", self.pack_path, "--dataset", "b", "--key", TELS[0], code=1)
        out["marks"] = done.out + done.err
        done = self.tickets("marks", "--pack", self.pack_path, "--dataset", "b", "--key", TELS[0], "--key", TELS[1], code=2)
        out["marks, a wrong key"] = done.out + done.err
        return out

    def files(self):
        for name in os.listdir(self.dir):
            if name in ("a.csv", "b.csv", "pack.yaml") or os.path.isdir(self.path(name)):
                continue
            with open(self.path(name), "rb") as f:
                content = f.read()
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(self.path(name)) as book:
                    content = b"".join(book.read(part) for part in book.namelist())
            yield name, content
        if KIND == "postgres":
            dump = subprocess.run([os.environ["CLUSTER_BIN"] + "/pg_dump", "-n", self.schema], capture_output=True, check=True).stdout
            self.assertIn(b"COPY", dump)
            yield "pg_dump", dump

    def test_nothing_leaks(self):
        texts = self.everywhere()
        for name in ("list en json", "show zh", "store export", "sql en"):
            self.assertTrue(texts[name], name)
        with open(self.path("events"), encoding="utf-8") as f, open(self.path("notified"), encoding="utf-8") as n:
            lines = f.readlines()
            self.assertEqual(lines, n.readlines())
            self.assertGreater(len(lines), 20)
        texts.update((name, content.decode("utf-8", "replace")) for name, content in self.files())
        found = [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text]
        self.assertEqual(found, [])
        self.assertIn("masked", texts["sql en"])

    def test_suggestions_are_masked(self):
        self.table(0)
        self.night(self.pack_path, "--as-of", NIGHTS[0])
        told = [t for t in self.listed() if t["suggestion"]]
        self.assertTrue(told)
        self.assertFalse([t for t in told for s in SECRETS if s in json.dumps(t["suggestion"], ensure_ascii=False)])

    def test_digests_do_not_tell(self):
        """The same findings in two stores have nothing in common that could be tried out."""
        self.table(0)
        seen = []
        for _ in range(2):
            self.night(self.pack_path, "--as-of", NIGHTS[0])
            seen.append({v for row in self.rows("select id, key_print, digest from ticket") for v in row})
            self.schema += "x"
            self.where = self.path("other.db") if KIND == "sqlite" else self.where
            self.place = self.place and ["--schema", self.schema]
            self.at = ["--store", self.where, *self.place]
            self.init()
        self.assertEqual(seen[0] & seen[1], set())
        lines = self.store("export", where=self.path("assay.db") if KIND == "sqlite" else None).out
        self.assertNotIn("seed", lines)

    def test_only_the_owner_reads_the_file(self):
        if KIND == "sqlite":
            self.table(0)
            self.night(self.pack_path, "--as-of", NIGHTS[0])
            for name in os.listdir(self.dir):
                if name.startswith("assay.db"):
                    self.assertEqual(os.stat(self.path(name)).st_mode & 0o077, 0, name)

    def test_reveal(self):
        """Asked for by name, and then it is there: so the search above can find something."""
        self.table(0)
        self.night(self.pack_path, "--as-of", NIGHTS[0], "--reveal", "b.tel")
        self.assertTrue([t for t in self.listed() if "13800138001" in json.dumps(t["key"])])


HOSTILE_PACK = """assay: 1
pack: hostile
version: 1.0.0
timezone: UTC
sources: {s: {title: {zh: 源, en: Source}, owner: 甲科}}
standards:
  up: {title: {zh: 大写, en: Upper}, normalize: [upper]}
datasets:
  a:
    title: {zh: 甲, en: A}
    source: s
    TABLE
    key: [id]
    fields: {id: {standard: text}, v: {standard: up}}
"""
HOSTILE = ("=1+1", "+1", "-1+1", "@sum(a1)", "=cmd|' /c calc'!a0", "'); drop table ticket; --", "\\.", "\\N", "a\\tb", "a\tb", "a\nb", "a\r\nb", "a\"b",
           "a,b", "\x1b[31mred", "\x07", "\x7f", "\x9b31m", "\u202eevil", "\u2028", "\u2029", "\ufeffa", "%s%n%5$s", "${x}", "a" * 100000, "\U0001f600a", "é",
           "--", "/* a */", "$1", "$$; drop table run; $$", "null", "<script>a</script>", "&lt;a", "_x000d_a", "\U000e0001a", "{\"a\":1}", "a ", "\u00a0a")


def upper(text):
    return re.sub("[a-z]", lambda m: m.group().upper(), text)


class Hostile(kit.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.values = {v: v + "z" for v in HOSTILE}  # a small letter in each, so that each is a finding

    def fill_file(self):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([("id", "v"), *self.values.items()])
        self.write("a.csv", text.getvalue())
        return self.write("pack.yaml", HOSTILE_PACK.replace("TABLE", "file: a.csv"))

    def test_values_come_back(self):
        pack = self.fill_file()
        self.night(pack, "--as-of", "2026-03-02")
        told = {t["key"]["id"]: t["value"] for t in self.listed()}
        self.assertEqual(told, self.values)
        self.assertEqual({t["key"]["id"]: t["suggestion"] for t in self.listed()}, {k: upper(v) for k, v in self.values.items()})
        exported = [json.loads(line) for line in self.store("export").out.splitlines()]
        self.assertEqual({json.loads(r["value"]) for r in exported if r["table"] == "finding"}, set(self.values.values()))
        self.assertEqual(self.rows("select count(*) from run"), [("1",)])
        self.whole()
        self.assertEqual(self.night(pack, "--as-of", "2026-03-03")[1:], (0, 0, 0, 0, 0, len(self.values)))

    def printable(self, text, allowed="\n"):
        return [c for c in text if c not in allowed and unicodedata.category(c) == "Cc"]

    def test_terminals(self):
        """No control character reaches a terminal."""
        self.night(self.fill_file(), "--as-of", "2026-03-02")
        ids = [t["id"] for t in self.listed()]
        for option, text in (("--who", "w\x1b[2J"), ("--who", "\x7f"), ("--remark", "a\x1b[31m"), ("--remark", "a\x9b"), ("--remark", "a\rb"),
                             ("--remark", b"\xff")):
            args = {"--who": "w", "--remark": "r", option: text}
            done = self.tickets("close", ids[0], "--day", "2026-03-03", *(a for pair in args.items() for a in pair), code=2)
            self.assertEqual(done.err, f"assay: {option[2:]}: there is a control character in it, or it is not UTF-8\n")
        self.tickets("close", ids[0], "--who", "w", "--remark", "a\nb\u2028", "--day", "2026-03-03")
        for text in (self.tickets("list").out, self.tickets("show", *ids[:200]).out):
            self.assertEqual(self.printable(text), [])
        self.assertEqual(len(self.tickets("list").out.splitlines()), len(ids))

    def test_work_orders(self):
        """No formula, no control character; and the sheet, filled in, is taken back whole."""
        pack = self.fill_file()
        self.night(pack, "--as-of", "2026-03-02")
        order = self.tickets("export", "--format", "csv", "--lang", "en").out
        rows = list(csv.reader(io.StringIO(order.lstrip("\ufeff"))))
        self.assertEqual(len(rows), len(self.values) + 1)
        self.assertEqual([c for row in rows for c in row if c[:1] in "=+-@\t\r" and c], [])
        self.assertEqual(self.printable(order, "\r\n"), [])
        at = rows[0].index("answer")
        answered = io.StringIO()
        csv.writer(answered).writerows([rows[0], *([*r[:at], "correct", *r[at + 1:]] for r in rows[1:])])
        path = self.write("back.csv", answered.getvalue())
        done = self.tickets("import", path, "--who", "w", "--day", "2026-03-03")
        self.assertIn(f"{len(self.values)} answers taken, 0 taken before, 0 refused", done.err)
        done = self.tickets("import", path, "--who", "w", "--day", "2026-03-03")
        self.assertIn(f"0 answers taken, {len(self.values)} taken before, 0 refused", done.err)
        self.assertEqual({t["state"] for t in self.listed()}, {"corrected"})
        self.assertEqual({t["value"] for t in self.listed()}, set(self.values.values()))

    def test_statements(self):
        """Run by psql, they change what they say and nothing else."""
        if KIND != "postgres":
            return
        kit.kit.sql(f"create table {self.schema}.victim (id text primary key, v text)")
        rows = {k: v for k, v in self.values.items() if k != "\ufeffa"}
        kit.kit.sql("".join(f"insert into {self.schema}.victim values ({self.quoted(k)}, {self.quoted(v)});\n" for k, v in rows.items()))
        pack = self.write("pack.yaml", HOSTILE_PACK.replace("TABLE", f"table: {self.schema}.victim"))
        self.night(pack, "--as-of", "2026-03-02")
        self.tickets("confirm", "--dataset", "a", "--who", "w", "--day", "2026-03-03")
        done = self.tickets("export", "--format", "sql", "--pack", pack)
        self.assertIn(f"{len(rows)} statements, 0 refused", done.err)
        changed = next(iter(rows))
        kit.kit.sql(f"update {self.schema}.victim set v = 'else' where id = {self.quoted(changed)}")
        kit.kit.sql(done.out)
        wanted = {k: upper(v) for k, v in rows.items()}
        wanted[changed] = "else"  # the old value is tested
        self.assertEqual(dict(self.rows("select id, v from victim")), wanted)

    @staticmethod
    def quoted(text):
        return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    kit.main()
