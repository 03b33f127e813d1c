#!/usr/bin/env python3
"""Calls between example uas, over real sockets on loopback: what an agent is told to do, and what
each of them sees.

usage: ua.py UA SCENARIO
"""
import subprocess
import sys
import time

from sipp import Failure, Ua, free_port

SECONDS = 8  # for any one thing to happen


class Agent(Ua):
    """A ua that listens there; `uri` is where others reach it."""

    def __init__(self, path, name, *arguments, transport="udp", host="127.0.0.1", port=None):
        self.name, self.port = name, port or free_port()
        identity = f"sip:{name}@{host}:{self.port}"
        self.uri = identity + (f";transport={transport}" if transport != "udp" else "")
        super().__init__(path, "--timeout", "150", "--listen", f"{transport}:{host}:{self.port}",
                         "--identity", identity, *arguments)
        self.expect("listening")

    def expect(self, name, seconds=SECONDS, **wanted):
        """The next event of that name, which has these members."""
        event = self.wait_for(name, seconds)
        for key, value in wanted.items():
            if event.get(key) != value:
                raise Failure(f"{self.name}: {key} is {event.get(key)!r}, not {value!r}: {event}")
        return event

    def has_told(self, name, times=1, seconds=SECONDS):
        """Waits until there were so many events of that name, wherever among the others."""
        end = time.monotonic() + seconds
        while self.counts[name] < times:
            if time.monotonic() > end:
                raise Failure(f"{self.name}: {self.counts[name]} events {name!r}, not {times}")
            time.sleep(0.05)

    def never(self, name):
        if self.counts[name]:
            raise Failure(f"{self.name}: there was an event {name!r}")

    def quit(self, status=0):
        """All that it has left to do, and its exit status."""
        try:
            self.command("quit")
        except Failure:
            pass  # it has ended by itself
        found = self.process.wait(20)
        self.reader.join(5)
        if found != status:
            raise Failure(f"{self.name}: exit status {found}, not {status}")


class World:
    def __init__(self, path):
        self.path, self.agents = path, []

    def agent(self, name, *arguments, **more):
        self.agents.append(Agent(self.path, name, *arguments, **more))
        return self.agents[-1]

    def call(self, caller=(), callee=(), **more):
        """Alice and Bob, who talk."""
        alice = self.agent("alice", *caller, **more)
        bob = self.agent("bob", "--ring", "180", "--answer", "200", *callee, **more)
        alice.command(f"call {bob.uri}")
        alice.expect("confirmed")
        bob.expect("confirmed")
        return alice, bob

    def end(self, *agents):
        for agent in agents or self.agents:
            agent.quit()

    def stop(self):
        for agent in self.agents:
            if agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()

    def tell(self):
        """What each agent has seen: its events, and its messages as a ladder."""
        for agent in self.agents:
            print(f"--- {agent.name}", *agent.told[-40:], sep="\n")
            print("".join(agent.errors[-60:]))


def direction(event):
    """Of the first stream of a description."""
    for line in event["sdp"].splitlines():
        if line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"):
            return line[2:]
    return "sendrecv"


def hold_and_resume(world, transport="udp"):
    alice, bob = world.call(transport=transport)
    for who, other in ((alice, bob), (bob, alice)):
        for command in ("reinvite", "update"):
            for how, ours, theirs in (("hold", "sendonly", "recvonly"),
                                      ("resume", "sendrecv", "sendrecv")):
                who.command(f"{command} {how}")
                who.expect("updated", who="local", code=200)
                if direction(who.expect("answer")) != theirs:
                    raise Failure(f"{command} {how}: the answer is not {theirs}")
                if command == "reinvite":
                    if direction(other.expect("offer")) != ours:
                        raise Failure(f"{command} {how}: the offer is not {ours}")
                else:
                    other.expect("updated", who="remote", offer=True)
                time.sleep(0.1)  # for the ACK, or the next one would be too early
    bob.command("bye")
    bob.expect("terminated", who="local", reason="bye")
    alice.expect("terminated", who="remote", reason="bye")
    world.end()


