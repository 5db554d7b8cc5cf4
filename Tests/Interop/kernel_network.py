"""Three hosts, clients -- relay -- peers, on IPv4 and IPv6, and relays there that forward in the kernel.

A test file imports the fixtures that it uses: `network`, `relay` (in both modes), `peer`.
"""

import collections
import contextlib
import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import threading
import time

import pytest

import hosts
import peers
import server
import turn

NAMES = [f"ternk{os.getpid()}{role}" for role in ("client", "relay", "peer")]
CLIENT, RELAY, PEER = NAMES
CLIENT_SIDE, PEER_SIDE = "10.84.1", "10.84.2"
CLIENT_SIDE_6, PEER_SIDE_6 = "fd84:1:", "fd84:2:"
LISTENERS = {4: f"{CLIENT_SIDE}.1", 6: f"{CLIENT_SIDE_6}:1"}
PEERS = {4: f"{PEER_SIDE}.2", 6: f"{PEER_SIDE_6}:2"}
MODES = ["generic", "native"]
MIXES = [(4, 4), (4, 6), (6, 4), (6, 6)]
NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET
SO_RCVBUFFORCE = 33
LIBC = ctypes.CDLL(None, use_errno=True)


def in_relay(*words):
    return [*inside_of(RELAY), *words]


def inside_of(name):
    """Put before a command, this runs it there."""
    return ["ip", "netns", "exec", name]


@contextlib.contextmanager
def inside(name):
    """What this thread opens meanwhile belongs to the namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        assert LIBC.setns(there, NETWORK_NAMESPACE) == 0
        yield
    finally:
        assert LIBC.setns(home, NETWORK_NAMESPACE) == 0
        os.close(home)
        os.close(there)


def prepare(interface):
    """Makes an end of a virtual pair behave as a network card does."""
    # Otherwise it carries datagrams whose checksum nobody has computed (ETHTOOL_STXCSUM) ...
    set_feature(interface, 0x17, 0)
    # ... and takes nothing that a driver hands it directly (ETHTOOL_SGRO).
    set_feature(interface, 0x2C, 1)


def set_feature(interface, command, on):
    value = ctypes.create_string_buffer(struct.pack("II", command, on))
    request = struct.pack("16sQ", interface.encode(), ctypes.addressof(value)) + bytes(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8946, request)


@contextlib.contextmanager
def three_hosts():
    """The hosts; skips, and says so, where they cannot be made."""
    def as_a_card(name, interface):
        with inside(name):
            prepare(interface)

    with hosts.three(
        NAMES, CLIENT_SIDE, PEER_SIDE, as_a_card, skip="NOT TESTED: ", sides_6=(CLIENT_SIDE_6, PEER_SIDE_6)):
        yield


@pytest.fixture(scope="module")
def network():
    with three_hosts():
        with running(mode="generic") as relay:
            relay.wait_for_log("relay started")
            if "no kernel path" in relay.log:
                pytest.skip(f"NOT TESTED: no kernel path here:\n{relay.log}")
        yield


@contextlib.contextmanager
def running(*flags, mode="auto", wrap=(), allowed=(f"{PEER_SIDE}.0/24", f"{PEER_SIDE_6}:/64"), **options):
    """A relay on its host, with the kernel path in this mode; None leaves that to `flags`."""
    with server.running(
        [*(["--kernel-path", mode] if mode else []), *flags], hosts=tuple(LISTENERS.values()), transports=("udp",),
        relay_addresses=(f"{PEER_SIDE}.1", f"{PEER_SIDE_6}:1"), allowed=allowed, wrap=in_relay(*wrap),
        **options) as relay:
        yield relay


@pytest.fixture(params=MODES)
def relay(network, request):
    with running(mode=request.param) as relay:
        relay.wait_for_log("relay started")
        assert relay.log.count(f"({request.param})") == 2
        yield relay


@contextlib.contextmanager
def echo(family=4):
    with inside(PEER):
        peer = peers.EchoPeer(PEERS[family])
    yield peer
    with inside(PEER), socket.socket(peer.socket.family, socket.SOCK_DGRAM) as waker:
        waker.sendto(b"stop", peer.address)
    peer.thread.join(2)
    peer.socket.close()


@pytest.fixture
def peer(network):
    with echo() as peer:
        yield peer


def connect(relay, family=4, *words, **options):
    """A client without an allocation."""
    with inside(CLIENT):
        return turn.Client("udp", relay.address("udp", LISTENERS[family]), *words, **options)


@contextlib.contextmanager
def client(relay, peer=None, family=4, lifetime=None, **options):
    """A client with an allocation of the peer's family, and a channel 0x4000 to the peer."""
    with connect(relay, family, **options) as connected:
        connected.allocate(lifetime, ipv6=peer is not None and ":" in peer.address[0])
        if peer:
            connected.bind(0x4000, peer.address)
        yield connected


