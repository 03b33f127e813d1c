#!/usr/bin/env python3
"""Two asio_uas call each other over UDP, TCP and TLS, on loopback. Their certificates are made here.

usage: asio_ua.py ASIO_UA {udp|tcp|tls|distrust}
  distrust   who does not trust the certificate that is shown does not talk to its owner

Exit 77: there is no openssl to make certificates with (an error where OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 30


class Failure(Exception):
    pass


def certificate(folder, name, address):
    """A self-signed one for an address: the options that tell an agent to show it."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address}",
                    "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True,
                   timeout=SECONDS)
    return ["--cert", str(cert), "--key", str(key)], ["--trust", str(cert)]


class Agent:
    def __init__(self, path, transport, *options):
        self.process = subprocess.Popen([path, transport, "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.first = self.process.stdout.readline()
        self.port = self.first.strip().rpartition(":")[2]

    def end(self):
        said = self.process.communicate(timeout=SECONDS)[0]
        return self.process.returncode, self.first + said


def run(path, scenario, folder, agents):
    transport = "tls" if scenario == "distrust" else scenario
    for_bob, for_alice, wrong = [], [], []
    if transport == "tls":
        for_bob, trust_bob = certificate(folder, "bob", "127.0.0.1")
        for_alice, trust_alice = certificate(folder, "alice", "127.0.0.1")
        wrong_show, trust_wrong = certificate(folder, "wrong", "127.0.0.9")
        for_bob, for_alice = for_bob + trust_alice, for_alice + trust_bob
        wrong = wrong_show + trust_alice
    if scenario == "distrust":
        # Nobody that Alice knows; then somebody that she knows, at another address.
        for shows, trust in ((for_bob, trust_alice), (wrong, trust_wrong)):
            bob = Agent(path, transport, *shows)
            agents.append(bob)
            alice = Agent(path, transport, *for_alice[:4], *trust, "--call",
                          f"sips:bob@127.0.0.1:{bob.port}")
            agents.append(alice)
            status, said = alice.end()
            if status != 1 or "failed" not in said or "they talk" in said:
                raise Failure(f"Alice has not refused: {status}\n{said}")
            if bob.process.poll() is not None:
                raise Failure("Bob has ended")
        return
    bob = Agent(path, transport, *for_bob)
    agents.append(bob)
    uri = f"sip:bob@127.0.0.1:{bob.port};transport={transport}"
    if transport == "tls":
        uri = f"sips:bob@127.0.0.1:{bob.port}"
    alice = Agent(path, transport, *for_alice, "--call", uri)
    agents.append(alice)
    for name, agent, wanted in (("Alice", alice, "they talk\nover\n"),
                                ("Bob", bob, f"they talk, over {transport.upper()}\nover\n")):
        status, said = agent.end()
        if status != 0 or not said.endswith(wanted):
            raise Failure(f"{name}: exit status {status}\n{said}")


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in ("udp", "tcp", "tls", "distrust"):
        sys.exit(__doc__)
    if not shutil.which("openssl"):
        print("skipped: there is no openssl here (Debian, Ubuntu: apt-get install openssl)")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    agents = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            run(sys.argv[1], sys.argv[2], Path(folder), agents)
        except (Failure, subprocess.SubprocessError) as failure:
            print(failure)
            return 1
        finally:
            for agent in agents:
                if agent.process.poll() is None:
                    agent.process.kill()
                    agent.process.wait()
    print(f"{sys.argv[2]}: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
