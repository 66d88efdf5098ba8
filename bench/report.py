"""Tables of medians with least and most, ratios, and the goals beside what was measured: as Markdown and JSON."""
import json
import os
import platform
import re
import subprocess
from datetime import datetime, timezone

MEMORY_RECORDS = 10**7  # of which peak memory is told
TREE_LEAVES = 10**8     # of which cost and memory of a tree are told
ENOUGH = 10**6          # records of the table from which on it is said whether goals are met


def ratio(what, over, under):
    """Of medians."""
    def compute(rows):
        a, b = rows.get(over), rows.get(under)
        values = a and a.median(what), b and b.median(what)
        return values[0] / values[1] if all(values) else None
    return compute


def ratio_a_record(what, over, under):
    """Of medians divided by the number of records."""
    def compute(rows):
        a, b = rows.get(over(rows)), rows.get(under)
        return a.median(what) / a.records / (b.median(what) / b.records) if a and b and a.wall and b.wall else None
    return compute


def microseconds(key):
    def compute(rows):
        row = rows.get(key)
        return row.median("cpu") / row.records * 1e6 if row and row.cpu else None
    return compute


def of_size(what, key, size):
    """Only of as many records as the goal is about: fewer prove nothing."""
    def compute(rows):
        row = rows.get(key)
        return row.median(what) if row and row.records >= size else None
    return compute


def best_expert(rows):
    found = [compute(rows) for compute in (ratio("wall", "sql.expert.off", "r"), ratio("wall", "sql.expert.on", "r"))]
    return min((value for value in found if value), default=None)


def largest(rows):
    """The stream of most records, if it is more than the 10^6 that it is compared with."""
    sizes = [row.records for key, row in rows.items() if key.startswith("records.") and row.records > 10**6]
    return f"records.{max(sizes)}" if sizes else None


# (what, the figure, whether it may be at most or must be at least, the goal)
GOALS = (
    ("R + XXH3 over the floor", ratio("wall", "r", "floor"), "<=", 0.90),
    ("R + SM3 proof + findings over the floor", ratio("wall", "proof", "floor"), "<=", 1.05),
    ("the same with two connections over the floor with two", ratio("wall", "proof.jobs", "floor.jobs"), "<=", 1.30),
    ("R + SM3 proof over the floor", ratio("wall", "leaves", "floor"), "<=", 1.35),
    ("client CPU a record, R + XXH3, µs", microseconds("r"), "<=", 0.50),
    ("client CPU a record, with proof and findings, µs", microseconds("proof"), "<=", 1.1),
    ("SQL with plain helpers over R", ratio("wall", "sql.plain.off", "r"), ">=", 18),
    ("best SQL of an expert over R", best_expert, ">=", 8),
    ("DuckDB on the CSV over R on the CSV, one thread", ratio("wall", "duckdb.csv.1", "csv"), ">=", 5),
    ("polars on the CSV over R on the CSV, one thread", ratio("wall", "polars.1", "csv"), ">=", 1.5),
    ("300 rules over 15, client CPU", ratio("cpu", "rules.300", "rules.15"), "<=", 6),
    ("CPU a record, most records over 10^6", ratio_a_record("cpu", largest, "records.1000000"), "<=", 1.15),
    ("all records fail 3 rules, with findings, over the floor", ratio("wall", "failing.100", "failing.100.floor"), "<=", 2.0),
    ("peak memory of 10^7 records, MiB", of_size("memory", "memory.default", MEMORY_RECORDS), "<=", 512),
    ("peak memory of 10^7 records with --memory 64MiB, MiB", of_size("memory", "memory.64", MEMORY_RECORDS), "<=", 96),
    ("CPU of a tree of 10^8 leaves, s", of_size("cpu", "tree", TREE_LEAVES), "<=", 60),
    ("peak memory of it, MiB", of_size("memory", "tree", TREE_LEAVES), "<=", 128),
)


def goals(rows):
    """[(what, figure or None, sign, goal, whether it is met or None)]"""
    found = []
    for what, compute, sign, goal in GOALS:
        figure = compute(rows)
        found.append((what, figure, sign, goal, None if figure is None else figure <= goal if sign == "<=" else figure >= goal))
    return found


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = re.search(r"model name\s*: (.*)", file.read())
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server = subprocess.run(["psql", "-XAtqc", "show server_version"], capture_output=True, text=True, check=False).stdout.strip()
    return {"cpu": cpu.group(1) if cpu else platform.machine(), "cores": os.cpu_count(), "memory_gib": round(gib),
            "postgresql": server, "load_at_end": round(os.getloadavg()[0], 2)}


