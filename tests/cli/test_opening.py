"""What `share` and `open` of a dataset ask for, and whether it may be open."""
import kit

PACK = """  a:
    title: {{zh: 甲, en: A}}
    source: s
    file: a.csv
    key: [id]
    {stated}
    fields: {{id: {{standard: integer, required: true, unique: true}}, note: {{standard: text{note}}}{fields}}}
    rules: [{{id: many, rows: {{min: 0}}}}{rules}]
"""
ASKED = "share: unconditional\n    open: unconditional"


class Opening(kit.Case):
    def run_over(self, records, *args, stated=ASKED, note="", fields="", rules="", code=0):
        self.planned = self.pack(PACK.format(stated=stated, note=note, fields=fields, rules=rules))
        self.write("a.csv", "id,note" + (",name" if fields else "") + "\n" + records)
        return self.run_pack(self.planned, *args, code=code)

    def verdict(self, *args, **more):
        result, _ = self.run_over(*args, **more)
        opening = result["datasets"][0]["opening"]
        self.assertEqual(opening.pop("asked"), "unconditional")
        return opening["verdict"], opening["because"]

    def summary(self, lang):
        return self.assay("run", self.planned, "--lang", lang).out.splitlines()

    def test_allowed(self):
        self.assertEqual(self.verdict("1,公开\n2,\n"), ("allowed", []))
        self.assertIn("  opening: allowed", self.summary("en"))
        self.assertIn("  开放：可以开放", self.summary("zh"))

    def test_blocked_by_a_finding(self):
        found = ("blocked", ["a.note.personal"])
        self.assertEqual(self.verdict("1,电话13800138000\n2,\n", code=1), found)
        self.assertIn("  opening: blocked: a.note.personal", self.summary("en"))
        self.assertIn("  开放：不得开放：a.note.personal", self.summary("zh"))

    def test_blocked_whatever_is_tolerated(self):
        rule = ", {id: search, field: note, personal: true, tolerance: 100%, severity: info}"
        self.assertEqual(self.verdict("1,电话13800138000\n2,\n", rules=rule), ("blocked", ["a.search"]))

    def test_blocked_by_a_field(self):
        field = ", name: {standard: secret}"
        self.assertEqual(self.verdict("1,公开,王建国\n", fields=field, code=1), ("blocked", ["a.opening"]))
        self.assertEqual(self.verdict("", fields=field, code=1), ("blocked", ["a.opening"]))
        _, findings = self.run_over("1,公开,王建国\n", fields=field, code=1)
        self.assertEqual(findings, [{"dataset": "a", "rule": "a.opening", "key": None, "field": None, "values": {}, "verdict": "fail",
                                     "reason": "open dataset holds personal field name"}])

    def test_unknown(self):
        self.assertEqual(self.verdict(""), ("unknown", []))
        self.assertEqual(self.verdict("1,公开\n2\n", "--lenient", code=1), ("unknown", []))
        self.assertIn("  opening: unknown", self.assay("run", self.planned, "--lenient").out.splitlines())
        self.assertIn("  开放：无法判断", self.assay("run", self.planned, "--lenient", "--lang", "zh").out.splitlines())

    def test_own_search_stands(self):
        """The pack's own rule over all records is the search; one over some is not."""
        def rules(text):
            result, _ = self.run_over("1,公开\n", rules=", " + text)
            return [r["id"] for r in result["datasets"][0]["rules"] if r["check"] == "personal"]
        self.assertEqual(rules("{id: search, field: note, personal: [mobile]}"), ["a.search"])
        self.assertEqual(rules("{id: search, field: note, personal: true, where: id > 0}"), ["a.note.personal", "a.search"])
        result, _ = self.run_over("1,公开\n", note=", personal: [mobile]")
        self.assertEqual([r["severity"] for r in result["datasets"][0]["rules"] if r["check"] == "personal"], ["error"])
        result, _ = self.run_over("1,公开\n")
        self.assertEqual([r["severity"] for r in result["datasets"][0]["rules"] if r["indicator"] == "0106"],
                         ["critical", "critical", "error"])

    def test_not_asked(self):
        """Nothing is searched in a dataset that does not ask to be open."""
        for stated, opening in (("share: unconditional", None),
                                ("share: none\n    basis: 某法", None),
                                ("open: none\n    basis: 某法", {"asked": "none", "verdict": "blocked", "because": []})):
            result, _ = self.run_over("1,电话13800138000\n", stated=stated)
            self.assertEqual(result["datasets"][0].get("opening"), opening)
            self.assertEqual([r["id"] for r in result["datasets"][0]["rules"] if r["indicator"] == "0106"], ["a.sharing"])
            self.assertNotIn("opening", "".join(self.summary("en")))

    def test_what_must_be_stated(self):
        condition_en, condition_zh = "on conditions, but 'condition' does not say which", "，但未列明条件（condition）"
        for stated, en, zh in (
                ("share: conditional", ["shared " + condition_en], ["有条件共享" + condition_zh]),
                ("share: conditional\n    open: conditional", ["shared " + condition_en, "open " + condition_en],
                 ["有条件共享" + condition_zh, "有条件开放" + condition_zh]),
                ("share: none", ["not shared, but 'basis' does not name the law that says so"], ["不予共享，但未列明法律依据（basis）"]),
                ("share: none\n    open: none", ["not shared, but 'basis' does not name the law that says so"],
                 ["不予共享，但未列明法律依据（basis）"]),
                ("open: none", ["stated not to be open, but 'basis' does not say on what ground"], ["注明不予开放，但未列明依据（basis）"])):
            for lang, reasons in (("en", en), ("zh", zh)):
                result, findings = self.run_over("1,公开\n", "--lang", lang, stated=stated, code=1)
                self.assertEqual([f["reason"] for f in findings], reasons)
                rule = self.rules(result)["a.sharing"]
                self.assertEqual((rule["evaluated"], rule["failed"], rule["outcome"]), (stated.count("\n") + 1, len(reasons), "FAIL"))

    def test_stated_well(self):
        for stated in ("share: unconditional", "share: conditional\n    condition: 用于审批", "share: none\n    basis: 某法第一条",
                       "share: conditional\n    open: none\n    condition: 用于审批\n    basis: 某法第一条"):
            result, findings = self.run_over("", stated=stated)
            self.assertEqual((findings, self.rules(result)["a.sharing"]["outcome"]), ([], "PASS"))

    def test_not_stated(self):
        result, _ = self.run_over("1,电话13800138000\n", stated="update_cycle: daily")
        self.assertEqual([r["id"] for r in result["datasets"][0]["rules"] if r["indicator"] == "0106"], [])
        self.assertNotIn("opening", result["datasets"][0])


if __name__ == "__main__":
    kit.main()
