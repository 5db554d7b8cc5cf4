"""One port for all: on the TLS port HTTP is told from TURN by its first bytes and passed on to the companion."""

import contextlib
import json
import re
import socket
import ssl
import subprocess
import threading
import time

import pytest

import companion
import server
import turn

pytestmark = pytest.mark.tern
MIB = 1 << 20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A relay and its companion: (relay, companion)."""
    path = tmp_path_factory.mktemp("companion") / "http.sock"
    both = ("127.0.0.1", "::1")
    page = companion.Companion(path)
    with server.running(["--http-socket", str(path)], hosts=both, relay_addresses=both) as relay:
        yield relay, page
    page.close()


def curl(relay, path, *flags, host="127.0.0.1", seconds=60):
    """Runs curl and returns (status, output file's bytes or text on standard output)."""
    port = relay.ports["tls", host]
    shown = f"[{host}]" if ":" in host else host
    done = subprocess.run(
        ["curl", "-sS", "--max-time", str(seconds), "--cacert", str(relay.folder / "certificate.pem"), *flags,
         f"https://{shown}:{port}{path}"], capture_output=True, timeout=seconds + 10)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout


def connect(relay, protocols=None, **options):
    """A TLS connection; reads tell an orderly end (b"") from a cut (an error)."""
    context = turn.tls_context()
    if protocols:
        context.set_alpn_protocols(protocols)
    plain = socket.create_connection(relay.address("tls"), 5)
    for name, value in options.items():
        plain.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
    return context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False)


def read_all(connection):
    data = b""
    while piece := connection.recv(65536):
        data += piece
    return data


