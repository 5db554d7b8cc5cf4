"""A UDP proxy in front of a server that loses, delays and reorders ChannelData in known shares; requests pass whole."""

import heapq
import selectors
import socket
import threading
import time


class LossyProxy:
    """Of every hundred ChannelData messages from clients: one is dropped, one comes late, one after its successor."""

    DELAY = 0.03

    def __init__(self, server):
        self.server = server
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.listener.bind(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.counts = {"data": 0, "dropped": 0, "delayed": 0, "reordered": 0}
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.upstream, self.clients, self.held = {}, {}, {}
        self.later = []
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while self.running:
            wait = max(0.0, self.later[0][0] - time.monotonic()) if self.later else 0.05
            for key, _ in self.selector.select(min(wait, 0.05)):
                if key.fileobj is self.listener:
                    self.from_client(*self.listener.recvfrom(65536))
                else:
                    self.listener.sendto(key.fileobj.recv(65536), self.clients[key.fileobj])
            while self.later and self.later[0][0] <= time.monotonic():
                _, _, out, data = heapq.heappop(self.later)
                out.send(data)

    def from_client(self, data, client):
        out = self.upstream.get(client)
        if out is None:
            out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            out.connect(self.server)
            self.upstream[client], self.clients[out] = out, client
            self.selector.register(out, selectors.EVENT_READ)
        if not 0x40 <= data[0] < 0x80:
            out.send(data)
            return
        place = self.counts["data"] % 100
        self.counts["data"] += 1
        if place == 10:
            self.counts["dropped"] += 1
        elif place == 40:
            self.counts["delayed"] += 1
            heapq.heappush(self.later, (time.monotonic() + self.DELAY, self.counts["data"], out, data))
        elif place == 70 and client not in self.held:
            self.counts["reordered"] += 1
            self.held[client] = data
        else:
            out.send(data)
            if client in self.held:
                out.send(self.held.pop(client))

    def close(self):
        self.running = False
        self.thread.join(2)
        for opened in [self.listener, *self.clients]:
            opened.close()
