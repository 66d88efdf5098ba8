#!/bin/sh
# The names of the targets, as CMakeLists.txt lists them.
sed -n 's/^ay_fuzz(\([a-z]*\) .*/\1/p' "$(dirname "$0")/CMakeLists.txt"
