"""When the network or the machine changes under the kernel path: calls go on, and the log says what is wrong."""

import contextlib
import json
import re
import signal

import pytest

import hosts
import server
from kernel_network import (
    CLIENT, MODES, PEER, PEER_SIDE, PEERS, RELAY, Flow, attached, client, collect, counters, drain, echo, inside,
    listener, network, peer, prepare, relay, running, sessions, warm_up)

pytestmark = pytest.mark.tern


def kernel_packets(relay):
    return sum(session["kernel"]["packets"] for session in sessions(relay))


def until_it_works_again(caller, relay, seconds=5):
    """Round trips until one succeeds, then some more, which the kernel is to carry."""
    whole = caller.socket.gettimeout()
    caller.socket.settimeout(0.2)

    def works():
        with contextlib.suppress(OSError):
            return caller.round_trip()

    server.wait_until(works, seconds, "datagrams to pass again")
    caller.socket.settimeout(whole)
    drain(caller.socket, 0.1)
    before = kernel_packets(relay)
    warm_up(caller, 20)
    assert kernel_packets(relay) - before >= 36, "the kernel was to forward again"


def test_a_refused_program_is_told_of_in_one_line_and_the_verifier_speaks_at_debug(network, peer):
    """Without CAP_PERFMON the verifier allows no arithmetic with addresses."""
    rights = ("setpriv", "--bounding-set", "-all,+bpf,+net_admin", "--inh-caps", "-all,+bpf,+net_admin")
    for level, lines in (("info", 0), ("debug", 1)):
        with running("--log-level", level, wrap=rights) as relay, client(relay, peer) as caller:
            relay.wait_for_log("relay started")
            told = [line for line in relay.log.splitlines() if "no kernel path" in line]
            assert len(told) == 1 and "CAP_PERFMON" in told[0], relay.log
            assert relay.log.count("the kernel's verifier") == lines, relay.log[:2000]
            caller.round_trip()
            assert sessions(relay)[0]["path"] == "relay"


@pytest.mark.parametrize("side", ["client", "peer"])
def test_an_interface_that_goes_down_and_up_carries_the_call_on(relay, peer, side):
    name, near, far = {"client": (CLIENT, "c1", "c0"), "peer": (PEER, "p1", "p0")}[side]
    with client(relay, peer) as caller:
        warm_up(caller)
        hosts.ip("-n", RELAY, "link", "set", near, "down")
        with contextlib.suppress(OSError):
            caller.send(0x4000, b"nobody gets this")
        assert attached()
        hosts.ip("-n", RELAY, "link", "set", near, "up")
        with restored_ipv6():
            until_it_works_again(caller, relay)


@contextlib.contextmanager
def restored_ipv6():
    """An interface that goes down loses its IPv6 addresses; later tests need them."""
    yield
    for interface, side in (("c1", "fd84:1:"), ("p1", "fd84:2:")):
        if side not in hosts.ip("-n", RELAY, "-6", "addr", "show", "dev", interface):
            hosts.ip("-n", RELAY, "addr", "add", f"{side}:1/64", "dev", interface, "nodad")


def test_a_peer_that_moves_to_another_hardware_address_without_telling(relay, peer):
    """The neighbour's entry says so only later; what is forwarded follows it."""
    with client(relay, peer) as caller:
        warm_up(caller)
        hosts.ip("-n", PEER, "link", "set", "p0", "address", "02:00:00:00:77:02")
        hosts.ip("-n", RELAY, "neigh", "replace", f"{PEER_SIDE}.2", "lladdr", "02:00:00:00:77:02", "dev", "p1")
        hosts.ip("-n", PEER, "neigh", "flush", "dev", "p0")
        until_it_works_again(caller, relay)
        assert counters(relay)["tern_kernel_interfaces"] == 2
    hosts.ip("-n", RELAY, "neigh", "flush", "dev", "p1")


@pytest.fixture
def second_link(network):
    """Another pair between relay and peer: 10.84.3.1 -- 10.84.3.2."""
    hosts.ip("link", "add", "q0", "netns", PEER, "type", "veth", "peer", "name", "q1", "netns", RELAY)
    for name, end, number in ((PEER, "q0", 2), (RELAY, "q1", 1)):
        hosts.ip("-n", name, "addr", "add", f"10.84.3.{number}/24", "dev", end)
        hosts.ip("-n", name, "link", "set", end, "up")
    with inside(PEER):
        prepare("q0")
    yield
    hosts.ip("-n", RELAY, "link", "del", "q1")


def move_route():
    hosts.ip("-n", PEER, "route", "replace", f"{PEER_SIDE}.1/32", "via", "10.84.3.1", "dev", "q0")
    hosts.ip("-n", RELAY, "route", "replace", f"{PEER_SIDE}.2/32", "via", "10.84.3.2", "dev", "q1")


