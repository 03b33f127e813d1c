#!/usr/bin/env python3
"""Calls of the example ua through Kamailio, over real sockets on loopback.

usage: kamailio.py UA {proxy|registrar|dispatcher} [ALGORITHM]
  ALGORITHM  of the registrar's digest: MD5 (default) or SHA-256

Prints a row for each flow. Exit 0: all went as they should. 77: no kamailio here (an error where
OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sipp import Failure, free_port
from ua import World, direction

HERE = Path(__file__).resolve().parent
PROGRAM = shutil.which("kamailio", path=os.environ.get("PATH", "") + ":/usr/sbin")
REALM = "lab.example"


class Kamailio:
    """The proxy; ends, with all its workers, with its main process."""

    def __init__(self, scratch, algorithm, pool):
        self.port = free_port()
        self.log = Path(scratch) / "kamailio.log"
        run = Path(scratch) / "run"
        run.mkdir()
        command = [PROGRAM, "-f", str(HERE / "kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4",
                   "-Y", str(run), "-w", scratch, "-A", f"PORT={self.port}",
                   "-A", f'ALGORITHM="{algorithm}"']
        if pool:
            path = Path(scratch) / "pool"
            path.write_text("".join(f"1 {uri} 0 {9 - n}\n" for n, uri in enumerate(pool)))
            command += ["-A", f'POOL="{path}"']
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.log, "w"))
        self.mark = 0
        end = time.monotonic() + 20
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise Failure(f"kamailio does not start\n{self.log.read_text()[-3000:]}")

    def _answers(self):
        """It has its sockets before its workers: only an answer shows that they are there."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(0.2)
            here = "127.0.0.1:%d" % udp.getsockname()[1]
            udp.sendto((f"OPTIONS sip:nobody@192.0.2.1 SIP/2.0\r\n"
                        f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{time.monotonic_ns()}\r\n"
                        f"Max-Forwards: 70\r\nFrom: <sip:test@{here}>;tag=1\r\n"
                        f"To: <sip:nobody@192.0.2.1>\r\nCall-ID: {time.monotonic_ns()}\r\n"
                        f"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n").encode(),
                       ("127.0.0.1", self.port))
            try:
                return udp.recv(4096).startswith(b"SIP/2.0 403")
            except OSError:
                return False

    def route(self, transport):
        return f"sip:127.0.0.1:{self.port};transport={transport};lr"

    def seen(self):
        """What has come since the last time that was asked."""
        found = [f"{proto.upper()}{rest}" for proto, rest in
                 re.findall(r"seen: (\w+)(.*)", self.log.read_text(errors="replace"))]
        new, self.mark = found[self.mark:], len(found)
        return new

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Lab(World):
    """Agents that send all through the proxy."""

    def __init__(self, path, proxy):
        super().__init__(path)
        self.proxy = proxy

    def agent(self, name, *arguments, transport="udp", **more):
        return super().agent(name, "--route", self.proxy.route(transport), *arguments,
                             transport=transport, **more)

    def registered(self, name, *arguments, user="bob", password="secret", transport="udp",
                   wait=True):
        """An agent whose address of record is USER@lab.example."""
        agent = self.agent(name, "--identity", f"sip:{user}@{REALM}", "--register",
                           f"sip:{REALM}", "--realm", REALM, "--user", user, "--password",
                           password, *arguments, transport=transport)
        if wait:
            agent.expect("registered")
        return agent

    def came_by(self, *wanted):
        """These have gone through the proxy, in this order among others."""
        seen = self.proxy.seen()
        rest = iter(seen)
        for each in wanted:
            if each not in rest:
                raise Failure(f"no {each!r} in its order has come by the proxy: {seen}")


# --- the proxy

def two_agents(lab, caller, callee):
    alice = lab.agent("alice", transport=caller)
    bob = lab.agent("bob", "--ring", "180", "--answer", "200", transport=callee)
    alice.command(f"call {bob.uri}")
    bob.expect("incoming")
    for who in (alice, bob):
        who.expect("confirmed")
    return alice, bob


def through(caller, callee):
    def flow(lab):
        alice, bob = two_agents(lab, caller, callee)
        for who, other in ((alice, bob), (bob, alice)):
            who.command("reinvite hold")
            other.expect("reinvite", offer=True)
            who.expect("updated", who="local", code=200)
            if direction(who.expect("answer")) != "recvonly":
                raise Failure("hold: the answer is not recvonly")
            who.command("update resume")
            other.expect("updated", who="remote", offer=True)
            who.expect("updated", who="local", code=200)
        bob.command("bye")
        bob.expect("terminated", who="local", reason="bye", code=200)
        alice.expect("terminated", who="remote", reason="bye")
        lab.end()
        caller_, callee_ = caller.upper(), callee.upper()
        lab.came_by(f"{caller_} INVITE", f"{caller_} ACK within", f"{caller_} INVITE within",
                    f"{caller_} ACK within", f"{caller_} UPDATE within", f"{callee_} INVITE within",
                    f"{callee_} ACK within", f"{callee_} UPDATE within", f"{callee_} BYE within")
    return flow


