"""Attacks on the wire, and what of secrets and names may be seen outside. Section 6 of the conformance list."""

import json
import pathlib
import re
import socket
import struct
import subprocess
import time
import urllib.request

import pytest

import server
import turn

pytestmark = pytest.mark.tern


@pytest.fixture
def own():
    with server.running(["--log-format", "json", "--log-level", "debug"]) as running:
        yield running


def exchange(relay, request, source):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((source, 0))
        client.settimeout(2)
        client.connect(relay.address("udp"))
        client.send(request)
        return client.recv(65536)


def test_a_binding_answer_is_at_most_1_6_times_the_request(relay):
    request = turn.message(turn.BINDING)
    answer = exchange(relay, request, "127.21.0.1")
    assert turn.Message(answer).is_success
    assert len(answer) / len(request) <= 1.6


def test_a_challenge_is_as_small_as_the_rfc_allows(relay):
    request = turn.message(turn.ALLOCATE, turn.attribute(turn.REQUESTED_TRANSPORT, bytes([17, 0, 0, 0])))
    answer = turn.Message(exchange(relay, request, "127.21.0.1"))
    assert answer.error == 401 and answer.get(0x8022) is None, "SOFTWARE only makes it larger"
    assert len(answer[turn.ERROR_CODE]) == 4, "no reason phrase"
    assert len(answer.data) / len(request) <= 4.3, f"{len(answer.data)} bytes for {len(request)}"


@pytest.mark.alone
def test_a_flood_from_a_network_that_never_authenticates_gets_no_more_than_it_sends(own):
    """Beyond a first burst, the bytes of the answers stay below the bytes of the requests."""
    request = turn.message(turn.ALLOCATE, turn.attribute(turn.REQUESTED_TRANSPORT, bytes([17, 0, 0, 0])))
    sources = []
    for host in range(1, 51):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.bind((f"127.22.0.{host}", 0))
        client.setblocking(False)
        client.connect(own.address("udp"))
        sources.append(client)
    sent = received = 0
    for turn_number in range(400):
        for client in sources:
            client.send(request)
            sent += len(request)
            received += drain(client)
        time.sleep(0.002)
    time.sleep(0.2)
    received += sum(drain(client) for client in sources)
    assert 0 < received <= sent, f"{received} bytes answered, {sent} asked"
    # Another network is not punished for it.
    assert turn.Message(exchange(own, turn.message(turn.BINDING), "127.23.0.1")).is_success
    for client in sources:
        client.close()


def drain(client):
    count = 0
    try:
        while True:
            count += len(client.recv(65536))
    except (BlockingIOError, ConnectionError):
        return count


@pytest.mark.alone
def test_a_million_spoofed_requests_leave_no_memory_behind(root, own):
    """From a million distinct addresses and ports of 127/8, over a raw socket."""
    count = 1_000_000
    port = own.address("udp")[1]
    request = turn.message(turn.ALLOCATE, turn.attribute(turn.REQUESTED_TRANSPORT, bytes([17, 0, 0, 0])))
    header = bytearray(struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0, bytes(4), socket.inet_aton("127.0.0.1")))
    datagram = header + struct.pack("!HHHH", 0, port, 8 + len(request), 0) + request
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        def flood(numbers):
            for number in numbers:
                # 127.x.y.z with x >= 32, never the relay's own; a port that nobody listens on
                struct.pack_into("!I", datagram, 12, 0x7F200000 + number * 7)
                struct.pack_into("!H", datagram, 20, 1024 + number % 60_000)
                try:
                    raw.sendto(datagram, ("127.0.0.1", 0))
                except OSError:
                    time.sleep(0.001)

        flood(range(20_000))  # buffers of the process that are made once
        time.sleep(0.5)
        before = own.resident_kib
        flood(range(20_000, count))
        time.sleep(0.5)
        grown = own.resident_kib - before
    assert own.log.count("\n") < 5000, "the log is not bounded in rate"
    assert grown < 1024, f"{grown} KiB for {count} requests"
    assert turn.Message(exchange(own, turn.message(turn.BINDING), "127.24.0.1")).is_success


NAMES = [
    b"%s%n%x%d", b"line\nbreak", b"carriage\rreturn", b"nul\0inside", b'quote"and\\backslash', b"\x1b[31mred\x1b[0m",
    b"a" * 513, b"\xff\xfe\xc3\x28", "ünï©ode\u2028separator".encode(), b"", b'{"level":"critical"}',
    b"<script>alert(1)</script>",
]


