#!/bin/sh
# No CMake at all: one call of the compiler.
# usage: one_compile.sh COMPILER INCLUDE SCRATCH [FLAG ...]
set -eu
compiler=$1 include=$2 scratch=$3
shift 3
mkdir -p "$scratch"
"$compiler" -std=c++20 "$@" -I"$include" "$(dirname "$0")/main.cpp" -o "$scratch/consumer"
"$scratch/consumer"