# ---- Markdown ----

def figure(value, digits=2):
    return "–" if value is None else f"{value:,.{digits}f}"


def spread(values, scale=1.0):
    return f"{min(values) * scale:.2f}–{max(values) * scale:.2f}" if values else "–"


def table(head, lines):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(line) + " |" for line in lines), ""]


def part_table(rows, floor):
    lines = []
    for row in rows:
        if row.not_run:
            lines.append([row.name, f"not run: {row.not_run}"] + ["–"] * 6)
            continue
        wall, cpu = row.median("wall"), row.median("cpu")
        lines.append([row.name, figure(wall), spread(row.wall), figure(wall / row.records * 1e6), figure(cpu and cpu / row.records * 1e6),
                      spread(row.cpu, 1e6 / row.records), figure(row.median("memory"), 0), figure(wall / floor if floor else None)])
    return table(["", "s", "least–most", "µs/record", "client CPU µs/record", "least–most", "peak MiB", "over the floor"], lines)


def markdown(report):
    m, rows = report["machine"], report["by_key"]
    floor = rows["floor"].median("wall") if "floor" in rows else None
    text = ["# Results of the bench", "",
            f"{report['records']:,} records, {report['rounds']} rounds, medians; {report['when']}. {m['cpu']}, {m['cores']} cores, "
            f"{m['memory_gib']} GiB, PostgreSQL {m['postgresql']}; load at the end {m['load_at_end']}. "
            "What the columns mean: [README.md](README.md).", "",
            f"**Counts: {report['verdict']}** ({report['compared']:,} counts compared; contestants not run: {report['not_run']}; "
            f"rules not expressed: {len(report['not_expressed'])}).", ""]
    text += [f"- {line}" for line in report["faults"][:20] + report["not_expressed"]]
    text += [""] * bool(text[-1]) + ["## Goals", ""]
    words = {True: "yes", False: "**no**", None: "not measured"}
    if report["records"] < ENOUGH:
        words.update({True: "too few records", False: "too few records"})
    text += table(["ratio of medians or figure", "measured", "goal", "met"],
                  [[what, figure(value), f"{sign} {goal}", words[met]] for what, value, sign, goal, met in report["goals"]])
    for title, part in report["parts"].items():
        whole = any(row.key in rows and row.records == report["records"] for row in part)
        text += [f"## {title}", "", *part_table(part, floor if whole else None)]
    if report["checks"]:
        text += ["## Checks by themselves", "", *table(["check", "ns/value", "least–most"], [
            [name, figure(mid), f"{low:.2f}–{high:.2f}"] for name, mid, low, high in report["checks"]])]
    if report["hashes"]:
        lengths, hashes, makers = report["hashes"]
        text += ["## Hashes by themselves, ns/message", "", *table(["", *lengths], [[name, *values] for name, values in hashes]),
                 "## Leaves by themselves, of records of 200 bytes", "", *table(["", "ns/record"], [list(pair) for pair in makers])]
    return "\n".join(text).rstrip() + "\n"


def assemble(options, ledger, parts, checks, hashes):
    by_key = {row.key: row for rows in parts.values() for row in rows}
    return {"when": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "machine": machine(), "records": options.records,
            "rounds": options.rounds, "verdict": "they disagree" if ledger.faults else "all agree", "compared": ledger.compared,
            "faults": ledger.faults, "not_expressed": ledger.not_expressed, "not_run": sum(bool(row.not_run) for row in by_key.values()),
            "goals": goals(by_key), "parts": parts, "by_key": by_key, "checks": checks, "hashes": hashes}


def write(report, results, json_file):
    with open(results, "w", encoding="utf-8") as file:
        file.write(markdown(report))
    plain = {k: v for k, v in report.items() if k not in ("by_key", "parts", "goals")}
    plain["goals"] = [dict(zip(("what", "measured", "sign", "goal", "met"), goal)) for goal in report["goals"]]
    plain["parts"] = {title: [row.as_json() for row in rows] for title, rows in report["parts"].items()}
    with open(json_file, "w", encoding="utf-8") as file:
        json.dump(plain, file, ensure_ascii=False, indent=1)
        file.write("\n")
