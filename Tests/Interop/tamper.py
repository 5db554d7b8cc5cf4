"""Men in the middle between clients and a relay: each does to the media what must be noticed."""

import contextlib
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

import proxy

EVERY = 10


def kind(data):
    """What ChannelData carries [RFC 7983]: "rtp", "dtls", or None for the rest."""
    if not proxy.is_channel_data(data):
        return None
    return "rtp" if 128 <= data[4] < 192 else "dtls" if 20 <= data[4] < 64 else None


class Tampering(proxy.Proxy):
    """Does something to every tenth packet of media, in either direction."""

    def __init__(self, server):
        self.seen = {"up": 0, "down": 0}
        self.done = {"up": 0, "down": 0}
        super().__init__(server)

    def tampers(self, data, way):
        if kind(data) != "rtp":
            return False
        self.seen[way] += 1
        self.done[way] += self.seen[way] % EVERY == 0
        return self.seen[way] % EVERY == 0


class Altering(Tampering):
    """Changes one bit of the payload."""

    @staticmethod
    def altered(data):
        place = 4 + 20
        return data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1:]

    def from_client(self, data, client):
        self.to_server(self.altered(data) if self.tampers(data, "up") else data, client)

    def from_server(self, data, client):
        self.to_client(self.altered(data) if self.tampers(data, "down") else data, client)


class Replaying(Tampering):
    """Sends a packet twice."""

    def from_client(self, data, client):
        for _ in range(2 if self.tampers(data, "up") else 1):
            self.to_server(data, client)

    def from_server(self, data, client):
        for _ in range(2 if self.tampers(data, "down") else 1):
            self.to_client(data, client)


class Swapping(Tampering):
    """Gives a packet of one session to another."""

    def other(self, client):
        clients = list(self.upstream)
        return clients[(clients.index(client) + 1) % len(clients)]

    def from_client(self, data, client):
        self.to_server(data, self.other(client) if self.tampers(data, "up") else client)

    def from_server(self, data, client):
        self.to_client(data, self.other(client) if self.tampers(data, "down") else client)


class Crossing(proxy.Proxy):
    """Joins each client to the peer of its neighbour: whole handshakes, to the wrong end."""

    def partner(self, client):
        clients = list(self.upstream)
        place = clients.index(client) ^ 1
        return clients[place] if place < len(clients) else None

    def from_client(self, data, client):
        target = self.partner(client) if proxy.is_channel_data(data) else client
        if target is not None:
            self.to_server(data, target)

    def from_server(self, data, client):
        target = self.partner(client) if proxy.is_channel_data(data) else client
        if target is not None:
            self.to_client(data, target)


class Terminating(proxy.Proxy):
    """Ends DTLS in the middle: talks to either side with a certificate of its own."""

    def __init__(self, server, profile):
        self.context = self.make_context(profile)
        self.links = {}
        self.handshakes = 0
        super().__init__(server)

    @staticmethod
    def make_context(profile):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "middle")])
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now)
        certificate = builder.not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
        context = SSL.Context(SSL.DTLS_METHOD)
        context.use_certificate(certificate)
        context.use_privatekey(key)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.set_tlsext_use_srtp(profile)
        return context

    def link(self, client):
        """The connections to both sides: what comes from there, and who it goes back to."""
        if client not in self.links:
            front, back = SSL.Connection(self.context), SSL.Connection(self.context)
            front.set_accept_state()
            back.set_connect_state()
            for connection in (front, back):
                connection.set_ciphertext_mtu(1200)
            self.links[client] = front, back
            self.advance(back, lambda data: self.to_server(data, client))
        return self.links[client]

    def advance(self, connection, send, data=b""):
        if data:
            connection.bio_write(data)
        with contextlib.suppress(SSL.WantReadError, SSL.Error):
            connection.do_handshake()
            self.handshakes += 1
        with contextlib.suppress(SSL.WantReadError):
            flight = connection.bio_read(65536)
            while flight:  # one record a datagram: 13 bytes of header, the last two its length
                size = 13 + int.from_bytes(flight[11:13], "big")
                send(b"\x40\x00" + size.to_bytes(2, "big") + flight[:size])
                flight = flight[size:]

    def from_client(self, data, client):
        if kind(data) == "dtls":
            self.advance(self.link(client)[0], lambda out: self.to_client(out, client), self.payload(data))
        else:
            self.to_server(data, client)

    def from_server(self, data, client):
        if kind(data) == "dtls":
            self.advance(self.link(client)[1], lambda out: self.to_server(out, client), self.payload(data))
        else:
            self.to_client(data, client)

    @staticmethod
    def payload(data):
        return data[4:4 + int.from_bytes(data[2:4], "big")]
