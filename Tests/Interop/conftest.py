"""Fixtures: one relay for all tests that need nothing special, and an echoing peer."""

import os
import pathlib

import pytest

import peers
import server

# Channel numbers of RFC 5766, which Debian's turnutils_uclient chooses; all tests are one user; and relay ports where
# the system gives none to the tests' own sockets, or a reserved port may be taken when its turn comes.
FLAGS = ["--channel-numbers", "0x4000-0x7ffe", "--allocations-per-user", "4096", "--relay-ports", "10000-30000"]


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: measures, or takes the whole machine: nothing runs beside it")
    config.addinivalue_line("markers", "tern: what only Tern does; skipped against another server")


def pytest_collection_modifyitems(items):
    for item in items:
        if not server.IS_TERN and item.get_closest_marker("tern"):
            item.add_marker(pytest.mark.skip(reason="the server under test is not Tern"))


def pytest_sessionstart():
    server.raise_descriptor_limit()
    if server.IS_TERN and not pathlib.Path(server.TERN).exists():
        pytest.exit(f"no binary at {server.TERN}: run 'swift build -c release', or set TERN", 2)


@pytest.fixture(scope="session")
def relay():
    """A relay on IPv4 and IPv6 loopback, over UDP, TCP and TLS."""
    both = ("127.0.0.1", "::1")
    with server.running(FLAGS, hosts=both, relay_addresses=both) as running:
        yield running


@pytest.fixture
def echo():
    peer = peers.EchoPeer()
    yield peer
    peer.close()


@pytest.fixture
def root():
    """Skips, and says so, what needs the rights of root."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
