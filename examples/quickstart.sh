#!/usr/bin/env bash
# From a fresh Debian machine to a verdict: installs what is missing, builds the release, starts a private PostgreSQL on
# a unix socket, loads a generated table of 200,000 synthetic enterprises with planted faults, applies the pack, and holds
# the findings against the list of planted faults. Runs again without harm. Nothing outside build/ is kept.
#
#   examples/quickstart.sh [RECORDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
records=${1:-200000}
out=$root/build/quickstart

. scripts/install.sh
install_packages build postgres

program=$root/build/program # a release build without the tests, which need more packages
cmake --preset release -B "$program" -DASSAY_TESTS=OFF >/dev/null
cmake --build "$program" --target assay_cli assay_generate
assay=$program/cli/assay

. tests/pg/cluster.sh
cluster_start
rm -rf "$out"
mkdir -p "$out/pack"
cp examples/quickstart/enterprise.yaml "$out/pack/"
psql -qX -v ON_ERROR_STOP=1 -f examples/quickstart/table.sql
"$program"/bench/assay_generate --records "$records" --seed 20260701 --manifest "$out/planted.tsv" \
    --codes "$out/pack/regions.csv" | psql -qX -v ON_ERROR_STOP=1 -c 'copy enterprise from stdin'
psql -qX -c 'analyze enterprise'

echo "== assay run: $records records"
code=0
"$assay" run "$out/pack/enterprise.yaml" --as-of 2026-07-01T00:00:00+08:00 --report "$out/report" || code=$?
if [ "$code" -gt 1 ]; then
    echo "assay ended with exit code $code" >&2
    exit "$code"
fi

sort "$out/planted.tsv" >"$out/planted.sorted"
sed -n 's/.*"rule":"\([^"]*\)","key":{"id":"\([^"]*\)"}.*/\1\t\2/p' "$out/report/findings.ndjson" | sort >"$out/found.sorted"
echo
echo "findings: $out/report/findings.ndjson"
echo "result:   $out/report/result.json"
echo "summary:  $out/report/summary.txt"
if [ "$(wc -l <"$out/report/findings.ndjson")" -ne "$(wc -l <"$out/found.sorted")" ] ||
    ! diff "$out/planted.sorted" "$out/found.sorted"; then
    echo "the findings are not the planted faults" >&2
    exit 1
fi
echo "all $(wc -l <"$out/planted.sorted") planted faults were found, and nothing else"
