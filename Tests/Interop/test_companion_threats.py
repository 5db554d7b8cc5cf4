"""Attacks on the companion, each with what must become of it, over its real port."""

import socket
import ssl
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import platform_client
import turn
from platform_client import PASSWORD

pytestmark = pytest.mark.tern


@pytest.fixture(scope="module")
def platform():
    with platform_client.running() as running:
        yield running


@pytest.fixture(scope="module")
def victim(platform):
    return platform.new_person("Vera Victim")


def raw(platform, data, seconds=5):
    """Bytes over TLS as they are; everything that comes back until the server closes."""
    context = turn.tls_context(platform.folder / "certificate.pem")
    with socket.create_connection(("127.0.0.1", platform.tls_port), seconds) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.settimeout(seconds)
            secure.sendall(data)
            answer = b""
            try:
                while chunk := secure.recv(65536):
                    answer += chunk
            except (TimeoutError, ssl.SSLError, ConnectionError):
                pass
            return answer


def test_guessing_passwords_is_slowed_and_the_victim_elsewhere_still_gets_in(platform, victim):
    _, email = victim
    attacker = platform.client(address="127.0.0.66")
    answers = []
    for number in range(12):
        status, _, body = attacker.request("POST", "/sessions", {"email": email, "password": f"Wrong-Guess-{number}"})
        answers.append((status, body["error"]["code"]))
    assert len({answer[1] for answer in answers if answer[0] == 401}) == 1, answers
    # Now even the right password does not help the attacker, and he cannot tell.
    status, _, body = attacker.request("POST", "/sessions", {"email": email, "password": PASSWORD})
    assert status in (401, 429), (status, body)
    platform.client(address="127.0.0.77").sign_in(email)


def test_a_known_and_an_unknown_address_get_the_same_answer(platform, victim):
    _, email = victim
    for path, body in [
        ("/password/forgot", {}), ("/accounts/activation", {}), ("/sessions", {"password": "Wrong-Guess-1"}),
    ]:
        answers = []
        for address in (email, "nobody@clinic.example"):
            client = platform.client(address="127.0.0.88")
            status, _, answer = client.request("POST", path, {"email": address, **body})
            if "error" in (answer or {}):
                answer["error"].pop("request_id")
            answers.append((status, answer))
        assert answers[0] == answers[1], path


