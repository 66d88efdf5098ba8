"""What is masked stays so wherever it could be told: in reasons, figures, keys of segments, the words of explain."""
import os
import pty
import re
import subprocess

import kit

PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    segment: who
    fields:
      id: {standard: integer}
      who: {standard: secret}
      card: {standard: half, checksum: luhn}
      open: {standard: text, checksum: luhn}
      pay: {standard: pay}
      born: {standard: born}
      grade: {standard: text, code: {file: grades.csv, from: from, to: to, at: born}}
      died: {standard: born}
      note: {standard: word, personal: true, charset: [control], length: {min: 1}}
      flag: {standard: flag}
    rules:
      - {id: pays, aggregate: {figure: sum, of: pay, max: 10}}
      - {id: mean, aggregate: {figure: mean, of: pay, max: 10}}
      - {id: least, aggregate: {figure: min, of: pay, min: 1000000}}
      - {id: half, aggregate: {figure: quantile, quantile: 0.5, of: pay, max: 10}}
      - {id: spread, aggregate: {figure: stddev, of: pay, max: 10}}
      - {id: kinds, aggregate: {figure: distinct, of: pay, max: 1}}
      - {id: ordered, order: [born, died]}
      - {id: places, depends: {who: [grade]}}
      - {id: lives, overlap: {from: born, to: died, by: [grade]}}
      - {id: steps, sequence: {field: pay, step: 1}}
      - {id: flags, field: flag, one_of: [false]}
      - {id: brief, field: note, length: {max: 5}}
      - {id: noted, field: note, match: '.+', nulls: fail}
"""
HEAD = kit.HEAD.replace("standards:\n", """standards:
  pay: {title: {zh: 薪, en: Pay}, type: decimal, level: sensitive}
  born: {title: {zh: 生, en: Born}, type: date, level: personal}
  flag: {title: {zh: 旗, en: Flag}, type: boolean, level: personal}
