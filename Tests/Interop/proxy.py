"""A UDP proxy in front of a server: a socket upstream for each client. Subclasses decide what passes, and how."""

import selectors
import socket
import threading


def is_channel_data(data):
    return len(data) > 4 and 0x40 <= data[0] < 0x80


class Proxy:
    """Passes everything, until a subclass says otherwise."""

    def __init__(self, server, host="127.0.0.1"):
        self.server = server
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.listener.bind((host, 0))
        self.address = self.listener.getsockname()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.upstream, self.clients = {}, {}
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.running:
            for key, _ in self.selector.select(min(self.wait(), 0.05)):
                if key.fileobj is self.listener:
                    data, client = self.listener.recvfrom(65536)
                    self.connect(client)
                    self.from_client(data, client)
                else:
                    self.from_server(key.fileobj.recv(65536), self.clients[key.fileobj])
            self.turn()

    def connect(self, client):
        if client not in self.upstream:
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            out.connect(self.server)
            self.upstream[client], self.clients[out] = out, client
            self.selector.register(out, selectors.EVENT_READ)

    def from_client(self, data, client):
        self.to_server(data, client)

    def from_server(self, data, client):
        self.to_client(data, client)

    def to_server(self, data, client):
        self.upstream[client].send(data)

    def to_client(self, data, client):
        self.listener.sendto(data, client)

    def wait(self):
        """Seconds until `turn` has something to do."""
        return 0.05

    def turn(self):
        """Called after what has come was passed on."""

    def close(self):
        self.running = False
        self.thread.join(2)
        for opened in [self.listener, *self.clients]:
            opened.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
