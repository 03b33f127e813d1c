#!/usr/bin/env python3
"""Calls between the example ua and baresip, over real sockets on loopback.

usage: baresip.py UA [FLOW]...

Exit 0: each flow went as it should. 77: no baresip here (an error where OFFHOOK_REQUIRE_PEERS is
set).
"""
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from peer import (SECONDS, Failure, Happened, cross, end, expect_direction, first_match,
                  give_up_late, has, has_ipv6, missing, run_flows, transferred, wait_for_listener)
from sipp import free_port

ACCOUNT = "<sip:baresip@{host}:{sip}>;regint=0;answermode=manual;audio_codecs=PCMU\n"
CONFIG = """\
poll_method epoll
sip_listen {host}:{sip}
call_local_timeout 30
call_max_calls 8
audio_player aubridge,loop
audio_source aubridge,loop
audio_alert aubridge,alert
audio_level no
rtp_ports {rtp}-{rtp_end}
net_interface {interface}
module_path {modules}
module g711.so
module aubridge.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""


def modules():
    """Where the modules are, which is not the same everywhere."""
    for folder in sorted(Path("/usr").glob("lib*/**/baresip/modules")):
        return folder
    return Path("/usr/lib/baresip/modules")


class Baresip:
    """One baresip; its commands and events are JSON objects in netstrings on a TCP connection."""

    def __init__(self, scratch, host="127.0.0.1"):
        self.happened, self.replies, self.host = Happened("baresip"), queue.Queue(), host
        self.sip, control = free_port(), free_port()
        folder = Path(scratch) / f"baresip-{self.sip}"
        folder.mkdir()
        (folder / "accounts").write_text(ACCOUNT.format(host=host, sip=self.sip))
        (folder / "contacts").write_text("")
        (folder / "config").write_text(CONFIG.format(
            host=host, interface=host.strip("[]"), sip=self.sip, control=control,
            modules=modules(), rtp=20000 + self.sip % 10000, rtp_end=20100 + self.sip % 10000))
        self.log = folder / "log"
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(
                ["baresip", "-6" if host.startswith("[") else "-4", "-s", "-f", str(folder)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            self.socket = self._connect(control)
            wait_for_listener(self.sip, self.process)
        except (Failure, OSError):
            end(self.process)
            raise
        threading.Thread(target=self._read, daemon=True).start()

    def uri(self, transport="udp"):
        return f"sip:baresip@{self.host}:{self.sip}" \
            + (f";transport={transport}" if transport != "udp" else "")

    def _connect(self, port):
        until = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), 1)
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise Failure("baresip does not start\n" + self.log.read_text()) from None
                time.sleep(0.05)

    def _read(self):
        self.socket.settimeout(None)
        rest = b""
        while True:
            try:
                more = self.socket.recv(65536)
            except OSError:
                return
            if not more:
                return
            rest += more
            while b":" in rest:
                length, _, text = rest.partition(b":")
                size = int(length)
                if len(text) <= size:
                    break
                message, rest = json.loads(text[:size].decode("utf-8", "replace")), text[size + 1:]
                if message.get("event"):
                    self.happened.add(message)
                else:
                    self.replies.put(message)

    def command(self, name, parameters=None):
        order = {"command": name, "token": name}
        if parameters:
            order["params"] = parameters
        text = json.dumps(order).encode()
        self.socket.sendall(b"%d:%s," % (len(text), text))
        try:
            reply = self.replies.get(timeout=SECONDS)
        except queue.Empty:
            raise Failure(f"baresip: no reply to {name}") from None
        if not reply.get("ok"):
            raise Failure(f"baresip: {name}: {reply}")
        return reply

    def expect(self, kind, **wanted):
        event = self.happened.expect(kind, lambda event: event.get("type") == kind)
        for key, value in wanted.items():
            if event.get(key) != value:
                raise Failure(f"baresip: {key} is {event.get(key)!r}, not {value!r}: {event}")
        return event

    def show(self):
        print("--- baresip", *(f"{event.get('type')} {event.get('param', '')}"
                               for event in self.happened.all[-20:]), sep="\n")
        print(self.log.read_text(errors="replace")[-1500:])

    def stop(self):
        self.socket.close()
        end(self.process)


def call_it(baresip, talk, transport="udp", command="call {}"):
    """The ua calls; baresip answers."""
    ua = talk.agent("ua", transport=transport, host=baresip.host)
    baresip.happened.forget()
    ua.command(command.format(baresip.uri(transport)))
    baresip.expect("CALL_INCOMING")
    ua.expect("ringing", code=180)
    baresip.command("accept")
    baresip.expect("CALL_ESTABLISHED")
    ua.expect("confirmed")
    return ua


def be_called(baresip, talk, transport="udp", *options):
    """baresip calls; the ua answers."""
    ua = talk.agent("ua", "--ring", "180", "--answer", "200", *options, transport=transport,
                    host=baresip.host)
    baresip.happened.forget()
    baresip.command("dial", ua.uri)
    ua.expect("incoming")
    baresip.expect("CALL_ESTABLISHED")
    ua.expect("confirmed")
    return ua


def ua_hangs_up(baresip, ua, talk):
    ua.command("bye")
    ua.expect("terminated", who="local", reason="bye")
    baresip.expect("CALL_CLOSED")
    talk.end()


def baresip_hangs_up(baresip, ua, talk):
    baresip.command("hangup")
    ua.expect("terminated", who="remote", reason="bye")
    baresip.expect("CALL_CLOSED")
    talk.end()


def calls_in(transport):
    def flow(baresip, talk):
        baresip_hangs_up(baresip, call_it(baresip, talk, transport), talk)
        talk.agents.clear()
        ua_hangs_up(baresip, call_it(baresip, talk, transport), talk)
    return flow


def calls_out(transport):
    def flow(baresip, talk):
        ua_hangs_up(baresip, be_called(baresip, talk, transport), talk)
        talk.agents.clear()
        baresip_hangs_up(baresip, be_called(baresip, talk, transport), talk)
    return flow


def it_is_redirected(baresip, talk):
    carol = talk.agent("carol", "--answer", "200")
    ua = talk.agent("ua", "--redirect", carol.uri)
    baresip.happened.forget()
    baresip.command("dial", ua.uri)
    carol.expect("confirmed")
    baresip.expect("CALL_ESTABLISHED")
    baresip.command("hangup")
    carol.expect("terminated", who="remote")
    talk.end()


def cancelled(baresip, talk):
    ua = talk.agent("ua")
    baresip.happened.forget()
    ua.command(f"call {baresip.uri()}")
    baresip.expect("CALL_INCOMING")
    ua.expect("ringing")
    ua.command("cancel")
    ua.expect("terminated", who="local", reason="cancelled", code=487)
    baresip.expect("CALL_CLOSED")
    talk.end()


def late_cancel(baresip, talk):
    ua = talk.agent("ua")
    baresip.happened.forget()

    def place():
        ua.command(f"call {baresip.uri()}")
        baresip.expect("CALL_INCOMING")
        ua.expect("ringing")

    give_up_late(ua, 5, place, lambda: baresip.command("accept"))
    talk.end()


def it_cancels(baresip, talk):
    ua = talk.agent("ua", "--ring", "180")
    baresip.happened.forget()
    baresip.command("dial", ua.uri)
    baresip.expect("CALL_RINGING")
    baresip.command("hangup")
    ua.expect("cancelled")
    ua.expect("terminated", reason="cancelled")
    talk.end()


def it_refuses(baresip, talk):
    ua = talk.agent("ua")
    baresip.happened.forget()
    ua.command(f"call {baresip.uri()}")
    baresip.expect("CALL_INCOMING")
    baresip.command("hangup")
    ua.expect("rejected")
    ua.expect("terminated", reason="rejected")
    ua.quit(1)


def late_offer(baresip, talk):
    ua = call_it(baresip, talk, command="call {} late")
    if ua.counts["offer"] != 1:
        raise Failure("the 2xx has brought no offer")
    ua.command("reinvite late")
    ua.expect("updated", who="local", code=200)
    ua.expect("offer")
    ua_hangs_up(baresip, ua, talk)


def hold(baresip, ua):
    for how, theirs in (("hold", "recvonly"), ("resume", "sendrecv")):
        ua.command(f"reinvite {how}")
        ua.expect("updated", who="local", code=200)
        expect_direction(ua.expect("answer"), theirs)
        time.sleep(0.1)  # for the ACK, or the next one would be too early


def we_hold(baresip, talk):
    ua = call_it(baresip, talk)
    hold(baresip, ua)
    ua_hangs_up(baresip, ua, talk)


def we_hold_as_callee(baresip, talk):
    ua = be_called(baresip, talk, "tcp")
    hold(baresip, ua)
    baresip_hangs_up(baresip, ua, talk)


def it_holds(baresip, talk):
    ua = call_it(baresip, talk)
    for how, wanted in (("hold", "sendonly"), ("resume", "sendrecv")):
        baresip.command(how)
        ua.expect("reinvite", offer=True)
        expect_direction(ua.expect("offer"), wanted)
    ua_hangs_up(baresip, ua, talk)


def glare(baresip, talk):
    ua = call_it(baresip, talk)
    cross(ua, lambda: baresip.command("hold"), lambda: baresip.command("resume"))
    ua_hangs_up(baresip, ua, talk)


def we_transfer(baresip, talk):
    carol = talk.agent("carol", "--answer", "200", host=baresip.host)
    ua = call_it(baresip, talk)
    ua.command(f"refer {carol.uri}")
    carol.expect("confirmed")
    transferred(ua)
    ua.command("hangup")
    ua.expect("terminated")
    carol.command("bye")
    carol.expect("terminated", who="local")
    talk.end()


def it_transfers(baresip, talk):
    carol = talk.agent("carol", "--answer", "200", host=baresip.host)
    ua = call_it(baresip, talk)
    baresip.command("transfer", carol.uri)
    ua.expect("refer", target=carol.uri)
    carol.expect("confirmed")
    ua.has_told("terminated")
    ua.command("2 bye")
    carol.expect("terminated", who="remote")
    talk.end()


def we_send_dtmf(baresip, talk):
    ua = call_it(baresip, talk)
    for digit in "5#":
        ua.command(rf"info application/dtmf-relay Signal={digit}\nDuration=160")
        ua.expect("response", code=200)
        baresip.expect("CALL_DTMF_START", param=digit)
    ua_hangs_up(baresip, ua, talk)


FLOWS = {
    "ua calls, UDP": calls_in("udp"),
    "ua calls, TCP": calls_in("tcp"),
    "it calls, UDP": calls_out("udp"),
    "it calls, TCP": calls_out("tcp"),
    "it follows a redirection": it_is_redirected,
    "ua cancels": cancelled,
    "ua cancels while it answers": late_cancel,
    "it cancels": it_cancels,
    "it refuses": it_refuses,
    "late offer, in a re-INVITE too": late_offer,
    "ua holds and resumes": we_hold,
    "ua holds and resumes, called over TCP": we_hold_as_callee,
    "it holds and resumes": it_holds,
    "both hold at once": glare,
    "ua transfers it": we_transfer,
    "it transfers ua": it_transfers,
    "ua sends DTMF by INFO": we_send_dtmf,
}


def ua_refreshes(baresip, talk):
    """In real time: baresip knows no session timer, so that the ua refreshes, by re-INVITE."""
    ua = be_called(baresip, talk, "udp", "--session-expires", "90")
    ua.expect("refreshed", interval=90, by_us=True)
    ua.expect("refreshed", 50, interval=90, by_us=True)
    baresip_hangs_up(baresip, ua, talk)


IPV6 = {
    "ua calls, UDP over IPv6": calls_in("udp"),
    "it calls, TCP over IPv6": calls_out("tcp"),
    "ua holds and resumes, IPv6": we_hold,
    "it transfers ua, IPv6": it_transfers,
}
SLOW = {"ua refreshes after 45 s": ua_refreshes}


def main():
    if not has("baresip"):
        return missing("baresip", "baresip-core")
    version = first_match(r"baresip v?(\d[\w.]*)", "baresip", "-h")
    status = run_flows("baresip", FLOWS, Baresip, version, SLOW)
    if len(sys.argv) > 2:
        return status
    if not has_ipv6():
        print("baresip: there is no IPv6 here")
        return status
    return status or run_flows("baresip", IPV6, lambda scratch: Baresip(scratch, "[::1]"), version)


if __name__ == "__main__":
    sys.exit(main())
