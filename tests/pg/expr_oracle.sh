#!/usr/bin/env bash
# PostgreSQL's answers to random expressions against ours.
#   expr_oracle.sh PROGRAM [SEED [COUNT]]      PROGRAM: expr_oracle; exit code 77: no PostgreSQL here
set -eo pipefail
program=$1 seed=${2:-20260301} count=${3:-6000}
. "$(dirname "$0")/cluster.sh"
cluster_start
"$program" sql "$seed" "$count" >"$CLUSTER_DIR/question.sql"
"$CLUSTER_BIN/psql" -XAtq -f "$CLUSTER_DIR/question.sql" >"$CLUSTER_DIR/answers"
"$program" check "$seed" "$count" <"$CLUSTER_DIR/answers"
