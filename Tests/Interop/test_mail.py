"""Mail as it leaves the companion: signing in to the mail server over STARTTLS and over TLS from the first byte, a
wrong password, a certificate that nobody trusts, and a server that is away. The server is aiosmtpd."""

import contextlib
import email
import email.policy
import re
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

import platform_client
from platform_client import PASSWORD

pytestmark = pytest.mark.tern

USER, MAIL_PASSWORD = "tern@clinic.example", "mail-Secret-77"


def certificate(folder, name):
    """A self-signed certificate of this machine and its key."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out",
         str(chain)], check=True, capture_output=True)
    return chain, key


class Post:
    """A mail server's handler: who signed in how, and every mail."""

    def __init__(self, password=MAIL_PASSWORD):
        self.password = password
        self.tries = []
        self.mails = []
        self.arrived = threading.Condition()

    def authenticate(self, server, session, envelope, mechanism, data):
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        self.tries.append((mechanism, *given))
        return AuthResult(success=given == (USER, self.password), handled=False)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.arrived:
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, message, session.authenticated))
            self.arrived.notify_all()
        return "250 kept"

    def wait(self, address, seconds=20):
        deadline = time.monotonic() + seconds
        with self.arrived:
            while True:
                for mail in self.mails:
                    if address in mail[1]:
                        return mail
                rest = deadline - time.monotonic()
                assert rest > 0, f"no mail to {address} within {seconds} s; {self.tries}"
                self.arrived.wait(rest)


@contextlib.contextmanager
def serving(post, port, chain, key, implicit=False, mechanism=None):
    """A server that takes mail of those who signed in, over TLS alone."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    excluded = {"PLAIN", "LOGIN"} - {mechanism} if mechanism else set()
    tls = {"ssl_context": context, "auth_require_tls": False} if implicit else {
        "tls_context": context, "require_starttls": True}
    controller = Controller(
        post, hostname="127.0.0.1", port=port, server_hostname="localhost", auth_required=True,
        authenticator=post.authenticate, auth_exclude_mechanism=excluded, **tls)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@contextlib.contextmanager
def platform_with_mail(folder, port, authority, scheme="smtp"):
    secret = folder / "mail-password"
    secret.write_text(MAIL_PASSWORD + "\n")
    secret.chmod(0o600)
    with platform_client.running(
        "--mail-server", f"{scheme}://localhost:{port}", "--mail-from", "tern@clinic.example", "--mail-user", USER,
        "--mail-password-file", str(secret), "--mail-authority", str(authority), folder=folder / "data"
    ) as platform:
        yield platform


def invite(platform, name):
    address = f"{name}@clinic.example"
    platform.admin().post("/admin/people", {"email": address, "name": name, "role": "user"}, expect=201)
    return address


def reason(platform, *words, seconds=10):
    """The line of the log about a mail that did not go."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for line in platform.log.splitlines():
            if "a message did not go" in line and any(word in line.lower() for word in words):
                return line
        time.sleep(0.05)
    raise AssertionError(f"nothing about {words} in the log:\n{platform.log}")


@pytest.mark.parametrize("implicit, mechanism", [(False, "PLAIN"), (False, "LOGIN"), (True, "PLAIN"), (True, "LOGIN")])
def test_mail_goes_to_a_server_that_wants_a_password(tmp_path, implicit, mechanism):
    chain, key = certificate(tmp_path, "server")
    post, port = Post(), platform_client.free_port()
    with serving(post, port, chain, key, implicit, mechanism):
        with platform_with_mail(tmp_path, port, chain, "smtps" if implicit else "smtp") as platform:
            address = invite(platform, "paul")
            sender, _, message, authenticated = post.wait(address)
            assert authenticated and sender == "tern@clinic.example"
            assert post.tries == [(mechanism, USER, MAIL_PASSWORD)]
            code = re.search(r"[Kk]ey:?\s+([A-Za-z0-9-]{8,})", message.get_content())[1]
            client = platform.client()
            client.post("/accounts/activate", {"email": address, "key": code, "password": PASSWORD})
            client.sign_in(address)
            assert MAIL_PASSWORD not in platform.log and code not in platform.log


def test_a_wrong_password_is_told_and_the_mail_goes_once_it_is_right(tmp_path):
    chain, key = certificate(tmp_path, "server")
    post, port = Post(password="another"), platform_client.free_port()
    with serving(post, port, chain, key), platform_with_mail(tmp_path, port, chain) as platform:
        address = invite(platform, "wanda")
        line = reason(platform, "login", "denied", "auth")
        assert MAIL_PASSWORD not in line and address not in line
        assert not post.mails
        post.password = MAIL_PASSWORD
        post.wait(address)
        time.sleep(0.5)
        assert len(post.mails) == 1


@pytest.mark.parametrize("implicit", [False, True])
def test_no_password_and_no_mail_goes_to_a_server_whose_certificate_nobody_trusts(tmp_path, implicit):
    chain, key = certificate(tmp_path, "server")
    others, _ = certificate(tmp_path, "others")
    post, port = Post(), platform_client.free_port()
    with serving(post, port, chain, key, implicit):
        with platform_with_mail(tmp_path, port, others, "smtps" if implicit else "smtp") as platform:
            invite(platform, "tom")
            reason(platform, "certificate")
            assert not post.tries and not post.mails


def test_mail_waits_for_a_server_that_is_away_and_goes_once(tmp_path):
    chain, key = certificate(tmp_path, "server")
    post, port = Post(), platform_client.free_port()
    with platform_with_mail(tmp_path, port, chain) as platform:
        addresses = [invite(platform, name) for name in ("ida", "ulf")]
        reason(platform, "connect")
        with serving(post, port, chain, key):
            for address in addresses:
                post.wait(address)
            time.sleep(0.5)
            assert sorted(to for _, tos, _, _ in post.mails for to in tos) == sorted(addresses)
