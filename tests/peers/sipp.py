#!/usr/bin/env python3
"""Real calls between the example ua and SIPp, over real sockets on loopback.

usage: sipp.py UA {caller|callee} {udp|tcp} CALLS LOST
  caller   SIPp calls ua                callee   ua calls SIPp
  LOST     per cent of the packets that SIPp loses, those that it sends and those that come

Exit 0: each call went through, by SIPp's account and by ua's. 77: no sipp here (an error where
OFFHOOK_REQUIRE_PEERS is set), or OFFHOOK_PEERS is "later", as it is for each script on this one.
"""
import json
import os
import queue
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 100  # seconds for all of it
RATE = 20    # calls a second


if os.environ.get("OFFHOOK_PEERS") == "later":
    print("skipped: OFFHOOK_PEERS says that the peers are called later")
    sys.exit(77)


class Failure(Exception):
    pass


def free_port():
    """A port of 127.0.0.1 that is free on UDP and on TCP, and that nobody is given by chance."""
    for _ in range(100):
        port = random.randrange(10240, 32768)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Failure("no free port")


class Ua:
    """The example user agent: its commands go in, its events come out."""

    def __init__(self, path, *arguments):
        self.process = subprocess.Popen([path, *arguments], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.counts, self.lines, self.told = Counter(), queue.Queue(), []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.errors = []
        self.error_reader = threading.Thread(
            target=lambda: self.errors.extend(self.process.stderr), daemon=True)
        self.error_reader.start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                event = json.loads(line)
                self.told.append(line.rstrip())
                self.counts[event["event"]] += 1
                self.lines.put(event)
        self.lines.put({"event": ""})  # no more will come

    def wait_for(self, name, seconds):
        end = time.monotonic() + seconds
        while True:
            try:
                event = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise Failure(f"ua: no event {name!r} within {seconds} s") from None
            if event["event"] == name:
                return event
            if not event["event"]:
                self.error_reader.join(5)
                raise Failure(f"ua has ended without an event {name!r}\n"
                              + "".join(self.errors[:30]))

    def command(self, text):
        try:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure("ua ended too early") from None


def sipp(scratch, scenario, target, transport, calls, lost, edit=lambda text: text):
    """Starts sipp on a scenario, which `edit` may change; its files are in scratch."""
    text = edit((HERE / f"{scenario}.xml").read_text())
    if lost:
        # The ACK may be among the lost ones and the BYE right behind it.
        text = text.replace('<recv request="ACK"/>', '<recv request="ACK" optional="true"/>')
    else:
        text = text.replace('milliseconds="18000"', 'milliseconds="500"')
    if transport == "tcp":
        # No retransmissions to wait for, and the caller's close would make SIPp call it a failure.
        text = "\n".join(line for line in text.splitlines() if "<timewait" not in line)
    path = Path(scratch) / f"{scenario}.xml"
    path.write_text(text)
    port = free_port()
    command = ["sipp", "-sf", str(path), *target, "-i", "127.0.0.1", "-p", str(port),
               "-t", {"udp": "u1", "tcp": "t1"}[transport], "-max_socket", "100",
               "-m", str(calls), "-r", str(RATE), "-nostdin", "-timeout", f"{LIMIT - 15}s",
               "-timeout_error", "-max_invite_retrans", "7", "-trace_err",
               "-error_file", str(Path(scratch) / "errors.log")]
    if lost:
        command += ["-lost", str(lost)]
    output = open(Path(scratch) / "sipp.log", "w")
    return port, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL)


def wait_for_listener(port, transport, process):
    """Until SIPp has its socket, as the kernel's table shows it."""
    end = time.monotonic() + 10
    wanted = f"0100007F:{port:04X}"
    while time.monotonic() < end and process.poll() is None:
        table = Path(f"/proc/net/{transport}").read_text().splitlines()[1:]
        if any(line.split()[1] == wanted for line in table):
            return
        time.sleep(0.05)
    raise Failure("sipp does not listen")


def run(path, role, transport, calls, lost, scratch, processes):
    ua_port = free_port()
    # Without --calls: it stays until SIPp has all its answers, however often they were lost.
    options = ["--listen", f"{transport}:127.0.0.1:{ua_port}", "--timeout", str(LIMIT - 10),
               "--quiet"]
    if role == "caller":
        ua = Ua(path, *options, "--ring", "180", "--answer", "200")
        processes.append(ua.process)
        ua.wait_for("listening", 10)
        _, peer = sipp(scratch, "uac", [f"127.0.0.1:{ua_port}"], transport, calls, lost)
        processes.append(peer)
    else:
        port, peer = sipp(scratch, "uas", [], transport, calls, lost)
        processes.append(peer)
        wait_for_listener(port, transport, peer)
        ua = Ua(path, *options, "--hang-up-after", "0.2")
        processes.append(ua.process)
        ua.wait_for("listening", 10)
        for _ in range(calls):
            ua.command(f"call sip:bob@127.0.0.1:{port};transport={transport}")
            time.sleep(1 / RATE)
    status = peer.wait(LIMIT)
    if status != 0:
        raise Failure(f"sipp: exit status {status}")
    wanted = {"confirmed": calls, "terminated": calls, "rejected": 0, "error": 0}
    if lost and role == "caller":
        del wanted["confirmed"]  # where the ACK is lost, the BYE comes first
    end = time.monotonic() + 5
    while ua.counts["terminated"] < calls and time.monotonic() < end:
        time.sleep(0.05)
    ua.command("quit")
    status = ua.process.wait(15)
    ua.reader.join(5)
    counts = {name: ua.counts[name] for name in wanted}
    if status != 0 or counts != wanted:
        raise Failure(f"ua: exit status {status}, {counts}\n{''.join(ua.errors[-20:])}")


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    path, role, transport, calls, lost = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
    if not shutil.which("sipp"):
        print("skipped: there is no sipp here (Debian, Ubuntu: apt-get install sip-tester)")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    processes = []
    with tempfile.TemporaryDirectory() as scratch:
        try:
            run(path, role, transport, calls, lost, scratch, processes)
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(failure)
            for name, size in (("sipp.log", 3000), ("errors.log", 3000)):
                log = Path(scratch) / name
                if log.exists():
                    print(f"--- {name}", log.read_text(errors="replace")[-size:], sep="\n")
            return 1
        finally:
            for process in processes:
                if process.poll() is None:
                    process.terminate()
                    try:
                        process.wait(2)
                    except subprocess.TimeoutExpired:
                        process.kill()
    print(f"{calls} calls, 0 failed: SIPp as {role}, {transport}, {lost} % lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
