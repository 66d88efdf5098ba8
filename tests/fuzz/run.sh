#!/bin/sh
# Fuzz each target (default: all) for SECONDS, starting from the committed corpus.
#   tests/fuzz/run.sh SECONDS [TARGET...]
# What adds coverage is kept in build/fuzz/corpus/TARGET, an input that fails in build/fuzz/findings. Exit 1: there is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:?usage: run.sh SECONDS [TARGET...]}
shift
# shellcheck disable=SC2046 # one word a target
[ $# -gt 0 ] || set -- $("$here/targets.sh")

cd "$here/../.."
cmake --preset fuzz >/dev/null
for target in "$@"; do
    cmake --build --preset fuzz --target "fuzz_$target" >/dev/null
done

# A partial has a part for every rule, however few its records.
max_len() {
    [ "$1" = partial ] && echo 16384 || echo 4096
}

found=0
mkdir -p build/fuzz/findings build/fuzz/empty
for target in "$@"; do
    kept=$PWD/build/fuzz/corpus/$target
    log=$PWD/build/fuzz/findings/$target.log
    mkdir -p "$kept"
    echo "fuzz_$target: $seconds s, log in $log"
    # In an empty folder: a pack may name files.
    (cd build/fuzz/empty && nice -n 19 ../tests/fuzz/"fuzz_$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
        -max_len="$(max_len "$target")" -print_final_stats=1 -dict="$here/dictionaries/$target.dict" -artifact_prefix=../findings/"$target"- \
        "$kept" "$here/corpus/$target" 2>"$log") || { found=1; echo "fuzz_$target: a finding"; }
    tail -n 5 "$log"
done
exit $found