def late_offer(lab):
    alice = lab.agent("alice", "--late-offer")
    bob = lab.agent("bob", "--answer", "200", transport="tcp")
    alice.command(f"call {bob.uri}")
    alice.expect("offer")
    bob.expect("answer")
    alice.expect("confirmed")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    lab.end()


def reliable(lab):
    alice = lab.agent("alice", "--100rel", "required")
    bob = lab.agent("bob", transport="tcp")
    alice.command(f"call {bob.uri}")
    bob.expect("incoming")
    bob.command("ring 183 reliable sdp")
    alice.expect("ringing", code=183, reliable=True)
    bob.expect("acknowledged", code=183)
    bob.command("update hold")  # in the early dialog, by the callee
    bob.expect("updated", who="local", code=200)
    bob.command("answer")
    alice.expect("confirmed")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    lab.end()
    lab.came_by("UDP INVITE", "UDP PRACK within", "TCP UPDATE within", "UDP ACK within",
                "UDP BYE within")


def cancelled(lab):
    alice = lab.agent("alice")
    bob = lab.agent("bob", "--ring", "180")
    alice.command(f"call {bob.uri}")
    alice.expect("ringing", code=180)
    alice.command("cancel")
    bob.expect("cancelled")
    alice.expect("terminated", who="local", reason="cancelled", code=487)
    lab.end()
    lab.came_by("UDP INVITE", "UDP CANCEL")


def busy(lab):
    alice = lab.agent("alice")
    bob = lab.agent("bob", "--answer", "486", transport="tcp")
    alice.command(f"call {bob.uri}")
    alice.expect("rejected", code=486)
    alice.quit(1)
    bob.quit()


