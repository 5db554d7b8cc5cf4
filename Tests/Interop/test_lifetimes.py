"""Calls that outlive their nonce, their credential and their lifetime. Each runs for about 40 s, all side by side."""

import concurrent.futures
import time

import pytest

import peers
import server
import turn

NONCE_SECONDS, CREDENTIAL_SECONDS, CALL_SECONDS = 30, 5, 36
pytestmark = pytest.mark.tern


@pytest.fixture(scope="module")
def calls():
    """One relay per expiry policy, and a call on each, started together."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield {
            name: pool.submit(call, *arguments) for name, arguments in {
                "password over udp": ("udp", None, "call"), "password over tls": ("tls", None, "call"),
                "until the call ends": ("udp", CREDENTIAL_SECONDS, "call"),
                "end at expiry": ("udp", CREDENTIAL_SECONDS, "end"),
            }.items()}


def call(transport, credential_seconds, expiry):
    """Relays a datagram every 0.2 s, refreshes every 5 s; returns seconds lived, nonces seen and how it ended."""
    flags = ["--nonce-lifetime", f"{NONCE_SECONDS}s", "--expiry", expiry]
    echo = peers.EchoPeer()
    with server.running(flags) as relay:
        if credential_seconds:
            username, password = turn.time_limited(server.SECRET, seconds=credential_seconds)
        else:
            username, password = server.USER, server.PASSWORD
        with turn.Client(transport, relay.address(transport), username, password, timeout=2) as client:
            started, nonces, ending = time.monotonic(), set(), None
            client.allocate(60)
            client.bind(0x4000, echo.address)
            refreshed = started
            try:
                while time.monotonic() - started < CALL_SECONDS:
                    client.round_trip()
                    nonces.add(client.nonce)
                    if time.monotonic() - refreshed >= 5:
                        client.refresh(60)
                        client.bind(0x4000, echo.address)
                        refreshed = time.monotonic()
                    time.sleep(0.2)
            except (TimeoutError, turn.Refused) as error:
                ending = error
            lived = time.monotonic() - started
        echo.close()
        return lived, len(nonces), ending


@pytest.mark.parametrize("name", ["password over udp", "password over tls"])
def test_a_call_outlives_its_nonce(calls, name):
    lived, nonces, ending = calls[name].result()
    assert ending is None and lived >= CALL_SECONDS
    assert nonces == 2, "the nonce was to be renewed once"


def test_a_call_outlives_its_time_limited_credential(calls):
    lived, nonces, ending = calls["until the call ends"].result()
    assert ending is None and lived >= CALL_SECONDS and nonces == 2


def test_a_call_ends_with_its_credential_where_the_policy_says_so(calls):
    lived, _, ending = calls["end at expiry"].result()
    assert ending is not None
    assert CREDENTIAL_SECONDS - 1 <= lived <= CREDENTIAL_SECONDS + 4  # what came back last, plus the timeout of 2 s


def test_an_allocation_ends_with_its_lifetime_on_close(relay, echo):
    """Deleting by a lifetime of 0: nothing is relayed any more, and the port is free."""
    with turn.Client("udp", relay.address("udp"), timeout=0.5) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        client.round_trip()
        client.refresh(0)
        with pytest.raises(TimeoutError):
            client.round_trip()
