#!/usr/bin/env python3
"""Every header compiles alone; the umbrella links from two files, and bears hostile surroundings.

usage: headers.py COMPILER             (exit 77 where there is no such compiler)
       headers.py COMPILER --together  all in one unit: enough for a second compiler
"""
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import source

FLAGS = """-std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror""".split()
UMBRELLA = '#include "offhook/offhook.hpp"\n'

if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--together"]):
    sys.exit(__doc__)
compiler, together = sys.argv[1], len(sys.argv) > 2
if not shutil.which(compiler):
    print(f"skipped: there is no {compiler} here")
    sys.exit(77)
names = source.headers(".")
if not Path("include/offhook/offhook.hpp").exists():
    source.report("headers", ["there is no umbrella include/offhook/offhook.hpp"])

# min and max as windows.h defines them; the standard headers come first, as they would there.
standard = sorted({name for header in names if source.layer_of(header) != "net"
                   for _, name, angled in source.includes((Path("include") / header).read_text())
                   if angled})
hostile = "".join(f"#include <{name}>\n" for name in standard) + (
    "#define min(a, b) (((a) < (b)) ? (a) : (b))\n"
    "#define max(a, b) (((a) > (b)) ? (a) : (b))\n") + "".join(
    f'#include "{header}"\n' for header in names if source.layer_of(header) != "net")

with tempfile.TemporaryDirectory() as scratch:
    def compile_text(what, text, *flags):
        path = Path(scratch) / (what.replace("/", "_").replace(" ", "_") + ".cpp")
        path.write_text(text)
        run = subprocess.run([compiler, *FLAGS, "-Iinclude", *flags, str(path)],
                             capture_output=True, text=True)
        return f"{what}: {run.stderr.strip()}" if run.returncode else None

    groups = [("all headers", names)] if together else [(header, [header]) for header in names]
    jobs = [(what, "".join(f'#include "{header}"\n#include "{header}"\n' for header in headers),
             "-fsyntax-only") for what, headers in groups]
    jobs += [("min and max are macros", hostile, "-fsyntax-only"),
             ("no exceptions, no RTTI", UMBRELLA, "-fsyntax-only", "-fno-exceptions", "-fno-rtti")]
    units = [str(Path(scratch) / f"unit{n}.o") for n in (1, 2)]
    jobs += [(f"unit {n}", UMBRELLA + body, "-c", "-o", units[n - 1])
             for n, body in ((1, "int main() {}\n"), (2, ""))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [p for p in pool.map(lambda job: compile_text(*job), jobs) if p]
    if all(Path(unit).exists() for unit in units):
        link = subprocess.run([compiler, *units, "-o", str(Path(scratch) / "linked")],
                              capture_output=True, text=True)
        if link.returncode:
            problems.append(f"two files that include the umbrella: {link.stderr.strip()}")

source.report(f"{len(names)} headers with {compiler}", problems)
