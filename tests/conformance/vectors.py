#!/usr/bin/env python3
"""The standards of rules/standards held against a table of values with known verdicts: vectors.py ASSAY RULES TABLE.

The table (kind, value, valid or invalid, source; tab separated) lies beside the project in some checkouts; without it the
test is skipped. A valid value has no finding of a rule that is an error; an invalid one has a finding. Kinds that are not of
these standards are named in ELSEWHERE with the test that has them.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

STANDARD = {  # kind of the table -> standard
    "uscc": "cn.uscc", "uscc_normalizable": "cn.uscc", "orgcode": "cn.org_code", "bizreg15": "cn.business_registration",
    "cnid18": "cn.citizen_id", "cnid15": "t.cnid15", "cnid18_checksum_only": "t.cnid18", "gat_residence18": "cn.residence_permit",
    "foreign_pr18": "cn.foreigner_permit", "vin": "cn.vin", "plate": "cn.plate", "bankcard_luhn": "cn.bank_card",
    "mobile": "cn.mobile", "landline": "cn.landline", "postcode": "cn.postcode", "email": "cn.email", "ipv4": "net.ipv4",
    "ipv6": "net.ipv6", "date_gbt7408": "t.date", "gbt2260_mca_current": "cn.region", "stat12": "cn.place_statistics",
    "sex_gbt2261_1": "cn.sex", "ethnic_gbt3304": "cn.ethnic", "marital_gbt2261_2": "cn.marriage",
    "industry_gbt4754_2017": "cn.industry", "person_name_text": "cn.person_name", "meteo_station": "cn.weather_station",
}
UPGRADE = "cnid15_to_18"
PLACE = "coord_cn"
ELSEWHERE = {"meteo_obs": "packs.meteorology", "sm3": "unit.test_digest", "sm4_ecb": "not used by the project",
             "sm2_verify": "unit.test_sign", "hmac_sm3": "unit.test_digest"}
HEAD = """assay: 1
pack: vectors
timezone: Asia/Shanghai
include: [standards/cn/identifiers.yaml, standards/cn/contact.yaml, standards/cn/codes.yaml, standards/cn/text.yaml,
  standards/cn/weather.yaml]
sources: {s: {title: s, owner: o}}
standards:
  t.cnid15: {level: public, checks: [checksum: gb11643-15]}
  t.cnid18: {level: public, checks: [checksum: gb11643]}
  t.date: {level: public, checks: [format: gbt7408, not_in: [1900-01-01]]}
datasets:
"""


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def table(path):
    """kind -> [(value, is_valid)]"""
    kinds = {}
    with open(path, encoding="utf-8") as file:
        next(file)
        for line in file:
            kind, value, valid, *_ = line.rstrip("\n").split("\t")
            kinds.setdefault(kind, []).append((value, valid == "valid"))
    return kinds


def write_pack(folder, kinds):
    lines = []
    for kind, values in kinds.items():
        with open(os.path.join(folder, kind + ".csv"), "w", encoding="utf-8") as file:
            if kind == PLACE:
                file.write("n,lon,lat\n" + "".join(f"{n},{v}\n" for n, (v, _) in enumerate(values)))
                fields = "lon: {standard: decimal}, lat: {standard: decimal}"
                rules = ", rules: [{id: place, coordinates: {longitude: lon, latitude: lat}}]"
            else:
                shown = [v.split(" -> ")[0] if kind == UPGRADE else v for v, _ in values]
                file.write("n,v\n" + "".join(f"{n},{quoted(v)}\n" for n, v in enumerate(shown)))
                fields, rules = f"v: {{standard: {'t.cnid18' if kind == UPGRADE else STANDARD[kind]}}}", ""
        lines.append(f"  {kind}: {{title: d, source: s, file: {kind}.csv, key: [n], fields: {{n: {{standard: integer, "
                     f"required: true, unique: true}}, {fields}}}{rules}}}\n")
    with open(os.path.join(folder, "pack.yaml"), "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(lines))


def run(assay, rules, folder):
    """(dataset, n) -> [(rule, is an error, suggestion)]"""
    done = subprocess.run([assay, "run", "pack.yaml", "--include-dir", rules, "--as-of", "2026-01-31", "--report", "out", "--quiet"]
                          + [word for kind in STANDARD for word in ("--reveal", kind + ".v")] + ["--reveal", UPGRADE + ".v"],
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 1:
        sys.exit(f"the command ended with {done.returncode}: {done.stderr.decode()}")
    with open(os.path.join(folder, "out", "result.json"), encoding="utf-8") as file:
        severity = {rule["id"]: rule["severity"] for dataset in json.load(file)["datasets"] for rule in dataset["rules"]}
    found = {}
    with open(os.path.join(folder, "out", "findings.ndjson"), encoding="utf-8") as file:
        for line in file:
            finding = json.loads(line)
            found.setdefault((finding["dataset"], finding["key"]["n"]), []).append(
                (finding["rule"], severity[finding["rule"]] in ("error", "critical"), finding.get("suggestion")))
    return found


def judge(kind, value, is_valid, findings):
    """What is wrong, or None."""
    errors = [rule for rule, is_error, _ in findings if is_error]
    suggestions = {suggestion for _, _, suggestion in findings}
    if kind == UPGRADE:
        return None if value.split(" -> ")[1] in suggestions else f"suggested: {suggestions}"
    if kind == "uscc_normalizable":
        return None if suggestions == {"91350100M000100Y43"} else f"suggested: {suggestions}"
    if is_valid:
        return f"findings of {errors}" if errors else None
    return None if findings else "no finding"


def main():
    assay, rules, path = sys.argv[1:]
    if not os.path.exists(path):
        print(f"skipped: there is no table of values at {path}")
        return 77
    kinds = table(path)
    unknown = kinds.keys() - STANDARD.keys() - ELSEWHERE.keys() - {UPGRADE, PLACE}
    if unknown:
        sys.exit(f"kinds without a standard: {sorted(unknown)}")
    here = {kind: values for kind, values in kinds.items() if kind not in ELSEWHERE}
    with tempfile.TemporaryDirectory() as folder:
        write_pack(folder, here)
        found = run(os.path.abspath(assay), os.path.abspath(rules), folder)
    wrong = 0
    for kind, values in here.items():
        for n, (value, is_valid) in enumerate(values):
            fault = judge(kind, value, is_valid, found.get((kind, n), []))
            if fault:
                wrong += 1
                print(f"{kind} {re.sub(' ', '·', value)} should be {'valid' if is_valid else 'invalid'}: {fault}")
    for kind in kinds.keys() & ELSEWHERE.keys():
        print(f"{kind}: {len(kinds[kind])} values, see {ELSEWHERE[kind]}")
    print(f"{sum(map(len, here.values()))} values of {len(here)} kinds, {wrong} otherwise than stated")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
