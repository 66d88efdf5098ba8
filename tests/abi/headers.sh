#!/usr/bin/env bash
# Every public header compiles alone, twice in one file, as C99 and as C++11, by gcc and by clang, without a warning.
#
#   headers.sh ROOT
set -uo pipefail
include=$1/include
flags=(-I "$include" -Wall -Wextra -Wpedantic -pedantic-errors -Wconversion -Wshadow -Wundef -Werror -fsyntax-only)
failed=0 n=0

compile() { # COMPILER LANGUAGE STANDARD HEADER
    n=$((n + 1))
    printf '#include "%s"\n#include "%s"\nextern int x;\n' "$4" "$4" | "$1" -x "$2" "-std=$3" "${flags[@]}" - && return
    echo "$4 does not compile alone with $1 as $3" >&2
    failed=1
}

for file in "$include"/assay/*.h; do
    header=assay/${file##*/}
    for compiler in gcc clang; do
        compile "$compiler" c c99 "$header"
        compile "$compiler" c++ c++11 "$header"
    done
done
[ "$n" -gt 0 ] || { echo "no header in $include/assay" >&2; exit 1; }
[ "$failed" -ne 0 ] || echo "$n compilations without a warning"
exit "$failed"