def read_head(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        assert piece, head
        head += piece
    return head


def request(path, method="GET", body=None, close=True):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n" + ("Connection: close\r\n" if close else "")
    if body is not None:
        head += f"Content-Length: {body}\r\n"
    return (head + "\r\n").encode()


def metric(relay, name):
    counters = json.loads(relay.command("counters", "--json"))["counters"]
    return sum(one["value"] for one in counters if one["name"] == name)


# What is told apart, and what the companion learns


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_companion_learns_who_the_client_is(site, host):
    relay, _ = site
    output = curl(relay, "/who", "-w", "\n%{local_port}", host=host)
    document, local_port = output.decode().rsplit("\n", 1)
    assert json.loads(document) == {
        "client": [host, int(local_port)], "listener": [host, relay.ports["tls", host]]}


def test_turn_and_http_share_the_port(site, echo):
    relay, _ = site
    with turn.Client("tls", relay.address("tls")) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        client.round_trip()
        assert b"client" in curl(relay, "/who")
        client.round_trip()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS"])
def test_each_method_reaches_the_companion(site, method):
    relay, page = site
    before = page.connections
    with connect(relay) as connection:
        connection.sendall(request("/who", method, 0))
        assert connection.recv(9) == b"HTTP/1.1 "
    assert page.connections == before + 1


def test_first_bytes_may_come_one_by_one(site):
    relay, _ = site
    with connect(relay) as connection:
        for byte in request("/who"):
            connection.sendall(bytes([byte]))
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("first", [b"BREW / HTTP/1.1\r\n\r\n", b"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
                                   b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01", b"G\x00"])
def test_what_is_neither_is_closed(site, first):
    relay, page = site
    before = page.connections
    with connect(relay) as connection:
        connection.sendall(first)
        with contextlib.suppress(OSError):
            assert connection.recv(1) == b""
    assert page.connections == before


def test_half_a_method_is_not_waited_for_without_end(tmp_path):
    with server.running(["--http-socket", str(tmp_path / "none"), "--idle-limit", "1s"]) as relay:
        with connect(relay) as connection:
            connection.sendall(b"GE")
            started = time.monotonic()
            with contextlib.suppress(OSError):
                assert connection.recv(1) == b""
            assert time.monotonic() - started < 4


@pytest.mark.parametrize(("offered", "chosen"), [
    ("http/1.1", "http/1.1"), ("h2,http/1.1", "http/1.1"), ("stun.turn", "stun.turn"),
    ("http/1.1,stun.turn", "stun.turn"), ("stun.nat-discovery", "stun.nat-discovery"), ("h2", None)])
def test_alpn(site, offered, chosen):
    relay, _ = site
    with connect(relay, offered.split(",")) as connection:
        assert connection.selected_alpn_protocol() == chosen


def test_http_is_not_agreed_on_where_there_is_no_companion(relay):
    with connect(relay, ["http/1.1"]) as connection:
        assert connection.selected_alpn_protocol() is None
        connection.sendall(request("/"))
        with contextlib.suppress(OSError):
            assert connection.recv(1) == b""


def test_http_on_a_connection_for_turn_is_closed(site):
    # One that is tricked into sending a request to a TURN server must not reach a page.
    relay, page = site
    before = page.connections
    with connect(relay, ["stun.turn"]) as connection:
        connection.sendall(request("/who"))
        with contextlib.suppress(OSError):
            assert connection.recv(1) == b""
    assert page.connections == before


# Bytes in both directions


def test_a_kept_connection_serves_request_after_request(site):
    relay, page = site
    before = page.connections
    with connect(relay) as connection:
        for count in (10, 100_000, 3):
            connection.sendall(request(f"/bytes/{count}", close=False))
            read_head(connection)
            body = b""
            while len(body) < count:
                body += connection.recv(65536)
            assert body == b"".join(companion.pattern(count))
    assert page.connections == before + 1


def test_a_websocket_passes_both_ways_at_once(site):
    relay, _ = site
    with connect(relay) as connection:
        connection.sendall(request("/socket", close=False))
        assert b"101" in read_head(connection)
        # One thread: a session of OpenSSL is not to be used by two at once.
        connection.setblocking(False)
        data, sent, received, deadline = b"".join(companion.pattern(8 * MIB)), 0, bytearray(), time.monotonic() + 20
        while len(received) < len(data) and time.monotonic() < deadline:
            with contextlib.suppress(ssl.SSLWantWriteError):
                sent += connection.send(data[sent:sent + 16384]) if sent < len(data) else 0
            with contextlib.suppress(ssl.SSLWantReadError):
                received += connection.recv(65536)
        assert received == data


@pytest.mark.alone
def test_a_large_download_is_whole_fast_and_takes_no_memory(site, tmp_path):
    relay, _ = site
    curl(relay, "/bytes/1000000", "-o", "/dev/null")
    before = relay.resident_kib
    started = time.monotonic()
    curl(relay, f"/bytes/{100 * MIB}", "-o", str(tmp_path / "file"))
    seconds = time.monotonic() - started
    digest = subprocess.run(["sha256sum", str(tmp_path / "file")], capture_output=True, text=True).stdout.split()[0]
    assert digest == companion.pattern_hash(100 * MIB)
    assert seconds < 10, f"100 MiB took {seconds:.1f} s"
    assert relay.resident_kib - before < 4096


@pytest.mark.alone
def test_a_large_upload_is_whole_fast_and_takes_no_memory(site, tmp_path):
    relay, _ = site
    with open(tmp_path / "file", "wb") as file:
        for piece in companion.pattern(100 * MIB):
            file.write(piece)
    before = relay.resident_kib
    started = time.monotonic()
    output = curl(relay, "/upload", "-X", "POST", "--data-binary", f"@{tmp_path}/file")
    seconds = time.monotonic() - started
    assert json.loads(output) == {"sha256": companion.pattern_hash(100 * MIB), "missing": 0}
    assert seconds < 10, f"100 MiB took {seconds:.1f} s"
    assert relay.resident_kib - before < 4096


@pytest.mark.alone
def test_calls_go_on_during_downloads(site, echo):
    relay, _ = site
    with turn.Client("tls", relay.address("tls")) as client:
        client.allocate()
        client.bind(0x4000, echo.address)
        downloads = [
            threading.Thread(target=curl, args=(relay, f"/bytes/{50 * MIB}", "-o", "/dev/null")) for _ in range(4)]
        for download in downloads:
            download.start()
        times = []
        while any(download.is_alive() for download in downloads):
            started = time.monotonic()
            client.round_trip()
            times.append(time.monotonic() - started)
        for download in downloads:
            download.join()
    assert len(times) > 50 and sorted(times)[len(times) * 9 // 10] < 0.1, sorted(times)[-10:]


# Back-pressure


@pytest.mark.alone
def test_slow_readers_hold_little_memory_and_get_everything(site):
    relay, _ = site
    count = 8 * MIB
    before = relay.resident_kib
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(relay, SO_RCVBUF=16384)) for _ in range(50)]
        for connection in slow:
            connection.sendall(request(f"/bytes/{count}"))
            connection.settimeout(30)  # the kernel probes a closed window ever more seldom
        time.sleep(1)
        assert relay.resident_kib - before < 50 * 200, "memory of 50 slow readers, in KiB"
        assert b"client" in curl(relay, "/who")
        for connection in slow[:3]:
            assert read_all(connection).endswith(b"".join(companion.pattern(count)))


def test_an_upload_waits_for_a_slow_companion(site):
    relay, _ = site
    count = 8 * MIB
    with connect(relay) as connection:
        before = relay.resident_kib
        connection.sendall(request("/slowly", "POST", count))
        writer = threading.Thread(target=lambda: [connection.sendall(one) for one in companion.pattern(count)])
        writer.start()
        time.sleep(0.5)
        assert relay.resident_kib - before < 1024
        writer.join()
        answer = read_all(connection)
    assert companion.pattern_hash(count).encode() in answer


# Ends


def test_an_answer_that_ends_with_the_connection_ends_in_order(site):
    relay, _ = site
    with connect(relay) as connection:
        connection.sendall(request("/until-the-end"))
        assert read_all(connection).endswith(companion.BLOCK)


def test_a_client_that_ends_its_side_still_gets_its_answer(site):
    relay, _ = site
    with connect(relay) as connection:
        connection.sendall(request(f"/bytes/{MIB}"))
        with socket.socket(fileno=socket.dup(connection.fileno())) as plain:
            plain.shutdown(socket.SHUT_WR)
        assert read_all(connection).endswith(b"".join(companion.pattern(MIB)))


def test_an_answer_before_the_upload_is_read_arrives(site):
    relay, _ = site
    output = curl(
        relay, "/too-much", "-X", "POST", "-H", "Expect:", "--data-binary", "x" * 100_000, "-w", "%{http_code}")
    assert output == b"413"


def test_the_companion_sees_that_a_client_has_gone(site):
    relay, _ = site
    before = relay.descriptors
    for orderly in (True, False):
        connection = connect(relay)
        connection.sendall(request("/socket", close=False))
        read_head(connection)
        if not orderly:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    server.wait_until(lambda: relay.descriptors <= before, 5, "the relay to close both sides")


# The companion's absence


def test_without_a_companion_the_client_is_told_so(tmp_path):
    path = tmp_path / "http.sock"
    with server.running(["--http-socket", str(path)]) as relay:
        with connect(relay) as connection:
            connection.sendall(request("/", close=False))
            answer = read_all(connection)
        head = answer.split(b"\r\n\r\n")[0]
        assert head.startswith(b"HTTP/1.1 503 ") and b"Connection: close" in head
        relay.wait_for_log("relay.tls.http-socket")
        output = curl(relay, "/", "-X", "POST", "-H", "Expect:", "--data-binary", "x" * 100_000, "-w", "%{http_code}")
        assert output.endswith(b"503")
        assert metric(relay, "tern_http_refused_total") == 2
        # It comes, goes and comes again.
        for _ in range(2):
            page = companion.Companion(path)
            assert b"client" in curl(relay, "/who")
            page.close()
            assert curl(relay, "/", "-w", "%{http_code}").endswith(b"503")


def test_a_companion_that_is_late_is_waited_for(tmp_path):
    path = tmp_path / "http.sock"
    page = companion.Companion(path, serves=False)
    page.socket.listen(1)
    with server.running(["--http-socket", str(path)]) as relay, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(relay)) for _ in range(10)]
        for client in clients:
            client.sendall(request("/who"))
        time.sleep(0.3)
        page.serve()
        for client in clients:
            assert read_all(client).startswith(b"HTTP/1.1 200 ")
    page.close()


# Idle connections


@pytest.mark.alone
def test_a_thousand_idle_websockets_cost_little(tmp_path):
    path = tmp_path / "http.sock"
    page = companion.Companion(path)
    with server.running(["--http-socket", str(path)]) as relay, contextlib.ExitStack() as stack:
        with connect(relay) as first:
            first.sendall(request("/socket", close=False))
            read_head(first)
        before = relay.resident_kib
        sockets = [stack.enter_context(connect(relay)) for _ in range(1000)]
        for one in sockets:
            one.sendall(request("/socket", close=False))
            read_head(one)
        each = (relay.resident_kib - before) / 1000
        assert each < 24, f"{each:.1f} KiB each"
        server.wait_until(lambda: metric(relay, "tern_http_connections") == 1000, 2, "the gauge to follow")
        busy = cpu_seconds(relay)
        time.sleep(2)
        assert cpu_seconds(relay) - busy < 0.1
    page.close()


def cpu_seconds(relay):
    fields = re.sub(r".*\) ", "", open(f"/proc/{relay.pid}/stat").read()).split()
    return (int(fields[11]) + int(fields[12])) / 100
