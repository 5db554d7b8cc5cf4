"""Random clients, peers and an operator against the kernel path, checked against a reference model.

Every datagram carries a number of its own. Who may get it is decided by the model when it is sent; that he gets it, and
that nobody else ever does, is checked. TERN_KERNEL_SEED=N replays one run, TERN_KERNEL_RUNS=N sets how many there are.
"""

import contextlib
import os
import random
import struct

import pytest

import hosts
import turn
from kernel_network import (
    MODES, PEER, PEER_SIDE, PEER_SIDE_6, connect, counters, drain, inside, network, running, sessions)

pytestmark = pytest.mark.tern
SEEDS = [int(os.environ["TERN_KERNEL_SEED"])] if "TERN_KERNEL_SEED" in os.environ else range(
    1, 1 + int(os.environ.get("TERN_KERNEL_RUNS", "3")))
STEPS = 250
PEER_HOSTS = {4: [f"{PEER_SIDE}.2", f"{PEER_SIDE}.3"], 6: [f"{PEER_SIDE_6}:2", f"{PEER_SIDE_6}:3"]}
NUMBERS = range(0x4000, 0x4004)
CHANNELS_MAX = 3


class Speaker:
    """A client: its socket, and what the model says it has."""

    def __init__(self, relay, family, user):
        self.turn = connect(relay, family, user, "secret", timeout=4)
        self.user = user
        self.forget()

    def forget(self):
        self.family, self.permitted, self.channels = None, set(), {}

    @property
    def relayed(self):
        return self.turn.relayed