def no_answer(lab):
    """The callee is silent: the proxy says 408."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        alice = lab.agent("alice")
        alice.command("call sip:bob@127.0.0.1:%d" % silent.getsockname()[1])
        alice.expect("rejected", code=408)
        alice.quit(1)


def session_timer(lab):
    """The callee wants a longer interval than the caller: 422, and again."""
    alice = lab.agent("alice", "--session-expires", "90")
    bob = lab.agent("bob", "--answer", "200", "--min-se", "120")
    alice.command(f"call {bob.uri}")
    alice.expect("refreshed", interval=120)
    bob.expect("refreshed", interval=120)
    alice.command("bye")
    bob.expect("terminated", who="remote")
    lab.end()


def transfer(lab):
    alice, bob = two_agents(lab, "udp", "udp")
    carol = lab.agent("carol", "--answer", "200")
    alice.command(f"refer {carol.uri}")
    carol.expect("confirmed")
    while alice.expect("notify").get("code", 0) < 200:
        pass
    alice.command("bye")
    bob.expect("terminated")
    carol.command("bye")
    lab.end()
    lab.came_by("UDP REFER within", "UDP NOTIFY within", "UDP INVITE", "UDP NOTIFY within")


def attended_transfer(lab):
    """Bob's call to Carol takes the place of Alice's, which Replaces names."""
    alice, bob = two_agents(lab, "udp", "tcp")
    carol = lab.agent("carol", "--answer", "200")
    alice.command("reinvite hold")
    alice.expect("updated", who="local")
    alice.command(f"call {carol.uri}")
    alice.expect("confirmed")
    alice.command("1 refer-replace 2")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")
    while (code := alice.expect("notify").get("code", 0)) < 200:
        pass
    if code != 200:
        raise Failure(f"the transfer ended with {code}")
    alice.has_told("terminated")
    alice.command("1 bye")
    bob.expect("terminated")
    carol.command("bye")
    for who in (bob, carol):
        who.has_told("terminated", 2)
    lab.end()


def glare(lab):
    alice, bob = two_agents(lab, "udp", "tcp")
    for who in (alice, bob):
        who.command("reinvite hold")
    end = time.monotonic() + 10
    while any(who.counts["updated"] + who.counts["refused"] == 0 for who in (alice, bob)):
        if time.monotonic() > end:
            raise Failure("a re-INVITE came to nothing")
        time.sleep(0.05)
    for who in (alice, bob):
        who.never("rolled_back")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    lab.end()


# --- the registrar

def registers(lab):
    """423, a refresh, and the end of it."""
    bob = lab.registered("bob", "--expires", "1", wait=False)
    bob.expect("registered", expires=3)
    bob.expect("registered", expires=3)  # after 1.5 s
    bob.quit()
    if bob.counts["unregistered"] != 1:
        raise Failure("bob has not said that he leaves")
    alice = lab.agent("alice", "--user", "alice", "--password", "secret")
    alice.command(f"call sip:bob@{REALM}")
    alice.expect("challenged", code=407, realm=REALM)
    alice.expect("rejected", code=404)
    alice.quit(1)


def wrong_password(lab):
    bob = lab.registered("bob", password="guess", wait=False)
    bob.expect("registration_failed", code=401)
    bob.quit(1)
    bob.never("registered")


def calls_by_name(caller, callee):
    """Who is called is where the registrar says, and both show who they are."""
    def flow(lab):
        bob = lab.registered("bob", "--ring", "180", "--answer", "200", transport=callee)
        alice = lab.registered("alice", user="alice", transport=caller)
        alice.command(f"call sip:bob@{REALM}")
        bob.expect("confirmed")
        alice.expect("confirmed")
        bob.command("reinvite hold")
        alice.expect("reinvite")
        bob.expect("updated")
        alice.command("bye")
        bob.expect("terminated", who="remote")
        lab.end()
        lab.came_by(f"{callee.upper()} REGISTER", f"{caller.upper()} INVITE",
                    f"{callee.upper()} INVITE within", f"{caller.upper()} BYE within")
    return flow


def one_wins(lab):
    """Two phones ring in early dialogs of their own; one answers, the other stops."""
    phones = [lab.registered(name, "--ring", "183", "--ring-sdp", transport=transport)
              for name, transport in (("desk", "udp"), ("mobile", "tcp"))]
    alice = lab.registered("alice", user="alice")
    alice.command(f"call sip:bob@{REALM}")
    for phone in phones:
        phone.expect("incoming")
    alice.has_told("ringing", 2)
    phones[1].command("answer")
    alice.expect("confirmed")
    phones[1].expect("confirmed")
    phones[0].expect("cancelled")
    phones[0].expect("terminated", reason="cancelled")
    alice.command("bye")
    phones[1].expect("terminated", who="remote")
    lab.end()


def reliable_each(lab):
    """Each phone's 183 wants a PRACK, each in its dialog; then one answers."""
    phones = [lab.registered(name, "--100rel", "required", "--ring", "183", "--ring-sdp",
                             transport=transport)
              for name, transport in (("desk", "tcp"), ("mobile", "udp"))]
    alice = lab.registered("alice", user="alice")
    alice.command(f"call sip:bob@{REALM}")
    for phone in phones:
        phone.expect("acknowledged", code=183)
    phones[0].command("answer")
    phones[0].expect("confirmed")
    alice.expect("confirmed")
    phones[1].expect("terminated", reason="cancelled")
    alice.command("update hold")
    phones[0].expect("updated", who="remote", offer=True)
    alice.command("bye")
    phones[0].expect("terminated", who="remote")
    lab.end()


def nobody_answers(lab):
    """The caller has had enough: both phones stop."""
    phones = [lab.registered(name, "--ring", "180") for name in ("desk", "mobile")]
    alice = lab.registered("alice", user="alice")
    alice.command(f"call sip:bob@{REALM}")
    alice.has_told("ringing", 2)
    alice.command("cancel")
    for phone in phones:
        phone.expect("terminated", reason="cancelled")
    alice.expect("terminated", who="local", reason="cancelled", code=487)
    lab.end()


def cancel_race(lab):
    """CANCEL and 200 leave at the same time: whoever is first, no call is left."""
    phones = [lab.registered(name, "--ring", "180") for name in ("desk", "mobile")]
    alice = lab.registered("alice", user="alice")
    for n in range(1, 4):
        alice.command(f"call sip:bob@{REALM}")
        for phone in phones:
            phone.expect("incoming")
        alice.has_told("ringing", 2 * n)
        alice.command("hangup")
        phones[0].command("answer")
        for who in (alice, *phones):
            who.has_told("terminated", n)
    lab.end()


def both_answer(lab):
    """At once: one call stays, however the race between 200 and CANCEL goes."""
    phones = [lab.registered(name, "--answer", "200") for name in ("desk", "mobile")]
    alice = lab.registered("alice", user="alice")
    alice.command(f"call sip:bob@{REALM}")
    alice.expect("confirmed")
    end = time.monotonic() + 8
    while sum(phone.counts["terminated"] for phone in phones) != 1:
        if time.monotonic() > end:
            raise Failure("not one of two calls has ended")
        time.sleep(0.05)
    alice.never("terminated")
    alice.command("bye")
    for phone in phones:
        phone.has_told("terminated")
    lab.end()


