"""`tern load` against Tern and Debian's coturn on another host: its counts, the server's own and a capture's agree."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

import pytest

import capture
import hosts
import server
from kernel_network import inside

pytestmark = [pytest.mark.tern, pytest.mark.alone]
NAMES = [f"ternl{os.getpid()}{role}" for role in ("client", "relay", "peer")]
CLIENT, RELAY, _ = NAMES
SIDE = "10.85.1"
RELAY_ADDRESS, CLIENT_ADDRESS = f"{SIDE}.1", f"{SIDE}.2"


@pytest.fixture(scope="module")
def network():
    with hosts.three(NAMES, SIDE, "10.85.2"):
        yield


class Tern:
    """Counts by the relay's own counters."""

    def __init__(self, running):
        self.running = running
        self.ports = {kind: port for (kind, _), port in running.ports.items()}

    def to_peers_and_clients(self, expected):
        counters = json.loads(self.running.command("counters", "--json"))["counters"]
        return tuple(
            int(sum(each["value"] for each in counters if each["name"] == f"tern_{name}_packets_total"))
            for name in ("to_peers", "to_clients"))


class Coturn:
    """Counts by what it writes into its log at the end of each session."""

    def __init__(self, log, ports):
        self.log, self.ports = log, ports

    def to_peers_and_clients(self, expected):
        deadline = time.monotonic() + 5
        while True:
            usage = re.findall(r"peer usage: .*, rp=(\d+), rb=\d+, sp=(\d+)", self.log.read_text(errors="replace"))
            found = sum(int(sent) for _, sent in usage), sum(int(received) for received, _ in usage)
            if sum(found) >= expected or time.monotonic() > deadline:
                return found
            time.sleep(0.1)


@contextlib.contextmanager
def tern():
    flags = ["--allocations-per-user", "4096", "--relay-ports", "10000-30000"]
    with server.running(
            flags, hosts=(RELAY_ADDRESS,), relay_addresses=(RELAY_ADDRESS,), allowed=(f"{SIDE}.0/24",),
            wrap=["ip", "netns", "exec", RELAY]) as running:
        yield Tern(running)


@contextlib.contextmanager
def coturn():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server.certificate(folder)
        ports, arguments = server.coturn_arguments(folder, (RELAY_ADDRESS,), (RELAY_ADDRESS,))
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                ["ip", "netns", "exec", RELAY, *arguments, "-v"], stdout=log, stderr=subprocess.STDOUT, cwd=folder)

        def accepts():
            with inside(CLIENT):
                return all(server.accepts(host, port) for (_, host), port in ports.items())

        try:
            server.wait_until(accepts, 10, "coturn to listen")
            yield Coturn(folder / "log", {kind: port for (kind, _), port in ports.items()})
        finally:
            process.kill()
            process.wait()


SERVERS = {"tern": tern, "coturn": coturn}
VOICE, VIDEO, BULK = (["--profile", name, "--rate", "2000"] for name in ("voice", "video", "bulk"))
LOADS = [("udp", VOICE), ("udp", VIDEO), ("udp", BULK), ("tcp", VIDEO), ("tls", VOICE)]


@pytest.mark.parametrize("name", SERVERS)
def test_counts_agree_with_the_servers_own_and_with_a_capture(network, name):
    for transport, flags in LOADS:
        with SERVERS[name]() as target, inside(RELAY):
            seen = capture.Capture("c1")
            uri = f"turn:{RELAY_ADDRESS}:{target.ports[transport]}?transport={transport}"
            if transport == "tls":
                uri = f"turns:{RELAY_ADDRESS}:{target.ports['tls']}"
            done = subprocess.run(
                ["ip", "netns", "exec", CLIENT, server.TERN, "load", "--json", "--user", server.USER, "--password",
                 server.PASSWORD, "--insecure-certificate", "--sessions", "8", "--seconds", "1", "--loops", "1",
                 "--direction", "both", *flags, uri],
                capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stdout + done.stderr
            result = json.loads(done.stdout)
            counts = seen.close()
            of_server = target.to_peers_and_clients(result["received"])
        case = (transport, flags, result, counts)
        assert result["sent"] > 1_000 and result["ready"] == 8, case
        # Debian's server drops of a burst what its connections have no room for.
        if name == "tern" or transport == "udp":
            assert result["received"] == result["sent"], case
        to_peers, from_peers = counts["out", "plain"], counts["in", "plain"]
        if transport == "udp":
            assert counts["in", "channel"] + from_peers == result["sent"], case
            assert to_peers + counts["out", "channel"] == result["received"], case
            assert of_server == (to_peers, counts["out", "channel"]), (of_server, case)
        else:
            # Within a connection a capture sees no packets: their other halves, to and from the peer.
            assert of_server[0] == to_peers, (of_server, case)
            assert 0 <= result["received"] - to_peers <= from_peers, case
