#!/usr/bin/env bash
# Everything: installs what is missing, runs the quickstart on a release build, builds with clang (ASan, UBSan) for the
# unit tests and the fuzz corpora, with ThreadSanitizer for what runs in threads, and at last the developer's build (gcc,
# ASan, UBSan) for all tests. Ends with what ctest says of that one.
#
#   tests/run.sh [CTEST ARGUMENTS...]    arguments go to the last run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/install.sh
install_packages build postgres test
# What due dates are compared with; the test is skipped, and says so, without it.
[ -d build/npm/node_modules/chinese-days ] || python3 -B scripts/derive_calendar.py --install build/npm ||
    echo "npm could not install what due dates are compared with" >&2

build() {
    echo "== build $1"
    cmake --preset "$1" >/dev/null
    cmake --build --preset "$1"
}

echo "== quickstart"
examples/quickstart.sh
build clang
ctest --preset clang -L 'unit|fuzz'
build tsan
ctest --preset tsan -R 'thread|sort|test_run|test_archive|parts'
build dev
ctest --preset dev "$@"
