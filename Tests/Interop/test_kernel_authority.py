"""User space decides, and the kernel path holds to it at once: policy, revocation, quotas, budgets, deletion."""

import contextlib
import socket
import time

import pytest

import hosts
import server
import turn
from kernel_network import (
    CLIENT, CLIENT_SIDE, CLIENT_SIDE_6, MODES, PEER, PEER_SIDE, PEER_SIDE_6, PEERS, Flow, client, collect, counters,
    drain, echo, inside, listener, network, relay, running, sessions, stopped, warm_up)

pytestmark = pytest.mark.tern
# What the built-in table denies, and what this configuration does not allow; where somebody is, he listens.
DENIED = [
    "127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "100.64.0.1", "192.168.1.1",
    f"{CLIENT_SIDE}.2", f"{CLIENT_SIDE}.1",
]
DENIED_6 = ["::1", "::", "fe80::1", "ff02::1", f"::ffff:{CLIENT_SIDE}.2", "64:ff9b::a00:1", f"{CLIENT_SIDE_6}:2"]


@contextlib.contextmanager
def at(host, name, port=0):
    """A socket on a host."""
    with inside(name), socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind((host, port))
        yield ear


@contextlib.contextmanager
def configured(tmp_path, mode):
    """A relay whose denied peers and budgets a test may change: `change(text)` reloads it."""
    config = tmp_path / "tern.yaml"
    config.write_text("relay: {}\n")
    with running("--config", str(config), mode=mode) as relay:
        def change(text):
            config.write_text(f"relay: {text}\n")
            relay.command("reload")

        yield relay, change


@pytest.mark.parametrize("family", [4, 6])
def test_a_denied_peer_gets_no_byte_and_sends_none(relay, family):
    own_client = f"{CLIENT_SIDE}.2" if family == 4 else f"{CLIENT_SIDE_6}:2"
    with echo(family) as peer, at(own_client, CLIENT) as denied, client(relay, peer) as caller:
        warm_up(caller)
        for number, host in enumerate(DENIED if family == 4 else DENIED_6):
            port = denied.getsockname()[1]
            for refused in (lambda: caller.bind(0x4100 + number, (host, port)), lambda: caller.permit((host, port))):
                with pytest.raises(turn.Refused) as refusal:
                    refused()
                assert refusal.value.code in (400, 403), host
            caller.send(0x4100 + number, b"by channel")
            caller.send_indication((host, port), b"by indication")
        denied.sendto(b"it hears", denied.getsockname())
        assert collect(denied, 1) == [b"it hears"]
        warm_up(caller, 5)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", [4, 6])
def test_a_denied_address_beside_a_peer_sends_nothing_through_its_channel(network, mode, family):
    """The same port, and the same relayed address to send to: all that differs is who it is."""
    denied, bits = {4: (f"{PEER_SIDE}.3", 24), 6: (f"{PEER_SIDE_6}:3", 64)}[family]
    hosts.ip("-n", PEER, "addr", "add", f"{denied}/{bits}", "dev", "p0", *(["nodad"] if family == 6 else []))
    try:
        with running("--deny-peer", denied, mode=mode) as relay, echo(family) as peer, client(relay, peer) as caller:
            warm_up(caller)
            before = counters(relay)
            with at(denied, PEER, peer.address[1]) as ear:
                for _ in range(20):
                    ear.sendto(b"from who is denied", caller.relayed)
            assert drain(caller.socket) == []
            after = counters(relay)
            dropped = after["tern_dropped_total{no_permission}"] - before["tern_dropped_total{no_permission}"]
            assert dropped == 20 and after["tern_kernel_packets_total"] == before["tern_kernel_packets_total"]
            with pytest.raises(turn.Refused, match="403"):
                caller.permit((denied, peer.address[1]))
            warm_up(caller, 5)
    finally:
        hosts.ip("-n", PEER, "addr", "del", f"{denied}/{bits}", "dev", "p0")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", [4, 6])
