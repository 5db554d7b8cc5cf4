"""What is counted is what passed, whichever path carried it: sessions, metrics, and the wire itself agree."""

import collections
import contextlib
import re
import socket
import struct

import pytest

import server
from kernel_network import (
    CLIENT, MIXES, MODES, PEER, client, collect, counters, drain, echo, inside, listener, network, running, sessions)

pytestmark = pytest.mark.tern
ETHERTYPES = {0x0800: 4, 0x86DD: 6}
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23


class Capture:
    """Everything that comes in by a host's interface, seen below IP: UDP payloads by source and target port."""

    def __init__(self, name, interface):
        with inside(name):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.socket.bind((interface, 0))
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)
        self.payloads = collections.defaultdict(list)

    def by_now(self):
        """All UDP payloads that have come by now."""
        for frame in drain(self.socket, 0.1):
            family = ETHERTYPES.get(struct.unpack("!H", frame[12:14])[0])
            if family == 4 and frame[23] == 17:
                at = 14 + (frame[14] & 15) * 4
            elif family == 6 and frame[20] == 17:
                at = 54
            else:
                continue
            source, target, size = struct.unpack_from("!HHH", frame, at)
            self.payloads[source, target].append(frame[at + 8:at + size])
        return self.payloads

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def channel_data(payloads):
    return [data[4:] for data in payloads if data and 0x40 <= data[0] < 0x50]


@pytest.mark.parametrize("mode", ["off", *MODES])
@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: f"client-ipv{mix[0]}-peer-ipv{mix[1]}")
def test_sessions_and_metrics_equal_what_is_on_the_wire(network, mode, mix):
    family, peer_family = mix
    sizes = [*range(0, 30), *[700] * 40, *[1200] * 30]
    with running(mode=mode) as relay, echo(peer_family) as peer, contextlib.ExitStack() as stack:
        at_peer, at_client = (stack.enter_context(Capture(*where)) for where in ((PEER, "p0"), (CLIENT, "c0")))
        with client(relay, peer, family) as caller:
            for size in sizes:
                caller.round_trip(size=size)
            session, = sessions(relay)
            found = counters(relay)
            client_port, relayed_port = caller.socket.getsockname()[1], caller.relayed[1]
        to_peer = at_peer.by_now()[relayed_port, peer.address[1]]
        to_client = channel_data(at_client.by_now()[relay.address("udp", caller.server[0])[1], client_port])
    for way, captured in (("toPeers", to_peer), ("toClient", to_client)):
        assert (len(captured), sum(map(len, captured))) == (len(sizes), sum(sizes))
        assert session[way] == {"packets": len(captured), "bytes": sum(map(len, captured))}, (way, session)
    for name, captured in (("tern_to_peers", to_peer), ("tern_to_clients", to_client)):
        assert found[f"{name}_packets_total"] == len(captured)
        assert found[f"{name}_bytes_total"] == sum(map(len, captured))
    by_kernel = session["kernel"]
    assert session["path"] == ("relay" if mode == "off" else "kernel")
    assert by_kernel["packets"] == 0 if mode == "off" else by_kernel["packets"] >= 2 * len(sizes) - 10
    assert found["tern_kernel_packets_total"] == by_kernel["packets"]
    assert found["tern_kernel_bytes_total"] == by_kernel["bytes"]


@pytest.mark.parametrize("mode", ["off", *MODES])
def test_a_hairpin_is_counted_at_both_ends(network, mode):
    count = 60
    with running(mode=mode) as relay, client(relay) as one, client(relay) as other, Capture(CLIENT, "c0") as wire:
        one.bind(0x4001, other.relayed)
        other.bind(0x4002, one.relayed)
        for number in range(count):
            one.send(0x4001, bytes(number))
            assert other.receive() == (0x4002, bytes(number))
        found = {session["client"].rsplit(":", 1)[1]: session for session in sessions(relay)}
        ports = [str(end.socket.getsockname()[1]) for end in (one, other)]
        captured = channel_data(wire.by_now()[one.server[1], int(ports[1])])
        expected = {"packets": count, "bytes": sum(range(count))}
        assert (len(captured), sum(map(len, captured))) == (expected["packets"], expected["bytes"])
        assert found[ports[0]]["toPeers"] == found[ports[1]]["toClient"] == expected
        assert counters(relay)["tern_hairpin_packets_total"] == count
        assert counters(relay)["tern_hairpin_bytes_total"] == expected["bytes"]


@pytest.mark.parametrize("how", ["revoke", "end", "refresh to 0", "reload"])
def test_the_last_line_of_a_session_tells_all_that_passed(network, how, tmp_path):
    """Several end at once: what the kernel has counted last is not lost, and not counted twice."""
    config = tmp_path / "tern.yaml"
    config.write_text("relay: {}\n")
    with running("--config", str(config)) as relay, contextlib.ExitStack() as stack:
        ear = stack.enter_context(listener())
        callers = [stack.enter_context(client(relay)) for _ in range(4)]
        for caller in callers:
            caller.bind(0x4000, ear.getsockname())
        for rounds in (30, 20):
            for number, caller in enumerate(callers):
                for _ in range(rounds + number):
                    caller.send(0x4000, b"x" * 10)
            assert len(collect(ear, 4 * rounds + 6)) == 4 * rounds + 6
            if rounds == 30:  # part is told before, part after
                assert {session["toPeers"]["packets"] for session in sessions(relay)} == {30, 31, 32, 33}
        if how == "revoke":
            relay.command("revoke", server.USER)
        elif how == "reload":
            config.write_text(f"relay: {{revoked: [{server.USER}]}}\n")
            relay.command("reload")
        elif how == "end":
            for session in sessions(relay):
                relay.command("end", session["id"])
        else:
            for caller in callers:
                caller.refresh(0)
        server.wait_until(lambda: relay.log.count("to-peers-packets=") == 4, 3, lambda: f"four ends:\n{relay.log}")
        packets = sorted(int(number) for number in re.findall(r"to-peers-packets=(\d+)", relay.log))
        assert packets == [50, 52, 54, 56]
        assert counters(relay)["tern_to_peers_packets_total"] == sum(packets)
