#!/bin/sh
# usage: copied_folder.sh COMPILER SOURCE SCRATCH
set -eu
compiler=$1 source=$2 scratch=$3
rm -rf "$scratch"
mkdir -p "$scratch/third_party"
cp -R "$source/include/offhook" "$scratch/third_party/"
"$compiler" -std=c++20 -I"$scratch/third_party" "$source/tests/consumer/main.cpp" \
    -o "$scratch/consumer"
"$scratch/consumer"
