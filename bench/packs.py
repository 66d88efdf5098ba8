"""Packs made for the bench: R over another table, any number of rules, tables of any width."""
import re
from datetime import date, timedelta

import truth

LETTERS = "[0-9A-HJ-NPQRTUWXY]"
HEAD = """assay: 1
pack: bench.made
version: 1.0.0
timezone: Asia/Shanghai
sources: {s: {title: S, owner: O}}
datasets:
  enterprise:
    title: E
    source: s
    table: TABLE
    key: [id]
    fields:
"""
TYPES = {"capital": "decimal", "founded": "date", "updated_at": "timestamptz"}
FIELDS = ("id", "uscc", "name", "legal_person", "citizen_id", "phone", "region", "capital", "founded", "status", "updated_at", "address")

# The rules of R as rules of the dataset.
REFERENCE = {
    "uscc.match": f"field: uscc, match: '{LETTERS}{{18}}'",
    "phone.match": "field: phone, match: '1[3-9][0-9]{9}'",
    "uscc.checksum": "field: uscc, checksum: gb32100",
    "citizen_id.checksum": "field: citizen_id, checksum: gb11643",
    "region.code": "field: region, code: codes/regions.csv",
    "capital.min": "field: capital, min: 0", "capital.max": "field: capital, max: 1e12",
    "founded.min": "field: founded, min: 1949-10-01", "founded.max": "field: founded, max: today",
    "status.one_of": "field: status, one_of: [存续, 注销, 吊销]",
    "name.length": "field: name, length: {min: 2, max: 40}",
    "fresh": "fresh: {field: updated_at, within: 7 days}",
    "live-has-phone": "expect: status <> '存续' or phone is not null",
    "whole-record": f"unique: {{fields: [{', '.join(FIELDS[1:])}], nulls: equal}}",
    "uscc.unique": "field: uscc, unique: true",
    **{f"{field}.required": f"field: {field}, required: true" for field in ("uscc", "name", "legal_person", "region")},
}


def variants(k):
    """Rules like those of R over values and records, with other parameters and the same verdicts: (rule of R, text). Capital is never
    null and above -1."""
    always = f"where: capital > -{k + 1}.5"
    yield "uscc.match", f"field: uscc, match: '{LETTERS}{{{k % 9 + 1}}}{LETTERS}{{{k // 9 % 8 + 1}}}{LETTERS}{{{16 - k % 9 - k // 9 % 8}}}'"
    yield "phone.match", f"field: phone, match: '1[3-9][0-9]{{9}}|0{{{20 + k}}}'"
    yield "uscc.checksum", f"field: uscc, checksum: gb32100, {always}"
    yield "citizen_id.checksum", f"field: citizen_id, checksum: gb11643, {always}"
    yield "region.code", f"field: region, code: codes/regions.csv, {always}"
    yield "capital.min", f"field: capital, min: -0.00{k + 1:02}"
    yield "capital.max", f"field: capital, max: {10**12 - k - 1}"
    yield "founded.min", f"field: founded, min: {date(1949, 10, 2) + timedelta(k)}"
    yield "founded.max", f"field: founded, max: {date(2026, 6, 30) - timedelta(k)}"
    yield "status.one_of", f"field: status, one_of: [存续, 注销, 吊销, 其他{k}]"
    yield "name.length", f"field: name, length: {{min: 2, max: 40}}, {always}"
    yield "live-has-phone", f"expect: status <> '存续' or phone is not null or capital < -{k + 1}"
    yield "legal_person.required", f"field: legal_person, required: true, {always}"


def rules(n):
    """n rules as (id, rules of R that it is like, text): R first; a range of R is one rule, though it takes two."""
    found = [(f"{rule}~{part}", part, REFERENCE[part]) for rule in truth.RULES[:n] for part in truth.PARTS.get(rule, (rule,))]
    k = 0
    while n - len(truth.RULES) > 0:
        for like, text in variants(k):
            if n > len(truth.RULES):
                found.append((f"more-{k}-{like}", like, text))
                n -= 1
        k += 1
    return [(re.sub("[.~_]", "-", name), like, text) for name, like, text in found]


def of_rules(n, table="enterprise"):
    """The text of a pack of n rules, and which rule each of its ids is like."""
    chosen = rules(n)
    used = {field for _, _, text in chosen for field in FIELDS if re.search(rf"\b{field}\b", text)}
    fields = [f"      {field}: {{standard: {TYPES.get(field, 'text')}}}\n" for field in FIELDS if field == "id" or field in used]
    fields = [line.replace("name: {standard: text}", "name: {standard: named}") for line in fields]
    head = HEAD.replace("TABLE", table).replace("datasets:", "standards: {named: {missing: ['', 无]}}\ndatasets:")
    text = head + "".join(fields) + "    rules:\n" + "".join(f"      - {{id: {name}, {text}}}\n" for name, _, text in chosen)
    return text, {f"enterprise.{name}": like for name, like, _ in chosen}


def of_columns(n):
    """A pack of n columns beside the key, each required."""
    fields = "".join(f"      c{i}: {{standard: text, required: true}}\n" for i in range(n))
    return HEAD.replace("TABLE", "wide") + "      id: {standard: text}\n" + fields


def over_table(reference, table):
    return reference.replace("table: enterprise", f"table: {table}")