def test_a_form_of_another_site_changes_nothing(platform, victim):
    client, _ = victim
    body = b'{"title": "x", "members": []}'
    for headers in [
        {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json", "Origin": "https://evil.example"},
        {"Content-Type": "application/json", "X-CSRF-Token": "guessed"},
    ]:
        status, _, _ = client.request("POST", "/rooms", body, headers)
        assert status in (400, 403, 415), (headers, status)
    csrf, client.csrf = client.csrf, None
    try:
        assert client.request("POST", "/rooms", {"title": "x", "members": []})[0] == 403
    finally:
        client.csrf = csrf


def open_socket(platform, ticket, origin, client):
    url = f"wss://localhost:{platform.tls_port}/ws?ticket={ticket}"
    return connect(
        url, ssl=client.context, origin=origin, subprotocols=["tern.v1"], proxy=None,
        additional_headers={"Cookie": client.cookie} if client.cookie else None)


def test_a_socket_needs_the_right_origin_and_a_fresh_ticket(platform, victim):
    client, _ = victim
    for origin, ticket in [
        ("https://evil.example", None), (None, None), (platform.origin, "guessed"), (platform.origin, ""),
    ]:
        ticket = client.post("/socket-ticket")["ticket"] if ticket is None else ticket
        with pytest.raises(InvalidStatus) as refused, open_socket(platform, ticket, origin, client):
            pass
        assert refused.value.response.status_code in (401, 403)
    ticket = client.post("/socket-ticket")["ticket"]
    with open_socket(platform, ticket, platform.origin, client):
        pass
    with pytest.raises(InvalidStatus) as refused, open_socket(platform, ticket, platform.origin, client):
        pass
    assert refused.value.response.status_code == 401


def test_a_frame_that_is_too_long_closes_the_socket_and_others_go_on(platform, victim):
    client, _ = victim
    other, _ = platform.new_person("Otto Other")
    with other.socket() as healthy:
        ticket = client.post("/socket-ticket")["ticket"]
        with open_socket(platform, ticket, platform.origin, client) as hostile:
            hostile.recv(timeout=5)
            with pytest.raises(ConnectionClosed):
                hostile.send("x" * (64 * 1024 + 1))
                while True:
                    hostile.recv(timeout=5)
        healthy.send("ping")
        assert healthy.wait("pong")


@pytest.mark.parametrize("frame", ["[" * 30_000, "{", '"text"', '{"type": 7}', '{"type": "no.such"}', "\u0000", "null"])
def test_frames_that_mean_nothing_are_answered_with_an_error(platform, victim, frame):
    client, _ = victim
    with client.socket() as signaling:
        signaling.raw.send(frame)
        assert signaling.wait("error")["code"]
        signaling.send("ping")
        assert signaling.wait("pong")


def test_a_flood_of_frames_is_cut_and_others_go_on(platform, victim):
    client, _ = victim
    other, _ = platform.new_person("Olga Other")
    with other.socket() as healthy, client.socket() as hostile:
        try:
            for _ in range(3000):
                hostile.send("ping")
        except ConnectionClosed:
            pass
        started = time.monotonic()
        healthy.send("ping")
        assert healthy.wait("pong", seconds=3)
        assert time.monotonic() - started < 2


def test_ambiguous_lengths_of_a_request_are_refused(platform):
    for head in [
        b"Content-Length: 5\r\nContent-Length: 6\r\n", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: -1\r\n", b"Content-Length: 5, 6\r\n",
    ]:
        request = b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + head
        answer = raw(platform, request + b"\r\n0\r\n\r\nGET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert answer.count(b"HTTP/1.1 ") <= 1 and b" 200 " not in answer, (head, answer[:300])


def test_paths_do_not_lead_out_of_the_pages(platform):
    for path in [
        "/../secret", "/assets/../../secret", "/%2e%2e/%2e%2e/secret", "/assets/%2e%2e%2fsecret", "/assets/..%5csecret",
        "//etc/passwd", "/assets/\x00",
    ]:
        answer = raw(platform, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert answer == b"" or answer.split(b" ", 2)[1] in (b"400", b"404"), (path, answer[:200])


def test_addresses_in_headers_are_not_believed(platform, victim):
    client, _ = victim
    client.request("GET", "/me", headers={"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
    assert all(s["address"].startswith("127.") for s in client.get("/sessions")["sessions"])


def test_a_cookie_from_before_signing_in_is_worth_nothing(platform, victim):
    _, email = victim
    client = platform.client()
    client.cookie = "__Host-tern=planted"
    client.request("GET", "/me")
    client.cookie, fixed = None, "__Host-tern=planted"
    client.sign_in(email)
    assert client.cookie != fixed
    client.cookie = fixed
    assert client.request("GET", "/me")[0] == 401


def test_every_answer_carries_the_headers_that_protect_a_browser(platform):
    for path in ["/", "/admin", "/api/v1/me", "/no-such"]:
        _, headers, _ = platform.client().request("GET", path, raw=True)
        assert "max-age" in headers["Strict-Transport-Security"], path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy or "default-src 'none'" in policy, path
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path


def test_line_breaks_in_fields_make_no_lines_in_the_log(platform):
    before = platform.log.count("\n")
    platform.client(address="127.0.0.99").request(
        "POST", "/sessions", {"email": "a\r\nforged: line@b.example", "password": "x\ny"},
        {"User-Agent": "agent"})
    assert "forged: line" not in [line.strip()[:12] for line in platform.log.splitlines()[before:]]


def test_many_sign_ins_at_once_stay_within_bounds(platform):
    """Hashing a password takes 19 MiB: 200 at once must not take 200 times that."""
    statuses, lock = [], threading.Lock()

    def sign_in(number):
        client = platform.client(address=f"127.0.1.{number % 250 + 1}")
        try:
            body = {"email": f"n{number}@b.example", "password": "Wrong-1a"}
            status, _, _ = client.request("POST", "/sessions", body)
        except OSError:
            status = 0
        with lock:
            statuses.append(status)

    threads = [threading.Thread(target=sign_in, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    peak = 0
    while any(thread.is_alive() for thread in threads):
        with open(f"/proc/{platform.process.pid}/status") as status:
            peak = max(peak, int(next(line for line in status if line.startswith("VmRSS")).split()[1]))
        time.sleep(0.05)
    assert len(statuses) == 200 and set(statuses) <= {401, 429, 503}, sorted(set(statuses))
    assert peak < 400 * 1024, f"{peak} KiB"
