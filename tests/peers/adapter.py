#!/usr/bin/env python3
"""The example adapters to other SIP stacks: calls with SIPp and with each other, over UDP.

usage: adapter.py PROGRAM {caller|caller_lossy|callee|repeated_success|late_offer}
       adapter.py PROGRAM {call|cancel} OTHER      PROGRAM calls OTHER, another adapter or the same
       adapter.py size DIRECTORY...                the adapters are as short as is said of them
  caller   SIPp calls; caller_lossy: and loses one packet in ten, those that it sends and those
           that come
  callee   SIPp answers; repeated_success: twice; late_offer: and makes the offer

Exit 0: each call went through, by the account of both. 77: no sipp here, or `-` for a program (an
error where OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sipp import Failure, free_port, sipp, wait_for_listener

CALLS = 20
SECONDS = 90
LONGEST = 250  # lines of message model and glue
REFUSED = "bye() needs the ACK of the 2xx"


class Phone:
    """An adapter's program; `uri` is where others reach it."""

    def __init__(self, processes, program, *arguments):
        port = free_port()
        self.uri = f"sip:phone@127.0.0.1:{port}"
        self.process = subprocess.Popen([program, "--listen", f"127.0.0.1:{port}", *arguments],
                                        stdout=subprocess.PIPE, text=True)
        processes.append(self.process)
        self.port = port

    def listens(self):
        wait_for_listener(self.port, "udp", self.process)
        return self

    def finish(self, stop=False):
        """What it has printed; it must say that each call went well."""
        if stop:
            self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=SECONDS)
        summary = f"{CALLS} calls, 0 failed"
        if self.process.returncode != 0 or summary not in output.splitlines():
            raise Failure(f"phone: exit status {self.process.returncode}\n{output[-2000:]}")
        return output


def with_sipp(program, scenario, scratch, processes):
    answers = scenario.startswith("caller")
    if answers:
        phone = Phone(processes, program, "answer").listens()
        _, peer = sipp(scratch, "uac", [f"127.0.0.1:{phone.port}"], "udp", CALLS,
                       10 if scenario == "caller_lossy" else 0)
    else:
        name = "uas_repeating" if scenario == "repeated_success" else "uas"
        port, peer = sipp(scratch, name, [], "udp", CALLS, 0)
        wait_for_listener(port, "udp", peer)
        option = ["--late-offer"] if scenario == "late_offer" else []
        phone = Phone(processes, program, "--calls", str(CALLS), *option, "call",
                      f"sip:bob@127.0.0.1:{port}")
    processes.append(peer)
    status = peer.wait(SECONDS)
    if status != 0:
        raise Failure(f"sipp: exit status {status}")
    output = phone.finish(stop=answers)
    if answers and output.count(REFUSED) != CALLS:
        raise Failure(f"phone: not each bye() before the ACK was refused\n{output[-2000:]}")
    return next((line for line in output.splitlines() if REFUSED in line), "")


def with_other(program, scenario, other, processes):
    callee = Phone(processes, other, {"call": "answer", "cancel": "ring"}[scenario]).listens()
    caller = Phone(processes, program, "--calls", str(CALLS), scenario, callee.uri)
    caller.finish()
    time.sleep(0.1)  # the last response of the callee's
    callee.finish(stop=True)
    return ""


def size(directories):
    """Prints how long each adapter is: what its owner has to write, and what he has already."""
    problems = 0
    calls = len((Path(directories[0]).parent / "adapter/calls.hpp").read_text().splitlines())
    print(f"the list of calls, for all of them: {calls} lines")
    for directory in map(Path, directories):
        lines = {name: len((directory / name).read_text().splitlines())
                 for name in ("message.hpp", "glue.hpp", "stack.hpp")}
        proper = lines["message.hpp"] + lines["glue.hpp"]
        print(f"{directory.name}: {proper} lines, {lines['message.hpp']} of them the message model; "
              f"beside it {lines['stack.hpp']} for the stack itself")
        if proper >= LONGEST:
            print(f"{directory.name}: has to be shorter than {LONGEST} lines")
            problems += 1
    return 1 if problems else 0


def main():
    if sys.argv[1:2] == ["size"] and len(sys.argv) > 2:
        return size(sys.argv[2:])
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, scenario = sys.argv[1:3]
    missing = ""
    if "-" in sys.argv:
        missing = "an adapter's stack (Debian, Ubuntu: apt-get install libosip2-dev " \
                  "libsofia-sip-ua-dev)"
    elif len(sys.argv) == 3 and not shutil.which("sipp"):
        missing = "sipp (Debian, Ubuntu: apt-get install sip-tester)"
    if missing:
        print("skipped: not here:", missing)
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    processes = []
    with tempfile.TemporaryDirectory() as scratch:
        try:
            if len(sys.argv) == 4:
                print(with_other(program, scenario, sys.argv[3], processes))
            else:
                print(with_sipp(program, scenario, scratch, processes))
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(failure)
            for name in ("sipp.log", "errors.log"):
                log = Path(scratch) / name
                if log.exists():
                    print(f"--- {name}", log.read_text(errors="replace")[-3000:], sep="\n")
            return 1
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()
    print(f"{CALLS} calls, 0 failed: {scenario}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
