#!/usr/bin/env python3
"""Calls through the example b2bua, over real sockets on loopback.

usage: b2bua.py B2BUA UA SCENARIO

Exit 77: the scenario needs SIPp, and there is none (an error where OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sipp
from sipp import Failure, free_port, wait_for_listener
from ua import World, direction

CALLS = 1000
RATE = 150  # calls a second


class B2bua:
    def __init__(self, path, *routes):
        self.path, self.port = path, free_port()
        self.process = subprocess.Popen([path, f"127.0.0.1:{self.port}", *routes],
                                        stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "listening\n":
            raise Failure("the b2bua does not listen")

    def uri(self, user):
        return f"sip:{user}@127.0.0.1:{self.port}"

    def end(self):
        self.process.terminate()
        if self.process.wait(20) != 0:
            raise Failure("the b2bua has calls left")


class Bridged:
    """Alice, who calls, and Bob and Carol behind a b2bua."""

    def __init__(self, b2bua, ua):
        self.world = World(ua)
        self.bob = self.world.agent("bob")
        self.carol = self.world.agent("carol", "--answer", "200")
        self.b2bua = B2bua(b2bua, f"bob={self.bob.uri}", f"carol={self.carol.uri}",
                           "nobody=sip:nobody@127.0.0.1:9")
        self.alice = self.world.agent("alice")

    def call(self, answer=True):
        self.alice.command(f"call {self.b2bua.uri('bob')}")
        self.bob.expect("incoming")
        if answer:
            self.bob.command("answer")
            self.alice.expect("confirmed")
            self.bob.expect("confirmed")
            time.sleep(0.2)  # for the ACK on both sides
        return self.alice, self.bob

    def end(self, **failed):
        for agent in self.world.agents:
            agent.quit(1 if failed.get(agent.name) else 0)
        self.b2bua.end()

    def stop(self):
        self.world.stop()
        if self.b2bua.process.poll() is None:
            self.b2bua.process.kill()
            self.b2bua.process.wait()


def hold(all):
    alice, bob = all.call()
    for who, other in ((alice, bob), (bob, alice)):
        for command in ("reinvite", "update"):
            for how, ours, theirs in (("hold", "sendonly", "recvonly"),
                                      ("resume", "sendrecv", "sendrecv")):
                who.command(f"{command} {how}")
                who.expect("updated", who="local", code=200)
                if direction(who.expect("answer")) != theirs:
                    raise Failure(f"{who.name}, {command} {how}: the answer is not {theirs}")
                if command == "update":
                    other.expect("updated", who="remote", offer=True)
                elif direction(other.expect("offer")) != ours:
                    raise Failure(f"{who.name}, {command} {how}: the offer is not {ours}")
                time.sleep(0.2)
    bob.command("reinvite late")  # the 2xx brings the offer, and the ACK the answer
    bob.expect("updated", who="local")
    alice.expect("reinvite", offer=False)
    alice.expect("answer")
    alice.command("bye")
    bob.expect("terminated", who="remote", reason="bye")
    all.end()


def early(all):
    """Early media by a reliable 183, UPDATE in the early dialog, an offer in PRACK; then CANCEL."""
    alice, bob = all.call(answer=False)
    bob.command("ring 183 reliable sdp")
    alice.expect("ringing", code=183, reliable=True, sdp=True)
    alice.expect("answer", preview=False)
    bob.expect("acknowledged", code=183)
    alice.command("update hold")
    bob.expect("updated", who="remote", offer=True)
    alice.expect("updated", who="local")
    bob.command("ring 180")
    alice.expect("ringing", code=180)
    alice.command("cancel")
    bob.expect("cancelled")
    alice.expect("terminated", who="local", reason="cancelled", code=487)
    alice.command("prack-offer on")
    all.call(answer=False)
    bob.command("ring 183 reliable sdp")
    bob.expect("acknowledged", code=183, offer=True)
    bob.command("answer")
    alice.expect("confirmed")
    if alice.counts["answer"] < 3:  # of the 183, the UPDATE, the 183, the PRACK
        raise Failure("the offer in the PRACK was not answered")
    alice.command("bye")
    bob.expect("terminated")
    all.call(answer=False)
    bob.command("ring 183 sdp")  # unreliable
    alice.expect("ringing", code=183, reliable=False, sdp=True)
    bob.command("answer")
    alice.expect("confirmed")
    bob.command("bye")
    alice.expect("terminated", who="remote", reason="bye")
    all.end()


def failures(all):
    alice, bob = all.call(answer=False)
    bob.command("reject 486")
    alice.expect("rejected", code=486)
    all.call(answer=False)
    bob.command(f"redirect {all.carol.uri}")
    alice.expect("redirected", code=302, contacts=[all.carol.uri])
    alice.command(f"call {all.b2bua.uri('stranger')}")
    alice.expect("rejected", code=404)
    alice.command(f"call {all.b2bua.uri('nobody')}")
    if alice.expect("rejected", 40)["code"] not in (408, 480, 503):
        raise Failure("a call to nobody does not fail as such")
    all.call()
    bob.process.kill()
    bob.process.wait()
    alice.command("reinvite hold")
    alice.expect("rolled_back", code=503)
    alice.command("bye")
    alice.expect("terminated", who="local")
    all.world.agents.remove(bob)
    all.end(alice=True)


def transfer(all):
    """Bob sends Alice to Carol; then Alice sends Carol, whom she calls, to Bob."""
    alice, bob = all.call()
    bob.command(f"refer {all.carol.uri}")
    alice.expect("refer", target=all.carol.uri)
    all.carol.expect("confirmed")
    while bob.expect("notify").get("code", 0) < 200:
        pass
    bob.command("bye")
    alice.expect("terminated")
    all.carol.command("bye")
    all.carol.expect("terminated")
    alice.command(f"call {all.b2bua.uri('carol')}")
    alice.expect("confirmed")
    all.carol.expect("confirmed")
    time.sleep(0.2)
    alice.command(f"refer {all.b2bua.uri('bob')}")
    all.carol.expect("refer")
    bob.expect("incoming")
    bob.command("answer")
    while True:
        code = alice.expect("notify").get("code", 0)
        if code >= 200:
            break
    if code != 200:
        raise Failure(f"the transfer ended with {code}")
    alice.command("bye")
    bob.command("bye")
    all.carol.has_told("terminated", 3)
    all.end()


def attended_transfer(all):
    """Alice talks to Bob and to Carol, both through the b2bua, and puts them through."""
    alice, bob = all.call()
    alice.command(f"call {all.b2bua.uri('carol')}")
    alice.expect("confirmed")
    all.carol.expect("confirmed")
    time.sleep(0.2)
    alice.command("1 refer-replace 2")
    bob.expect("refer")
    bob.has_told("confirmed", 2)
    all.carol.expect("reinvite")  # the b2bua's call with Carol is now Bob's
    while alice.expect("notify").get("code", 0) < 200:
        pass
    alice.has_told("terminated")  # of her call to Carol, which Bob's has replaced
    alice.command("1 bye")
    bob.expect("terminated")
    time.sleep(0.2)
    if all.carol.counts["terminated"]:
        raise Failure("Carol's call has ended")
    all.carol.command("bye")
    bob.has_told("terminated", 2)
    all.end()


def forks(all):
    """A callee with two phones: one is heard early, and the other one answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phones:
        phones.bind(("127.0.0.1", 0))
        phones.settimeout(5)
        bridge = B2bua(all.b2bua.path, f"both=sip:127.0.0.1:{phones.getsockname()[1]}")
        try:
            all.alice.command(f"call {bridge.uri('both')}")
            invite, where = phones.recvfrom(65535)
            tell(phones, where, invite, "183 Session Progress", "one", "3001")
            all.alice.expect("answer", preview=True)
            tell(phones, where, invite, "183 Session Progress", "two", "3002")
            tell(phones, where, invite, "200 OK", "two", "3002")
            all.alice.expect("confirmed")
            if not phones.recv(65535).startswith(b"ACK "):
                raise Failure("no ACK")
            if "m=audio 3002 " not in all.alice.expect("offer")["sdp"]:
                raise Failure("Alice is not told of the phone that has answered")
            all.alice.command("bye")
            bye, where = phones.recvfrom(65535)
            if b";tag=two" not in bye:
                raise Failure("the BYE is not to the phone that has answered")
            tell(phones, where, bye, "200 OK", "two", "")
            all.alice.expect("terminated")
            bridge.end()
        finally:
            if bridge.process.poll() is None:
                bridge.process.kill()
                bridge.process.wait()
    all.end()