def received(interface):
    statistics = hosts.ip("-n", PEER, "-s", "-j", "link", "show", "dev", interface)
    return json.loads(statistics)[0]["stats64"]["rx"]["packets"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("covered", [True, False], ids=["another with the program", "another without"])
def test_a_route_that_moves_to_another_interface_in_mid_call(second_link, peer, mode, covered):
    interfaces = ["c1", "p1"] + ["q1"] * covered
    flags = [word for name in interfaces for word in ("--kernel-path-interface", name)]
    with running(*flags, mode=mode) as relay, client(relay, peer) as caller:
        warm_up(caller)
        move_route()
        before, by_kernel = received("q0"), kernel_packets(relay)
        if covered:
            until_it_works_again(caller, relay)
        else:
            warm_up(caller, 20)  # nothing is lost: the relay sends what the program cannot
            assert counters(relay)["tern_kernel_not_forwarded_total{route}"] >= 15
            assert kernel_packets(relay) - by_kernel <= 5
        assert received("q0") - before >= 15


def test_a_full_map_leaves_the_rest_to_the_relay_and_counts_it(network, peer):
    with running("--kernel-path-channels", "2") as relay, contextlib.ExitStack() as stack:
        callers = [stack.enter_context(client(relay, peer)) for _ in range(5)]
        for caller in callers:
            warm_up(caller, 10)
        assert sorted(session["path"] for session in sessions(relay)) == ["kernel"] * 2 + ["relay"] * 3
        assert counters(relay)["tern_kernel_channels_refused_total"] >= 3
        assert counters(relay)["tern_to_peers_packets_total"] == 50
        # A place that becomes free is taken by the next that is bound.
        callers[0].refresh(0)
        caller = stack.enter_context(client(relay, peer))
        warm_up(caller, 10)
        assert sorted(session["path"] for session in sessions(relay)) == ["kernel"] * 2 + ["relay"] * 3


def test_channels_that_come_and_go_disturb_no_other(relay):
    with listener() as ear, client(relay) as caller, client(relay) as other:
        caller.bind(0x4000, ear.getsockname())
        flow = Flow(caller, ear)
        rounds = 0
        while rounds < 5 or flow.sent < 200:
            rounds += 1
            for number in range(60):
                other.bind(0x4000 + number, (PEERS[4], 20_000 + number))
            other.refresh(0)
            other.allocate()
        sent, got = flow.end()
        assert sent == got
        assert counters(relay)["tern_kernel_channels_total"] == 1 + 60 * rounds
        assert counters(relay)["tern_kernel_channels_refused_total"] == 0
        assert kernel_packets(relay) >= sent * 0.9


def test_a_relay_killed_under_load_leaves_no_program_and_its_successor_takes_over(network):
    with listener() as ear:
        with contextlib.suppress(AssertionError), running() as relay, client(relay) as caller:
            caller.bind(0x4000, ear.getsockname())
            flow = Flow(caller, ear)
            flow.go_on(100)
            relay.process.send_signal(signal.SIGKILL)
            relay.process.wait()
            server.wait_until(lambda: not attached(), 2, "the program to leave the interfaces")
            flow.on = False
            for thread in flow.threads:
                thread.join()
        assert programs() == []
        with running() as relay, client(relay) as caller:
            caller.bind(0x4000, ear.getsockname())
            for _ in range(20):
                caller.send(0x4000, b"x")
            assert len(collect(ear, 20)) == 20 and kernel_packets(relay) >= 18


def programs():
    return re.findall(r"prog/xdp id \d+", hosts.ip("-n", RELAY, "-d", "link", "show"))


def test_two_relays_on_one_host_each_on_their_own_interfaces(network, peer):
    """Another relay's interfaces are taken; its own remain, and the first is not disturbed when it ends."""
    with running() as first, client(first, peer) as caller:
        warm_up(caller)
        with running() as second, client(second, peer) as other:
            second.wait_for_log("another program is there")
            line, = [line for line in second.log.splitlines() if "no kernel path" in line]
            assert "attached to c1" in line and "attached to p1" in line, line
            warm_up(other)
            warm_up(caller)
            assert [session["path"] for session in sessions(second)] == ["relay"]
        before = kernel_packets(first)
        warm_up(caller)
        assert kernel_packets(first) - before >= 38
        assert len(programs()) == 2


@pytest.mark.parametrize("family", [4, 6])
def test_fragments_and_what_does_not_fit_pass_through_the_relay(relay, family):
    with echo(family) as peer, client(relay, peer, family) as caller:
        warm_up(caller)
        before = kernel_packets(relay)
        for size in (1473, 2000, 4000, 8000):
            caller.round_trip(size=size)
        assert kernel_packets(relay) == before, "these were to go up"
        # At the edge: the payload fits without ChannelData's header, and not with it.
        for size in range(1440, 1473):
            caller.round_trip(size=size)
        assert kernel_packets(relay) > before
