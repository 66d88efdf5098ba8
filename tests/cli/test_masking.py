"""What is masked stays so wherever it could be told: in reasons, figures, keys of segments, the words of explain."""
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
                        # Two of the texts may be seen: they stand in public fields as well.
                        self.assertNotIn(secret, text.replace('"79927398710"', "").replace("电13800138000", ""), name)

    def test_explain(self):
        for rule in ("pays", "half", "card.checksum", "grade.code", "ordered", "lives", "steps"):
            for lang in kit.LANGUAGES:
                done = self.assay("explain", "a." + rule, "--pack", self.masking_pack, "--key", "1", "--csv",
                                  self.path("a.csv"), "--lang", lang)
                self.assertEqual((done.code, done.err), (0, ""), rule)
                for secret in SECRETS:
                    self.assertNotIn(secret, done.out, rule)


if __name__ == "__main__":
    kit.main()
