#!/usr/bin/env python3
"""Calls between the example ua and linphone-daemon, over real sockets on loopback.

usage: linphone.py UA [FLOW]...

Exit 0: each flow went as it should. 77: no linphone-daemon here (an error where
OFFHOOK_REQUIRE_PEERS is set).
"""
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from peer import (Failure, Happened, cross, end, expect_direction, give_up_late, has, leave,
                  missing, run_flows, second_call, transferred, wait_for_listener)
from sipp import free_port

CONFIG = """\
[sip]
sip_port={sip}
sip_tcp_port={sip}
sip_tls_port=0
bind_address=127.0.0.1
contact="linphone" <sip:linphone@127.0.0.1>
guess_hostname=0
register_only_when_network_is_up=0
use_ipv6=0
inc_timeout=30
100rel_support_level=1
session_expires_enabled=1
session_expires_value={interval}
session_expires_min_value=90

[net]
stun_server=
firewall_policy=0
mtu=1300

[rtp]
audio_rtp_port={rtp}-{rtp_end}
nortp_timeout=200

[auth_info_0]
username=linphone
passwd=secret
realm=offhook-ua

[sound]
playback_dev_id=
ringer_dev_id=
capture_dev_id=
remote_ring=

[video]
enabled=0
capture=0
display=0

[misc]
version_check_url_root=
"""
INTERVAL = 180  # seconds of a session, as it wants it


class Linphone:
    """One linphone-daemon. Its commands go through a socket, its events are asked for there."""

    def __init__(self, scratch):
        self.happened = Happened("linphone")
        self.sip = free_port()
        folder = Path(scratch) / f"linphone-{self.sip}"
        for name in ("home/.local/share/linphone", "home/.config/linphone", "tmp"):
            (folder / name).mkdir(parents=True)
        config, self.log = folder / "rc", folder / "log"
        config.write_text(CONFIG.format(sip=self.sip, interval=INTERVAL,
                                        rtp=20000 + self.sip % 10000,
                                        rtp_end=20100 + self.sip % 10000))
        pipe = f"offhook-{os.getpid()}-{self.sip}"
        self.paths = [Path("/tmp") / pipe, folder / "tmp" / pipe]
        environment = dict(os.environ, HOME=str(folder / "home"), TMPDIR=str(folder / "tmp"))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            environment.pop(name, None)
        with open(folder / "output", "w") as output:
            self.process = subprocess.Popen(  # it ends where its standard input does
                ["linphone-daemon", "--config", str(config), "--pipe", pipe, "--log",
                 str(self.log), "--disable-stats-events"],
                stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=environment)
        self.lock, self.ended = threading.Lock(), False
        self.poller = threading.Thread(target=self._poll, daemon=True)
        try:
            self.socket = self._connect()
            version = re.search(r"Version: (\S+)", self._ask("version"))
            self.version = version[1] if version else "?"
            wait_for_listener(self.sip, self.process)
        except (Failure, OSError):
            end(self.process)
            raise
        self.poller.start()

    def uri(self, transport="udp"):
        return f"sip:linphone@127.0.0.1:{self.sip}" \
            + (f";transport={transport}" if transport != "udp" else "")

    def _connect(self):
        until = time.monotonic() + 15
        while True:
            for path in self.paths:
                try:
                    stream = socket.socket(socket.AF_UNIX)
                    stream.connect(str(path))
                    return stream
                except OSError:
                    stream.close()
            if time.monotonic() > until or self.process.poll() is not None:
                raise Failure("linphone-daemon does not start")
            time.sleep(0.05)

    def _ask(self, text):
        """A reply is "Status: Ok", an empty line, and for some commands more; nothing ends it."""
        with self.lock:
            self.socket.sendall(text.encode() + b"\n")
            self.socket.settimeout(20)  # whatever else it does: a late reply would be another's
            reply = b""
            try:
                while True:
                    more = self.socket.recv(65536)
                    if not more:
                        raise Failure("linphone-daemon has gone")
                    reply += more
                    self.socket.settimeout(0.03)
            except TimeoutError:
                if not reply:
                    raise Failure(f"linphone: no reply to {text}") from None
        return reply.decode("utf-8", "replace")

    def _poll(self):
        while not self.ended:
            try:
                reply = self._ask("pop-event")
            except (OSError, Failure):
                return
            kind = re.search(r"^Event-type: (.*)$", reply, re.M)
            if kind:
                call = dict(re.findall(r"^([\w-]+): (.*)$", reply, re.M))
                self.happened.add({"type": kind[1].strip(), **call})
            else:
                time.sleep(0.05)

    def command(self, text):
        reply = self._ask(text)
        if not reply.startswith("Status: Ok"):
            raise Failure(f"linphone: {text}: {reply}")
        return reply

    def expect(self, state):
        """A call comes into that state; its number."""
        event = self.happened.expect(state, lambda event: event.get("Event") == state)
        return event.get("Id")

    def show(self):
        print("--- linphone", *self.happened.all[-20:], sep="\n")
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        print("\n".join(line[:300] for line in log.splitlines()[-40:]))

    def stop(self):
        self.ended = True
        self.poller.join(5)
        self.socket.close()
        end(self.process)
        self.process.stdin.close()
        self.paths[0].unlink(missing_ok=True)