""")
ROWS = ("1,欧阳建国先生啊,79927398710,79927398710,123456.5,1990-03-07,A,1989-05-06,电13800138000,true",
        "2,欧阳建军先生啊,79927398713,79927398713,654321.25,1991-03-07,A,1992-05-06,无,false",
        "3,,79927398713,79927398713,654322.25,1991-08-09,A,1999-05-06,ok,true")
GRADES = "code,from,to\nA,2000-01-01,2009-12-31\n"
# Values of masked fields, and what could be worked out of them.
SECRETS = ("欧阳", "建国", "建军", "79927398710", "123456", "654321", "654322", "1432100", "477366", "388888", "265432",
           "306496", "530864", "1990", "1991", "1989", "1992", "1999", "13800138000")


class Masking(kit.Case):
    def setUp(self):
        super().setUp()
        self.write("grades.csv", GRADES)
        self.masking_pack = self.pack(PACK, head=HEAD)
        self.csv = "a=" + self.write("a.csv", "id,who,card,open,pay,born,grade,died,note,flag\n" + "\n".join(ROWS) + "\n")

    def reasons(self, findings, rule):
        return [f["reason"] for f in findings if f["rule"] == "a." + rule]

    def test_reasons_and_figures(self):
        result, findings = self.run_pack(self.masking_pack, "--csv", self.csv, code=1)
        for rule, want in {
                "card.checksum": ["the check character is wrong"],
                "open.checksum": ["check character is 0, should be 3"],
                "grade.code": ["not in force on the date of born"] * 3,
                "note.personal": ["holds a mobile number at position 2"],
                "noted": ["a value is missing"],
                "pays": ["pay: sum is out of range, at most 10 expected"],
                "mean": ["pay: mean is out of range, at most 10 expected"],
                "least": ["pay: min is out of range, at least 1000000 expected"],
                "half": ["pay: quantile is out of range, at most 10 expected"],
                "spread": ["pay: stddev is out of range, at most 10 expected"],
                "kinds": ["pay: distinct is 3, at most 1 expected"],
                "ordered": ["born should not be more than died"],
                "lives": ["overlaps another period of its group"] * 2 + ["the period ends before it begins"],
                "steps": ["is not one step behind the value before it"]}.items():
            with self.subTest(rule):
                self.assertEqual(sorted(self.reasons(findings, rule)), sorted(want))
        rules = self.rules(result)
        for rule in ("pays", "mean", "least", "half", "spread"):
            self.assertNotIn("value_e6", rules["a." + rule]["figures"], rule)
        self.assertEqual(rules["a.kinds"]["figures"]["value_e6"], 3000000)
        self.assertEqual([f["value"] for f in findings if f["rule"] == "a.flags"], ["***", "***"])

    def test_segments(self):
        """Segments that look alike behind their masks are two all the same."""
        result, _ = self.run_pack(self.masking_pack, "--csv", self.csv, code=1)
        self.assertEqual([s["key"] for s in result["datasets"][0]["segments"]], [None, "欧***", "欧***"])
        result, _ = self.run_pack(self.masking_pack, "--csv", self.csv, "--reveal", "a.who", code=1)
        self.assertEqual([s["key"] for s in result["datasets"][0]["segments"]], [None, "欧阳建军先生啊", "欧阳建国先生啊"])

    def test_nothing_is_told(self):
        for lang in kit.LANGUAGES:
            for form in ("text", "json", "ndjson"):
                done = self.assay("run", self.masking_pack, "--csv", self.csv, "--format", form, "--lang", lang, "--report",
                                  self.path("report"))
                self.assertEqual(done.code, 1)
                texts = {form: done.out + done.err}
                texts.update((name, content.decode()) for name, content in kit.tree(self.path("report")).items())
                for name, text in texts.items():
                    for secret in SECRETS:
                        # One of the texts may be seen: it stands in a public field as well.
                        self.assertNotIn(secret, text.replace('"79927398710"', ""), name)

    def test_explain(self):
        for rule in ("pays", "half", "card.checksum", "grade.code", "ordered", "lives", "steps"):
            for lang in kit.LANGUAGES:
                done = self.assay("explain", "a." + rule, "--pack", self.masking_pack, "--key", "1", "--csv",
                                  self.path("a.csv"), "--lang", lang)
                self.assertEqual((done.code, done.err), (0, ""), rule)
                for secret in SECRETS:
                    self.assertNotIn(secret, done.out, rule)


# ---- Every planted value, in every output ----

PLANTED_HEAD = kit.HEAD.replace("standards:\n", """standards:
  pid: {title: {zh: 号, en: Id}, level: personal, mask: pseudonym}
  name: {title: {zh: 名, en: Name}, level: personal, mask: 1+0, normalize: [trim]}
  alias: {title: {zh: 别, en: Alias}, level: personal}
  phone: {title: {zh: 话, en: Phone}, level: personal, mask: 3+4}
  card: {title: {zh: 卡, en: Card}, level: personal, mask: 0+4}
  mail: {title: {zh: 邮, en: Mail}, level: personal, mask: email}
  home: {title: {zh: 址, en: Home}, level: sensitive, mask: address}
  password: {title: {zh: 密, en: Password}, level: sensitive, mask: all}
  born: {title: {zh: 生, en: Born}, type: date, level: personal}
  year: {title: {zh: 年, en: Year}, type: date, level: personal, mask: 4+0}
  pay: {title: {zh: 薪, en: Pay}, type: decimal, level: sensitive}
  number: {title: {zh: 数, en: Number}, type: integer, level: personal, mask: pseudonym}
