"""What must be found: counts of the generator, which knows what it planted, and of each contestant, by the rules of R."""
import json
import os

# R, in the order in which rules are added when their number is measured.
RULES = ("uscc.required", "name.required", "legal_person.required", "region.required", "uscc.unique", "uscc.match", "phone.match",
         "uscc.checksum", "citizen_id.checksum", "region.code", "capital.range", "founded.range", "status.one_of", "name.length",
         "fresh", "live-has-phone", "whole-record")
# A range is two rules of a pack.
PARTS = {"capital.range": ("capital.min", "capital.max"), "founded.range": ("founded.min", "founded.max")}


def of_r(counts):
    """Counts of R from counts by `enterprise.RULE`."""
    return {rule: sum(counts[f"enterprise.{part}"] for part in PARTS.get(rule, (rule,))) for rule in RULES}


def of_assay(counts):
    """Counts of R, and of all other rules of the pack (those of types), which must find nothing."""
    found = of_r(counts)
    return {**found, "others": sum(counts.values()) - sum(found.values())}


def read_planted(path):
    """By `enterprise.RULE`: also of rules that R has not."""
    with open(path, encoding="utf-8") as file:
        return {rule: int(count) for rule, count in (line.split() for line in file)}


def failed(result):
    """rule -> failed, of a result of assay (its text)."""
    (dataset,) = json.loads(result)["datasets"]
    return {rule["id"]: rule["failed"] for rule in dataset["rules"]}


def of_report(folder):
    """The counts of a report, whose findings are as many as the result says."""
    with open(os.path.join(folder, "result.json"), encoding="utf-8") as file:
        text = file.read()
    counts = failed(text)
    with open(os.path.join(folder, "findings.ndjson"), "rb") as file:
        lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
    if lines != sum(counts.values()):
        raise ValueError(f"{lines} findings, but {sum(counts.values())} failures")
    return of_assay(counts)


class Ledger:
    """Whether all counts agree."""

    def __init__(self):
        self.compared, self.faults, self.not_expressed = 0, [], []

    def compare(self, who, expected, counts):
        """A count of None: the contestant cannot express this rule."""
        for rule, number in expected.items():
            if counts.get(rule, 0) is None:
                self.not_expressed.append(f"{who}: {rule}")
                continue
            self.compared += 1
            if counts.get(rule) != number:
                self.faults.append(f"{who}: {rule}: {counts.get(rule)} found, {number} planted")


def check_the_check():
    """A count that is wrong and one that is missing must be found."""
    ledger, expected = Ledger(), {"a": 1, "b": 0, "c": 2}
    ledger.compare("planted", expected, {"a": 1, "b": 1})
    if len(ledger.faults) != 2:
        raise SystemExit(f"of two planted differences these were found: {ledger.faults}")