def call_it(linphone, talk, *options, transport="udp", command="call {}"):
    """The ua calls; linphone answers. Its number of the call, too."""
    ua = talk.agent("ua", *options, transport=transport)
    linphone.happened.forget()
    ua.command(command.format(linphone.uri(transport)))
    number = linphone.expect("LinphoneCallIncomingReceived")
    ua.expect("ringing", code=180)
    linphone.command(f"answer {number}")
    linphone.expect("LinphoneCallStreamsRunning")
    ua.expect("confirmed")
    return ua, number


def be_called(linphone, talk, *options, transport="udp"):
    """linphone calls; the ua answers."""
    ua = talk.agent("ua", "--ring", "180", "--answer", "200", *options, transport=transport)
    linphone.happened.forget()
    linphone.command(f"call {ua.uri}")
    ua.expect("incoming")
    number = linphone.expect("LinphoneCallStreamsRunning")
    ua.expect("confirmed")
    return ua, number


def ua_hangs_up(linphone, ua, talk):
    ua.command("bye")
    ua.expect("terminated", who="local", reason="bye")
    linphone.expect("LinphoneCallReleased")
    talk.end()


def it_hangs_up(linphone, ua, talk):
    linphone.command("terminate")
    ua.expect("terminated", who="remote", reason="bye")
    linphone.expect("LinphoneCallReleased")
    talk.end()


def ua_calls(transport):
    def flow(linphone, talk):
        ua, _ = call_it(linphone, talk, transport=transport)
        it_hangs_up(linphone, ua, talk)
    return flow


def it_calls(transport):
    def flow(linphone, talk):
        ua, _ = be_called(linphone, talk, transport=transport)
        ua_hangs_up(linphone, ua, talk)
    return flow


def it_authenticates(transport):
    def flow(linphone, talk):
        ua, _ = be_called(linphone, talk, "--require-auth", "linphone:secret", transport=transport)
        ua_hangs_up(linphone, ua, talk)
    return flow


