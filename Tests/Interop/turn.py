"""A small TURN client over UDP, TCP and TLS: what the tests need to say things that real clients do not say."""

import base64
import hashlib
import hmac
import os
import secrets
import socket
import ssl
import struct
import time
import zlib

COOKIE = 0x2112A442
BINDING, ALLOCATE, REFRESH, SEND, DATA, CREATE_PERMISSION, CHANNEL_BIND = 1, 3, 4, 6, 7, 8, 9
REQUEST, INDICATION, SUCCESS, ERROR = 0x000, 0x010, 0x100, 0x110
USERNAME, MESSAGE_INTEGRITY, ERROR_CODE, CHANNEL_NUMBER, LIFETIME = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D
XOR_PEER_ADDRESS, DATA_VALUE, REALM, NONCE, XOR_RELAYED_ADDRESS = 0x0012, 0x0013, 0x0014, 0x0015, 0x0016
REQUESTED_TRANSPORT, XOR_MAPPED_ADDRESS, ICMP, FINGERPRINT = 0x0019, 0x0020, 0x8004, 0x8028
REQUESTED_ADDRESS_FAMILY = 0x0017


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def message(kind, *attributes, transaction=None, key=None, fingerprint=False):
    """A STUN message; `key` adds MESSAGE-INTEGRITY. Attributes are bytes, or make them of the transaction's number."""
    transaction = transaction or secrets.token_bytes(12)
    body = b"".join(part(transaction) if callable(part) else part for part in attributes)
    if key is not None:
        head = struct.pack("!HHI", kind, len(body) + 24, COOKIE) + transaction
        body += attribute(MESSAGE_INTEGRITY, hmac.digest(key, head + body, "sha1"))
    if fingerprint:
        head = struct.pack("!HHI", kind, len(body) + 8, COOKIE) + transaction
        body += attribute(FINGERPRINT, struct.pack("!I", zlib.crc32(head + body) ^ 0x5354554E))
    return struct.pack("!HHI", kind, len(body), COOKIE) + transaction + body


def xor_address(kind, address):
    host, port = address[:2]
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host)
        return lambda transaction: attribute(
            kind, struct.pack("!BBH", 0, 2, port ^ (COOKIE >> 16)) + mask(packed, transaction))
    return attribute(kind, struct.pack("!BBH", 0, 1, port ^ (COOKIE >> 16)) + mask(socket.inet_aton(host)))


def mask(packed, transaction=b""):
    """An address to or from its form in XOR attributes [RFC 8489 14.2]."""
    return bytes(a ^ b for a, b in zip(packed, struct.pack("!I", COOKIE) + transaction))


class Message:
    """A parsed STUN message: `kind`, `transaction` and the first value of each attribute."""

    def __init__(self, data):
        self.data = data
        self.kind, self.length, cookie = struct.unpack("!HHI", data[:8])
        assert cookie == COOKIE and self.length == len(data) - 20, data
        self.transaction = data[8:20]
        self.attributes = {}
        at = 20
        while at < len(data):
            kind, size = struct.unpack_from("!HH", data, at)
            self.attributes.setdefault(kind, data[at + 4:at + 4 + size])
            at += 4 + size + -size % 4

    def __getitem__(self, kind):
        return self.attributes[kind]

    def get(self, kind):
        return self.attributes.get(kind)

    @property
    def is_success(self):
        return self.kind & 0x110 == SUCCESS

    @property
    def error(self):
        value = self.get(ERROR_CODE)
        return value[2] * 100 + value[3] if value else None

    def address(self, kind):
        _, family, port = struct.unpack("!BBH", self[kind][:4])
        host = mask(self[kind][4:], self.transaction)
        return socket.inet_ntop({1: socket.AF_INET, 2: socket.AF_INET6}[family], host), port ^ (COOKIE >> 16)


class Refused(Exception):
    """An error response; `code` is its number."""

    def __init__(self, code):
        super().__init__(f"error {code}")
        self.code = code


