"""Readings with known verdicts, applied to the meteorology pack: a valid one has no finding, an invalid one has some.

VALUES restates those of a public quality control program that cites QX/T 118-2010. Where the table of values lies beside the
project its rows of this kind are held too.
"""
import csv
import os

import oracle_kit as kit

KIND = "meteo_obs"
VALUES = [  # reading, is valid
    ("TEM=35.2", True), ("WIN_S=76", False), ("PRS=976.3 alt=280", True), ("RHU=101", False), ("DPT=20 TEM=18", False),
    ("TEM=40.1 month=1", False), ("PRE_1h=999990", True),
]
FIELD = {"TEM": "tem", "DPT": "dpt", "WIN_S": "wind_speed", "PRS": "prs", "RHU": "rhu", "PRE_1h": "pre_1h", "alt": "altitude"}
USUAL = {  # a summer's hour
    "longitude": "105.57", "latitude": "30.51", "altitude": "280", "prs": "976.0", "prs_sea": "1008.0", "tem": "26.0",
    "dpt": "16.0", "rhu": "55", "vap": "18.0", "wind_dir": "90", "wind_speed": "2.0", "pre_1h": "0.0", "vis": "20000", "gst": "30.0",
    "q_prs": "0", "q_tem": "0", "q_rhu": "0", "q_pre": "0",
}


def beside(source):
    path = os.path.join(source, "..", "shared", "vectors", "identifiers.tsv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        rows = [line.split("\t") for line in file]
    return [(row[1], row[2] == "valid") for row in rows if row[0] == KIND]


def record(number, text):
    words = dict(word.split("=") for word in text.split())
    month = int(words.pop("month", 7))
    return {"station": f"S{number:04}", "observed_at": f"2025-{month:02}-10 12:00:00", **USUAL,
            **{FIELD[name]: value for name, value in words.items()}}


def check(pack, source, folder):
    values = VALUES + beside(source)
    records = [record(n, text) for n, (text, _) in enumerate(values)]
    os.mkdir(folder)
    path = os.path.join(folder, "observations.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(records[0])
        writer.writerows(r.values() for r in records)
    _, found = pack.run(pack.module.AS_OF, os.path.join(folder, "report"), "--dataset", "observations",
                        "--csv", f"observations={path}")
    rules = {}
    for _, key, rule in found:
        rules.setdefault(key.split("|")[0], []).append(rule)
    print(f"{pack.name}: {len(values)} readings with known verdicts, {len(values) - len(VALUES)} of them from beside the project")
    return [f"{text} should be {'valid' if valid else 'invalid'}: {rules.get(r['station'])}"
            for (text, valid), r in zip(values, records) if (r["station"] in rules) == valid]
