"""From counts to outcomes, exit codes and scores; every expected number worked out by hand."""
import datetime
import os

import kit

DATASET = """  a: {{title: {{zh: 甲, en: A}}, source: s, file: a.csv, key: [id], fields: {{
    id: {{standard: text}}, v: {{standard: {standard}}}, w: {{standard: text}}}}, rules: [
    {{id: r, {rule}}}]}}
"""


class Outcomes(kit.Case):
    def outcome(self, rule, values, *args, standard="text", code=0):
        """The rule's entry in result.json over records (id, v, w)."""
        pack = self.pack(DATASET.format(rule=rule, standard=standard))
        rows = [v if isinstance(v, tuple) else (v, "") for v in values]
        csv = self.write("a.csv", "id,v,w\n" + "".join(f"{i:05},{v},{w}\n" for i, (v, w) in enumerate(rows)))
        result, self.findings = self.run_pack(pack, "--csv", "a=" + csv, *args, code=code)
        self.result = result
        return self.rules(result)["a.r"]

    def told(self, rule):
        return (rule["outcome"], rule["evaluated"], rule["failed"], rule["skipped"], rule["unreadable"], rule["excluded"])

    # ---- Tolerance ----

    def test_edges_of_the_tolerance(self):
        """The most failures are floor(limit * evaluated), exact."""
        def check(tolerance, n, bad, allowed, outcome):
            rule = self.outcome(f"tolerance: {tolerance}, where: w is null, field: v, one_of: [y]",
                                ["x"] * bad + ["y"] * (n - bad), code=1 if outcome == "FAIL" else 0)
            with self.subTest(f"{tolerance} of {n}, {bad} bad"):
                self.assertEqual((rule["outcome"], rule["failed"], rule["allowed"]["warn"], rule["allowed"]["fail"]),
                                 (outcome, bad, *allowed))
        check("0.1%", 999, 0, (0, 0), "PASS")
        check("0.1%", 999, 1, (0, 0), "FAIL")
        check("0.1%", 1000, 1, (0, 1), "WARN")
        check("0.1%", 1000, 2, (0, 1), "FAIL")
        check("0.1%", 1001, 1, (0, 1), "WARN")
        check("0.1%", 1999, 1, (0, 1), "WARN")
        check("0.1%", 1999, 2, (0, 1), "FAIL")
        check("0.1%", 2000, 2, (0, 2), "WARN")
        check("2", 10, 2, (0, 2), "WARN")
        check("2", 10, 3, (0, 2), "FAIL")
        check("{warn: 1, fail: 30%}", 10, 1, (1, 3), "PASS")
        check("{warn: 1, fail: 30%}", 10, 2, (1, 3), "WARN")
        check("{warn: 1, fail: 30%}", 10, 3, (1, 3), "WARN")
        check("{warn: 1, fail: 30%}", 10, 4, (1, 3), "FAIL")
        check("33.333333%", 3, 1, (0, 0), "FAIL")
        check("33.333334%", 3, 1, (0, 1), "WARN")
        check("100%", 3, 3, (0, 3), "WARN")
        check("{warn: 29%, fail: 58%}", 100, 29, (29, 58), "PASS")
        check("{warn: 29%, fail: 58%}", 100, 58, (29, 58), "WARN")
        check("{warn: 29%, fail: 58%}", 100, 59, (29, 58), "FAIL")

    def test_fail_on_warn(self):
        for severity, code in (("error", 1), ("warning", 1), ("info", 0)):
            with self.subTest(severity):
                self.outcome(f"severity: {severity}, tolerance: 1, field: v, one_of: [y]", ["x", "y"], "--fail-on", "warn",
                             code=code)
        self.outcome("field: v, one_of: [y]", ["y"], "--fail-on", "warn")
        self.outcome("field: v, one_of: [y]", [""], "--fail-on", "warn", code=1)

    def test_severity_caps_the_outcome(self):
        for severity, outcome, code in (("info", "WARN", 0), ("warning", "WARN", 0), ("error", "FAIL", 1), ("critical", "FAIL", 1)):
            rule = self.outcome(f"severity: {severity}, field: v, one_of: [y]", ["x"], code=code)
            self.assertEqual((rule["severity"], rule["outcome"], self.result["run"]["outcome"]), (severity, outcome, outcome))

    # ---- Nothing to judge ----

    def test_vacuous(self):
        for on_empty, worst, code in (("", "VACUOUS", 0), ("on_empty: warn, ", "VACUOUS", 0), ("on_empty: pass, ", "PASS", 0),
                                      ("on_empty: fail, ", "FAIL", 1)):
            for label, values, told in (("empty", [], ("VACUOUS", 0, 0, 0, 0, 0)),
                                        ("all null", ["", ""], ("VACUOUS", 0, 0, 2, 0, 0))):
                with self.subTest(on_empty + label):
                    rule = self.outcome(on_empty + "field: v, one_of: [y]", values, code=code)
                    self.assertEqual(self.told(rule), told)
                    self.assertEqual((list(self.rules(self.result)), self.result["run"]["outcome"]), (["a.r"], worst))

    def test_empty_is_not_a_hundred(self):
        self.outcome("field: v, one_of: [y]", [])
        score = self.result["datasets"][0]["score"]
        by_code = {i["code"]: i for i in score["indicators"]}
        self.assertEqual([(i["a"], i["b"], i["score_e4"]) for c, i in by_code.items() if c != "trace"], [(0, 0, None)])

    def test_nothing_left_by_where(self):
        rule = self.outcome("where: w = 'a', field: v, one_of: [y]", [("x", "b"), ("y", "")])
        self.assertEqual(self.told(rule), ("VACUOUS", 0, 0, 0, 0, 2))

    def test_where_counts(self):
        rule = self.outcome("where: w = 'a', field: v, one_of: [y]",
                            [("x", "a"), ("y", "a"), ("", "a"), ("x", "b"), ("x", "")], code=1)
        self.assertEqual(self.told(rule), ("FAIL", 2, 1, 1, 0, 2))
        self.assertEqual([f["key"] for f in self.findings], [{"id": "00000"}])

    def test_all_unreadable(self):
        rule = self.outcome("field: v, min: 3", ["x", "y"], standard="integer", code=1)
        self.assertEqual(self.told(rule), ("NOT_EVALUATED", 0, 0, 0, 2, 0))
        self.assertEqual([(f["rule"], f["key"]["id"]) for f in self.findings], [("a.v.type", "00000"), ("a.v.type", "00001")])
        self.assertEqual(self.result["score"]["total_e4"], None)
        self.assertEqual(self.result["score"]["grade"], None)

    def test_some_unreadable_is_at_best_a_warning(self):
        rule = self.outcome("field: v, min: 3", ["x", "5"], standard="integer", code=1)
        self.assertEqual(self.told(rule), ("WARN", 1, 0, 0, 1, 0))
        self.assertEqual(self.rules(self.result)["a.v.type"]["outcome"], "FAIL")

    def test_chosen_datasets_and_files_of_the_pack(self):
        """Without --csv a dataset's file is the one that the pack names, from the pack's folder."""
        os.mkdir(self.path("packs"))
        two = (DATASET + DATASET.replace("  a:", "  b:").replace("file: a.csv", "file: b.csv")).format(
            rule="field: v, one_of: [y]", standard="text")
        pack = self.pack(two, name="packs/p.yaml")
        self.write("packs/a.csv", "id,v,w\n1,y,\n")
        self.write("packs/b.csv", "id,v,w\n1,x,\n")
        other = self.write("other.csv", "id,v,w\n1,y,\n2,y,\n")
        for args, code, records in (((), 1, {"a": 1, "b": 1}), (("--dataset", "a"), 0, {"a": 1}),
                                    (("--dataset", "b"), 1, {"b": 1}), (("--csv", "b=" + other), 0, {"a": 1, "b": 2}),
                                    (("--csv", "b=" + other, "--dataset", "b"), 0, {"b": 2})):
            with self.subTest(args):
                result, _ = self.run_pack(pack, *args, code=code)
                self.assertEqual({d["name"]: d["records"] for d in result["datasets"]}, records)
        self.refused(2, "dataset b is not among the datasets of this run", "数据集 b 不在本次运行的范围内", pack, "--csv",
                     "b=" + other, "--dataset", "a")
        os.unlink(self.path("packs/b.csv"))
        path = self.path("packs/b.csv")
        self.refused(3, f"{path}: cannot open: No such file or directory", f"{path}：无法打开：No such file or directory", pack)

    def test_nulls(self):
        values = ["y", "", "x"]
        for nulls, told in (("skip", ("FAIL", 2, 1, 1, 0, 0)), ("pass", ("FAIL", 3, 1, 0, 0, 0)), ("fail", ("FAIL", 3, 2, 0, 0, 0))):
            rule = self.outcome(f"nulls: {nulls}, field: v, one_of: [y]", values, code=1)
            self.assertEqual(self.told(rule), told, nulls)
            rule = self.outcome(f"nulls: {nulls}, expect: v = 'y'", values, code=1)
            self.assertEqual(self.told(rule), told, nulls)

    # ---- As of ----

    def test_as_of(self):
        dates = ["2026-01-31", "2026-02-01", "2026-02-02"]
        for as_of, failed in (("2026-01-30", 3), ("2026-01-31", 2), ("2026-02-01", 1), ("2026-02-02", 0),
                              ("2026-02-01T23:59:59+08:00", 1), ("2026-02-01T15:59:59Z", 1), ("2026-02-01T16:00:00Z", 0)):
            rule = self.outcome("field: v, max: today", dates, "--as-of", as_of, standard="date", code=1 if failed else 0)
            self.assertEqual((as_of, rule["failed"]), (as_of, failed))
        self.assertEqual(self.result["run"]["as_of"], "2026-02-02 00:00:00+08")

    def test_as_of_and_fresh(self):
        values = ["2026-01-01 12:00:00"]
        for as_of, outcome in (("2026-01-02T12:00:00+08:00", "PASS"), ("2026-01-02T12:00:01+08:00", "FAIL")):
            rule = self.outcome("fresh: {field: v, within: 1 day}", values, "--as-of", as_of, standard="timestamp",
                                code=0 if outcome == "PASS" else 1)
            self.assertEqual(rule["outcome"], outcome, as_of)

    def test_as_of_and_codes(self):
        self.write("codes.csv", "code,from,to\na,2000,2019\nb,2020-07-01,\n")
        rule = "field: v, code: {file: codes.csv, from: from, to: to}"
        for as_of, bad in (("2019-12-31", ["b"]), ("2020-01-01", ["a", "b"]), ("2020-07-01", ["a"])):
            told = self.outcome(rule, ["a", "b"], "--as-of", as_of, code=1)
            self.assertEqual((as_of, told["failed"], [f["value"] for f in self.findings]), (as_of, len(bad), bad))

    def test_as_of_default_is_now(self):
        rule = self.outcome("field: v, max: now", [(datetime.datetime.now(datetime.timezone.utc)).strftime("%Y-%m-%dT%H:%M:%SZ")],
                            standard="timestamptz")
        self.assertEqual(rule["outcome"], "PASS")


