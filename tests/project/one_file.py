#!/usr/bin/env python3
"""The whole library as one header, for whoever wants to copy a single file.

usage: one_file.py INCLUDE OUT           writes OUT, whose name is usually offhook.hpp
       one_file.py INCLUDE OUT COMPILER  writes it, and exits 1 unless the compiler reads the same
                                         from it as from the headers

Each header stands where its first #include would have put it. What needs POSIX sockets is left out
where there are none.
"""
import re
import subprocess
import sys
from pathlib import Path

import source

# The umbrella first, then what is included by itself.
FIRST = "offhook/offhook.hpp"
# In one file there is no other one that compiles the templates for it.
WITHOUT = {"offhook/endpoint/compiled.hpp"}
NEEDS = {"net": "__has_include(<sys/socket.h>)"}


def body_of(header, text):
    """The text without its include guard."""
    guard = re.sub(r"[/.]", "_", header).upper()
    opening = f"#ifndef {guard}\n#define {guard}\n"
    start, end = text.index(opening) + len(opening), text.rindex("#endif")
    return text[:start - len(opening)] + text[start:end]


class Writer:
    def __init__(self, include):
        self.include = include
        self.headers = set()
        self.standard = set()
        self.lines = []

    def add(self, header):
        if header in self.headers:
            return
        self.headers.add(header)
        depth = 0  # of #if: what is included within one is included for itself
        for line in body_of(header, (self.include / header).read_text()).splitlines():
            own = re.match(r'#include "(offhook/[^"]+)"', line)
            standard = re.match(r"#include <([^>]+)>", line)
            if own:
                self.add(own[1])
                continue
            if standard and depth == 0:
                if standard[1] in self.standard:
                    continue
                self.standard.add(standard[1])
            depth += bool(re.match(r"#\s*if", line)) - bool(re.match(r"#\s*endif", line))
            self.lines.append(line)

    def text(self, version):
        body = re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines))
        return (f"// offhook {version}: SIP dialogs and sessions for C++20, all in one header.\n"
                "// SPDX-License-Identifier: BSL-1.0\n"
                "#ifndef OFFHOOK_OFFHOOK_HPP\n#define OFFHOOK_OFFHOOK_HPP\n\n"
                f"{body.strip()}\n\n#endif\n")


def headers(include):
    return [FIRST] + [name for name in source.headers(include.parent) if name not in WITHOUT]


def one_file(include):
    writer = Writer(include)
    for header in headers(include):
        need = NEEDS.get(source.layer_of(header))
        if need:
            # What they share with the others is there by now; their own includes are conditional.
            standard, writer.standard = writer.standard, set(writer.standard)
            writer.lines.append(f"#if {need}")
            writer.add(header)
            writer.lines.append("#endif")
            writer.standard = standard
        else:
            writer.add(header)
    project = (include.parent / "CMakeLists.txt").read_text()
    return writer.text(re.search(r"project\(offhook VERSION ([\d.]+)", project)[1])


def preprocessed(compiler, text, *flags):
    run = subprocess.run([compiler, "-std=c++20", "-E", "-P", "-xc++", *flags, "-"], input=text,
                         capture_output=True, text=True, check=True)
    return run.stdout.split()


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    include, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    text = one_file(include)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
    print(f"{out}: {text.count(chr(10))} lines")
    if sys.argv[3:]:
        apart = "".join(f'#include "{header}"\n' for header in headers(include))
        same = preprocessed(sys.argv[3], text) == preprocessed(sys.argv[3], apart, f"-I{include}")
        print("the same as the headers" if same else "not the same as the headers")
        sys.exit(not same)


main()
