#!/usr/bin/env bash
# Packs over real tables: run.sh ASSAY. The tables are not part of this repository: they lie in the folder data of
# $ASSAY_SHARED, else of ../shared beside the repository. Exit code 77: they are not there, or there is no PostgreSQL.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${ASSAY_SHARED:-$here/../../../shared}/data
for file in prsa_beijing_2010_2014.csv openflights_airports_cn.csv openflights_routes_cn.csv; do
    [ -r "$data/$file" ] && continue
    echo "skipped: $data/$file is not there (set ASSAY_SHARED to the folder that holds data/)" >&2
    exit 77
done
exec "$here/../pg/cluster.sh" run python3 -B "$here/real.py" "$1" "$(cd "$data" && pwd)"