class Masks(kit.Case):
    PERSON = "张伟强"
    CITIZEN = "510104199001010037"
    MOBILE = "13812345678"
    PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [citizen], segment: town, fields: {
    citizen: {standard: secret, unique: true, length: 17}, name: {standard: secret, length: 2, not_match: "张.*"},
    mobile: {standard: half, match: "x"}, town: {standard: text}, age: {standard: age}},
    rules: [{id: pair, expect: name = mobile}, {id: depends, depends: {name: [mobile]}},
            {id: ages, expect: age > 100}, {id: dup, unique: [name, mobile]}]}
"""
    HEAD = kit.HEAD.replace("standards:", "standards:\n  age: {title: {zh: 岁, en: Age}, type: integer, level: personal}")

    def setUp(self):
        super().setUp()
        self.file_pack = self.pack(self.PACK, head=self.HEAD)
        self.csv = self.write("a.csv", "citizen,name,mobile,town,age\n"
                              f"{self.CITIZEN},{self.PERSON},{self.MOBILE},t,7654321\n"
                              f"{self.CITIZEN},{self.PERSON},{self.MOBILE},t,x7654321\n"
                              f"x,{self.PERSON}x,{self.MOBILE},t,\n")

    def outputs(self, *args):
        everything = {}
        for lang in ("en", "zh"):
            for form in ("text", "json", "ndjson"):
                done = self.assay("run", self.file_pack, "--csv", "a=" + self.csv, "--format", form, "--lang", lang,
                                  "--report", self.path("report"), *args)
                self.assertEqual(done.code, 1)
                everything[lang + form] = done.out + done.err
                for name, content in kit.tree(self.path("report")).items():
                    everything[lang + form + name] = content.decode()
        return everything

    def test_personal_values_are_in_no_output(self):
        for name, text in self.outputs().items():
            for secret in (self.PERSON, self.CITIZEN, self.MOBILE, "伟", "7654321", self.CITIZEN[2:], self.MOBILE[4:]):
                self.assertNotIn(secret, text, name)

    def test_what_masks_look_like(self):
        result, findings = self.run_pack(self.file_pack, "--csv", "a=" + self.csv, code=1)
        self.assertEqual(result["run"]["revealed"], [])
        shown = [(f["key"], f["value"]) for f in findings if f["rule"] == "a.mobile.match"]
        self.assertEqual(shown, [({"citizen": "5***"}, "13***78")] * 2 + [({"citizen": "***"}, "13***78")])
        self.assertEqual([f["values"] for f in findings if f["rule"] == "a.pair"][0], {"name": "***", "mobile": "13***78"})
        self.assertEqual([f["value"] for f in findings if f["rule"] == "a.age.type"], ["x***"])

    def test_revealed_by_name(self):
        result, findings = self.run_pack(self.file_pack, "--csv", "a=" + self.csv, "--reveal", "a.name", code=1)
        self.assertEqual(result["run"]["revealed"], ["a.name"])
        self.assertEqual([f["value"] for f in findings if f["rule"] == "a.name.length"],
                         [self.PERSON, self.PERSON, self.PERSON + "x"])
        for text in self.outputs("--reveal", "a.name").values():
            self.assertNotIn(self.CITIZEN, text)
            self.assertNotIn(self.MOBILE, text)

    def test_messages_about_files(self):
        """A line that cannot be split is not quoted."""
        path = self.write("b.csv", f"citizen,name,mobile,town,age\n{self.CITIZEN},{self.PERSON}\n")
        done = self.assay("run", self.file_pack, "--csv", "a=" + path)
        self.assertEqual((done.code, done.err), (3, f"assay: {path}: line 2, record 1, byte offset 29: 2 fields, expected 5\n"))
        done = self.assay("run", self.file_pack, "--csv", "a=" + path, "--lenient", "--format", "ndjson")
        for secret in (self.PERSON, self.CITIZEN):
            self.assertNotIn(secret, done.out + done.err)

    def test_missing_words_are_shown(self):
        pack = self.pack("""  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: text}, v: {standard: word, required: true}}}
