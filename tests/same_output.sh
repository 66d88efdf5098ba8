#!/usr/bin/env bash
# same_output.sh FILE COMMAND...: the command succeeds and prints just what the file holds.
set -euo pipefail
expected=$1
shift
found=$("$@"; echo .)
diff -u "$expected" <(printf '%s' "${found%.}")
