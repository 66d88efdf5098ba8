"""Rules that look back, over the runs of a real store: what a run keeps is what later runs are compared with."""
import os
import unittest

import kit

PACK = """  a:
    title: {zh: 甲, en: A}
    source: s
    file: a.csv
    key: [id]
    fields:
      id: {standard: integer}
      pay: {standard: decimal}
      sex: {standard: word}
    rules:
      - {id: volume, rows: {max: 9, change: 25% of last 2}}
      - {id: total, change: {figure: sum, of: pay, within: 0% of last 2}}
      - {id: sexes, distribution: {field: sex, values: ["1", "2"], against: last 2, psi: 0.1}}
"""
# Days that need no calendar.
HEAD = kit.HEAD.replace("}\n  q:", ", correct_within: 3 days}\n  q:").replace("队}", "队, correct_within: 3 days}")
LARGE = "99999999999999999999999999999999999999"  # a sum of two has more than 64 bits, and more than a decimal's 38 digits
USUAL = [(LARGE, "1"), (LARGE, "2"), ("0.1", "1"), ("", "无")]


class Stored:
    """One kind of store; `where` names it."""

    def setUp(self):
        super().setUp()
        self.where = self.make_store()
        self.night = 0
        self.assertEqual(self.assay("store", "init", self.where).code, 0)

    def run_night(self, records, pack=PACK, code=1):
        """The rules of one more stored run, and its findings."""
        self.night += 1
        csv = self.write("a.csv", "id,pay,sex\n" + "".join(f"{i},{pay},{sex}\n" for i, (pay, sex) in enumerate(records)))
        result, findings = self.run_pack(self.pack(pack, head=HEAD), "--csv", "a=" + csv, "--store", self.where, "--as-of",
                                         f"2026-01-{self.night:02}", code=code)
        return self.rules(result), findings

    def outcomes(self, rules):
        return [rules["a." + rule]["outcome"] for rule in ("volume", "total", "sexes")]

    def test_the_history_begins_with_the_first_run(self):
        for found in (0, 1):
            rules, findings = self.run_night(USUAL)
            self.assertEqual((self.outcomes(rules), findings), (["NOT_EVALUATED"] * 3, []))
            for rule in ("volume", "total", "sexes"):
                self.assertEqual(rules["a." + rule]["not_evaluated"], {
                    "zh": f"需要与存储库中此前至少 2 次运行比较，现有 {found} 次",
                    "en": f"needs a store with at least 2 earlier runs, {found} are there"})
        rules, findings = self.run_night(USUAL, code=0)
        self.assertEqual((self.outcomes(rules), findings), (["PASS"] * 3, []))
        self.assertEqual(rules["a.total"]["figures"], {"sum(pay)": "199999999999999999999999999999999999998.1"})
        self.assertEqual(rules["a.sexes"]["figures"], {"=1": 2, "=2": 1, "other": 0, "null": 1, "psi_e6": 0})

    def test_what_moved_is_found_and_becomes_history(self):
        for _ in range(2):
            self.run_night(USUAL)
        # 6 records against 4; a sum that is more by 0.1; shares 5/6, 1/6 of the sexes instead of 2/4, 1/4 and 1/4 nulls
        moved = [*USUAL[:3], ("0.1", "1"), ("0", "1"), ("0", "1")]
        rules, findings = self.run_night(moved)
        self.assertEqual(self.outcomes(rules), ["FAIL"] * 3)
        large = "199999999999999999999999999999999999998"
        self.assertEqual([f["reason"] for f in findings if f["rule"] in ("a.volume", "a.total")], [
            f"pay: sum is {large}.2; mean of the last 2: {large}.1, a change of at most 0% expected",
            "6 records; mean of the last 2: 4, a change of at most 25% expected"])
        # the run under test was not part of its history; of the next one it is: 6 against (4 + 6) / 2
        rules, _ = self.run_night(moved)
        self.assertEqual(rules["a.volume"]["outcome"], "PASS")
        self.assertEqual(rules["a.total"]["outcome"], "FAIL")
        rules, _ = self.run_night(moved, code=0)
        self.assertEqual(self.outcomes(rules), ["PASS"] * 3)

    def test_a_limit_is_broken_whatever_the_history(self):
        rules, findings = self.run_night([("1", "1")] * 10)
        self.assertEqual(self.outcomes(rules), ["FAIL", "NOT_EVALUATED", "NOT_EVALUATED"])
        self.assertEqual([f["reason"] for f in findings], ["10 records, at most 9 expected"])
        self.assertIn("not_evaluated", rules["a.volume"])

    def test_other_values_begin_anew(self):
        for _ in range(2):
            self.run_night(USUAL)
        rules, _ = self.run_night(USUAL, PACK.replace('["1", "2"]', '["1", "3"]').replace("figure: sum", "figure: min"))
        self.assertEqual(self.outcomes(rules), ["PASS", "NOT_EVALUATED", "NOT_EVALUATED"])

    def test_a_run_without_a_store_looks_at_none(self):
        for _ in range(2):
            self.run_night(USUAL)
        result, _ = self.run_pack(self.pack(PACK), "--csv", "a=" + self.path("a.csv"), code=1)
        self.assertEqual(self.outcomes(self.rules(result)), ["NOT_EVALUATED"] * 3)


class InAFile(Stored, kit.Case):
    def make_store(self):
        return self.path("store.db")


@unittest.skipUnless("CLUSTER_BIN" in os.environ, "no server was started for this test")
class OnAServer(Stored, kit.Case):
    def make_store(self):
        kit.sql("drop schema if exists assay cascade")
        return "postgresql:///postgres"


if __name__ == "__main__":
    kit.main()
