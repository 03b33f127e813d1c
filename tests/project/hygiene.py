#!/usr/bin/env python3
"""What a reviewer would otherwise have to look for in every header and every test."""
import re
import sys
from pathlib import Path

import source

# The lean part of the standard library; one header more is paid for in every file of every user.
LEAN = set("""algorithm array bit charconv chrono compare concepts cstddef cstdint cstdlib cstring
    initializer_list iterator limits new optional span stdexcept string string_view system_error
    tuple type_traits utility variant vector""".split())
ALLOWED = {"offhook/core/system_random.hpp": {"random"}}
# Where what the application did wrong becomes an exception: the library's errors, the system's.
THROWS = {"offhook/core/error.hpp", "offhook/net/error.hpp"}
LONGEST = 350
CLOCKS = r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b"
AMBIENT = r"\bstd::(?:rand|srand|shared_ptr|this_thread|thread|mutex|function)\b"
MARKS = r"\b(?:TODO|FIXME|XXX|HACK)\b"


def check_header(header, text):
    found = []
    code = source.code(text)
    net = source.layer_of(header) == "net"

    def problem(line, what):
        found.append(f"include/{header}:{line}: {what}")

    def search(pattern, where, what):
        for match in re.finditer(pattern, where):
            problem(where.count("\n", 0, match.start()) + 1, what.format(match[0]))

    guard = re.sub(r"[/.]", "_", header).upper()
    lines = [line for line in text.splitlines() if line.strip()]
    if lines[:2] != [f"#ifndef {guard}", f"#define {guard}"] or lines[-1] != "#endif":
        problem(1, f"wants the include guard {guard} around all of it")
    for line, name, angled in source.includes(text):
        if not angled and not name.startswith("offhook/"):
            problem(line, f'"{name}": write the path from include/')
        elif angled and not net and name not in LEAN | ALLOWED.get(header, set()):
            problem(line, f"<{name}> is not one of the lean standard headers")
    if header not in THROWS:
        search(r"\bthrow\b", code, "throws; call raise() of core/error.hpp")
    if not net:
        search(CLOCKS, code, "{} reads a clock; time is an argument")
    search(AMBIENT, code, "{} has no place here")
    search(MARKS, text, "{} is left")
    if text.count("\n") > LONGEST:
        problem(LONGEST, f"{text.count(chr(10))} lines, more than {LONGEST}: is it one noun?")
    return found


def check_tests(root):
    found, cases = [], {}
    for layer in source.LAYERS + ["explore", "fault", "random"]:
        for path in sorted((Path(root) / "tests" / layer).glob("*.cpp")):
            text = path.read_text(errors="replace")
            name = path.relative_to(root)
            own = f"offhook/{layer}/{path.stem}.hpp"
            first = next((name for _, name, _ in source.includes(text)), "")
            if (Path(root) / "include" / own).exists() and first != own:
                found.append(f"{name}:1: includes {own} first, to show that it stands alone")
            for match in re.finditer(r'^\s*(?:TEST_CASE|SCENARIO)\(\s*"([^"]*)"', text, re.M):
                where = f"{name}:{text.count(chr(10), 0, match.start()) + 1}"
                if match[1] in cases:
                    found.append(f"{where}: the test name is taken by {cases[match[1]]}")
                cases.setdefault(match[1], where)
            for match in re.finditer(MARKS + r"|\bsleep_for\b|\busleep\b", source.code(text)):
                found.append(f"{name}: {match[0]}")
    return found


def problems(root="."):
    found = []
    for header in source.headers(root):
        found += check_header(header, (Path(root) / "include" / header).read_text())
    return found + check_tests(root)


if __name__ == "__main__":
    source.report("hygiene", problems(*sys.argv[1:]))
