#!/usr/bin/env python3
"""Calls between the example ua and linphone-daemon, over real sockets on loopback.

usage: linphone.py UA [FLOW]...

Exit 0: each flow went as it should. 77: no linphone-daemon here (an error where
OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from peer import (Failure, Happened, end, expect_direction, first_match, has, missing, run_flows,
                  transferred)
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
session_expires_enabled=1
session_expires_value={interval}
session_expires_min_value=90
use_100rel=1

[net]
stun_server=
firewall_policy=0
mtu=1300

[rtp]
audio_rtp_port={rtp}-{rtp_end}

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
        self.socket = self._connect()
        self.lock = threading.Lock()
        self.ended = False
        self.poller = threading.Thread(target=self._poll, daemon=True)
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
        """A reply has no end of its own: it is all that comes until there is silence."""
        with self.lock:
            self.socket.sendall(text.encode() + b"\n")
            self.socket.settimeout(3)
            reply = b""
            try:
                while not reply.endswith(b"\n\n") or reply.count(b"\n") < 2:
                    more = self.socket.recv(65536)
                    if not more:
                        raise Failure("linphone-daemon has gone")
                    reply += more
                    self.socket.settimeout(0.03)
            except TimeoutError:
                pass
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


def main():
    if not has("linphone-daemon"):
        return missing("linphone-daemon", "linphone-cli")
    import json
    p = Linphone("/tmp/peersb-scratch/lp")
    for line in sys.stdin:
        print(p._ask(line.strip()))
        time.sleep(1)
        for e in p.happened.all: print(e)
    p.stop()


if __name__ == "__main__":
    sys.exit(main())
