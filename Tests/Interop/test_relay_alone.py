"""`tern-relay`, for hosts that run nothing else: nothing is in its address space that a relay has no business with."""

import contextlib
import http.client
import pathlib
import subprocess

import pytest

import server
import turn

pytestmark = pytest.mark.tern
# A web framework's and a database's libraries, an HTTP client's and those that it brings, and media's.
FOREIGN = ["libcurl", "libFoundationNetworking", "libFoundationXML", "libsqlite3", "libsrtp2", "libargon2"]
FOREIGN += ["libqrencode", "libldap", "libgnutls", "libkrb5", "libnghttp2", "libssh2"]


@pytest.fixture(scope="module")
def alone():
    port = server.free_port()
    with server.running(["--metrics", f"127.0.0.1:{port}"], program=(server.TERN_RELAY,)) as relay:
        relay.metrics_port = port
        yield relay


def ask(connection, method, path, **options):
    connection.request(method, path, **options)
    answer = connection.getresponse()
    return answer, answer.read()


def event_loop_threads(relay):
    names = [task.joinpath("comm").read_text() for task in pathlib.Path(f"/proc/{relay.pid}/task").iterdir()]
    return sum(name.startswith("NIO-ELT") for name in names)


def test_it_maps_what_a_relay_needs_and_nothing_else(alone, echo):
    with turn.Client("tls", alone.address("tls"), server.USER, server.PASSWORD) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        client.round_trip()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", alone.metrics_port, timeout=20)) as connection:
        assert ask(connection, "GET", "/metrics")[0].status == 200
    with contextlib.closing(server.AdminConnection(alone.admin)) as connection:
        assert ask(connection, "GET", "/v1/status")[0].status == 200
    # What was opened on demand is here too by now.
    mapped = {line.split()[-1] for line in pathlib.Path(f"/proc/{alone.pid}/maps").read_text().splitlines()}
    names = [pathlib.Path(path).name for path in mapped if ".so" in path]
    assert any(name.startswith("libssl") for name in names)
    assert [name for name in names if name.startswith(tuple(FOREIGN))] == []


def test_it_has_no_command_of_the_others():
    done = subprocess.run([server.TERN_RELAY, "--help"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and "status" in done.stdout and "credentials" in done.stdout
    for command in ("probe", "load", "companion", "people"):
        assert f"\n  {command} " not in done.stdout


def test_admin_socket_and_metrics_share_one_thread(alone):
    assert event_loop_threads(alone) == 1


def test_one_connection_carries_many_requests(alone):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", alone.metrics_port, timeout=20)) as connection:
        full, body = ask(connection, "GET", "/livez")
        source = connection.sock.getsockname()
        assert (full.status, body) == (200, b"ok\n")
        head, body = ask(connection, "HEAD", "/livez")
        assert (head.status, head.headers["Content-Length"], body) == (200, "3", b"")
        assert ask(connection, "GET", "/nothing")[0].status == 404
        refused = ask(connection, "POST", "/metrics", body=b"x")[0]
        assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
        assert connection.sock.getsockname() == source
        assert ask(connection, "POST", "/metrics", body=bytes(5000))[0].status == 413
    for fields, status in (({"X": "x" * 20_000}, 431), ({"Content-Length": "many"}, 400)):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", alone.metrics_port, timeout=20)) as connection:
            assert ask(connection, "GET", "/metrics", headers=fields)[0].status == status
