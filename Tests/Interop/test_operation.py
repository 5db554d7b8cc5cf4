"""What an operator does while calls run: reload, new certificate, drain, revoke, stop. No call may suffer from it."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

import peers
import server
import turn

pytestmark = pytest.mark.tern


@pytest.fixture
def own():
    """A relay for one test alone."""
    with server.running(["--channel-numbers", "0x4000-0x7ffe", "--allocations-per-user", "1000"]) as running:
        yield running


def call(relay, echo, transport="udp", username=server.USER, password=server.PASSWORD, **options):
    client = turn.Client(transport, relay.address(transport), username, password, **options)
    client.allocate()
    client.bind(0x4000, echo.address)
    client.round_trip()
    return client


def test_a_client_on_the_same_host_may_have_the_number_of_a_tcp_port(own, echo):
    for transport in ("tcp", "tls"):
        address, port = own.address(transport)
        with call(own, echo, source=address, source_port=port) as client:
            client.round_trip()


class Traffic:
    """Keeps datagrams going over one call in a thread, four under way at a time; `ending` is what ended it."""

    def __init__(self, client):
        self.client, self.sent, self.received, self.ending = client, 0, 0, None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        try:
            while not self.stopping.wait(0.005):
                batch = [b"%08d" % (self.sent + index) for index in range(4)]
                for payload in batch:
                    self.client.send(0x4000, payload)
                self.sent += 4
                assert sorted(self.client.receive()[1] for _ in batch) == batch
                self.received += 4
        except (OSError, AssertionError) as error:
            self.ending = error

    def stop(self):
        """How many datagrams were lost."""
        self.stopping.set()
        self.thread.join()
        return self.sent - self.received


@pytest.mark.alone
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_reload_loses_no_packet(own, echo, transport):
    with call(own, echo, transport) as client:
        traffic = Traffic(client)
        for _ in range(10):
            time.sleep(0.2)
            own.signal(signal.SIGHUP)
        assert traffic.stop() == 0, traffic.ending
        assert traffic.sent > 500


def test_a_relay_that_ends_in_mid_reload_ends_well():
    """`exit` took OpenSSL's tables from the thread that loaded the certificate: one stop in five was a crash."""
    for number in range(20):
        with server.running(transports=("tls",)) as relay:
            relay.signal(signal.SIGHUP)
            time.sleep(number * 0.0003)


def test_reload_takes_a_new_user_file_and_keeps_calls(echo, tmp_path):
    users = tmp_path / "users"

    def hashed(name, password):
        done = subprocess.run(
            [server.TERN, "credentials", "hash", "--realm", server.REALM, name], input=password + "\n",
            capture_output=True, text=True, timeout=10)
        assert done.returncode == 0, done.stderr
        return done.stdout

    users.write_text(hashed("bob", "first"))
    users.chmod(0o600)
    with server.running(["--users-file", str(users)]) as relay, call(relay, echo, "udp", "bob", "first") as old:
        with pytest.raises(turn.Refused, match="401"):
            call(relay, echo, "udp", "carol", "second")
        users.write_text(hashed("carol", "second"))
        relay.signal(signal.SIGHUP)
        server.wait_until(lambda: can_call(relay, echo, "carol", "second"), 3, "the new user to be known")
        assert not can_call(relay, echo, "bob", "first")
        old.round_trip()


def can_call(relay, echo, username, password):
    try:
        call(relay, echo, "udp", username, password).close()
    except turn.Refused:
        return False
    return True


def test_a_bad_reload_changes_nothing_and_says_why(own, echo):
    certificate = own.folder / "certificate.pem"
    with call(own, echo) as client:
        certificate.write_text("no certificate")
        own.signal(signal.SIGHUP)
        own.wait_for_log("certificate.pem")
        client.round_trip()
        with call(own, echo, "tls") as second:
            second.round_trip()


def peer_certificate(relay):
    context = turn.tls_context()
    with socket.create_connection(relay.address("tls"), 3) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            return secured.getpeercert(binary_form=True)


def test_a_new_certificate_is_taken_while_connections_live(own, echo, tmp_path):
    with call(own, echo, "tls") as client:
        before = peer_certificate(own)
        new_certificate, new_key = server.certificate(tmp_path, "renewed")
        # As renewal tools do it: each file is replaced by a rename, the key first.
        for new, name in ((new_key, "key.pem"), (new_certificate, "certificate.pem")):
            shutil.copy(new, own.folder / (name + ".new"))
            os.rename(own.folder / (name + ".new"), own.folder / name)
        expected = ssl.PEM_cert_to_DER_cert(new_certificate.read_text())
        server.wait_until(lambda: peer_certificate(own) != before, 10, "the new certificate")
        assert peer_certificate(own) == expected
        client.round_trip()
        client.refresh(600)


def test_drain_refuses_new_calls_keeps_old_ones_and_ends_when_empty(own, echo):
    with call(own, echo) as first, call(own, echo, "tls") as second:
        own.command("drain")
        with pytest.raises(turn.Refused):
            call(own, echo)
        for client in (first, second):
            client.round_trip()
            client.refresh(600)
        assert own.process.poll() is None
        first.refresh(0)
        second.refresh(0)
        code = own.process.wait(10)
    assert code == 0, own.log
    own.process.poll = lambda: None  # it was to end


@pytest.mark.alone
@pytest.mark.parametrize("transport", ["udp", "tls"])
def test_revoking_a_credential_ends_its_calls_within_a_second(own, echo, transport):
    username, password = turn.time_limited(server.SECRET, "room42")
    with call(own, echo, transport, username, password, timeout=0.5) as revoked, call(own, echo) as other:
        own.command("revoke", "room42")
        started = time.monotonic()
        server.wait_until(lambda: not relays(revoked), 1, "the revoked call to end")
        assert time.monotonic() - started < 1.5
        other.round_trip()
        with pytest.raises(turn.Refused):
            call(own, echo, "udp", username, password)


def relays(client):
    try:
        client.round_trip()
    except (OSError, ConnectionError):
        return False
    return True


def test_an_operator_sees_and_ends_a_session(own, echo):
    with call(own, echo, timeout=0.5) as client:
        listed = own.command("sessions", "--json")
        assert server.USER in listed and str(client.relayed[1]) in listed
        assert server.PASSWORD not in listed
        assert "allow" in own.command("policy", "127.0.0.1:4000").lower()
        assert "den" in own.command("policy", "10.0.0.1:4000", check=False).lower()
        assert own.command("status")


@pytest.mark.alone
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_relay_within_a_second_whatever_goes_on(number):
    echo = peers.EchoPeer()
    with server.running() as relay:
        clients = [call(relay, echo, transport) for transport in ("udp", "tcp", "tls") for _ in range(5)]
        half_open = [socket.create_connection(relay.address("tls")) for _ in range(20)]
        traffic = [Traffic(client) for client in clients[::5]]
        started = time.monotonic()
        relay.signal(number)
        code = relay.process.wait(5)
        assert time.monotonic() - started < 1 and code == 0, relay.log[-3000:]
        relay.process.poll = lambda: None
        for one in traffic:
            one.stop()
        for one in [*clients, *half_open]:
            one.close()
    echo.close()