class World:
    """The hosts, the model and what has been sent."""

    def __init__(self, relay, change, seed):
        self.relay, self.change, self.random = relay, change, random.Random(seed)
        self.speakers = [Speaker(relay, family, f"user{number}") for number, family in enumerate((4, 4, 6, 6))]
        self.ears = []
        for family, addresses in PEER_HOSTS.items():
            for host in addresses:
                for _ in range(2):
                    with inside(PEER):
                        ear = turn.socket.socket(
                            turn.socket.AF_INET6 if family == 6 else turn.socket.AF_INET, turn.socket.SOCK_DGRAM)
                        ear.bind((host, 0))
                    self.ears.append(ear)
        self.denied = set()
        self.sent = 0
        self.expected = {}  # by number: who gets it, (speaker or ear, by which channel; None: by indication)
        self.receiver_of = {}  # what the model says by now
        self.what = {}
        self.arrived = {}

    def close(self):
        for one in self.ears:
            one.close()
        for speaker in self.speakers:
            speaker.turn.close()

    # What happens

    def step(self):
        actions = [
            (self.allocate, 20), (self.bind, 25), (self.permit, 8), (self.by_channel, 60), (self.by_indication, 8),
            (self.from_peer, 40), (self.delete, 4), (self.end, 2), (self.deny, 2), (self.allow, 2)]
        action, = self.random.choices([action for action, _ in actions], [weight for _, weight in actions])
        action()

    def allocate(self):
        speaker = self.random.choice(self.speakers)
        ipv6 = self.random.random() < 0.5
        if speaker.family:
            with pytest.raises(turn.Refused, match="437"):
                speaker.turn.allocate()
            return
        speaker.turn.allocate(ipv6=ipv6)
        speaker.family = 6 if ipv6 else 4

    def target(self, speaker):
        """Somebody to talk to: a peer, or another client's relayed address."""
        others = [other for other in self.speakers if other is not speaker and other.family]
        ears = self.ears
        if speaker.family and self.random.random() < 0.8:  # of a family that it may ask for
            others = [other for other in others if other.family == speaker.family]
            ears = [ear for ear in ears if (ear.family == turn.socket.AF_INET6) == (speaker.family == 6)]
        if others and self.random.random() < 0.4:
            other = self.random.choice(others)
            return other.relayed, other.family
        ear = self.random.choice(ears)
        return ear.getsockname()[:2], 6 if ear.family == turn.socket.AF_INET6 else 4

    def bind(self):
        speaker, number = self.random.choice(self.speakers), self.random.choice(NUMBERS)
        peer, family = self.target(speaker)
        refused = (
            437 if not speaker.family else 443 if family != speaker.family
            else 400 if speaker.channels.get(number, peer) != peer
            or any(bound == peer and other != number for other, bound in speaker.channels.items())
            else 403 if peer[0] in self.denied
            else 508 if number not in speaker.channels and len(speaker.channels) == CHANNELS_MAX else None)
        if self.request(refused, lambda: speaker.turn.bind(number, peer)):
            speaker.channels[number] = peer
            speaker.permitted.add(peer[0])

    def permit(self):
        speaker = self.random.choice(self.speakers)
        peer, family = self.target(speaker)
        refused = (
            437 if not speaker.family else 443 if family != speaker.family else 403 if peer[0] in self.denied else None)
        if self.request(refused, lambda: speaker.turn.permit(peer)):
            speaker.permitted.add(peer[0])

    def request(self, refused, ask):
        self.settle()
        if refused:
            with pytest.raises(turn.Refused, match=str(refused)):
                ask()
        else:
            ask()
        return not refused

    def settle(self):
        """What has been sent has been received: its fate may not depend on what is asked for next."""
        for _ in range(2):  # turns of the loop
            self.speakers[0].turn.request(turn.BINDING, anonymous=True)

    def by_channel(self):
        speaker, number = self.random.choice(self.speakers), self.random.choice(NUMBERS)
        bound = [(one, number) for one in self.speakers if one.family for number in one.channels]
        if bound and self.random.random() < 0.8:
            speaker, number = self.random.choice(bound)

        def receiver():
            peer = speaker.channels.get(number)
            return self.receiver(speaker, peer) if peer and peer[0] in speaker.permitted else None

        for _ in range(self.random.randint(1, 4)):
            self.send(f"{speaker.user} by channel {number:#x}", lambda data: speaker.turn.send(number, data), receiver)

    def by_indication(self):
        speaker = self.random.choice(self.speakers)
        peer, family = self.target(speaker)

        def receiver():
            may = speaker.family == family and peer[0] in speaker.permitted
            return self.receiver(speaker, peer) if may else None

        self.send(f"{speaker.user} to {peer}", lambda data: speaker.turn.send_indication(peer, data), receiver)

    def receiver(self, speaker, peer):
        """Who gets what a speaker sends to a peer's address that it has a permission for."""
        for ear in self.ears:
            if ear.getsockname()[:2] == peer:
                return ear, None
        for other in self.speakers:
            if other.family and other.relayed == peer:
                return self.at(other, speaker.relayed)
        return None  # a relayed address of somebody who has gone

    def at(self, speaker, source):
        """How a speaker gets what comes to its relayed address; None without a permission."""
        if source[0] not in speaker.permitted:
            return None
        return speaker, next((number for number, peer in speaker.channels.items() if peer == source), 0)

    def from_peer(self):
        speaker = self.random.choice(self.speakers)
        if speaker.relayed is None:
            return
        family = 6 if ":" in speaker.relayed[0] else 4
        ears = [ear for ear in self.ears if (ear.family == turn.socket.AF_INET6) == (family == 6)]
        known = [ear for ear in ears if ear.getsockname()[:2] in speaker.channels.values()]
        ear = self.random.choice(known if known and self.random.random() < 0.8 else ears)
        target = speaker.relayed  # its own no more, perhaps, and somebody else's by now

        def receiver():
            owner = next((one for one in self.speakers if one.family and one.relayed == target), None)
            return self.at(owner, ear.getsockname()[:2]) if owner else None

        for _ in range(self.random.randint(1, 4)):
            self.send(f"from {ear.getsockname()} to {target}", lambda data: ear.sendto(data, target), receiver)

    def delete(self):
        speaker = self.random.choice(self.speakers)
        if speaker.family:
            speaker.turn.refresh(0)
            speaker.forget()

    def end(self):
        speaker = self.random.choice(self.speakers)
        if speaker.family:
            session, = [one for one in sessions(self.relay) if one["username"] == speaker.user]
            self.relay.command("end", session["id"])
            speaker.forget()

    def deny(self):
        self.denied.add(self.random.choice(PEER_HOSTS[4] + PEER_HOSTS[6]))
        self.change(self.denied)
        for speaker in self.speakers:
            speaker.permitted -= self.denied

    def allow(self):
        if self.denied:
            self.denied.remove(self.random.choice(sorted(self.denied)))
            self.change(self.denied)

    # What is checked

    def send(self, what, send, receiver):
        number = self.sent
        self.sent += 1
        self.receiver_of[number] = receiver
        self.expected[number] = receiver = receiver()
        self.what[number] = what
        send(struct.pack("!I", number) + bytes(self.random.randint(0, 300)))
        if receiver:
            where = receiver[0]
            if isinstance(where, Speaker):
                while number not in self.arrived:
                    self.note(where, where.turn.receive)
            else:
                while number not in self.arrived:
                    self.note(where, lambda: (None, where.recv(2000)))

    def note(self, where, receive):
        try:
            channel, data = receive()
        except TimeoutError:
            raise AssertionError(f"{self.what[self.sent - 1]} did not arrive") from None
        if isinstance(data, turn.Message):
            data = data[turn.DATA_VALUE]
        number, = struct.unpack("!I", data[:4])
        at = getattr(where, "user", None) or where.getsockname()
        # What was still on its way when a permission was given may pass by it.
        allowed = (self.expected[number], self.receiver_of[number]())
        assert (where, channel) in allowed, f"{self.what[number]} came to {at}, channel {channel}"
        assert number not in self.arrived, f"datagram {number} came twice"
        self.arrived[number] = True

    def end_of_run(self):
        """What has arrived without being waited for."""
        for ear in self.ears:
            left = drain(ear, 0.02)
            assert not left, f"{len(left)} datagrams without permission, {left[0][:8]}"
        for speaker in self.speakers:
            left = [data for data in speaker.turn.pending + drain(speaker.turn.socket, 0.02) if data[0] >= 0x40
                    or turn.Message(data).kind == turn.DATA | turn.INDICATION]
            assert not left, f"{len(left)} datagrams without permission, {left[0][:8]}"


