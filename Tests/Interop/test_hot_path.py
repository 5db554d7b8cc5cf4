"""The packet path allocates nothing and counts no references, in the relay as it is shipped."""

import mmap
import pathlib
import struct
import subprocess

import pytest

import server
import turn

pytestmark = pytest.mark.tern

DATAGRAMS = 20_000
# Beside the packets, the loop answers the control side once a second and keeps house ten times: far below one call per
# hundred datagrams, and what one call per datagram would exceed a hundred times.
CALLS_MAX = DATAGRAMS // 100


@pytest.fixture(scope="module")
def interposer(tmp_path_factory):
    library = tmp_path_factory.mktemp("count") / "count_calls.so"
    here = pathlib.Path(__file__).parent
    interposers = here.parent.parent / "Benchmarks" / "Sources" / "CallCounts"
    source = here / "native" / "count_calls.c"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-I", interposers, "-o", library, source, "-ldl"], check=True)
    return library


class Counts:
    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4096)

    def read(self):
        return dict(zip(("malloc", "retain", "release"), struct.unpack("=3Q", self.map[:24])))


@pytest.mark.parametrize("path", ["channels", "hairpin"])
def test_no_allocation_and_no_reference_counting_per_datagram(interposer, tmp_path, echo, path):
    counts = tmp_path / "counts"
    flags = ["--bytes-per-allocation", "0", "--bytes-per-user", "0"]
    environment = {"LD_PRELOAD": str(interposer), "COUNT_CALLS": str(counts)}
    with server.running(flags, environment=environment, clean=False) as relay:
        first = turn.Client("udp", relay.address("udp"))
        second = turn.Client("udp", relay.address("udp"))
        with first, second:
            first.allocate()
            second.allocate()
            if path == "channels":
                first.bind(0x4000, echo.address)
                ends = [(first, first)]
            else:
                first.bind(0x4000, second.relayed)
                second.bind(0x4000, first.relayed)
                ends = [(first, second), (second, first)]
            exchange(ends, 500)
            before = Counts(counts).read()
            assert all(before.values()), f"a counter is not in place: {before}"
            exchange(ends, DATAGRAMS // 2)
            after = Counts(counts).read()
    grown = {kind: after[kind] - before[kind] for kind in after}
    print(f"{path}: {DATAGRAMS} datagrams, calls before {before}, during {grown}")
    assert all(calls <= CALLS_MAX for calls in grown.values()), grown


def exchange(ends, count):
    """Sends in small bursts, so that nothing is lost, and waits for each to come through."""
    sent = 0
    while sent < count:
        for source, target in ends:
            for _ in range(10):
                source.send(0x4000, b"x" * 200)
            for _ in range(10):
                target.receive()
            sent += 10
