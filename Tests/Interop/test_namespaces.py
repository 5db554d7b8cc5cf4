"""Client, relay and peer on three hosts: network namespaces joined by veth pairs."""

import os
import subprocess
import sys

import pytest

import hosts
import peers
import server

NAMES = [f"tern{os.getpid()}{role}" for role in ("client", "relay", "peer")]
CLIENT, RELAY, PEER = NAMES
CLIENT_SIDE, PEER_SIDE = "10.83.1", "10.83.2"


def inside(name):
    return ["ip", "netns", "exec", name]


@pytest.fixture(scope="module")
def network():
    with hosts.three(NAMES, CLIENT_SIDE, PEER_SIDE):
        yield


@pytest.fixture(scope="module")
def relay(network):
    with server.running(
        ["--channel-numbers", "0x4000-0x7ffe"], hosts=(f"{CLIENT_SIDE}.1",), relay_addresses=(f"{PEER_SIDE}.1",),
        allowed=(f"{PEER_SIDE}.0/24",), wrap=inside(RELAY)) as running:
        yield running


@pytest.mark.parametrize("flags", [[], ["-t"], ["-t", "-S"], ["-s"]], ids=" ".join)
def test_uclient_reaches_a_peer_in_another_network(relay, flags):
    with peers.coturn_peer(f"{PEER_SIDE}.2", 3480, inside(PEER)):
        transport = "tls" if "-S" in flags else "tcp" if "-t" in flags else "udp"
        port = relay.address(transport, f"{CLIENT_SIDE}.1")[1]
        done = subprocess.run(
            inside(CLIENT) + ["turnutils_uclient", "-u", server.USER, "-w", server.PASSWORD, "-n", "40", "-m", "2"]
            + ["-e", f"{PEER_SIDE}.2", "-r", "3480", "-p", str(port), *flags, f"{CLIENT_SIDE}.1"],
            capture_output=True, text=True, timeout=60)
    assert "Total lost packets 0 (" in done.stdout, done.stdout[-3000:] + done.stderr


CALL = """
import sys; sys.path.insert(0, sys.argv[1])
import turn
with turn.Client(sys.argv[2], (sys.argv[3], int(sys.argv[4]))) as client:
    client.allocate(); client.bind(0x4000, (sys.argv[5], 3481))
    for _ in range(50): client.round_trip()
    print(client.relayed[0])
"""


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_the_peer_sees_the_relayed_address_and_nothing_of_the_client(relay, transport):
    here = os.path.dirname(__file__)
    peer = subprocess.Popen(
        inside(PEER) + [sys.executable, f"{here}/peers.py", f"{PEER_SIDE}.2", "3481"], stdout=subprocess.PIPE,
        text=True)
    try:
        assert peer.stdout.readline() == "ready\n"
        host, port = relay.address(transport, f"{CLIENT_SIDE}.1")
        client = subprocess.run(
            inside(CLIENT) + [sys.executable, "-c", CALL, here, transport, host, str(port), f"{PEER_SIDE}.2"],
            capture_output=True, text=True, timeout=30)
        assert client.stdout.strip() == f"{PEER_SIDE}.1", client.stderr
        assert peer.stdout.readline().strip() == f"{PEER_SIDE}.1"
    finally:
        peer.kill()
        peer.wait()


UNREACHABLE = """
import sys; sys.path.insert(0, sys.argv[1])
import turn
with turn.Client("udp", (sys.argv[2], int(sys.argv[3]))) as client:
    client.allocate(); client.permit((sys.argv[4], 9))
    client.send_indication((sys.argv[4], 9), b"anyone?")
    _, indication = client.receive()
    print(*indication.address(turn.XOR_PEER_ADDRESS), indication[turn.ICMP][2:4].hex())
"""


@pytest.mark.tern
def test_the_client_is_told_of_an_unreachable_port(relay):
    """RFC 8656 section 11.6: the ICMP error, type 3 code 3, in the ICMP attribute (type in 7 bits, code in 9)."""
    client = subprocess.run(
        inside(CLIENT) + [sys.executable, "-c", UNREACHABLE, os.path.dirname(__file__)]
        + [str(word) for word in relay.address("udp", f"{CLIENT_SIDE}.1")] + [f"{PEER_SIDE}.2"],
        capture_output=True, text=True, timeout=20)
    assert client.stdout.split()[:2] == [f"{PEER_SIDE}.2", "9"], client.stdout + client.stderr
    assert client.stdout.split()[2] == f"{3 << 9 | 3:04x}", client.stdout
