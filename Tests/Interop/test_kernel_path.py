"""Established channels forwarded in the kernel: clients, relay and peers on three hosts (network namespaces)."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

import pytest

import hosts
import server
from kernel_network import (
    CLIENT, CLIENT_SIDE, PEER, PEER_SIDE, RELAY, Flow, attached, client, echo, in_relay, listener, network, peer, relay,
    running, sessions)

pytestmark = pytest.mark.tern


def test_datagrams_of_a_channel_pass_in_the_kernel_both_ways(relay, peer):
    with client(relay, peer) as caller:
        for size in [*range(0, 40), *[1000] * 160]:
            caller.round_trip(size=size)
        session, = sessions(relay)
        assert session["path"] == "kernel"
        assert session["toPeers"]["packets"] == session["toClient"]["packets"] == 200, session
        assert session["toPeers"]["bytes"] == sum(range(0, 40)) + 160_000
        # The first ones each way go through the relay, which learns the neighbours' addresses.
        assert 390 <= session["kernel"]["packets"] <= 398, session
        assert peer.sources == {(caller.relayed)}
        assert "kernel" in relay.command("sessions").splitlines()[1]


def test_two_clients_of_one_relay_meet_in_the_kernel(relay):
    with client(relay) as one, client(relay) as other:
        one.bind(0x4001, other.relayed)
        other.bind(0x4002, one.relayed)
        for number in range(100):
            payload = os.urandom(50 + number)
            one.send(0x4001, payload)
            assert other.receive() == (0x4002, payload)
            other.send(0x4002, payload)
            assert one.receive() == (0x4001, payload)
        for session in sessions(relay):
            assert session["kernel"]["packets"] >= 190, session
            assert session["toPeers"]["packets"] == session["toClient"]["packets"] == 100


def test_a_revoked_client_sends_nothing_after_a_second(relay, peer):
    with client(relay, peer) as caller:
        for _ in range(50):
            caller.round_trip()
        assert sessions(relay)[0]["path"] == "kernel"
        relay.command("revoke", server.USER)
        caller.socket.settimeout(0.3)
        deadline = time.monotonic() + 1
        with contextlib.suppress(TimeoutError):
            while True:
                caller.round_trip()
                assert time.monotonic() < deadline, "still forwarded a second after the revocation"
        assert sessions(relay) == []


def test_a_deleted_allocation_sends_nothing(relay, peer):
    with client(relay, peer) as caller:
        for _ in range(20):
            caller.round_trip()
        caller.refresh(0)
        caller.socket.settimeout(0.3)
        caller.send(0x4000, b"late")
        with pytest.raises(TimeoutError):
            caller.receive()
        relay.wait_for_log("to-peers-packets=20")


def test_datagrams_pass_while_the_relay_stands_still(relay, peer):
    with client(relay, peer) as caller:
        for _ in range(20):
            caller.round_trip()
        before = sessions(relay)[0]["kernel"]["packets"]
        os.kill(relay.pid, 19)  # SIGSTOP
        try:
            for _ in range(50):
                caller.round_trip()
        finally:
            os.kill(relay.pid, 18)
        assert sessions(relay)[0]["kernel"]["packets"] - before == 100


def test_rates_hold_in_the_kernel(network, peer):
    limits = ("--bytes-per-allocation", "20000", "--bytes-per-user", "20000")
    with running(*limits) as relay, client(relay, peer) as caller:
        caller.round_trip(size=10)
        caller.round_trip(size=10)
        for _ in range(100):
            caller.send(0x4000, bytes(1000))
        time.sleep(0.2)
        session, = sessions(relay)
        # One second's worth at once, both directions together, and what a fraction of a second adds.
        assert session["toPeers"]["bytes"] + session["toClient"]["bytes"] < 35_000, session
        assert session["dropped"] > 60, session


def test_what_takes_both_ways_has_one_budget(network, peer):
    limits = ("--bytes-per-allocation", "20000", "--bytes-per-user", "20000")
    with running(*limits) as relay, client(relay, peer) as caller:

        def without_checksum(number):
            # Such a datagram goes up to the relay (SO_NO_CHECK).
            caller.socket.setsockopt(socket.SOL_SOCKET, 11, number % 2)

        start = time.monotonic()
        # One by one, so that each way has its share before the other has taken it all.
        for number in range(10):
            without_checksum(number)
            caller.round_trip(size=500)
        for number in range(100):
            without_checksum(number)
            caller.send(0x4000, bytes(1000))
        time.sleep(0.2)
        session, = sessions(relay)
        seconds = time.monotonic() - start
        carried = session["toPeers"]["bytes"] + session["toClient"]["bytes"]
        assert carried - session["kernel"]["bytes"] >= 2500 < session["kernel"]["bytes"], session
        # One second's worth at once, and what the time since then adds.
        assert carried <= 20_000 * (1 + seconds) + 1000, (session, seconds)
        assert session["dropped"] > 0, session


def test_switching_it_off_and_on_in_mid_call_loses_nothing(network, tmp_path):
    config = tmp_path / "tern.yaml"

    def write(mode):
        config.write_text(f"relay:\n  kernel-path: {mode}\n")

    write("auto")
    with running("--config", str(config), mode=None) as relay:
        with listener() as ear, client(relay) as caller:
            caller.bind(0x4000, ear.getsockname())
            flow = Flow(caller, ear)
            time.sleep(0.5)
            assert sessions(relay)[0]["path"] == "kernel" and attached()
            for mode, path in (("off", "relay"), ("auto", "kernel")) * 2:
                write(mode)
                relay.command("reload")
                flow.go_on(20)
                assert sessions(relay)[0]["path"] == path
                assert attached() == (path == "kernel")
                time.sleep(0.5)
            sent, got = flow.end()
            assert sent == got > 1000
            session, = sessions(relay)
            assert session["toPeers"]["packets"] == sent
            assert sent * 0.1 < session["kernel"]["packets"] < sent


def test_a_killed_relay_leaves_nothing_on_its_interfaces(network, peer):
    with contextlib.suppress(AssertionError), running() as relay:
        with client(relay, peer) as caller:
            caller.round_trip()
        assert attached()
        relay.process.kill()
        relay.process.wait()
    server.wait_until(lambda: not attached(), 2, "the program to leave the interfaces")
    with running() as relay, client(relay, peer) as caller:
        for _ in range(10):
            caller.round_trip()
        assert sessions(relay)[0]["path"] == "kernel"


def test_a_second_relay_says_that_the_interfaces_are_taken_and_works_without(relay, peer):
    with running() as second:
        second.wait_for_log("another program is there")
        with client(second, peer) as caller:
            for _ in range(10):
                caller.round_trip()
            assert sessions(second)[0]["path"] == "relay"


# Found by the loader's cache, hidden behind a file that is no library.
HIDE = """mount --bind /dev/null $(ldconfig -p | sed -n 's/.*libbpf.so.1 .*=> //p') && exec "$0" "$@\""""
WITHOUT = {
    "rights": (("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"), "CAP_BPF"),
    "libbpf": (("unshare", "-m", "sh", "-c", HIDE), "install libbpf1"),
}