""")
        _, findings = self.run_pack(pack, "--csv", "a=" + self.write("b.csv", "id,v\n1,无\n2,\n3,x\n"), code=1)
        self.assertEqual([(f["key"]["id"], f["value"], f["reason"]) for f in findings],
                         [("1", "无", "the text is a word that means no value"), ("2", None, "the value is NULL")])


class Scores(kit.Case):
    """Ten records, two sources (field v is of q), two segments (n: the first five).

    rule           indicator  weight  evaluated (n, s)  failed (n, s)
    a.id.required    0201       1        5, 5             0, 0
    a.v.required     0201       1        5, 5             1, 1      of q
    a.values         0301       3        4, 4             1, 0      of q
    a.short          0301       1        4, 4             0, 0      of q
    a.id.unique      0304       1        10               2

    0201: 18 of 20 = 90. 0301: 15 of 16, weighted (3*7 + 8) / (3*8 + 8) = 29/32 = 90.625. 0304: 8 of 10 = 80.
    Accuracy: (90.625 + 80) / 2 = 85.3125. Traceability, 3 fields of 3, is shown and not counted.
    Total: (90 + 85.3125) / 2 = 87.65625, rounded down.
    """

    PACK = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], segment: town, fields: {
    id: {standard: text, required: true, unique: true}, v: {standard: text, source: q, required: true}, town: {standard: text}},
    rules: [{id: values, field: v, one_of: [y, z], weight: 3, indicator: "0301"},
            {id: short, field: v, length: 1, indicator: "0301"}]}
"""
    ROWS = (("1", "y", "n"), ("2", "y", "n"), ("3", "z", "n"), ("4", "x", "n"), ("5", "", "n"),
            ("6", "y", "s"), ("7", "y", "s"), ("8", "y", "s"), ("9", "", "s"), ("9", "z", "s"))

    def told(self, score):
        return (score["total_e4"], score["grade"] and score["grade"]["en"],
                {d["code"]: d["score_e4"] for d in score["dimensions"] if d["score_e4"] is not None},
                {i["code"]: (i["a"], i["b"], i["score_e4"]) for i in score["indicators"]})

    def read(self, pack, code=1):
        csv = self.write("a.csv", "id,v,town\n" + "".join(",".join(r) + "\n" for r in self.ROWS))
        return self.run_pack(self.pack(pack), "--csv", "a=" + csv, code=code)

    def test_by_hand(self):
        result, findings = self.read(self.PACK)
        self.assertEqual(len(findings), 5)
        dataset, = result["datasets"]
        whole = (876562, "good", {"02": 900000, "03": 853125, "trace": 1000000},
                 {"0201": (18, 20, 900000), "0301": (15, 16, 906250), "0304": (8, 10, 800000), "trace": (3, 3, 1000000)})
        self.assertEqual(self.told(result["score"]), whole)
        self.assertEqual(self.told(dataset["score"]), whole)
        sources = {x["id"]: self.told(x["score"]) for x in result["sources"]}
        self.assertEqual(sources, {
            "s": (900000, "excellent", {"02": 1000000, "03": 800000, "trace": 1000000},
                  {"0201": (10, 10, 1000000), "0304": (8, 10, 800000), "trace": (2, 2, 1000000)}),
            "q": (853125, "good", {"02": 800000, "03": 906250, "trace": 1000000},
                  {"0201": (8, 10, 800000), "0301": (15, 16, 906250), "trace": (1, 1, 1000000)})})
        self.assertEqual([(x["key"], self.told(x["score"])) for x in dataset["segments"]], [
            ("n", (856250, "good", {"02": 900000, "03": 812500}, {"0201": (9, 10, 900000), "0301": (7, 8, 812500)})),
            ("s", (950000, "excellent", {"02": 900000, "03": 1000000}, {"0201": (9, 10, 900000), "0301": (8, 8, 1000000)}))])

    def test_a_cut_off_is_met_exactly(self):
        """(25/30 + 23/30) / 2 is 80, though neither part is a decimal fraction; one failure more is less."""
        pack = """  a: {title: {zh: 甲, en: A}, source: s, file: a.csv, key: [id], fields: {
    id: {standard: text}, v: {standard: text, required: true}},
    rules: [{id: x, field: id, indicator: "0301", not_in: [LIST]}]}
"""
        csv = self.write("a.csv", "id,v\n" + "".join(f"{i:02},{'' if i < 5 else 'x'}\n" for i in range(30)))
        for bad, told in ((7, (800000, "good", {"02": 833333, "03": 766666, "trace": 1000000})),
                          (8, (783333, "fair", {"02": 833333, "03": 733333, "trace": 1000000}))):
            words = ", ".join(f'"{i:02}"' for i in range(bad))
            result, _ = self.run_pack(self.pack(pack.replace("LIST", words)), "--csv", "a=" + csv, code=1)
            self.assertEqual(self.told(result["score"])[:3], told)

    def test_hundred_means_that_nothing_failed(self):
        """One failure in 300,000 is not rounded away."""
        csv = self.write("a.csv", "id,v,town\n" + "".join(f"{i},{'y' if i else 'x'},n\n" for i in range(300000)))
        result, findings = self.run_pack(self.pack(self.PACK), "--csv", "a=" + csv, code=1)
        self.assertEqual(len(findings), 1)
        told = self.told(result["score"])
        self.assertEqual(told[2], {"02": 1000000, "03": 999998, "trace": 1000000})
        self.assertEqual(told[0], 999999)


if __name__ == "__main__":
    kit.main()