def late_offer(world):
    alice, bob = world.call(caller=("--late-offer",))
    if alice.counts["offer"] != 1 or bob.counts["answer"] != 1:
        raise Failure("the offer was not in the 2xx")
    bob.command("reinvite late")
    bob.expect("updated", who="local")
    bob.expect("offer")
    alice.expect("reinvite", offer=False)
    alice.expect("answer")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def reliable(world):
    alice = world.agent("alice", "--100rel", "required")
    bob = world.agent("bob")
    alice.command(f"call {bob.uri}")
    bob.expect("incoming")
    bob.command("ring 183 reliable sdp")
    alice.expect("ringing", code=183, reliable=True, sdp=True)
    alice.expect("answer", preview=False)
    bob.expect("acknowledged", code=183)
    alice.command("update hold")  # in the early dialog
    alice.expect("updated", who="local")
    bob.command("ring 180")
    alice.expect("ringing", code=180, reliable=True)
    bob.command("answer")
    alice.expect("confirmed")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def prack_offer(world):
    alice = world.agent("alice")
    bob = world.agent("bob")
    alice.command("prack-offer on")
    alice.command(f"call {bob.uri}")
    bob.expect("incoming")
    bob.command("ring 183 reliable sdp")
    bob.expect("acknowledged", code=183, offer=True)
    bob.command("answer")
    alice.expect("confirmed")
    if alice.counts["answer"] != 2:
        raise Failure("the offer in the PRACK was not answered")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def no_reliable_ringing(world):
    alice = world.agent("alice", "--100rel", "no")
    bob = world.agent("bob", "--100rel", "required")
    alice.command(f"call {bob.uri}")
    alice.expect("rejected", code=421)
    alice.quit(1)
    bob.never("incoming")
    bob.quit()


def messages(world):
    alice, bob = world.call()
    alice.command("info application/dtmf-relay Signal=5")
    bob.expect("info", type="application/dtmf-relay", body="Signal=5")
    alice.expect("response", code=200)
    bob.command(r"info application/dtmf-relay Signal=6\nDuration=160")
    alice.expect("info", body="Signal=6\r\nDuration=160")
    bob.expect("response", code=200)
    bob.command("message what was that?")
    alice.expect("message", text="what was that?")
    bob.expect("response", code=200)
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def redirect(world):
    alice = world.agent("alice")
    carol = world.agent("carol", "--answer", "200")
    bob = world.agent("bob", "--redirect", carol.uri)
    alice.command(f"call {bob.uri}")
    alice.expect("redirected", code=302, contacts=[carol.uri])
    alice.quit(1)
    world.end(bob, carol)


def route(world):
    """The URI alone would lead to port 5060."""
    bob = world.agent("bob", "--answer", "200")
    for parameters in ("", ";lr"):
        alice = world.agent("alice", "--route", f"sip:127.0.0.1:{bob.port}{parameters}")
        alice.command("call sip:bob@127.0.0.1")
        bob.expect("incoming", uri="sip:bob@127.0.0.1")
        alice.expect("confirmed")
        alice.command("bye")
        bob.expect("terminated", who="remote")
    world.end()


def glare(world):
    """Whoever gets 491 tries again within 4 s; whoever hears of the other one first is refused."""
    alice, bob = world.call()
    for rounds in range(1, 4):
        for who in (alice, bob):
            who.command("reinvite hold")
        end = time.monotonic() + SECONDS
        while any(who.counts["refused"] + who.counts["updated"] < rounds for who in (alice, bob)):
            if time.monotonic() > end:
                raise Failure("a re-INVITE came to nothing")
            time.sleep(0.05)
        time.sleep(0.2)
    for who in (alice, bob):
        who.never("rolled_back")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def refusals(world):
    alice = world.agent("alice")
    bob = world.agent("bob")
    alice.command(f"call {bob.uri}")
    bob.expect("incoming")
    alice.command("bye")
    alice.expect("refused", type="NoDialog", section="RFC 3261 §15")
    bob.command("ring")
    bob.command("bye")
    bob.expect("refused", type="ByeOnEarlyDialog", section="RFC 3261 §15")
    bob.command("cancel")
    bob.expect("refused", type="WrongRole")
    alice.expect("ringing")
    alice.command("reinvite")
    alice.expect("refused", type="WrongState")
    alice.command("answer")
    alice.expect("refused", type="WrongRole")
    alice.command("cancel")
    bob.expect("cancelled")
    alice.expect("terminated", who="local", reason="cancelled", code=487)
    alice.command("bye")
    alice.expect("refused", type="SessionTerminated")
    world.end()


