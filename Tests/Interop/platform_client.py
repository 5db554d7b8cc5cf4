"""Relay and companion together, as `tern up` starts them, and a client of the companion's HTTP API and socket."""

import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import pathlib
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse

from websockets.sync.client import connect

import server
import turn
from shared_tls import SharedTLSSocket

PASSWORD = "Correct-Horse-7-Battery"
START_SECONDS = 20


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """A running `tern up` on loopback."""

    def __init__(self, folder, *flags, relay_ports="30001-32000"):
        self.folder = pathlib.Path(folder)
        self.flags = flags
        self.relay_ports = relay_ports
        self.port, self.tls_port = free_port(), free_port()
        self.process = None
        self.admin_password = None
        self.log_path = self.folder.parent / (self.folder.name + ".log")

    @property
    def origin(self):
        return f"https://localhost:{self.tls_port}"

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def start(self):
        command = [server.TERN, "up", "--data", str(self.folder), "--port", str(self.port)]
        command += ["--tls-port", str(self.tls_port), "--relay-address", "127.0.0.1", "--allow-peer", "127.0.0.0/8"]
        command += ["--relay-ports", self.relay_ports, "--loops", "1", "--allocations-per-user", "1000", *self.flags]
        before = self.log_path.stat().st_size if self.log_path.exists() else 0
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while "Ctrl-C ends" not in self.log[before:]:
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError("tern up did not start:\n" + self.log)
            time.sleep(0.02)
        if found := re.search(r"password +(\S+) +\(shown this once", self.log):
            self.admin_password = found[1]
        return self

    def stop(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(10)
        return self.process.returncode if self.process else None

    def client(self, address=None):
        return Client(self, address)

    def admin(self):
        client = self.client()
        client.sign_in("admin@tern.local", self.admin_password)
        return client

    def new_person(self, name, role="user", admin=None, address=None):
        """Somebody whom an administrator invited and who activated the account: (client signed in, email)."""
        admin = admin or self.admin()
        email = f"{name.lower().replace(' ', '.')}@clinic.example"
        admin.post("/admin/people", {"email": email, "name": name, "role": role}, expect=201)
        client = self.client(address)
        client.post("/accounts/activate", {"email": email, "key": self.key_for(email, admin), "password": PASSWORD})
        client.sign_in(email, PASSWORD)
        return client, email

    def key_for(self, email, admin, seconds=5):
        """The activation key that the outbox holds for an address."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in admin.get("/admin/outbox")["messages"]:
                if message["to"] == email and (found := re.search(r"[Kk]ey:?\s+([A-Za-z0-9-]{8,})", message["body"])):
                    return found[1]
            time.sleep(0.05)
        raise AssertionError(f"no activation key for {email} in the outbox")


class Refused(AssertionError):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class Client:
    """One browser, as far as the API is concerned: a cookie, a CSRF token, a socket."""

    def __init__(self, platform, address=None):
        self.platform, self.address = platform, address
        self.context = turn.tls_context(platform.folder / "certificate.pem", sslsocket_class=SharedTLSSocket)
        self.cookie = self.csrf = self.person = None

    def connection(self):
        source = (self.address, 0) if self.address else None
        return http.client.HTTPSConnection(
            "localhost", self.platform.tls_port, context=self.context, timeout=20, source_address=source)

    def request(self, method, path, body=None, headers=None, raw=False):
        """Status, headers and body (parsed when it is JSON) of one request."""
        headers = {"Origin": self.platform.origin, **(headers or {})}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        if body is not None and not isinstance(body, (bytes, bytearray)) and not hasattr(body, "read"):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection = self.connection()
        try:
            connection.request(method, path if path.startswith("/api") or raw else "/api/v1" + path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0]
        if "json" in (answer.headers["Content-Type"] or "") and not raw:
            data = json.loads(data) if data else None
        return answer.status, answer.headers, data

    def expect(self, status, method, path, body=None, **more):
        got, _, data = self.request(method, path, body, **more)
        if got != status:
            raise Refused(got, data)
        return data

    def get(self, path, expect=200):
        return self.expect(expect, "GET", path)

    def post(self, path, body=None, expect=200):
        return self.expect(expect, "POST", path, {} if body is None else body)

    def sign_in(self, email, password=PASSWORD, code=None):
        self.cookie = self.csrf = None
        answer = self.post("/sessions", {"email": email, "password": password})
        if answer["status"] == "totp_required":
            answer = self.post("/sessions/totp", {"challenge": answer["challenge"], "code": code()})
        self.csrf, self.person = answer["csrf"], answer["person"]
        return answer

    @contextlib.contextmanager
    def socket(self):
        ticket = self.post("/socket-ticket")["ticket"]
        with connect(
            f"wss://localhost:{self.platform.tls_port}/ws?ticket={urllib.parse.quote(ticket)}", ssl=self.context,
            origin=self.platform.origin, subprotocols=["tern.v1"], open_timeout=30, close_timeout=2,
            proxy=None, additional_headers={"Cookie": self.cookie}) as raw:
            yield Socket(raw)


class Socket:
    """The signaling socket: sends frames, and waits for one of a kind."""

    def __init__(self, raw):
        self.raw, self.numbers, self.waiting = raw, itertools.count(1), []
        self.welcome = self.wait("welcome")

    def send(self, type, /, **fields):
        identifier = f"c{next(self.numbers)}"
        self.raw.send(json.dumps({"type": type, "id": identifier, **fields}))
        return identifier

    def wait(self, type, /, seconds=8, **fields):
        """The next frame of the kind; others stay for later."""
        end = time.monotonic() + seconds

        def fits(frame):
            return frame["type"] == type and all(frame.get(k) == v for k, v in fields.items())

        for frame in self.waiting:
            if fits(frame):
                self.waiting.remove(frame)
                return frame
        while True:
            frame = json.loads(self.raw.recv(timeout=max(0.001, end - time.monotonic())))
            if fits(frame):
                return frame
            self.waiting.append(frame)

    def ask(self, type, answer="ack", /, **fields):
        """Sends a frame and waits for what answers it; an error is an error here."""
        identifier = self.send(type, **fields)
        end = time.monotonic() + 8
        while time.monotonic() < end:
            for frame in self.waiting:
                if frame.get("id") == identifier:
                    self.waiting.remove(frame)
                    if frame["type"] == "error":
                        raise Refused(frame["code"], frame)
                    assert frame["type"] == answer, frame
                    return frame
            self.waiting.append(json.loads(self.raw.recv(timeout=max(0.001, end - time.monotonic()))))
        raise AssertionError(f"no answer to {type}")


def totp(secret, at=None, step=30):
    """The code of RFC 6238 for a base32 secret."""
    import base64

    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int((time.time() if at is None else at) // step)
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@contextlib.contextmanager
def running(*flags, folder=None, **more):
    with tempfile.TemporaryDirectory() as temporary:
        platform = Platform(folder or pathlib.Path(temporary) / "data", *flags, **more)
        try:
            yield platform.start()
        finally:
            code = platform.stop()
        assert code in (0, -signal.SIGKILL), f"exit code {code}:\n{platform.log[-4000:]}"
