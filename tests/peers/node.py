#!/usr/bin/env python3
"""Calls between the example ua and the JavaScript stacks SIP.js and JsSIP, which run in Node, over
real sockets on loopback.

usage: node.py UA FOLDER {sipjs|jssip} [--slow | FLOW...]
  FOLDER   where npm puts the two: once, and of the versions that node/package.json names

Exit 0: each flow went as it should. 77: no node or npm here, or npm can't get the stacks (an error
where OFFHOOK_REQUIRE_PEERS is set).
"""
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from peer import (SECONDS, Failure, Happened, cross, end, expect_direction, give_up_late, has, leave,
                  missing, run_flows, second_call, transferred)
from sipp import Ua, free_port

PACKAGES = {"sipjs": "sip.js", "jssip": "jssip"}
SOURCES = Path(__file__).resolve().parent / "node"


def install(folder):
    """The stacks below `folder`, and our own scripts beside them; whether all are there."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests may start at once
        wanted = (SOURCES / "package.json").read_text()
        done = folder / "installed"
        for source in SOURCES.iterdir():
            shutil.copy(source, folder)
        if done.exists() and done.read_text() == wanted:
            return True
        failed = folder / "failed"  # what one test has waited for in vain, the next one need not
        if failed.exists() and time.time() - failed.stat().st_mtime < 600:
            print(failed.read_text())
            return False
        try:
            run = subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                 "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000"], cwd=folder,
                capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
            said = run.stderr[-2000:]
            if run.returncode == 0:
                done.write_text(wanted)
                return True
        except subprocess.TimeoutExpired:
            said = "npm install has not come to its end"
        failed.write_text(said)
        print(said)
        return False


class Stack(Ua):
    """One of the stacks; it takes commands and tells events as the ua does."""

    def __init__(self, stack, folder, transport):
        self.port = free_port()
        self.uri = f"sip:{stack}@127.0.0.1:{self.port}" \
            + (f";transport={transport}" if transport != "udp" else "")
        self.happened = Happened(stack)
        super().__init__("node", str(folder / f"{stack}.mjs"), transport, str(self.port))

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.happened.add(json.loads(line))

    def expect(self, name, seconds=SECONDS, **wanted):
        event = self.happened.expect(name, lambda event: event["event"] == name, seconds)
        for key, value in wanted.items():
            if event.get(key) != value:
                raise Failure(f"{self.happened.name}: {key} is {event.get(key)!r}, not {value!r}: "
                              f"{event}")
        return event


class Stacks:
    """One process of the stack for each transport: it has one transport only."""

    def __init__(self, stack, folder):
        self.by_transport = {}
        for transport in ("udp", "tcp"):
            self.by_transport[transport] = Stack(stack, folder, transport)
        try:
            for process in self.by_transport.values():
                process.expect("listening", 20)
        except Failure:
            self.show()
            self.stop()
            raise
        about = folder / "node_modules" / PACKAGES[stack] / "package.json"
        self.version = json.loads(about.read_text())["version"]

    def over(self, transport):
        peer = self.by_transport[transport]
        peer.happened.forget()
        return peer

    def show(self):
        for transport, process in self.by_transport.items():
            print(f"--- {process.happened.name}, {transport}", *process.happened.all[-20:],
                  *process.errors[-20:], sep="\n")

    def stop(self):
        for process in self.by_transport.values():
            end(process.process)


def call_it(stacks, talk, *options, transport="udp", command="call {}"):
    """The ua calls; the stack answers."""
    peer = stacks.over(transport)
    ua = talk.agent("ua", *options, transport=transport)
    ua.command(command.format(peer.uri))
    peer.number = peer.expect("incoming")["call"]
    peer.command(f"{peer.number} answer")
    ua.expect("confirmed")
    peer.expect("confirmed")
    if peer.happened.name == "sipjs":  # before the ACK is there it must not offer anew
        peer.expect("acknowledged")
    return ua, peer


def be_called(stacks, talk, *options, transport="udp", more=""):
    """The stack calls; the ua answers."""
    peer = stacks.over(transport)
    ua = talk.agent("ua", "--ring", "180", "--answer", "200", *options, transport=transport)
    peer.command(f"call {ua.uri}{more}")
    peer.number = peer.expect("calling")["call"]
    ua.expect("incoming")
    peer.expect("confirmed")
    ua.expect("confirmed")
    return ua, peer


def ua_hangs_up(ua, peer, talk):
    ua.command("1 bye")
    ua.expect("terminated", who="local", reason="bye")
    peer.expect("terminated")
    talk.end()


def it_hangs_up(ua, peer, talk):
    peer.command(f"{peer.number} bye")
    ua.expect("terminated", who="remote", reason="bye")
    peer.expect("terminated")
    talk.end()


def ua_calls(transport):
    def flow(stacks, talk):
        it_hangs_up(*call_it(stacks, talk, transport=transport), talk)
    return flow


def it_calls(transport):
    def flow(stacks, talk):
        ua_hangs_up(*be_called(stacks, talk, transport=transport), talk)
    return flow


def it_authenticates(transport):
    def flow(stacks, talk):
        name = stacks.over(transport).happened.name
        ua_hangs_up(*be_called(stacks, talk, "--require-auth", f"{name}:secret",
                               transport=transport), talk)
    return flow


def it_calls_late(transport):
    def flow(stacks, talk):
        ua, peer = be_called(stacks, talk, transport=transport, more=" late")
        peer.command(f"{peer.number} late")
        ua.expect("reinvite", offer=False)
        peer.expect("offer")
        ua.expect("answer")
        it_hangs_up(ua, peer, talk)
    return flow


def ua_cancels(stacks, talk):
    peer = stacks.over("udp")
    ua = talk.agent("ua")
    ua.command(f"call {peer.uri}")
    peer.expect("incoming")
    ua.expect("ringing")
    ua.command("cancel")
    ua.expect("terminated", who="local", reason="cancelled", code=487)
    talk.end()


def late_cancel(stacks, talk):
    peer = stacks.over("tcp")
    ua = talk.agent("ua", transport="tcp")

    def place():
        ua.command(f"call {peer.uri}")
        peer.number = peer.expect("incoming")["call"]
        ua.expect("ringing")

    give_up_late(ua, 5, place, lambda: peer.command(f"{peer.number} answer"))
    talk.end()


def it_cancels(stacks, talk):
    peer = stacks.over("udp")
    ua = talk.agent("ua", "--ring", "180")
    peer.command(f"call {ua.uri}")
    peer.expect("ringing")
    peer.command("cancel")
    ua.expect("cancelled")
    ua.expect("terminated", reason="cancelled")
    talk.end()


def it_refuses(stacks, talk):
    peer = stacks.over("tcp")
    ua = talk.agent("ua", transport="tcp")
    ua.command(f"call {peer.uri}")
    peer.expect("incoming")
    peer.command("reject 486")
    ua.expect("rejected", code=486)
    ua.expect("terminated", reason="rejected")
    ua.quit(1)


def ua_calls_late(stacks, talk):
    ua, peer = call_it(stacks, talk, command="call {} late")
    if ua.counts["offer"] != 1:
        raise Failure("the 2xx has brought no offer")
    ua.command("reinvite late")
    ua.expect("updated", who="local", code=200)
    ua.expect("offer")
    ua_hangs_up(ua, peer, talk)


def ua_holds(command, transport):
    def flow(stacks, talk):
        ua, peer = call_it(stacks, talk, transport=transport)
        for how, theirs in (("hold", "recvonly"), ("resume", "sendrecv")):
            ua.command(f"{command} {how}")
            ua.expect("updated", who="local", code=200)
            expect_direction(ua.expect("answer"), theirs)
            time.sleep(0.1)  # for the ACK, or the next one would be too early
        ua_hangs_up(ua, peer, talk)
    return flow


def it_holds(transport, by="reinvite"):
    def flow(stacks, talk):
        ua, peer = call_it(stacks, talk, transport=transport)
        for how, wanted in (("hold", "sendonly"), ("resume", "sendrecv")):
            peer.command(f"{peer.number} {how} {by}")
            if by == "update":
                ua.expect("updated", who="remote", offer=True)
            else:
                expect_direction(ua.expect("offer"), wanted)
            peer.expect("updated", who="local", code=200)
            time.sleep(0.1)
        it_hangs_up(ua, peer, talk)
    return flow


def it_rings_reliably(stacks, talk):
    """With the answer in the 183; the PRACK acknowledges it."""
    peer = stacks.over("udp")
    ua = talk.agent("ua", "--100rel", "required")
    ua.command(f"call {peer.uri}")
    peer.number = peer.expect("incoming")["call"]
    peer.command(f"{peer.number} ring 183 reliable")
    if ua.expect("ringing")["code"] == 180:  # SIP.js sends it by itself
        ua.expect("ringing", code=183, reliable=True, sdp=True)
    ua.expect("answer")
    peer.command(f"{peer.number} answer")
    ua.expect("confirmed")
    ua_hangs_up(ua, peer, talk)


def ua_rings_reliably(stacks, talk):
    peer = stacks.over("tcp")
    ua = talk.agent("ua", transport="tcp")
    peer.command(f"call {ua.uri}")
    peer.number = peer.expect("calling")["call"]
    ua.expect("incoming")
    ua.command("ring 183 reliable sdp")
    peer.expect("ringing", code=183, reliable=True)
    ua.expect("acknowledged", code=183)
    ua.command("ring 180 reliable")
    ua.expect("acknowledged", code=180)
    ua.command("answer")
    ua.expect("confirmed")
    peer.expect("confirmed")
    it_hangs_up(ua, peer, talk)


def ua_rings_reliably_with_an_offer(stacks, talk):
    """The INVITE has none; the PRACK brings the answer."""
    peer = stacks.over("udp")
    ua = talk.agent("ua")
    peer.command(f"call {ua.uri} late")
    peer.number = peer.expect("calling")["call"]
    ua.expect("incoming", offer=False)
    ua.command("ring 183 reliable sdp")
    ua.expect("answer")
    ua.command("answer")
    ua.expect("confirmed")
    peer.expect("confirmed")
    it_hangs_up(ua, peer, talk)


def prack_offer(stacks, talk):
    peer = stacks.over("udp")
    ua = talk.agent("ua", "--100rel", "required")
    ua.command("prack-offer on")
    ua.command(f"call {peer.uri}")
    peer.number = peer.expect("incoming")["call"]
    peer.command(f"{peer.number} ring 183 reliable")
    ua.expect("answer")
    ua.expect("answer")
    peer.command(f"{peer.number} answer")
    ua.expect("confirmed")
    ua_hangs_up(ua, peer, talk)


def info_and_message(stacks, talk):
    ua, peer = call_it(stacks, talk)
    peer.command(f"{peer.number} info application/dtmf-relay Signal=5")
    ua.expect("info", type="application/dtmf-relay", body="Signal=5")
    ua.command(r"info application/dtmf-relay Signal=6\nDuration=160")
    peer.expect("info", body="Signal=6\r\nDuration=160")
    ua.expect("response", code=200)
    peer.command(f"message {ua.uri} hello there")
    ua.expect("message", text="hello there")
    ua_hangs_up(ua, peer, talk)


def dtmf(stacks, talk):
    ua, peer = call_it(stacks, talk)
    peer.command(f"{peer.number} dtmf 7")
    if "Signal=7" not in ua.expect("info", type="application/dtmf-relay")["body"]:
        raise Failure("the INFO holds no 7")
    peer.expect("dtmf", who="local", tone="7")
    ua.command(r"info application/dtmf-relay Signal=6\nDuration=160")
    peer.expect("dtmf", who="remote", tone="6")
    peer.command(f"message {ua.uri} hello there")
    ua.expect("message", text="hello there")
    it_hangs_up(ua, peer, talk)


def glare(stacks, talk):
    """Not of JsSIP: what it tries again has the CSeq that it had, which is an error."""
    ua, peer = call_it(stacks, talk)
    cross(ua, lambda: peer.command(f"{peer.number} hold"),
          lambda: peer.command(f"{peer.number} resume"))
    ua_hangs_up(ua, peer, talk)


def name_proxy(peer, agent):
    """JsSIP drops the port of a Refer-To: in a browser it has a proxy, which knows where to go."""
    if peer.happened.name == "jssip":
        peer.command(f"proxy 127.0.0.1 {agent.port}")
        peer.expect("proxy")


def ua_transfers(stacks, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua, peer = call_it(stacks, talk)
    name_proxy(peer, carol)
    ua.command(f"refer {carol.uri}")
    peer.expect("refer")
    carol.expect("confirmed")
    transferred(ua)
    ua.command("1 bye")
    ua.expect("terminated")
    carol.command("bye")
    carol.expect("terminated", who="local")
    talk.end()


def notified(peer, code):
    while peer.expect("notify").get("code") != code:
        pass


def it_transfers(stacks, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua, peer = call_it(stacks, talk)
    peer.command(f"{peer.number} refer {carol.uri}")
    ua.expect("refer", target=carol.uri)
    carol.expect("confirmed")
    notified(peer, 200)
    peer.command(f"{peer.number} bye")
    ua.has_told("terminated")
    ua.command("2 bye")
    carol.expect("terminated", who="remote")
    talk.end()


def ua_transfers_attended(stacks, talk):
    """The ua has the peer and Carol on two calls, and puts the peer through."""
    ua, peer = call_it(stacks, talk)
    carol = second_call(ua, talk, "carol")
    name_proxy(peer, carol)
    ua.command("1 refer-replace 2")
    peer.expect("refer")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")
    leave(ua, carol, talk, 1)


def it_transfers_attended(stacks, talk):
    """The peer has the ua and Carol on two calls, and puts the ua through."""
    ua, peer = call_it(stacks, talk)
    carol = talk.agent("carol", "--answer", "200")
    peer.command(f"call {carol.uri}")
    second = peer.expect("calling")["call"]
    peer.expect("confirmed")
    peer.command(f"{peer.number} refer-replace {second}")
    ua.expect("refer")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")
    notified(peer, 200)
    peer.command(f"{peer.number} bye")
    ua.has_told("terminated")
    ua.command("2 bye")
    carol.has_told("terminated", 2)
    talk.end()


def it_is_replaced(stacks, talk):
    """The ua has the peer and Bob on two calls, and puts Bob through to the peer."""
    ua, peer = call_it(stacks, talk)
    bob = second_call(ua, talk, "bob")
    ua.command("2 refer-replace 1")
    bob.expect("refer")
    bob.has_told("confirmed", 2)
    ua.has_told("terminated")  # of the call that is replaced
    leave(ua, bob, talk, 2)


def timers_agreed(stacks, talk):
    ua, peer = be_called(stacks, talk, "--session-expires", "90", "--refresher", "uas")
    ua.expect("refreshed", interval=90, by_us=True)
    ua.command("update empty")
    ua.expect("updated", who="local", code=200)
    peer.expect("updated", offer=False)
    ua.expect("refreshed", interval=90, by_us=True)
    it_hangs_up(ua, peer, talk)


def timer_runs(stacks, talk):
    """In real time: the peer refreshes after 45 s, by UPDATE."""
    ua, peer = call_it(stacks, talk, "--session-expires", "90", "--refresher", "uas")
    ua.expect("refreshed", interval=90, by_us=False)
    ua.expect("updated", 50, who="remote", offer=False)
    ua.expect("refreshed", interval=90, by_us=False)
    ua_hangs_up(ua, peer, talk)


def ua_refreshes(stacks, talk):
    """In real time: SIP.js knows no session timer, so that the ua refreshes, by re-INVITE."""
    ua, peer = be_called(stacks, talk, "--session-expires", "90", transport="tcp")
    ua.expect("refreshed", interval=90, by_us=True)
    ua.expect("refreshed", 50, interval=90, by_us=True)
    peer.expect("reinvite")
    it_hangs_up(ua, peer, talk)


BOTH = {
    "ua calls, UDP": ua_calls("udp"),
    "ua calls, TCP": ua_calls("tcp"),
    "it calls, UDP": it_calls("udp"),
    "it calls, TCP": it_calls("tcp"),
    "it authenticates itself, UDP": it_authenticates("udp"),
    "it authenticates itself, TCP": it_authenticates("tcp"),
    "ua cancels": ua_cancels,
    "ua cancels while it answers": late_cancel,
    "it cancels": it_cancels,
    "it refuses": it_refuses,
    "late offer, in a re-INVITE too": ua_calls_late,
    "ua holds and resumes by re-INVITE": ua_holds("reinvite", "udp"),
    "ua holds and resumes by re-INVITE, TCP": ua_holds("reinvite", "tcp"),
    "it holds and resumes by re-INVITE": it_holds("udp"),
    "it holds and resumes by re-INVITE, TCP": it_holds("tcp"),
    "ua transfers it": ua_transfers,
    "it transfers ua": it_transfers,
    "ua transfers it, attended": ua_transfers_attended,
    "it transfers ua, attended": it_transfers_attended,
    "its call is replaced": it_is_replaced,
}
FLOWS = {
    "sipjs": {
        **BOTH,
        "it calls with a late offer, UDP": it_calls_late("udp"),
        "it calls with a late offer, TCP": it_calls_late("tcp"),
        "it rings reliably (PRACK)": it_rings_reliably,
        "ua rings reliably (PRACK), TCP": ua_rings_reliably,
        "ua rings reliably, with the offer": ua_rings_reliably_with_an_offer,
        "ua offers anew in PRACK": prack_offer,
        "both hold at once": glare,
        "INFO and MESSAGE": info_and_message,
    },
    "jssip": {
        **BOTH,
        "ua holds and resumes by UPDATE": ua_holds("update", "udp"),
        "it holds and resumes by UPDATE": it_holds("udp", "update"),
        "session timers agreed on": timers_agreed,
        "DTMF by INFO, MESSAGE": dtmf,
    },
}
SLOW = {
    "sipjs": {"ua refreshes after 45 s": ua_refreshes},
    "jssip": {"it refreshes after 45 s": timer_runs},
}


def main():
    if len(sys.argv) < 4 or sys.argv[3] not in FLOWS:
        sys.exit(__doc__)
    ua, folder, stack = sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3]
    for program, package in (("node", "nodejs"), ("npm", "npm")):
        if not has(program):
            return missing(program, package)
    if not install(folder):
        print("skipped: npm can't get SIP.js and JsSIP")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    sys.argv[1:4] = [ua]
    return run_flows(stack, FLOWS[stack], lambda _: Stacks(stack, folder), slow=SLOW[stack])


if __name__ == "__main__":
    sys.exit(main())