def test_a_peer_denied_by_a_reload_in_mid_call_gets_and_sends_no_byte_more(network, tmp_path, mode, family):
    with configured(tmp_path, mode) as (relay, change), listener(family) as ear:
        with echo(family) as peer, client(relay, peer) as caller:
            caller.bind(0x4001, ear.getsockname()[:2])
            for number in range(20):
                caller.send(0x4001, b"before")
                ear.sendto(b"back", caller.relayed)
            assert len(collect(ear, 20)) == 20 and len(collect(caller.socket, 20)) == 20
            assert sessions(relay)[0]["kernel"]["packets"] >= 36
            change(f"{{peers: {{deny: ['{PEERS[family]}']}}}}")
            for _ in range(20):
                caller.send(0x4001, b"after")
                caller.send_indication(ear.getsockname()[:2], b"after")
                ear.sendto(b"after", caller.relayed)
                peer.socket.sendto(b"after", caller.relayed)
            assert drain(ear) == [] and drain(caller.socket) == []
            for refused in (lambda: caller.bind(0x4001, ear.getsockname()[:2]), lambda: caller.permit(peer.address)):
                with pytest.raises(turn.Refused, match="403"):
                    refused()
            # Allowed again it takes a new permission, as the client asks for it.
            change("{}")
            caller.send(0x4001, b"after")
            assert drain(ear) == []
            caller.bind(0x4001, ear.getsockname()[:2])
            for _ in range(20):
                caller.send(0x4001, b"again")
            assert collect(ear, 20) == [b"again"] * 20
            assert sessions(relay)[0]["path"] == "kernel"


def test_a_denial_while_datagrams_flow_stops_them_before_the_reload_answers(network, tmp_path):
    with configured(tmp_path, "generic") as (relay, change), listener() as ear, client(relay) as caller:
        caller.bind(0x4000, ear.getsockname())
        flow = Flow(caller, ear)
        flow.go_on(100)
        change(f"{{peers: {{deny: ['{PEER_SIDE}.2']}}}}")
        last = flow.sent + 1  # one may be on its way between counting and sending
        flow.go_on(100)
        flow.end()
        assert 90 < max(flow.got) <= last


@pytest.mark.parametrize("how", ["revoke", "end", "refresh to 0"])
def test_after_its_end_no_byte_passes_in_either_direction(relay, how):
    with listener() as ear, client(relay) as caller, client(relay) as other:
        caller.bind(0x4000, ear.getsockname())
        caller.bind(0x4001, other.relayed)
        other.bind(0x4001, caller.relayed)
        for _ in range(20):
            caller.send(0x4000, b"there")
            ear.sendto(b"back", caller.relayed)
            caller.send(0x4001, b"across")
            other.send(0x4001, b"across")
        assert [len(collect(*one)) for one in ((ear, 20), (other.socket, 20), (caller.socket, 40))] == [20, 20, 40]
        relayed = caller.relayed
        session = next(one for one in sessions(relay) if one["relayed"] == [f"{relayed[0]}:{relayed[1]}"])
        assert session["kernel"]["packets"] >= 70
        started = time.monotonic()
        if how == "revoke":
            relay.command("revoke", server.USER)
        elif how == "end":
            relay.command("end", session["id"])
        else:
            caller.refresh(0)
        assert time.monotonic() - started < 5
        if how != "refresh to 0":  # a second, as is promised
            server.wait_until(lambda: session["id"] not in [one["id"] for one in sessions(relay)], 1, "the end")
        for _ in range(20):
            caller.send(0x4000, b"late")
            ear.sendto(b"late", relayed)
            caller.send(0x4001, b"late")
            other.send(0x4001, b"late")
        assert drain(ear) == [] and drain(other.socket) == [] and drain(caller.socket) == []


def test_a_revocation_stops_a_flow_within_a_second(relay):
    with listener() as ear:
        username, password = turn.time_limited(server.SECRET, "room42")
        with client(relay, username=username, password=password) as caller:
            caller.bind(0x4000, ear.getsockname())
            flow = Flow(caller, ear)
            flow.go_on(100)
            started = time.monotonic()
            relay.command("revoke", "room42")
            # What is sent a second from now may not arrive; what is sent after the answer does not either.
            assert time.monotonic() - started < 5
            last = flow.sent + 1
            flow.go_on(100)
            flow.end()
            assert 90 < max(flow.got) <= last