def both_decline(lab):
    phones = [lab.registered("desk", "--answer", "486"), lab.registered("mobile", "--answer", "603")]
    alice = lab.registered("alice", user="alice")
    alice.command(f"call sip:bob@{REALM}")
    alice.expect("rejected", code=603)
    alice.quit(1)
    lab.end(*phones)


# --- the dispatcher

def failover(lab):
    """The first destination does not answer, the second one has no room, the third one takes it."""
    places = lab.pool
    full = lab.agent("full", "--answer", "503", port=places["full"])
    good = lab.agent("good", "--ring", "180", "--answer", "200", port=places["good"])
    alice = lab.agent("alice")
    for wait in range(2):
        alice.command(f"call sip:pool@{REALM}")
        alice.expect("confirmed")
        good.expect("confirmed")
        alice.command("bye")
        good.expect("terminated", who="remote")
    full.has_told("terminated", 2)
    lab.end()
    lab.came_by(*["UDP INVITE", "FAILOVER", "FAILOVER", "UDP ACK within", "UDP BYE within"] * 2)


def nobody_left(lab):
    places = lab.pool
    full = lab.agent("full", "--answer", "503", port=places["full"])
    good = lab.agent("good", "--answer", "503", port=places["good"])
    alice = lab.agent("alice")
    alice.command(f"call sip:pool@{REALM}")
    alice.expect("rejected", code=500)  # what a proxy makes of a 503. RFC 3261 §16.7
    alice.quit(1)
    lab.end(full, good)


FLOWS = {
    "proxy": {
        "call, hold, BYE: UDP": through("udp", "udp"),
        "call, hold, BYE: TCP": through("tcp", "tcp"),
        "call, hold, BYE: UDP to TCP": through("udp", "tcp"),
        "call, hold, BYE: TCP to UDP": through("tcp", "udp"),
        "late offer": late_offer,
        "reliable 183, PRACK, early UPDATE": reliable,
        "CANCEL, 487": cancelled,
        "486": busy,
        "408": no_answer,
        "session timer, 422": session_timer,
        "REFER, NOTIFY": transfer,
        "attended transfer, Replaces": attended_transfer,
        "re-INVITE crosses re-INVITE": glare,
    },
    "registrar": {
        "REGISTER: 401, 423, refresh, removal, 404": registers,
        "REGISTER: wrong password": wrong_password,
        "call by name, 407: UDP to TCP": calls_by_name("udp", "tcp"),
        "call by name, 407: TCP to UDP": calls_by_name("tcp", "udp"),
        "fork: one answers, one is cancelled": one_wins,
        "fork: reliable 183 of each": reliable_each,
        "fork: CANCEL reaches both": nobody_answers,
        "fork: CANCEL crosses 200": cancel_race,
        "fork: both answer": both_answer,
        "fork: 486 and 603": both_decline,
    },
    "dispatcher": {
        "failover: silence, then 503": failover,
        "failover: nobody left": nobody_left,
    },
}


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in FLOWS:
        sys.exit(__doc__)
    if not PROGRAM:
        print("skipped: there is no kamailio here (Debian, Ubuntu: apt-get install kamailio)")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    path, group, algorithm = sys.argv[1], sys.argv[2], (*sys.argv[3:], "MD5")[0]
    version = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True).stdout.split()[2]
    places = {name: free_port() for name in ("silent", "full", "good")}
    failed = 0
    with tempfile.TemporaryDirectory() as scratch, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", places["silent"]))
        pool = [f"sip:127.0.0.1:{port}" for port in places.values()]
        try:
            proxy = Kamailio(scratch, algorithm, pool if group == "dispatcher" else [])
        except Failure as failure:
            print(failure)
            return 1
        try:
            for name, flow in FLOWS[group].items():
                if algorithm != "MD5" and name.startswith("fork"):
                    continue  # the same but for the digest
                lab, begin = Lab(path, proxy), time.monotonic()
                lab.pool = places
                try:
                    flow(lab)
                    word = "ok"
                except (Failure, subprocess.TimeoutExpired) as failure:
                    word = f"FAILED: {failure}"
                    failed += 1
                finally:
                    lab.stop()
                print(f"Kamailio {version}  {group} {algorithm}  {name:<42} "
                      f"{time.monotonic() - begin:5.1f} s  {word}", flush=True)
                if word != "ok":
                    lab.tell()
                    print("--- kamailio", proxy.log.read_text(errors="replace")[-2000:])
                proxy.seen()
        finally:
            proxy.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
