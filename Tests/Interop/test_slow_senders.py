"""Connections that say a byte now and then, with the relay's own limits: they are ended, and nobody else notices."""

import contextlib
import socket
import time

import pytest

import peers
import server
import turn

LIMIT_SECONDS, PAUSE_SECONDS = 60, 10


@pytest.mark.tern
def test_one_byte_per_ten_seconds_does_not_hold_a_connection():
    echo = peers.EchoPeer()
    with server.running() as relay, turn.Client("tcp", relay.address("tcp")) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        request = turn.message(turn.ALLOCATE)
        slow = [socket.create_connection(relay.address("tcp")) for _ in range(100)]
        for connection in slow:
            connection.setblocking(False)
        started, turns = time.monotonic(), 0
        while slow and time.monotonic() - started < LIMIT_SECONDS + 2 * PAUSE_SECONDS:
            if time.monotonic() - started >= turns * PAUSE_SECONDS:
                for connection in slow:
                    with contextlib.suppress(OSError):
                        connection.send(request[turns:turns + 1])
                turns += 1
            slow = [connection for connection in slow if is_open(connection)]
            client.round_trip()
            time.sleep(0.1)
        assert not slow, f"{len(slow)} connections are still held after {time.monotonic() - started:.0f} s"
    echo.close()


def is_open(connection):
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