@pytest.mark.parametrize("mode,level", [("auto", "info"), ("generic", "warning")])
@pytest.mark.parametrize("missing", WITHOUT)
def test_the_relay_says_once_what_is_missing_and_works_without(network, peer, missing, mode, level):
    wrap, remedy = WITHOUT[missing]
    with running(mode=mode, wrap=wrap) as relay:
        relay.wait_for_log("relay started")
        line, = [line for line in relay.log.splitlines() if "no kernel path" in line]
        assert remedy in line and level in line, line
        assert re.search(rf"kernel path +none: .*{remedy}", relay.command("status"))
        with client(relay, peer) as caller:
            caller.round_trip()
            assert sessions(relay)[0]["path"] == "relay"


def test_an_unprivileged_user_needs_three_capabilities_until_the_program_is_attached(network):
    rights = "-all,+bpf,+perfmon,+net_admin,+net_bind_service"
    user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    with tempfile.TemporaryDirectory(prefix="nobody-") as folder:
        os.chmod(folder, 0o755)
        binary = shutil.copy(server.TERN, folder)
        process = subprocess.Popen(
            in_relay(*user, "--bounding-set", rights, "--inh-caps", rights, "--ambient-caps", rights)
            + [binary, "relay", "--listen", f"udp://{CLIENT_SIDE}.1:0", "--relay-address", f"{PEER_SIDE}.1"]
            + ["--user", "alice:secret", "--kernel-path", "auto"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        try:
            log = []
            for line in process.stdout:
                log.append(line)
                if "relay started" in line:
                    break
            assert any("kernel path interfaces=" in line for line in log), "".join(log)
            assert attached()
            held = {thread: permitted(process.pid, thread) for thread in os.listdir(f"/proc/{process.pid}/task")}
        finally:
            process.terminate()
            process.wait(10)
    assert len(held) > 1
    # Of what it was granted, only the ports below 1024 are left, in every thread.
    assert set(held.values()) == {1 << 10}, held


def permitted(process, thread):
    with open(f"/proc/{process}/task/{thread}/status") as status:
        return next(int(line.split()[1], 16) for line in status if line.startswith("CapPrm:"))


def test_a_peer_that_changes_its_hardware_address_is_found_again(relay, peer):
    with client(relay, peer) as caller:
        for _ in range(20):
            caller.round_trip()
        hosts.ip("-n", PEER, "link", "set", "p0", "address", "02:00:00:00:77:01")
        hosts.ip("-n", RELAY, "neigh", "flush", "dev", "p1")
        hosts.ip("-n", PEER, "neigh", "flush", "dev", "p0")
        for _ in range(20):
            caller.round_trip()
        assert sessions(relay)[0]["path"] == "kernel"


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("side", ["client", "peer"])
def test_what_does_not_fit_a_small_mtu_is_sent_in_fragments_by_the_relay(relay, family, side):
    ends = {"client": ((RELAY, "c1"), (CLIENT, "c0")), "peer": ((RELAY, "p1"), (PEER, "p0"))}[side]
    for name, end in ends:
        hosts.ip("-n", name, "link", "set", end, "mtu", "1280")
    try:
        with echo(family) as peer, client(relay, peer, family) as caller:
            for size in (1200, 1300, 1400):
                for _ in range(10):
                    caller.round_trip(size=size)
            session, = sessions(relay)
            assert session["toPeers"]["packets"] == 30
            # Of the smallest both ways; the others come in fragments, or leave in fragments.
            assert 15 <= session["kernel"]["packets"] <= 20, session
    finally:
        for name, end in ends:
            hosts.ip("-n", name, "link", "set", end, "mtu", "1500")
