#!/usr/bin/env python3
"""The exit codes of the README, each with the exact message in both languages.

    exit_codes.py ROOT ASSAY PG    PG: ON where the command can read from PostgreSQL
"""
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from kit import ENVIRONMENT, Command, report

FILES = {
    "pack.yaml": """assay: 1
pack: p
timezone: UTC
sources: {s: {title: S, owner: O}}
datasets:
  d:
    source: s
    table: d
    key: [id]
    fields:
      id: {standard: text, required: true, unique: true}
      n: {standard: integer, max: 5}
    rules:
      - {id: small, expect: n < 3, severity: warning}
""",
    "bad.yaml": """assay: 1
pack: p
timezone: UTC
sources: {s: {title: S, owner: O}}
datasets:
  d: {source: s, table: d, key: [id], feilds: {id: {standard: text, required: true}}}
""",
    "pass.csv": "id,n\n1,1\n",
    "warn.csv": "id,n\n1,4\n",
    "fail.csv": "id,n\n1,9\n",
    "empty.csv": "id,n\n",
    "lacks.csv": "id\n1\n",
    "torn.csv": "id,n\n1,9,3\n",
    "a_file": "",
}
PASSWORD = ("assay: --db holds a password, which others on this machine could read: use ~/.pgpass, PGPASSFILE, PGPASSWORD or a service file\n",
            "assay: --db 中含有口令，本机其他用户可能看到：请使用 ~/.pgpass、PGPASSFILE、PGPASSWORD 或服务文件\n")
LIBPQ = ('connection to server on socket "{folder}/absent/.s.PGSQL.5432" failed: No such file or directory  '
         "Is the server running locally and accepting connections on that socket?")

# label, arguments, exit code, English, Chinese
CASES = [
    ("all rules pass", "run pack.yaml --csv d=pass.csv --quiet", 0, "", ""),
    ("warnings are within", "run pack.yaml --csv d=warn.csv --quiet", 0, "", ""),
    ("an empty table is within", "run pack.yaml --csv d=empty.csv --quiet", 0, "", ""),
    ("warnings, asked for", "run pack.yaml --csv d=warn.csv --quiet --fail-on warn", 1, "", ""),
    ("an empty table, asked for", "run pack.yaml --csv d=empty.csv --quiet --fail-on warn", 1, "", ""),
    ("nothing to warn of", "run pack.yaml --csv d=pass.csv --quiet --fail-on warn", 0, "", ""),
    ("a rule fails", "run pack.yaml --csv d=fail.csv --quiet", 1, "", ""),
    ("no store", "tickets list --store none.db", 3, "assay: there is no store none.db; 'assay store init' makes one\n",
     "assay: 没有存储库 none.db；可用 assay store init 创建\n"),
    ("unknown option", "run pack.yaml --colour", 2, "assay: unknown option --colour; see assay run --help\n",
     "assay: 未知选项 --colour；见 assay run --help\n"),
    ("no pack", "run", 2, "assay: name one pack: assay run PACK\n", "assay: 请给出一个规则包：assay run 规则包\n"),
    ("a pack with errors", "run bad.yaml --csv d=pass.csv", 2,
     "bad.yaml:6:3: error: key 'fields' is missing [missing-key]\n"
     "bad.yaml:6:39: error: unknown key 'feilds', did you mean 'fields'? [unknown-key]\n",
     "bad.yaml:6:3: 错误: 缺少键“fields” [missing-key]\nbad.yaml:6:39: 错误: 未知的键“feilds”，是否应为“fields”？ [unknown-key]\n"),
    ("a password in a URI", "run pack.yaml --db postgresql://u:secret@h/d", 2, *PASSWORD),
    ("a password in a URI's parameters", "run pack.yaml --db postgresql://u@h/d?password=secret", 2, *PASSWORD),
    ("a password among pairs", "run pack.yaml --db host=h\\ password=secret", 2, *PASSWORD),
    ("a word that is not allowed", "run pack.yaml --format xml", 2, "assay: --format xml: not one of text|json|ndjson\n",
     "assay: --format xml：只能是 text|json|ndjson 之一\n"),
    ("an option twice", "run pack.yaml --as-of 2026-01-01 --as-of 2026-01-02", 2, "assay: --as-of is given twice\n",
     "assay: --as-of 给了两次\n"),
    ("an option without its value", "run pack.yaml --jobs", 2, "assay: --jobs needs a value: N\n", "assay: --jobs 需要一个值：N\n"),
    ("no number", "run pack.yaml --csv d=pass.csv --jobs 0", 2, "assay: --jobs 0: not a number in range\n",
     "assay: --jobs 0：不是有效的数\n"),
    ("no time", "run pack.yaml --csv d=pass.csv --as-of never", 2,
     "assay: as-of 'never' is not a date or a time: write 2026-01-31 or 2026-01-31T08:00:00+08:00\n",
     "assay: 基准时间“never”不是日期或时间：请写成 2026-01-31 或 2026-01-31T08:00:00+08:00\n"),
    ("unknown dataset", "run pack.yaml --csv e=pass.csv", 2, "assay: the pack has no dataset 'e'\n", "assay: 规则包中没有数据集“e”\n"),
    ("unknown rule", "explain d.n.maxi --pack pack.yaml --key 1 --csv pass.csv", 2, "assay: the pack has no rule 'd.n.maxi'\n",
     "assay: 规则包中没有规则“d.n.maxi”\n"),
    ("no such record", "explain d.n.max --pack pack.yaml --key 2 --csv pass.csv", 2,
     "assay: dataset d has no record with this key\n", "assay: 数据集 d 中没有该主键的记录\n"),
    ("missing pack", "run none.yaml", 3, "assay: rule pack 'none.yaml' cannot be read: No such file or directory\n",
     "assay: 无法读取规则包“none.yaml”：No such file or directory\n"),
    ("missing file", "run pack.yaml --csv d=none.csv", 3, "assay: none.csv: cannot open: No such file or directory\n",
     "assay: none.csv：无法打开：No such file or directory\n"),
    ("the report's folder is a file", "run pack.yaml --csv d=pass.csv --report a_file", 3,
     "assay: a_file/findings.ndjson: cannot be written: Not a directory\n", "assay: a_file/findings.ndjson：无法写入：Not a directory\n"),
    ("the report's folder cannot be made", "run pack.yaml --csv d=pass.csv --report no/such", 3,
     "assay: no/such: cannot be written: No such file or directory\n", "assay: no/such：无法写入：No such file or directory\n"),
    ("a socket that nobody listens on", "run pack.yaml --db host={folder}/absent", 3,
     f"assay: cannot connect to PostgreSQL: {LIBPQ}; check the connection string, the PG* environment and that the server runs\n",
     f"assay: 无法连接 PostgreSQL：{LIBPQ}；请检查连接串、PG* 环境变量以及服务器是否在运行\n"),
]
LANGUAGES = {"en": {"LC_ALL": "C.UTF-8"}, "zh": {"LC_ALL": "zh_CN.UTF-8"}}


