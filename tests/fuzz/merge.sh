#!/bin/sh
# Add to the committed corpus of each target (default: all) those inputs of build/fuzz/corpus that reach code which it does
# not reach, after a run of run.sh.
#   tests/fuzz/merge.sh [TARGET...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2046 # one word a target
[ $# -gt 0 ] || set -- $("$here/targets.sh")
cd "$here/../.."
mkdir -p build/fuzz/empty
for target in "$@"; do
    kept=$PWD/build/fuzz/corpus/$target
    mkdir -p "$kept"
    # Without counters: by branches, not by how often they are taken, or the corpora would be ten times as large.
    (cd build/fuzz/empty && nice -n 19 ../tests/fuzz/"fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len=16384 -timeout=10 \
        "$here/corpus/$target" "$kept" 2>/dev/null)
    echo "$target: $(find "$here/corpus/$target" -type f | wc -l) inputs"
done