@pytest.mark.parametrize("form", ["json", "text"])
def test_names_cannot_forge_log_lines(form):
    with server.running(["--log-format", form, "--log-level", "debug"]) as relay:
        for name in NAMES:
            with turn.Client("udp", relay.address("udp"), name, "wrong", timeout=1) as client:
                with pytest.raises((turn.Refused, TimeoutError)):
                    client.allocate()
        time.sleep(1.2)
        lines = [line for line in relay.log_path.read_bytes().split(b"\n") if line]
        refusals = relay.command("refusals") + relay.command("refusals", "--json")
    for line in lines:
        assert not re.search(rb"[\x00-\x1f\x7f]", line), line
        text = line.decode()  # well-formed UTF-8
        assert "\u2028" not in text and "a" * 100 not in text
        assert not text.startswith(("break", "return", "separator"))
        if form == "json" and not text.startswith("listening on"):
            json.loads(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", refusals) and "a" * 100 not in refusals


def test_names_are_no_metric_labels(echo):
    port = server.free_port()
    with server.running(["--metrics", f"127.0.0.1:{port}"]) as relay:
        with turn.Client("udp", relay.address("udp")) as client:
            client.allocate()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
                metrics = response.read().decode()
    assert "tern_allocations" in metrics
    assert server.USER not in metrics and "127.0.0.1" not in metrics


def test_secrets_are_seen_nowhere(tmp_path, echo):
    """Planted in files and flags: not in the log, not in what the operator is shown, not in /proc."""
    planted = {"file": "planted-secret-in-a-file", "user": "planted-password-of-carol"}
    secret_file = tmp_path / "secret"
    secret_file.write_text(planted["file"] + "\n")
    secret_file.chmod(0o600)
    users = subprocess.run(
        [server.TERN, "credentials", "hash", "--realm", server.REALM, "carol"], input=planted["user"],
        capture_output=True, text=True, timeout=10)
    users_file = tmp_path / "users"
    users_file.write_text(users.stdout)
    users_file.chmod(0o600)
    flags = ["--secret-file", str(secret_file), "--users-file", str(users_file), "--log-level", "trace"]
    with server.running(flags) as relay:
        username, password = turn.time_limited(planted["file"])
        for name, word in ((username, password), ("carol", planted["user"]), ("carol", "wrong-" + planted["user"])):
            with turn.Client("udp", relay.address("udp"), name, word) as client:
                try:
                    client.allocate()
                    client.bind(0x4000, echo.address)
                    client.round_trip()
                except turn.Refused:
                    assert word.startswith("wrong")
        shown = relay.command("sessions", "--json") + relay.command("refusals", "--json") + relay.command("status")
        process = pathlib.Path(f"/proc/{relay.pid}")
        visible = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        for child in processes_below(relay.pid):
            visible += (child / "cmdline").read_bytes()
        time.sleep(0.5)
        for secret in (*planted.values(), password):
            assert secret not in relay.log and secret not in shown and secret.encode() not in visible


def processes_below(pid):
    children = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
    return [pathlib.Path("/proc") / child for file in children for child in file.read_text().split()]


def test_a_nonce_of_another_address_is_refused(relay):
    """Nonce replay: 438, and no allocation."""
    with turn.Client("udp", relay.address("udp")) as owner:
        owner.allocate()
        with turn.Client("udp", relay.address("udp"), source="127.0.0.3") as thief:
            thief.realm, thief.nonce, thief.key = owner.realm, owner.nonce, owner.key
            unit = turn.message(
                turn.ALLOCATE, turn.attribute(turn.REQUESTED_TRANSPORT, bytes([17, 0, 0, 0])),
                turn.attribute(turn.USERNAME, thief.username), turn.attribute(turn.REALM, thief.realm),
                turn.attribute(turn.NONCE, thief.nonce), key=thief.key)
            assert thief.exchange(unit).error == 438


def test_what_follows_the_integrity_has_no_effect(relay):
    """A LIFETIME of 0 appended behind MESSAGE-INTEGRITY, with a new length and FINGERPRINT, deletes nothing."""
    with turn.Client("udp", relay.address("udp")) as client:
        client.allocate()
        unit = turn.message(
            turn.REFRESH, turn.attribute(turn.USERNAME, client.username), turn.attribute(turn.REALM, client.realm),
            turn.attribute(turn.NONCE, client.nonce), key=client.key)
        body = unit[20:] + turn.attribute(turn.LIFETIME, bytes(4))
        answer = client.exchange(turn.message(turn.REFRESH, body, transaction=unit[8:20], fingerprint=True))
        assert answer.is_success and int.from_bytes(answer[turn.LIFETIME], "big") > 0
        assert client.refresh(600).is_success


def test_relayed_ports_have_no_order(relay):
    clients = [turn.Client("udp", relay.address("udp")) for _ in range(20)]
    ports = []
    for client in clients:
        client.allocate()
        ports.append(client.relayed[1])
        client.refresh(0)
        client.close()
    steps = [second - first for first, second in zip(ports, ports[1:])]
    assert len(set(ports)) == 20 and len(set(steps)) > 15
    assert any(step < 0 for step in steps) and any(step > 0 for step in steps)


def test_source_port_0_is_not_answered(root, own):
    """Answering it is impossible, and must not disturb the socket for others."""
    request = turn.message(turn.BINDING)
    datagram = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0, socket.inet_aton("127.25.0.1"), socket.inet_aton("127.0.0.1"))
    datagram += struct.pack("!HHHH", 0, own.address("udp")[1], 8 + len(request), 0) + request
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for _ in range(100):
            raw.sendto(datagram, ("127.0.0.1", 0))
    assert turn.Message(exchange(own, request, "127.25.0.2")).is_success


def test_two_allocations_as_each_others_peers_do_not_loop(relay):
    """A packet injected once is forwarded a bounded number of times."""
    with turn.Client("udp", relay.address("udp")) as first, turn.Client("udp", relay.address("udp")) as second:
        first.allocate(), second.allocate()
        first.bind(0x4000, second.relayed), second.bind(0x4000, first.relayed)
        first.send(0x4000, b"once")
        assert second.receive() == (0x4000, b"once")
        second.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            second.receive()