def test_a_channel_beyond_the_quota_is_refused_and_passes_nothing(network):
    with running("--channels", "3", "--permissions", "3") as relay, contextlib.ExitStack() as stack:
        ears = [stack.enter_context(listener()) for _ in range(4)]
        with client(relay) as caller:
            for number, ear in enumerate(ears[:3]):
                caller.bind(0x4000 + number, ear.getsockname())
            with pytest.raises(turn.Refused, match="508"):
                caller.bind(0x4003, ears[3].getsockname())
            for _ in range(10):
                for number in range(4):
                    caller.send(0x4000 + number, b"x")
            counts = [10, 10, 10, 0]
            assert [len(collect(ear, count)) for ear, count in zip(ears, counts)] == counts


def allowed_bytes(rate, seconds, size, ends=1):
    """What a bucket of a second's worth lets pass, whole datagrams, and what came through the relay before."""
    return rate * (1 + seconds) + 2 * size * ends


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("limit", ["--bytes-per-allocation", "--bytes-per-user"])
def test_byte_budgets_hold_while_the_relay_stands_still(network, mode, limit):
    rate, size = 20_000, 1000
    other = {"--bytes-per-allocation": "--bytes-per-user", "--bytes-per-user": "--bytes-per-allocation"}[limit]
    with running(limit, str(rate), other, "0", mode=mode) as relay, listener() as ear:
        with client(relay) as one, client(relay) as two:
            callers = [one, two]
            for caller in callers:
                caller.bind(0x4000, ear.getsockname())
                for _ in range(2):
                    caller.send(0x4000, b"x")
                    ear.sendto(b"x", caller.relayed)
                assert len(collect(ear, 2)) == 2 and len(collect(caller.socket, 2)) == 2
            with stopped(relay):
                started = time.monotonic()
                for _ in range(50):
                    for caller in callers:
                        caller.send(0x4000, bytes(size))
                        ear.sendto(bytes(size), caller.relayed)
                passed = [sum(map(len, drain(ear, 0.2)))]
                passed += [sum(len(data) - 4 for data in drain(caller.socket, 0.2)) for caller in callers]
                seconds = time.monotonic() - started
            buckets = 2 if limit == "--bytes-per-allocation" else 1
            assert sum(passed) <= buckets * allowed_bytes(rate, seconds, size), (passed, seconds)
            assert sum(passed) >= buckets * rate * 0.8, "a second's worth was to pass"
            found = sessions(relay)
            dropped = sum(session["dropped"] for session in found)
            assert dropped == (4 * 50 * size - sum(passed)) / size, found
            reason = "allocation_rate" if buckets == 2 else "user_rate"
            assert counters(relay)[f"tern_dropped_total{{{reason}}}"] == dropped


def test_a_budget_changed_by_a_reload_holds_at_once(network, tmp_path):
    with configured(tmp_path, "generic") as (relay, change), listener() as ear, client(relay) as caller:
        caller.bind(0x4000, ear.getsockname())
        for _ in range(100):
            caller.send(0x4000, bytes(1000))
        assert len(collect(ear, 100)) == 100
        change("{budgets: {bytes-per-allocation: 10000, bytes-per-user: 10000}}")
        started = time.monotonic()
        for _ in range(100):
            caller.send(0x4000, bytes(1000))
        passed = len(drain(ear)) * 1000
        assert passed <= allowed_bytes(10_000, time.monotonic() - started, 1000), passed


def test_a_budget_holds_across_two_clients_of_one_relay(network):
    rate, size = 20_000, 1000
    with running("--bytes-per-allocation", str(rate), "--bytes-per-user", "0") as relay:
        with client(relay) as one, client(relay) as two:
            one.bind(0x4000, two.relayed)
            two.bind(0x4000, one.relayed)
            for _ in range(2):
                one.send(0x4000, b"x")
                two.send(0x4000, b"x")
            assert len(collect(one.socket, 2)) == len(collect(two.socket, 2)) == 2
            with stopped(relay):
                started = time.monotonic()
                for _ in range(100):
                    one.send(0x4000, bytes(size))
                passed = sum(len(data) - 4 for data in drain(two.socket, 0.2))
                seconds = time.monotonic() - started
            assert rate * 0.8 <= passed <= allowed_bytes(rate, seconds, size), passed