@contextlib.contextmanager
def listener(family=4):
    """A peer that answers nothing: a socket."""
    with inside(PEER):
        ear = socket.socket(socket.AF_INET6 if family == 6 else socket.AF_INET, socket.SOCK_DGRAM)
        ear.bind((PEERS[family], 0))
    with ear:
        ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        ear.settimeout(2)
        yield ear


def warm_up(caller, count=20):
    """Round trips until the first ones, which go through the relay to learn the neighbours' addresses, are past."""
    for _ in range(count):
        caller.round_trip()


def sessions(relay):
    return json.loads(relay.command("sessions", "--json"))["sessions"]


def counters(relay):
    """The relay's counters by name; those with labels also as name{reason} or the like, and summed up."""
    found = collections.Counter()
    for counter in json.loads(relay.command("counters", "--json"))["counters"]:
        name, labels = counter["name"], counter["labels"]
        for key in [name] + [f"{name}{{{value}}}" for key, value in labels.items() if key != "loop"]:
            found[key] += counter["value"]
    return found


@contextlib.contextmanager
def mostly_by_the_kernel(relay, share=0.6, packets_min=20):
    """What is relayed meanwhile, the kernel forwards: all but a datagram each way of each channel, at least `share`."""
    before = counters(relay)
    yield
    after = counters(relay)
    relayed = sum(
        after[name] - before[name] for name in ("tern_to_peers_packets_total", "tern_to_clients_packets_total"))
    assert relayed >= packets_min
    by_kernel = after["tern_kernel_packets_total"] - before["tern_kernel_packets_total"]
    assert share * relayed <= by_kernel <= relayed, (by_kernel, relayed)


def attached():
    return re.search(r"\bxdp", hosts.ip("-n", RELAY, "link", "show")) is not None


@contextlib.contextmanager
def stopped(relay):
    """The relay stands still (SIGSTOP): what passes meanwhile, the kernel forwards."""
    os.kill(relay.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(relay.pid, signal.SIGCONT)


def collect(ear, count):
    """As many datagrams as are to come, however long a busy machine takes; and one more if there is."""
    got = []
    with contextlib.suppress(TimeoutError):
        while len(got) < count:
            got.append(ear.recv(65536))
    return got + drain(ear, 0.02)


def drain(ear, seconds=0.15):
    """Everything that a socket has, and what comes within some time after the last."""
    whole, got = ear.gettimeout(), []
    ear.settimeout(seconds)
    with contextlib.suppress(TimeoutError):
        while True:
            got.append(ear.recv(65536))
    ear.settimeout(whole)
    return got


class Flow:
    """A steady stream over channel 0x4000 to a peer that counts."""

    def __init__(self, caller, ear, interval=0.0005):
        self.caller, self.ear, self.interval = caller, ear, interval
        self.sent, self.got, self.on = 0, set(), True
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()

    def send(self):
        while self.on:
            with contextlib.suppress(ConnectionRefusedError):  # the relay has ended
                self.caller.send(0x4000, struct.pack("!I", self.sent) + bytes(200))
            self.sent += 1
            time.sleep(self.interval)

    def receive(self):
        self.ear.settimeout(1)
        with contextlib.suppress(TimeoutError):
            while True:
                self.got.add(struct.unpack("!I", self.ear.recv(2000)[:4])[0])

    def go_on(self, count):
        """Waits until this many more have been sent, however long a busy machine takes."""
        target = self.sent + count
        server.wait_until(lambda: self.sent >= target, 20, "the stream to go on")

    def end(self):
        """How many were sent, and how many arrived."""
        self.on = False
        for thread in self.threads:
            thread.join()
        return self.sent, len(self.got)
