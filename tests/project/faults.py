#!/usr/bin/env python3
"""Each fault of tests/fault/faults.tsv has a test: number, what is wrong, exact test name."""
import re
import sys
from pathlib import Path

import source

FAULTS = 80


def problems(root="."):
    found, seen = [], set()
    tests = Path(root) / "tests"
    cases = {name for path in tests.rglob("*.cpp")
             for name in re.findall(r'\b(?:TEMPLATE_)?TEST_CASE\(\s*"([^"]*)"', path.read_text(errors="replace"))}
    for line in (tests / "fault" / "faults.tsv").read_text().splitlines():
        number, _, case = line.split("\t")
        seen.add(int(number))
        if case not in cases:
            found.append(f"tests/fault/faults.tsv: {number}: no test is called \"{case}\"")
    missing = sorted(set(range(1, FAULTS + 1)) - seen)
    return found + [f"tests/fault/faults.tsv: fault {number} is missing" for number in missing]


if __name__ == "__main__":
    source.report("faults", problems(*sys.argv[1:]))