@pytest.fixture(scope="module")
def more_peers(network):
    for family, host in ((4, f"{PEER_SIDE}.3/24"), (6, f"{PEER_SIDE_6}:3/64")):
        hosts.ip("-n", PEER, "addr", "add", host, "dev", "p0", *(["nodad"] if family == 6 else []))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_byte_goes_where_the_model_allows_none(more_peers, tmp_path, mode, seed):
    config = tmp_path / "tern.yaml"

    def write(denied):
        listed = ", ".join(f"'{host}'" for host in sorted(denied))
        config.write_text(f"relay: {{peers: {{deny: [{listed}]}}}}\n")

    write([])
    users = [word for number in range(4) for word in ("--user", f"user{number}:secret")]
    flags = ["--config", str(config), "--channels", str(CHANNELS_MAX), *users]
    with running(*flags, mode=mode) as relay:
        def change(denied):
            write(denied)
            relay.command("reload")

        world = World(relay, change, seed)
        with contextlib.closing(world):
            step = 0
            try:
                for step in range(STEPS):
                    world.step()
                world.end_of_run()
            except BaseException:
                print(f"TERN_KERNEL_SEED={seed}, {mode}: failed at step {step}, datagram {world.sent}")
                raise
            found = counters(relay)
            kernel = found["tern_kernel_packets_total"]
            assert len(world.arrived) > 20 and kernel > 20, "a run in which nothing happens proves nothing"
            print(f"{world.sent} sent, {len(world.arrived)} arrived, the kernel counts {kernel}")