def tell(socket_, where, request, status, tag, media_port):
    """A response, with a description where a port for media is given."""
    kept = [line for line in request.decode().split("\r\n")
            if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    kept = [line + f";tag={tag}" if line.startswith("To:") and "tag=" not in line else line
            for line in kept]
    here = "%s:%d" % socket_.getsockname()
    body = media_port and ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                           f"t=0 0\r\nm=audio {media_port} RTP/AVP 0\r\n")
    lines = [f"SIP/2.0 {status}", *kept, f"Contact: <sip:{tag}@{here}>",
             "Content-Type: application/sdp", f"Content-Length: {len(body)}", "", body]
    socket_.sendto("\r\n".join(lines).encode(), where)


def load(b2bua, _):
    """SIPp calls SIPp, a thousand calls at once."""
    processes = []
    with tempfile.TemporaryDirectory() as scratch:
        try:
            port, callee = start(scratch, "uas", [], CALLS)
            processes.append(callee)
            wait_for_listener(port, "udp", callee)
            bridge = B2bua(b2bua, f"service=sip:bob@127.0.0.1:{port}")
            processes.append(bridge.process)
            _, caller = start(scratch, "uac", [f"127.0.0.1:{bridge.port}", "-s", "service"], CALLS)
            processes.append(caller)
            for who, process in (("caller", caller), ("callee", callee)):
                if process.wait(60) != 0:
                    raise Failure(f"the {who}'s sipp: exit status {process.returncode}")
            bridge.end()
        except Failure:
            for log in sorted(Path(scratch).glob("*.log")):
                print(f"--- {log.name}", log.read_text(errors="replace")[-2000:], sep="\n")
            raise
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()