def it_is_redirected(linphone, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua = talk.agent("ua", "--redirect", carol.uri)
    linphone.happened.forget()
    linphone.command(f"call {ua.uri}")
    carol.expect("confirmed")
    linphone.expect("LinphoneCallStreamsRunning")
    linphone.command("terminate")
    carol.expect("terminated", who="remote")
    talk.end()


def late_cancel(linphone, talk):
    ua = talk.agent("ua")
    linphone.happened.forget()
    numbers = []

    def place():
        ua.command(f"call {linphone.uri()}")
        numbers.append(linphone.expect("LinphoneCallIncomingReceived"))
        ua.expect("ringing")

    def answer():
        with contextlib.suppress(Failure):  # the CANCEL may have come before
            linphone.command(f"answer {numbers[-1]}")

    give_up_late(ua, 5, place, answer)
    linphone.expect("LinphoneCallReleased")
    talk.end()


def cancelled(linphone, talk):
    ua = talk.agent("ua")
    linphone.happened.forget()
    ua.command(f"call {linphone.uri()}")
    ua.expect("ringing")
    ua.command("cancel")
    ua.expect("terminated", who="local", reason="cancelled", code=487)
    linphone.expect("LinphoneCallReleased")
    talk.end()


def it_cancels(linphone, talk):
    ua = talk.agent("ua", "--ring", "180")
    linphone.happened.forget()
    linphone.command(f"call {ua.uri}")
    linphone.expect("LinphoneCallOutgoingRinging")
    linphone.command("terminate")
    ua.expect("cancelled")
    ua.expect("terminated", reason="cancelled")
    linphone.expect("LinphoneCallReleased")
    talk.end()


def it_rings_reliably(linphone, talk):
    ua = talk.agent("ua", "--100rel", "required")
    linphone.happened.forget()
    ua.command(f"call {linphone.uri()}")
    number = linphone.expect("LinphoneCallIncomingReceived")
    ua.expect("ringing", code=180, reliable=True)
    linphone.command(f"answer {number}")
    ua.expect("confirmed")
    linphone.expect("LinphoneCallStreamsRunning")
    ua_hangs_up(linphone, ua, talk)


def ua_rings_reliably(linphone, talk):
    ua = talk.agent("ua")
    linphone.happened.forget()
    linphone.command(f"call {ua.uri}")
    ua.expect("incoming")
    ua.command("ring 183 reliable sdp")
    ua.expect("acknowledged", code=183)
    linphone.expect("LinphoneCallOutgoingEarlyMedia")
    ua.command("answer")
    ua.expect("confirmed")
    linphone.expect("LinphoneCallStreamsRunning")
    it_hangs_up(linphone, ua, talk)


def late_offer(linphone, talk):
    ua, _ = call_it(linphone, talk, command="call {} late")
    if ua.counts["offer"] != 1:
        raise Failure("the 2xx has brought no offer")
    ua.command("reinvite late")
    ua.expect("updated", who="local", code=200)
    ua.expect("offer")
    ua_hangs_up(linphone, ua, talk)


def ua_holds(command, transport="udp"):
    def flow(linphone, talk):
        ua, _ = call_it(linphone, talk, transport=transport)
        for how, theirs, state in (
                ("hold", "recvonly", "LinphoneCallPausedByRemote"),
                ("resume", "sendrecv", "LinphoneCallStreamsRunning")):
            ua.command(f"{command} {how}")
            ua.expect("updated", who="local", code=200)
            expect_direction(ua.expect("answer"), theirs)
            linphone.expect(state)
            time.sleep(0.1)  # for the ACK, or the next one would be too early
        ua_hangs_up(linphone, ua, talk)
    return flow


def it_pauses(transport):
    def flow(linphone, talk):
        ua, number = be_called(linphone, talk, transport=transport)
        for command, wanted, state in (
                ("call-pause", "sendonly", "LinphoneCallPaused"),
                ("call-resume", "sendrecv", "LinphoneCallStreamsRunning")):
            linphone.command(f"{command} {number}")
            expect_direction(ua.expect("offer"), wanted)
            linphone.expect(state)
        it_hangs_up(linphone, ua, talk)
    return flow


def glare(linphone, talk):
    """linphone gives up where its pause is refused."""
    ua, number = call_it(linphone, talk)
    cross(ua, *[lambda: linphone.command(f"call-pause {number}")] * 2)
    ua_hangs_up(linphone, ua, talk)


def timers_agreed(linphone, talk):
    """Each side has its own wish; refreshes that the ua sends by UPDATE are taken."""
    ua, _ = be_called(linphone, talk)
    ua.expect("refreshed", interval=INTERVAL)
    ua_hangs_up(linphone, ua, talk)
    talk.agents.clear()
    ua, _ = call_it(linphone, talk, "--session-expires", "120", "--refresher", "uac")
    ua.expect("refreshed", interval=120, by_us=True)
    ua.command("update empty")
    ua.expect("updated", who="local", code=200)
    ua.expect("refreshed", interval=120, by_us=True)
    it_hangs_up(linphone, ua, talk)


def timer_runs(linphone, talk):
    """In real time: linphone refreshes after 45 s."""
    ua, _ = call_it(linphone, talk, "--session-expires", "90", "--refresher", "uas")
    ua.expect("refreshed", interval=90, by_us=False)
    ua.expect("refreshed", 50, interval=90, by_us=False)
    ua_hangs_up(linphone, ua, talk)


def interval_too_small(linphone, talk):
    """The ua answers 422, and linphone tries again."""
    ua, _ = be_called(linphone, talk, "--min-se", "300")
    ua.expect("refreshed", interval=300)
    ua_hangs_up(linphone, ua, talk)


def ua_transfers(linphone, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua, _ = call_it(linphone, talk)
    ua.command(f"refer {carol.uri}")
    carol.expect("confirmed")
    transferred(ua)
    ua.command("hangup")
    ua.expect("terminated")
    carol.command("bye")
    carol.expect("terminated", who="local")
    talk.end()


def it_transfers(linphone, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua, number = call_it(linphone, talk)
    linphone.command(f"call-transfer {number} {carol.uri}")
    ua.expect("refer", target=carol.uri)
    carol.expect("confirmed")
    ua.has_told("terminated")
    ua.command("2 bye")
    carol.expect("terminated", who="remote")
    talk.end()


def it_transfers_attended(linphone, talk):
    """linphone has two calls, and puts the ua of the first one through to that of the second.

    It names Carol without her port, as a proxy would know her: she is the ua's proxy as well.
    """
    carol = talk.agent("carol", "--answer", "200")
    ua, number = be_called(linphone, talk, "--route", f"sip:127.0.0.1:{carol.port};lr")
    linphone.happened.forget()
    linphone.command(f"call-pause {number}")
    linphone.expect("LinphoneCallPaused")
    linphone.command(f"call {carol.uri}")
    second = linphone.expect("LinphoneCallStreamsRunning")
    linphone.command(f"call-transfer {number} {second}")
    ua.expect("refer")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")
    ua.has_told("terminated")
    ua.command("2 bye")
    carol.has_told("terminated", 2)
    talk.end()


def ua_transfers_attended(linphone, talk):
    """The ua has linphone and Carol on two calls, and puts linphone through."""
    ua, _ = call_it(linphone, talk)
    ua.command("reinvite hold")
    ua.expect("updated", who="local", code=200)
    carol = second_call(ua, talk, "carol")
    ua.command("1 refer-replace 2")
    carol.has_told("confirmed", 2)
    carol.has_told("terminated")
    leave(ua, carol, talk, 1)


def it_is_replaced(linphone, talk):
    """The ua has Bob and linphone on two calls, and puts Bob through to linphone."""
    ua, _ = call_it(linphone, talk)
    bob = second_call(ua, talk, "bob")
    ua.command("2 refer-replace 1")
    bob.expect("refer")
    bob.has_told("confirmed", 2)
    linphone.expect("LinphoneCallStreamsRunning")
    leave(ua, bob, talk, 2)


def message(linphone, talk):
    ua, _ = call_it(linphone, talk)
    ua.command("message hello there")
    ua.expect("response", code=200)
    linphone.happened.expect("message", lambda event: event["type"] == "message-received")
    ua.command(f"options {linphone.uri()}")
    ua.expect("response", code=200)
    ua_hangs_up(linphone, ua, talk)


FLOWS = {
    "ua calls, UDP": ua_calls("udp"),
    "ua calls, TCP": ua_calls("tcp"),
    "it calls, UDP": it_calls("udp"),
    "it calls, TCP": it_calls("tcp"),
    "it authenticates itself, UDP": it_authenticates("udp"),
    "it authenticates itself, TCP": it_authenticates("tcp"),
    "it follows a redirection": it_is_redirected,
    "ua cancels": cancelled,
    "ua cancels while it answers": late_cancel,
    "it cancels": it_cancels,
    "it rings reliably, though PRACK gets 501": it_rings_reliably,
    "ua rings reliably (PRACK)": ua_rings_reliably,
    "late offer, in a re-INVITE too": late_offer,
    "ua holds and resumes by re-INVITE": ua_holds("reinvite"),
    "ua holds and resumes by UPDATE": ua_holds("update"),
    "ua holds and resumes by UPDATE, TCP": ua_holds("update", "tcp"),
    "it pauses and resumes": it_pauses("udp"),
    "it pauses and resumes, TCP": it_pauses("tcp"),
    "both hold at once": glare,
    "session timers agreed on": timers_agreed,
    "its interval is too small (422)": interval_too_small,
    "ua transfers it": ua_transfers,
    "it transfers ua": it_transfers,
    "ua transfers it, attended": ua_transfers_attended,
    "it transfers ua, attended": it_transfers_attended,
    "its call is replaced": it_is_replaced,
    "MESSAGE within a call, OPTIONS outside of it": message,
}
SLOW = {"it refreshes after 45 s": timer_runs}


def main():
    if not has("linphone-daemon"):
        return missing("linphone-daemon", "linphone-cli")
    return run_flows("linphone", FLOWS, Linphone, slow=SLOW)


if __name__ == "__main__":
    sys.exit(main())
