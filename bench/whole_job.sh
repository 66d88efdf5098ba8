#!/usr/bin/env bash
# The whole job against the floor: a bare binary COPY drain of the same columns, in turn, in one run, on a private
# PostgreSQL. Prints every round, the medians and their ratios for two packs: fifteen.yaml (15 rules), and the quickstart's
# (27 rules, three of them unique, one over whole records); and for fifteen.yaml with a proof (SM3 leaves and tree).
#
#   bench/whole_job.sh [RECORDS [PAIRS]]      default: 2000000 records, 5 pairs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
records=${1:-2000000}
pairs=${2:-5}
out=build/bench

program=build/program # a release build without the tests
cmake --preset release -B "$program" -DASSAY_TESTS=OFF >/dev/null
cmake --build "$program" --target assay_cli assay_generate assay_drain
. tests/pg/cluster.sh
cluster_start
rm -rf "$out"
mkdir -p "$out/pack"
cp examples/quickstart/enterprise.yaml bench/fifteen.yaml "$out/pack/"
psql -qX -v ON_ERROR_STOP=1 -f examples/quickstart/table.sql
"$program"/bench/assay_generate --records "$records" --seed 1 --codes "$out/pack/regions.csv" |
    psql -qX -v ON_ERROR_STOP=1 -c 'copy enterprise from stdin'
psql -qX -c 'vacuum analyze enterprise'

seconds() { # COMMAND...: wall seconds of the command
    local begin=$EPOCHREALTIME
    "$@" >/dev/null 2>"$out/stderr" || [ $? -eq 1 ] || { cat "$out/stderr" >&2; return 3; }
    awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
}
drain() { seconds "$program"/bench/assay_drain 'COPY (SELECT * FROM enterprise) TO STDOUT (FORMAT binary)'; }
job() { # PACK
    seconds "$program"/cli/assay run "$out/pack/$1.yaml" --as-of 2026-07-01T00:00:00+08:00 --report "$out/report" --quiet
}
proof() { # fifteen.yaml, with leaves, tree, keys, manifest and signatures
    rm -rf "$out/proofs"
    seconds "$program"/cli/assay run "$out/pack/fifteen.yaml" --as-of 2026-07-01T00:00:00+08:00 --report "$out/report" --quiet \
        --proof "$out/proofs" --proof-key "$out/secret" --origin bench.example/assay --sign "bench.example/assay=$out/sign.pem"
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

"$program"/cli/assay key new "$out/secret" 2>/dev/null
(umask 077 && openssl genpkey -quiet -algorithm SM2 -out "$out/sign.pem")
drain >/dev/null # warms the cache
for ((i = 0; i < pairs; i++)); do
    drain >>"$out/drain"
    job fifteen >>"$out/fifteen"
    proof >>"$out/proof"
    job enterprise >>"$out/enterprise"
    echo "drain $(tail -n 1 "$out/drain") s, 15 rules $(tail -n 1 "$out/fifteen") s, with proof $(tail -n 1 "$out/proof") s," \
        "quickstart $(tail -n 1 "$out/enterprise") s; load $(cut -d ' ' -f 1 /proc/loadavg)"
done
for pack in fifteen proof enterprise; do
    awk -v d="$(median "$out/drain")" -v j="$(median "$out/$pack")" -v n="$records" -v p="$pack" \
        'BEGIN { printf "%d records, %s: drain %.3f s, job %.3f s, ratio %.2f (medians)\n", n, p, d, j, j / d }'
done
