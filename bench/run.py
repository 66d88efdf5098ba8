#!/usr/bin/env -S python3 -B
"""The bench: the whole job against a bare drain, against the server's own SQL and other programs, and how the cost grows; on a private
PostgreSQL. README.md tells how to read what it prints. Exit code 1: counts do not agree. 77: there is no PostgreSQL.

    bench/run.py                                    2,000,000 records, 3 rounds; rewrites bench/RESULTS.md
    bench/run.py --quick --programs BUILD_FOLDER    what the tests run: counts alone matter
"""
import argparse
import os
import sys
import time

import kernels
import report
from contest import Contest
from ground import HERE, ROOT, Ground, build
from scaling import Scaling
from truth import Ledger, check_the_check

PARTS = ("floor", "assay", "server", "files", "records", "memory", "tree", "rules", "columns", "connections", "failing", "kernels")
CLUSTER = "-c shared_buffers=1GB -c max_wal_size=8GB -c hash_mem_multiplier=2 -c max_parallel_workers=8 -c autovacuum=off"


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000_000, help="of the table that all are measured over (default 2000000)")
    parser.add_argument("--rounds", type=int, default=3, help="each contestant runs once a round (default 3)")
    parser.add_argument("--largest", type=int, default=10**8, help="most records from the pipe (default, and at most, 100000000)")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of: %(default)s")
    parser.add_argument("--quick", action="store_true", help="20000 records, 1 round, no peers of npm, no RESULTS.md")
    parser.add_argument("--no-npm", action="store_true", help="without DuckDB and polars")
    parser.add_argument("--programs", help="build folder to use; default: a release build is made")
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "bench"), help="folder of all that is made, emptied at the start")
    parser.add_argument("--results", help="Markdown (default bench/RESULTS.md; with --quick in the folder above)")
    options = parser.parse_args(arguments)
    if options.quick:
        options.records, options.rounds, options.largest, options.no_npm = 20_000, 1, 10**5, True
    options.results = options.results or os.path.join(options.work if options.quick else HERE, "RESULTS.md")
    options.parts = options.parts.split(",")
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


def tell(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def contest(options, ground, ledger):
    made = Contest(ground, ledger, not options.no_npm)
    for part in ("floor", "assay", "server", "files"):
        if part in options.parts:
            getattr(made, f"add_{part}")()
    made.run(options.rounds, tell)
    return made.rows()


def scaling(options, ground, ledger):
    made = Scaling(ground, ledger, options.rounds, tell)
    for part in ("records", "memory", "tree", "rules", "columns", "connections", "failing"):
        if part in options.parts:
            getattr(made, part)(*([options.largest] if part in ("records", "memory", "tree") else []))
    return made.rows()


def main(arguments):
    options = options_of(arguments)
    check_the_check()
    programs = options.programs or build()
    ground, ledger = Ground(options, programs), Ledger()
    tell(f"{options.records:,} records are loaded")
    parts = {**contest(options, ground, ledger), **scaling(options, ground, ledger)}
    has_kernels = "kernels" in options.parts
    checks = kernels.checks(ground, os.path.join(ROOT, "rules"), "code" if options.quick else "") if has_kernels else []
    hashes = kernels.hashes(ground) if has_kernels else None
    done = report.assemble(options, ledger, parts, checks, hashes)
    report.write(done, options.results, ground.path("results.json"))
    print(report.markdown(done))
    if ledger.compared == 0:
        ledger.faults.append("no count was compared")
    for fault in ledger.faults:
        print(fault, file=sys.stderr)
    return 1 if ledger.faults else 0


if __name__ == "__main__":
    if "CLUSTER_DIR" not in os.environ and not {"-h", "--help"} & set(sys.argv[1:]):
        os.environ["CLUSTER_OPTIONS"] = CLUSTER
        again = [sys.executable, "-B", os.path.abspath(__file__), *sys.argv[1:]]
        os.execv(os.path.join(ROOT, "tests", "pg", "cluster.sh"), ["cluster.sh", "run", *again])
    sys.exit(main(sys.argv[1:]))