""")
PLANTED_PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [pid]
    segment: home
    share: conditional
    open: conditional
    fields:
      pid: {standard: pid, required: true, unique: true, checksum: luhn, length: 2, scale: 0, one_of: [A, B]}
      name: {standard: name, length: {max: 2}, match: "[a-z]+", not_in: [甲], charset: [full_width]}
      alias: {standard: alias, not_match: ".+", code: grades.csv}
      phone: {standard: phone, length: 1, personal: true, match: x}
      card: {standard: card, checksum: iso7064-mod11-2, code: {file: grades.csv, from: from, to: to, at: born}}
      mail: {standard: mail, length: {max: 2}, format: mobile}
      home: {standard: home, length: {max: 2}, charset: [control]}
      password: {standard: password, match: "[0-9]", scale: 1}
      born: {standard: born, min: 2100-01-01, max: 1900-01-01}
      year: {standard: year, exclusive_min: 2100-01-01}
      pay: {standard: pay, max: 1, scale: 0}
      number: {standard: number, max: 1}
      note: {standard: text, personal: true}
      lon: {standard: pay}
    rules:
      - {id: home, coordinates: {longitude: lon, latitude: pay}}
      - {id: computed, expect: 1 / (number - number) > 1}
      - {id: told, expect: "name = 'x' or phone = mail"}
      - {id: pair, together: [name, alias]}
      - {id: times, order: [year, born]}
      - {id: double, unique: [name, phone]}
      - {id: places, depends: {password: [name]}}
      - {id: lives, overlap: {from: born, to: year, by: [password]}}
      - {id: steps, sequence: {field: number, step: 1}}
      - {id: pays, aggregate: {figure: sum, of: pay, max: 1}}
      - {id: middle, aggregate: {figure: quantile, quantile: 0.5, of: number, max: 1}}
      - {id: groups, aggregate: {figure: count, by: [name], max: 1}}
      - {id: births, change: {figure: distinct, of: born, within: 10% of last 7}}
      - {id: spread, distribution: {field: born, bins: [2100-01-01], against: last 7, psi: 0.1}}
      - {id: recent, fresh: {field: born, within: 1 day}}
      - {id: many, rows: {min: 100}}
      - {id: shaped, schema: {columns: {pid: integer, other: text}, exact: true}}
      - {id: some, field: phone, length: 1, where: 1 / (number - number) > 1}
      - {id: absent, field: mail, match: x, nulls: fail}
"""
COLUMNS = "pid,name,alias,phone,card,mail,home,password,born,year,pay,number,note,lon\n"


def with_check_character(body):
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def with_luhn(body):
    digits = [int(c) for c in reversed(body)]
    total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits))
    return body + str(-total % 10)


# One column each; the third record has values that cannot be read as what their fields are.
IDS = [with_check_character(body) for body in ("51090219770816357", "51092219861127482", "51098119650930619")]
NAMES, ALIASES = ["欧阳靖雯", "　司徒嘉懿", "欧阳靖雯"], ["诸葛孔明卧龙先生", "", "长孙无忌凌烟功臣"]
PHONES, CARDS = ["13967482915", "15846273918", "13967482915"], [with_luhn(b) for b in ("621785943762184", "622848276491537", "621700384956217")]
MAILS = ["ouyangjw@mail.example.cn", "situjiayi@mail.example.cn", "not-a-mail-zhangsun"]
HOMES = ["四川省遂宁市船山区凯旋路372弄85号紫薇苑", "遂宁市射洪市太和镇1946附74号", "长孙府邸西厢房"]
PASSWORDS = ["kwyjibo hufnpzq", "kwyjibo hufnpzq", "xylqvorm gribdak"]
BORN, YEARS = ["1977-08-16", "1986-12-29", "一九六五九月卅日"], ["1976-03-14", "1999-07-21", "19650930619"]
PAYS, NUMBERS = ["83746.19", "92847.36", "八千三百元整"], ["473829165", "584930276", "51098119650930619"]
NOTES = ["请联系 " + PHONES[0] + " 本人", "卡号 6217 8594 3762 1842", "证件" + IDS[2]]
NOTES[1] = "卡号 " + re.sub("(.{4})(?=.)", r"\1 ", CARDS[0])
LONGITUDES = ["211.837462", "198.273645", "东经一百零五度"]
RECORDS = list(zip(IDS, NAMES, ALIASES, PHONES, CARDS, MAILS, HOMES, PASSWORDS, BORN, YEARS, PAYS, NUMBERS, NOTES, LONGITUDES))
# What the masks leave of them.
SHOWN = ["o***@mail.example.cn", "s***@mail.example.cn", "四川省遂宁市船山区凯旋路***", "遂宁市射洪市太和镇***"]
SHOWN += ["***" + card[-4:] for card in CARDS] + ["13***15", "15***18"]
KEY = "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210\n"


def parts(value):
    """What must not be seen of a value: any 5 characters in a row, any 2 Chinese ones."""
    value = value.removesuffix("@mail.example.cn")
    found = set()
    for run in re.findall("[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", value):
        n = 2 if "\u4e00" <= run[0] <= "\u9fff" else 5
        found |= {run[i:i + n] for i in range(len(run) - n + 1)}
    return found


def secrets():
    found = set()
    for record in RECORDS:
        for value in record:
            found |= parts(value)
    # Words of the program and of the visible part of the addresses.
    return {s for s in found if not any(s in shown for shown in SHOWN)} - {"证件", "卡号", "本人", "联系", "请联", "之前", "四川"}


