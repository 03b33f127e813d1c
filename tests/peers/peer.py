"""What the scripts share that let the example ua talk to programs which others wrote."""
import html
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from sipp import Failure
from ua import SECONDS, World, direction


def missing(program, package):
    """The exit status where a program is not there."""
    print(f"skipped: there is no {program} here (Debian, Ubuntu: apt-get install {package})")
    return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77


def first_match(pattern, *command):
    """Of what a program says about itself."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=20,
                         stdin=subprocess.DEVNULL)
    found = re.search(pattern, run.stdout + run.stderr)
    return found[1] if found else "?"


def wait_for_listener(port, process):
    """Until a program has its UDP and its TCP socket, as the kernel's tables show them."""
    until = time.monotonic() + 15
    while time.monotonic() < until and process.poll() is None:
        if has_socket("udp", port) and has_socket("tcp", port):
            return
        time.sleep(0.02)
    raise Failure(f"{process.args[0]} does not listen")


def has_socket(protocol, port):
    tables = (Path(f"/proc/net/{protocol}{version}") for version in ("", "6"))
    return any(line.split()[1].endswith(f":{port:04X}")
               for table in tables if table.exists()
               for line in table.read_text().splitlines()[1:])


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as found:
            found.bind(("::1", 0))
        return True
    except OSError:
        return False


class Happened:
    """What a peer has told, in order; whoever waits for something passes over what came before."""

    def __init__(self, name):
        self.name, self.all, self.next = name, [], 0
        self.changed = threading.Condition()

    def add(self, thing):
        with self.changed:
            self.all.append(thing)
            self.changed.notify_all()

    def forget(self):
        with self.changed:
            self.next = len(self.all)

    def expect(self, what, fits, seconds=SECONDS):
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                while self.next < len(self.all):
                    self.next += 1
                    if fits(self.all[self.next - 1]):
                        return self.all[self.next - 1]
                if not self.changed.wait(end - time.monotonic()) and time.monotonic() >= end:
                    raise Failure(f"{self.name}: no {what} within {seconds} s")


class Talk(World):
    """The uas of one flow, which draw what they send and receive."""

    def __init__(self, path, scratch):
        super().__init__(path)
        self.scratch = Path(scratch)

    def agent(self, name, *arguments, **more):
        drawing = self.scratch / f"{name}.html"
        return super().agent(name, "--ladder", str(drawing), *arguments, **more)

    def messages(self):
        """Of every ua: each message, with when and where it went."""
        for agent in self.agents:
            for _ in range(2):  # at the second one it does not wait for an answer any more
                if agent.process.poll() is None:
                    agent.process.terminate()
                    time.sleep(0.3)
            print(f"--- {agent.name}: {dict(agent.counts)}", "".join(agent.errors[-10:]))
            drawing = self.scratch / f"{agent.name}.html"
            if not drawing.exists():
                continue
            page = re.sub(r"<b>|</b>", "", drawing.read_text())
            for about, text in re.findall(r'<div class="card"><p>(.*?)</p><pre>(.*?)</pre>', page,
                                          re.S):
                print("-->", re.sub(r"<[^>]*>", "", html.unescape(about)))
                print(html.unescape(re.sub(r"<[^>]*>", "", text)).rstrip() + "\n")


def expect_direction(event, wanted):
    if direction(event) != wanted:
        raise Failure(f"the description says {direction(event)}, not {wanted}")


def transferred(agent, code=200):
    """Until the last NOTIFY of a transfer, which has that code."""
    while True:
        found = agent.expect("notify").get("code", 0)
        if found >= 200:
            break
    if found != code:
        raise Failure(f"{agent.name}: the transfer ended with {found}, not {code}")


def second_call(ua, talk, name):
    """Whom the ua calls beside the peer."""
    other = talk.agent(name, "--answer", "200")
    ua.command(f"call {other.uri}")
    ua.expect("confirmed")
    other.expect("confirmed")
    return other


def leave(ua, other, talk, call):
    """The ua has put one through to the other; it hangs up the call that is left, and they end."""
    transferred(ua)
    ua.command(f"{call} hangup")
    ua.has_told("terminated", 2)
    other.command("2 bye")
    other.has_told("terminated", 2)
    talk.end()


def cross(ua, hold, resume):
    """Both sides put each other on hold at once, and resume; `hold` and `resume` tell the peer to.

    Whoever gets 491 tries again, or gives up; after each round the ua can still change the call.
    RFC 3261 §14.1
    """
    for there in (hold, resume):
        before = ua.counts["updated"] + ua.counts["refused"]
        ua.command("reinvite hold")
        there()
        until = time.monotonic() + SECONDS
        while ua.counts["updated"] + ua.counts["refused"] <= before:
            if time.monotonic() > until:
                raise Failure("a re-INVITE that met another one came to nothing")
            time.sleep(0.02)
        time.sleep(0.5)
    ua.never("rolled_back")
    ua.command("reinvite resume")
    ua.expect("updated", who="local", code=200)


def give_up_late(ua, times, place, answer):
    """The ua hangs up while the peer answers: whichever is first, both have no call any more.

    RFC 3261 §9.1, §15
    """
    for _ in range(times):
        place()
        answer()
        ua.command("hangup")
        ua.expect("terminated", who="local")
    ua.command("state")
    if (found := ua.expect("state"))["live_calls"] != 0:
        raise Failure(f"a call is left: {found}")


def run_flows(program, flows, make, version="", slow=()):
    """Each flow, a row of its own. `make(scratch)` starts the peer; flow(peer, talk).

    The flows that are `slow` have to be asked for by name, or all of them by --slow.
    """
    every = {**flows, **dict(slow)}
    path, only = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else (None, [])
    if only == ["--slow"]:
        only = list(slow)
    if path is None or not set(only) <= set(every):
        sys.exit(f"usage: {sys.argv[0]} UA [--slow | FLOW...]\nflows: {', '.join(every)}")
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        peer = None
        try:
            for name in only or flows:
                if peer is None:
                    peer = make(scratch)
                    version = getattr(peer, "version", version)
                begin = time.monotonic()
                talk = Talk(path, scratch)
                try:
                    every[name](peer, talk)
                    verdict, why = "ok", ""
                except (Failure, subprocess.TimeoutExpired, OSError) as failure:
                    verdict, why = "FAILED", str(failure)
                row = f"{program:8} {version:9} {name:44}"
                print(f"{row} {verdict:6} {time.monotonic() - begin:5.1f} s", flush=True)
                if why:
                    failed += 1
                    print(why)
                    talk.messages()
                    peer.show()
                talk.stop()
                if why:
                    peer.stop()
                    peer = None
        except (Failure, OSError):
            traceback.print_exc()
            failed += 1
        finally:
            if peer is not None:
                peer.stop()
    return 1 if failed else 0


def end(process):
    """A process of ours."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def has(program):
    return shutil.which(program) is not None