def tls_context(certificate=None, **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = certificate is not None
    context.verify_mode = ssl.CERT_REQUIRED if certificate else ssl.CERT_NONE
    if certificate:
        context.load_verify_locations(certificate)
    for name, value in options.items():
        setattr(context, name, value)
    return context


def time_limited(secret, name="room", seconds=3600, separator=":"):
    """Username and password that a holder of the shared secret hands out."""
    username = f"{int(time.time()) + seconds}{separator}{name}"
    return username, base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()


class Client:
    """One client with at most one allocation."""

    def __init__(
        self, transport, server, username="alice", password="secret", source=None, context=None, receive_buffer=None,
        timeout=3, source_port=0):
        self.transport, self.server = transport, server
        self.username = username if isinstance(username, bytes) else username.encode()
        self.password = password.encode()
        self.realm = self.nonce = self.key = self.relayed = None
        self.pending = []
        self.socket = socket.socket(
            socket.AF_INET6 if ":" in server[0] else socket.AF_INET,
            socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        if source:
            self.socket.bind((source, source_port))
        self.socket.connect(server)
        if transport == "tls":
            self.socket = (context or tls_context()).wrap_socket(self.socket, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # Units: a STUN message or a ChannelData message, as bytes.

    def send_unit(self, unit):
        self.socket.sendall(unit + (bytes(-len(unit) % 4) if self.transport != "udp" else b""))

    def receive_exactly(self, count):
        data = b""
        while len(data) < count:
            chunk = self.socket.recv(count - len(data))
            if not chunk:
                raise ConnectionError("closed by the relay")
            data += chunk
        return data

    def receive_unit(self):
        if self.transport == "udp":
            return self.socket.recv(65536)
        head = self.receive_exactly(4)
        kind, size = struct.unpack("!HH", head)
        if kind >= 0x4000:
            return head + self.receive_exactly(size + -size % 4)[:size]
        return head + self.receive_exactly(16 + size)

    # Requests

    def request(self, method, *attributes, anonymous=False, tries=3):
        """Sends a request, with credentials once they are known; answers 401 and 438; returns the success."""
        for _ in range(3):
            if self.key is None or anonymous:
                unit = message(method | REQUEST, *attributes)
            else:
                unit = message(
                    method | REQUEST, *attributes, attribute(USERNAME, self.username), attribute(REALM, self.realm),
                    attribute(NONCE, self.nonce), key=self.key)
            answer = self.exchange(unit, tries)
            if answer.is_success:
                return answer
            if answer.error not in (401, 438) or anonymous or (answer.error == 401 and self.key is not None):
                raise Refused(answer.error)
            self.realm, self.nonce = answer[REALM], answer[NONCE]
            self.key = hashlib.md5(b":".join([self.username, self.realm, self.password])).digest()
        raise Refused(answer.error)

    def exchange(self, unit, tries=3):
        """Sends one message and returns the answer to it; what else arrives meanwhile is kept for `receive`."""
        tries = tries if self.transport == "udp" else 1
        whole = self.socket.gettimeout()
        for _ in range(tries):
            self.send_unit(unit)
            deadline = time.monotonic() + whole / tries
            while (left := deadline - time.monotonic()) > 0:
                self.socket.settimeout(left)
                try:
                    data = self.receive_unit()
                except TimeoutError:
                    break
                finally:
                    self.socket.settimeout(whole)
                if data[8:20] == unit[8:20] and data[0] < 0x40:
                    return Message(data)
                self.pending.append(data)
        raise TimeoutError("no answer")

    def allocate(self, lifetime=None, ipv6=False):
        more = [attribute(LIFETIME, struct.pack("!I", lifetime))] if lifetime is not None else []
        if ipv6:
            more.append(attribute(REQUESTED_ADDRESS_FAMILY, bytes([2, 0, 0, 0])))
        answer = self.request(ALLOCATE, attribute(REQUESTED_TRANSPORT, bytes([17, 0, 0, 0])), *more)
        self.relayed = answer.address(XOR_RELAYED_ADDRESS)
        return answer

    def refresh(self, lifetime):
        return self.request(REFRESH, attribute(LIFETIME, struct.pack("!I", lifetime)))

    def permit(self, *peers):
        return self.request(CREATE_PERMISSION, *[xor_address(XOR_PEER_ADDRESS, peer) for peer in peers])

    def bind(self, channel, peer):
        return self.request(
            CHANNEL_BIND, attribute(CHANNEL_NUMBER, struct.pack("!HH", channel, 0)),
            xor_address(XOR_PEER_ADDRESS, peer))

    # Data

    def send(self, channel, payload):
        self.send_unit(struct.pack("!HH", channel, len(payload)) + payload)

    def send_indication(self, peer, payload):
        self.send_unit(message(
            SEND | INDICATION, xor_address(XOR_PEER_ADDRESS, peer), attribute(DATA_VALUE, payload)))

    def receive(self):
        """The next datagram from a peer: (channel, payload), or (0, Message) for an indication."""
        while True:
            data = self.pending.pop(0) if self.pending else self.receive_unit()
            if data[0] >= 0x40:
                channel, size = struct.unpack("!HH", data[:4])
                return channel, data[4:4 + size]
            if Message(data).kind == DATA | INDICATION:
                return 0, Message(data)

    def round_trip(self, channel=0x4000, size=100):
        """Sends one datagram over a channel to an echoing peer and asserts that it comes back."""
        payload = os.urandom(size)
        self.send(channel, payload)
        while (received := self.receive()) != (channel, payload):
            pass
        return received
