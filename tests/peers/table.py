#!/usr/bin/env python3
"""Holds README.md's table of peers against what is here: the versions, and the tests that it names.

usage: table.py README CMAKE_BINARY_DIR

Exit 77 where a peer is not installed, or in another version than the table's but for its last part:
then the table says nothing of this machine. That is an error where OFFHOOK_REQUIRE_PEERS is set.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROW = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\) \| ([\d.]+) \| ([^|]+) \| `((?:[^`|]|\\\|)+)` \|$", re.M)
PACKAGES = {"SIPp": "sip-tester", "Kamailio": "kamailio", "baresip": "baresip-core",
            "linphone": "linphone-cli", "libosip2": "libosip2-dev",
            "Sofia-SIP": "libsofia-sip-ua-dev", "tshark": "tshark", "Asio": "libasio-dev"}
NODE = {"SIP.js": "sip.js", "JsSIP": "jssip"}


def version_here(peer):
    """The version of the peer on this machine, "" where it is missing."""
    if peer in NODE:
        package = json.loads((Path(__file__).parent / "node/package.json").read_text())
        return package["dependencies"][NODE[peer]]
    if not shutil.which("dpkg-query"):
        return ""
    run = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", PACKAGES[peer]],
                         capture_output=True, text=True)
    return re.sub(r"^\d+:", "", run.stdout) if run.returncode == 0 else ""


def release(version):
    """Without what a correction of the same release changes: "4.0" of "4.0.17-0+deb12u3"."""
    return re.findall(r"\d+", version)[:2]


def tests(binary):
    run = subprocess.run(["ctest", "--test-dir", binary, "-N"], capture_output=True, text=True,
                         check=True)
    return re.findall(r"Test +#\d+: (\S+)", run.stdout)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rows = ROW.findall(Path(sys.argv[1]).read_text())
    problems, others = [], []
    missing = (PACKAGES.keys() | NODE.keys()) - {peer for peer, *_ in rows}
    problems += [f"{peer} has no row" for peer in sorted(missing)]
    known = tests(sys.argv[2])
    for peer, _, version, _, pattern in rows:
        pattern = pattern.replace("\\|", "|")  # as a table has to write it
        if peer not in PACKAGES and peer not in NODE:
            problems.append(f"{peer} is none of the peers")
            continue
        here = version_here(peer)
        if release(here) != release(version):
            others.append(f"{peer} {version} is not here, but {here or 'none'}")
        if here and not any(re.search(pattern, test) for test in known):
            problems.append(f"{peer}: no test is called {pattern}")
    for line in problems + others:
        print(line)
    print(f"{len(rows)} peers, {len(problems)} problems, {len(others)} other versions")
    if problems or (others and os.environ.get("OFFHOOK_REQUIRE_PEERS")):
        sys.exit(1)
    sys.exit(77 if others else 0)


main()