def exit_status(world):
    for arguments, status in ((["--session-expires", "10"], 2), (["--user", "alice"], 2),
                              (["--algorithm", "MD4", "--require-auth", "a:b"], 2),
                              (["--register", "sip:bob@192.0.2.1"], 2), (["--expires", "60"], 2),
                              (["--no-such-thing"], 2), (["--timeout", "0.2"], 3)):
        run = subprocess.run([world.path, "--listen", f"udp:127.0.0.1:{free_port()}", *arguments],
                             stdin=subprocess.PIPE, capture_output=True, timeout=10)
        if run.returncode != status:
            raise Failure(f"{arguments}: exit status {run.returncode}, not {status}")
    for command, status in (("snapshot x", 2), ("wait confirmed 0.2", 1), ("quit", 0)):
        run = subprocess.run([world.path, "--quiet", "--listen", f"udp:127.0.0.1:{free_port()}"],
                             input=command + "\n", capture_output=True, timeout=10, text=True)
        if run.returncode != status:
            raise Failure(f"{command}: exit status {run.returncode}, not {status}")


def interval_too_small(world):
    alice, bob = world.call(("--session-expires", "90"), ("--min-se", "120"))
    alice.expect("refreshed", interval=120)
    bob.expect("refreshed", interval=120)
    alice.command("bye")
    bob.expect("terminated", who="remote")
    world.end()


def session_timer(world):
    """In real time: 90 s, refreshed after 45 s."""
    alice, bob = world.call(("--session-expires", "90", "--refresher", "uac"))
    for who in (alice, bob):
        who.expect("refreshed", interval=90)
    started = time.monotonic()
    for _ in range(2):
        alice.expect("refreshed", 50, by_us=True)
        bob.expect("refreshed", 5, by_us=False)
    if not 89 < time.monotonic() - started < 95:
        raise Failure(f"two refreshes took {time.monotonic() - started:.1f} s, not 90")
    alice.command("bye")
    bob.expect("terminated", who="remote", reason="bye")
    world.end()


def digest(world):
    alice = world.agent("alice", "--user", "alice", "--password", "secret")
    bob = world.agent("bob", "--answer", "200", "--require-auth", "alice:secret")
    alice.command(f"call {bob.uri}")
    alice.expect("challenged", code=401)
    alice.expect("confirmed")
    alice.command("bye")
    bob.expect("terminated", who="remote")
    mallory = world.agent("mallory", "--user", "alice", "--password", "guess")
    mallory.command(f"call {bob.uri}")
    mallory.expect("rejected", code=401)
    world.end(alice, bob)
    mallory.quit(1)


def transfer(world):
    """Alice sends Bob to Carol."""
    alice, bob = world.call()
    carol = world.agent("carol", "--answer", "200")
    alice.command(f"refer {carol.uri}")
    bob.expect("refer", target=carol.uri)
    carol.expect("confirmed")
    while alice.expect("notify").get("code", 0) < 200:
        pass
    alice.command("bye")
    bob.expect("terminated")
    carol.command("bye")
    world.end()


def attended_transfer(world):
    """Alice has Bob and Carol on two calls, and puts them through."""
    alice, bob = world.call()
    carol = world.agent("carol", "--answer", "200")
    alice.command("reinvite hold")
    alice.expect("updated", who="local")
    alice.command(f"call {carol.uri}")
    alice.expect("confirmed")
    carol.expect("confirmed")
    alice.command("1 refer-replace 2")
    bob.expect("refer")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")  # of Alice's call, which Bob's replaces
    while True:
        code = alice.expect("notify").get("code", 0)
        if code >= 200:
            break
    if code != 200:
        raise Failure(f"the transfer ended with {code}")
    alice.has_told("terminated")  # Carol's BYE, for she talks to Bob now
    alice.command("1 bye")
    bob.expect("terminated")
    carol.command("bye")
    carol.has_told("terminated", 2)
    bob.has_told("terminated", 2)
    world.end()


SCENARIOS = {
    "hold_and_resume": hold_and_resume,
    "hold_and_resume_tcp": lambda world: hold_and_resume(world, "tcp"),
    "late_offer": late_offer,
    "reliable": reliable,
    "prack_offer": prack_offer,
    "no_reliable_ringing": no_reliable_ringing,
    "messages": messages,
    "redirect": redirect,
    "route": route,
    "glare": glare,
    "refusals": refusals,
    "exit_status": exit_status,
    "interval_too_small": interval_too_small,
    "session_timer": session_timer,
    "digest": digest,
    "transfer": transfer,
    "attended_transfer": attended_transfer,
}


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in SCENARIOS:
        sys.exit(__doc__ + "scenarios: " + " ".join(SCENARIOS))
    world = World(sys.argv[1])
    try:
        SCENARIOS[sys.argv[2]](world)
    except (Failure, subprocess.TimeoutExpired) as failure:
        print(failure)
        world.tell()
        return 1
    finally:
        world.stop()
    print(f"{sys.argv[2]}: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
