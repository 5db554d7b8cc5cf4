"""What ends by itself in the kernel path ends at its time: permissions, channels, allocations."""

import pathlib
import struct
import subprocess
import time

import pytest

from kernel_network import (
    MODES, collect, connect, drain, echo, listener, network, running, sessions, stopped, warm_up)

pytestmark = pytest.mark.tern
PERMISSION_SECONDS, CHANNEL_SECONDS, ALLOCATION_SECONDS = 300, 600, 600  # RFC 8656 9, 12, 3.2
LEFT_SECONDS = 1  # until the end, when the clock is set right
TICK_SECONDS = 0.03  # the kernel may tell the time by its timer, which ticks 100 times a second at least
START_SECONDS = 700  # how late the clock is at first
BUSY_SECONDS = 0.2  # the relay tells the time once a turn, and may have to wait for a processor in the middle of one


class Clock:
    """The relay's clock, which runs late by `shift` seconds."""

    def __init__(self, folder):
        self.path = folder / "shift"
        self.path.write_bytes(struct.pack("d", 0))
        self.file = open(self.path, "r+b", buffering=0)

    def set_back(self, seconds):
        self.file.seek(0)
        self.file.write(struct.pack("d", seconds))


@pytest.fixture(scope="module")
def shifting(tmp_path_factory):
    library = tmp_path_factory.mktemp("clock") / "shift_clock.so"
    source = pathlib.Path(__file__).parent / "native" / "shift_clock.c"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(params=MODES)
def relay_and_clock(network, shifting, tmp_path, request):
    if time.monotonic() < START_SECONDS:
        pytest.skip(f"NOT TESTED: this machine has not been up for {START_SECONDS} s")
    clock = Clock(tmp_path)
    clock.set_back(START_SECONDS)
    environment = {"LD_PRELOAD": str(shifting), "SHIFT_CLOCK": str(clock.path)}
    with running("--allocation-lifetime-maximum", "2h", mode=request.param, environment=environment) as relay:
        yield relay, clock


def begin(ending, caller, peer, clock):
    """A call of which `ending` ends LEFT_SECONDS from now on the true clock; when that is, at least and at most."""
    caller.allocate(None if ending == "allocation" else 7200)
    seconds = {"permission": PERMISSION_SECONDS, "channel": CHANNEL_SECONDS, "allocation": ALLOCATION_SECONDS}[ending]
    clock.set_back(seconds - LEFT_SECONDS)
    before = time.monotonic()
    if ending == "allocation":
        caller.refresh(ALLOCATION_SECONDS)
    else:
        caller.bind(0x4000, peer)
    after = time.monotonic()
    clock.set_back(100)
    if ending == "allocation":
        caller.bind(0x4000, peer)
    elif ending == "channel":
        caller.permit(peer)
    return before + LEFT_SECONDS - 0.002, after + LEFT_SECONDS + 0.002


def numbered(index):
    return struct.pack("!I", index) + bytes(100)


@pytest.mark.parametrize("ending", ["permission", "channel", "allocation"])
def test_what_has_an_end_ends_then_and_not_later(relay_and_clock, ending):
    relay, clock = relay_and_clock
    with listener() as ear, connect(relay) as caller:
        earliest, latest = begin(ending, caller, ear.getsockname(), clock)
        # From here on the true time: user space and kernel agree.
        clock.set_back(0)
        sent = {}
        while (now := time.monotonic()) < latest + BUSY_SECONDS + 0.3:
            index = len(sent)
            caller.send(0x4000, numbered(index))
            sent[index] = now, time.monotonic()
            time.sleep(0.001)
        arrived = {struct.unpack("!I", data[:4])[0] for data in drain(ear)}
        late = [index for index in arrived if sent[index][0] > latest + BUSY_SECONDS]
        assert not late, f"{len(late)} datagrams passed after the {ending} had ended"
        # The last moments are left out: a datagram may wait for a processor.
        missing = [index for index, (_, after) in sent.items() if after < earliest - 0.3 and index not in arrived]
        assert not missing, f"{len(missing)} of {len(sent)} datagrams did not pass before the {ending} had ended"
        assert len([1 for before, _ in sent.values() if before > latest]) > 50


def test_the_kernel_alone_keeps_the_time_while_the_relay_stands_still(relay_and_clock):
    relay, clock = relay_and_clock
    with listener() as ear, connect(relay) as caller:
        earliest, latest = begin("permission", caller, ear.getsockname(), clock)
        clock.set_back(0)
        for index in range(20):
            caller.send(0x4000, numbered(index))
        assert len(collect(ear, 20)) == 20
        with stopped(relay):
            caller.send(0x4000, numbered(20))
            forwarded = drain(ear, 0.1)
            assert forwarded or time.monotonic() > earliest, "the kernel was to forward it"
            time.sleep(max(0, latest - time.monotonic()) + TICK_SECONDS)
            for index in range(30, 60):
                caller.send(0x4000, numbered(index))
            assert drain(ear, 0.2) == []


def test_a_permission_that_is_renewed_does_not_end(relay_and_clock):
    relay, clock = relay_and_clock
    with echo() as peer, connect(relay) as caller:
        _, latest = begin("permission", caller, peer.address, clock)
        caller.permit(peer.address)
        clock.set_back(0)
        warm_up(caller)
        time.sleep(max(0, latest - time.monotonic()) + 0.05)
        before = sessions(relay)[0]["kernel"]["packets"]
        for _ in range(20):
            caller.round_trip()
        assert sessions(relay)[0]["kernel"]["packets"] - before >= 38
