#!/usr/bin/env python3
"""Captures that the library writes, read by tshark.

usage: tshark.py DRAW UA
  DRAW   the example that draws: what its captures hold is what its pages show
  UA     the example user agent: a call of its own, captured at both ends

Exit 0: tshark finds each message, and nothing wrong. 77: no tshark here (an error where
OFFHOOK_REQUIRE_PEERS is set).
"""
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sipp import Failure, Ua, free_port

LIMIT = 60  # seconds for each program
CHECKSUMS = ("ip.checksum.status", "udp.checksum.status", "tcp.checksum.status")
GOOD = {"", "1"}  # not there, or right; 0 is wrong, 2 is not looked at


def messages(capture):
    """What tshark sees, a method or a status for each packet."""
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields", "-E", "separator=,"]
    for protocol in ("ip", "udp", "tcp"):
        command += ["-o", f"{protocol}.check_checksum:TRUE"]
    for field in ("sip.Method", "sip.Status-Code", "_ws.malformed", *CHECKSUMS):
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    if run.returncode != 0:
        raise Failure(f"tshark: exit status {run.returncode}\n{run.stderr[-2000:]}")
    found = []
    for number, line in enumerate(run.stdout.splitlines(), 1):
        method, status, malformed, *checksums = line.split(",")
        if malformed or not set(checksums) <= GOOD or "1" not in checksums:
            raise Failure(f"{capture.name}, packet {number}: {line}")
        found.append(method or status or "no SIP")
    return found


def shown(page):
    """The same, as the page of that trace has it, without what never arrived."""
    found = []
    for about, start_line in re.findall(r'<div class="card"><p>(.*?)</p><pre><b>(.*?)\n</b>',
                                        page.read_text(), re.S):
        if about.endswith(" · lost"):
            continue
        first, second = html.unescape(start_line).split(" ")[:2]
        found.append(second if first == "SIP/2.0" else first)
    return found


def expect(wanted, found, what):
    if not wanted or found != wanted:
        raise Failure(f"{what}: {' '.join(found)}\n  instead of {' '.join(wanted)}")
    print(f"{what}: {' '.join(found)}")


def check_drawn(draw, folder):
    subprocess.run([draw, str(folder)], check=True, timeout=LIMIT, stdout=subprocess.DEVNULL)
    captures = sorted(folder.glob("*.pcap"))
    if not captures:
        raise Failure("nothing was captured")
    for capture in captures:
        expect(shown(capture.with_suffix(".html")), messages(capture), capture.name)


def check_call(path, transport, folder, agents):
    port = free_port()
    at = f"127.0.0.1:{port}"
    callee = Ua(path, "--listen", f"{transport}:{at}", "--ring", "180", "--answer", "200",
                "--calls", "1", "--timeout", "30", "--pcap", str(folder / "callee.pcap"))
    agents.append(callee)
    callee.wait_for("listening", 10)
    caller = Ua(path, "--listen", f"{transport}:127.0.0.1:{free_port()}", "--calls", "1",
                "--call", f"sip:bob@{at};transport={transport}", "--hang-up-after", "0.1",
                "--timeout", "30", "--pcap", str(folder / "caller.pcap"))
    agents.append(caller)
    for agent in (caller, callee):
        if agent.process.wait(LIMIT) != 0:
            raise Failure(f"ua: exit status {agent.process.returncode}\n{''.join(agent.errors)}")
    for end in ("caller", "callee"):
        expect("INVITE 180 200 ACK BYE 200".split(), messages(folder / f"{end}.pcap"),
               f"{transport} {end}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if not shutil.which("tshark"):
        print("skipped: there is no tshark here (Debian, Ubuntu: apt-get install tshark)")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    draw, ua = sys.argv[1:]
    agents = []
    with tempfile.TemporaryDirectory() as scratch:
        try:
            check_drawn(draw, Path(scratch))
            for transport in ("udp", "tcp"):
                check_call(ua, transport, Path(scratch), agents)
        except (Failure, subprocess.SubprocessError) as failure:
            print(failure)
            return 1
        finally:
            for agent in agents:
                if agent.process.poll() is None:
                    agent.process.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