class Planted(kit.Case):
    def setUp(self):
        super().setUp()
        self.write("grades.csv", GRADES)
        self.planted_pack = self.pack(PLANTED_PACK, head=PLANTED_HEAD)
        self.key = self.write("key", KEY)
        os.chmod(self.key, 0o600)
        self.secrets = secrets()
        self.assertGreater(len(self.secrets), 200)
        self.write("a.csv", self.csv(RECORDS))

    def csv(self, records, head=COLUMNS):
        return head + "".join(",".join(record) + "\n" for record in records)

    def hides(self, what, text, but=()):
        text = re.sub(r'\b[0-9a-f]{64}\b|_e4": \d+', "", text)  # digests and scores: five digits of a value by chance
        for shown in SHOWN:
            text = text.replace(shown, "")
        seen = [s for s in self.secrets if s in text and s not in but]
        self.assertEqual(seen, [], f"{what}: {text}")

    def hides_all(self, what, done, but=()):
        self.hides(what, done.out + done.err, but)
        if os.path.exists(self.path("report")):
            for name, content in kit.tree(self.path("report")).items():
                self.hides(what + " " + name, content.decode(), but)

    def run_planted(self, *args, code=1, but=()):
        for lang in kit.LANGUAGES:
            for form in ("text", "json", "ndjson"):
                done = self.assay("run", self.planted_pack, "--pseudonym-key", self.key, "--as-of", "2026-01-01", "--lang", lang,
                                  "--format", form, "--report", self.path("report"), *args)
                self.assertEqual(done.code, code, done.err)
                self.hides_all(f"{args} {lang} {form}", done, but)

    def test_the_search_finds_what_is_there(self):
        """The test can fail: revealed values are found."""
        for field, values in (("pid", IDS), ("name", NAMES), ("phone", PHONES), ("password", PASSWORDS), ("born", BORN), ("note", NOTES)):
            done = self.assay("run", self.planted_pack, "--pseudonym-key", self.key, "--format", "ndjson", "--reveal", "a." + field)
            for value in values:
                self.assertTrue(any(s in done.out for s in parts(value) & self.secrets), (field, value))

    def test_run(self):
        self.run_planted()
        result, findings = self.run_pack(self.planted_pack, "--pseudonym-key", self.key, code=1)
        failed = {r["check"] for r in result["datasets"][0]["rules"] if r["failed"] or r["unreadable"]}
        done = self.assay("checks")
        checks = {line.split()[0] for line in done.out.splitlines() if "(not in this version)" not in line}
        self.assertEqual(checks - failed, {"required", "exclusive_max", "not_in"}, "a check has no failing value here")
        self.assertGreater(len(findings), 80)
        self.assertEqual(result["datasets"][0]["opening"]["verdict"], "blocked")

    def test_reveal_shows_one_field_alone(self):
        only = set().union(*map(parts, PASSWORDS))
        self.run_planted("--reveal", "a.password", but=only)

    def test_pseudonyms_stay(self):
        """The same key, the same pseudonym; another, others; nothing of the key is told."""
        seen = []
        for key in (KEY, KEY, KEY.replace("0", "1")):
            self.write("key", key)
            _, findings = self.run_pack(self.planted_pack, "--pseudonym-key", self.key, code=1)
            seen.append(sorted({f["key"]["pid"] for f in findings if f["key"]}))
        self.assertEqual(seen[0], seen[1])
        self.assertFalse(set(seen[0]) & set(seen[2]))
        self.assertEqual([re.fullmatch("p:[0-9a-f]{32}", p) is not None for p in seen[0]], [True] * 3)
        for name, content in kit.tree(self.path("report")).items():
            self.assertNotIn(KEY[:16], content.decode(), name)

    def test_a_key_is_needed(self):
        self.refused(2, "field a.pid is shown as a pseudonym, which needs a key: name its file (pseudonym_key); 'assay key new "
                     "FILE' makes one",
                     "字段 a.pid 以假名显示，需要密钥：请指定密钥文件（pseudonym_key）；可用 assay key new 文件 生成", self.planted_pack)
        self.refused(2, "field a.number is shown as a pseudonym, which needs a key: name its file (pseudonym_key); 'assay key "
                     "new FILE' makes one",
                     "字段 a.number 以假名显示，需要密钥：请指定密钥文件（pseudonym_key）；可用 assay key new 文件 生成",
                     self.planted_pack, "--reveal", "a.pid")
        done = self.assay("run", self.planted_pack, "--reveal", "a.pid", "--reveal", "a.number", "--quiet")
        self.assertEqual((done.code, done.err), (1, ""))
        os.chmod(self.key, 0o644)
        self.refused(3, f"key file {self.key} is open to others (mode 0644): run chmod 600 on it",
                     f"密钥文件 {self.key} 可被他人访问（权限 0644）：请执行 chmod 600", self.planted_pack, "--pseudonym-key", self.key)

    def test_explain(self):
        rules = [line.split('"')[3] for line in self.assay(
            "run", self.planted_pack, "--pseudonym-key", self.key, "--format", "json").out.splitlines() if '"id": "a.' in line]
        self.assertGreater(len(rules), 45)
        for i, rule in enumerate(rules):
            for key in IDS:
                done = self.assay("explain", rule, "--pack", self.planted_pack, "--pseudonym-key", self.key, "--key", key, "--csv",
                                  self.path("a.csv"), "--lang", kit.LANGUAGES[i % 2], "--as-of", "2026-01-01")
                self.assertEqual((done.code, done.err), (0, ""), rule)
                self.hides(rule, done.out)
        done = self.assay("explain", rules[0], "--pack", self.planted_pack, "--pseudonym-key", self.key, "--key", IDS[0][:-1], "--csv",
                          self.path("a.csv"))
        self.assertEqual(done.code, 2)
        self.hides("no such record", done.out + done.err)

    def test_lint(self):
        for lang in kit.LANGUAGES:
            self.hides_all("lint", self.assay("lint", self.planted_pack, "--lang", lang))

    def test_terminal(self):
        ours, theirs = pty.openpty()
        process = self.start("run", self.planted_pack, "--pseudonym-key", self.key, "--as-of", "2026-01-01", stderr=theirs, stdout=subprocess.PIPE)
        os.close(theirs)
        out, shown = process.stdout.read().decode(), b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError: # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(10), 1)
        self.assertIn("a: 3", shown.decode())
        self.hides("terminal", out + shown.decode())

    def test_no_header(self):
        """The first record is taken for the header, and refused without being quoted."""
        self.write("a.csv", self.csv(RECORDS, head=""))
        self.run_planted(code=2)

    def test_a_value_in_the_header(self):
        self.write("a.csv", self.csv(RECORDS, head=COLUMNS.replace("phone", PHONES[0] + "," + PHONES[0])))
        self.run_planted(code=2)

    def test_lines_that_cannot_be_read(self):
        torn = [RECORDS[0] + (IDS[1],), RECORDS[1][:5], RECORDS[2]]
        quoted = self.csv(torn) + '"' + IDS[1] + '"x,' + ",".join(RECORDS[1][1:]) + "\n"
        bad = self.csv(RECORDS).encode() + ",".join(RECORDS[0]).encode().replace("欧".encode(), b"\xff\xfe") + b"\n"
        for content in (self.csv(torn), quoted, bad, self.csv(RECORDS) + '"' + ",".join(RECORDS[1])):
            self.write("a.csv", content)
            self.run_planted(code=3)
            self.run_planted("--lenient")


class Keys(kit.Case):
    def test_new(self):
        path = self.path("key")
        done = self.assay("key", "new", path)
        self.assertEqual((done.code, done.out, done.err), (0, "", ""))
        self.assertEqual(os.stat(path).st_mode & 0o7777, 0o600)
        with open(path, encoding="ascii") as f:
            before = f.read()
        self.assertRegex(before, r"\A[0-9a-f]{64}\n\Z")
        for lang, said in (("en", f"assay: key file {path} exists: a key is never overwritten\n"),
                           ("zh", f"assay: 密钥文件 {path} 已存在：密钥从不覆盖\n")):
            done = self.assay("key", "new", path, "--lang", lang)
            self.assertEqual((done.code, done.out, done.err), (3, "", said))
        with open(path, encoding="ascii") as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(sorted(os.listdir(self.dir)), ["key", "spill"])

    def test_usage(self):
        for words in ((), ("new",), ("old", "key"), ("new", "a", "b")):
            done = self.assay("key", *words)
            self.assertEqual((done.code, done.out), (2, ""))
            self.assertIn("assay: name a file: assay key new FILE", done.err)
        self.assertEqual(self.assay("key", "new", self.path("no/key")).code, 3)


if __name__ == "__main__":
    kit.main()
