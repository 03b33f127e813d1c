#!/usr/bin/env python3
"""Every public name has its comment, and doxygen has nothing to say against any.

Exit 77 where there is no doxygen, or another than the one whose warnings are known (1 if
OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import source

VERSION = "1.9.4"
DOXYFILE = Path(__file__).resolve().parent / "Doxyfile"


def version():
    if not shutil.which("doxygen"):
        return ""
    run = subprocess.run(["doxygen", "--version"], capture_output=True, text=True)
    return run.stdout.split()[0] if run.stdout.split() else ""


def problems(root="."):
    with tempfile.TemporaryDirectory() as scratch:
        run = subprocess.run(["doxygen", str(DOXYFILE)], cwd=root, capture_output=True, text=True,
                             env=os.environ | {"OFFHOOK_DOXYGEN_OUTPUT": scratch})
    # A name that is inherited is told of once for each class that has it.
    lines = dict.fromkeys(line.replace(f"{Path(root).resolve()}/", "")
                          for line in run.stderr.splitlines()
                          if re.search(r"\b(?:warning|error):", line))
    if run.returncode and not lines:
        return [f"doxygen ended with {run.returncode}: {run.stderr.strip()}"]
    return list(lines)


if __name__ == "__main__":
    if version() != VERSION:
        print(f"skipped: doxygen {VERSION} is not here, but {version() or 'none'}")
        sys.exit(1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77)
    source.report("documented", problems(*sys.argv[1:]))
