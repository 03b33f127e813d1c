#!/usr/bin/env python3
"""Holds README.md's C++ against the examples that it says it is cut from.

A block of C++ stands behind a line `<!-- examples/FILE.cpp -->`, and has to stand in that file too:
its lines in one piece, whatever their indentation.
"""
import re
import sys
from pathlib import Path

BLOCK = re.compile(r"(?:<!-- (\S+) -->\n)?```cpp\n(.*?)```", re.S)


def flat(text):
    return [line.strip() for line in text.strip().splitlines()]


def stands_in(block, text):
    lines, block = flat(text), flat(block)
    return any(lines[i:i + len(block)] == block for i in range(len(lines)))


problems = []
blocks = BLOCK.findall(Path("README.md").read_text())
for source, block in blocks:
    first = block.strip().splitlines()[0] if block.strip() else "(empty)"
    if not source:
        problems.append(f"names no example: {first}")
    elif not Path(source).is_file():
        problems.append(f"{source} does not exist")
    elif not block.strip() or not stands_in(block, Path(source).read_text()):
        problems.append(f"is not in {source}: {first}")
if not blocks:
    problems.append("has no C++ at all")
for problem in problems:
    print(f"README.md: {problem}")
print(f"{len(blocks)} blocks, {len(problems)} problems")
sys.exit(bool(problems))
