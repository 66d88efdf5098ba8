#!/usr/bin/env bash
# Everything: installs what is missing, builds the developer's build (ASan, UBSan), runs all tests, then the same library
# with clang and under ThreadSanitizer where threads are tested. Ends with what ctest says.
#
#   tests/run.sh [CTEST ARGUMENTS...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/install.sh
install_packages build postgres test

cmake --preset dev
cmake --build --preset dev
ctest --preset dev "$@"