def start(scratch, scenario, target, calls):
    """Starts sipp with a scenario in which nobody hangs up before all calls are up."""
    text = (sipp.HERE / f"{scenario}.xml").read_text()
    talk = 1000 * calls // RATE + 1500
    text = text.replace('<pause milliseconds="200"/>', f'<pause milliseconds="{talk}"/>')
    text = text.replace('milliseconds="18000"', 'milliseconds="500"')
    path = Path(scratch) / f"{scenario}.xml"
    path.write_text(text)
    port = free_port()
    command = ["sipp", "-sf", str(path), *target, "-i", "127.0.0.1", "-p", str(port), "-t", "u1",
               "-m", str(calls), "-l", str(calls), "-r", str(RATE), "-nostdin", "-timeout", "55s",
               "-timeout_error", "-buff_size", "1048576", "-trace_err", "-error_file",
               str(Path(scratch) / f"{scenario}.errors.log")]
    with open(Path(scratch) / f"{scenario}.log", "w") as output:
        return port, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                      stdin=subprocess.DEVNULL)


SCENARIOS = {"hold": hold, "early": early, "failures": failures, "transfer": transfer,
             "attended_transfer": attended_transfer, "forks": forks, "load": load}


def main():
    if len(sys.argv) != 4 or sys.argv[3] not in SCENARIOS:
        sys.exit(__doc__ + "scenarios: " + " ".join(SCENARIOS))
    b2bua, ua, scenario = sys.argv[1:]
    if scenario == "load":
        if not shutil.which("sipp"):
            print("skipped: there is no sipp here (Debian, Ubuntu: apt-get install sip-tester)")
            return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
        try:
            load(b2bua, ua)
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(failure)
            return 1
        print(f"{CALLS} calls at once, 0 failed")
        return 0
    bridged = Bridged(b2bua, ua)
    try:
        SCENARIOS[scenario](bridged)
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(failure)
        for agent in bridged.world.agents:
            print(f"--- {agent.name}: {dict(agent.counts)}", "".join(agent.errors[-10:]))
        return 1
    finally:
        bridged.stop()
    print(f"{scenario}: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