def words_of(text):
    """Split at spaces; "\\ " is a space inside a word."""
    return [word.replace("\0", " ") for word in text.replace("\\ ", "\0").split(" ")]


def check_case(assay, folder, case):
    label, arguments, code, *messages = [each.replace("{folder}", str(folder)) if isinstance(each, str) else each for each in case]
    faults = []
    before = sorted(p.name for p in folder.iterdir())
    for (language, env), message in zip(LANGUAGES.items(), messages):
        done = assay(*words_of(arguments), cwd=folder, env=env)
        if (done.returncode, done.stderr) != (code, message):
            faults.append(f"{label} ({language}): exit {done.returncode}, expected {code}\n  said     {done.stderr!r}\n"
                          f"  expected {message!r}")
        if code > 1 and done.stdout:
            faults.append(f"{label} ({language}): wrote to standard output: {done.stdout!r}")
    if sorted(p.name for p in folder.iterdir()) != before:
        faults.append(f"{label}: left files behind: {sorted(p.name for p in folder.iterdir())}")
    return faults


def check_interrupt(assay, folder):
    """Interrupted while more records could come: nothing is written."""
    process = subprocess.Popen([assay.path, "run", "pack.yaml", "--csv", "d=-", "--report", "report", "--quiet"], cwd=folder,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        # more than a pipe holds: once it is taken, the run is reading and signals are caught
        process.stdin.write(b"id,n\n" + b"".join(b"%d,1\n" % i for i in range(100000)))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.wait()
        out, said = process.stdout.read().decode(), process.stderr.read().decode()
    finally:
        watchdog.cancel()
        process.kill()
    faults = [] if process.returncode == 4 else [f"interrupted: exit {process.returncode}, expected 4"]
    if (out, said) != ("", "assay: cancelled while reading d\n"):
        faults.append(f"interrupted: said {out!r} {said!r}")
    return faults + ([f"interrupted: {folder}/report exists"] if (folder / "report").exists() else [])


def main():
    assay = Command(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text)
        cases = [case for case in CASES if sys.argv[3] == "ON" or "{folder}" not in case[1]]
        faults = [fault for case in cases for fault in check_case(assay, folder, case)]
        faults += check_interrupt(assay, folder)
    return report(faults, f"{len(cases) + 1} exit codes and their messages in {len(LANGUAGES)} languages")


if __name__ == "__main__":
    sys.exit(main())
