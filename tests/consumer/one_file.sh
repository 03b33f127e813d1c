#!/bin/sh
# An example without its #includes of the library, on the one header instead.
# usage: one_file.sh COMPILER EXAMPLE INCLUDE SCRATCH
set -eu
compiler=$1 example=$2 include=$3 scratch=$4
mkdir -p "$scratch"
sed '/^#include "offhook\//d' "$example" >"$scratch/example.cpp"
"$compiler" -std=c++20 -include "$include/offhook/offhook.hpp" "$scratch/example.cpp" \
    -o "$scratch/example"
"$scratch/example"
