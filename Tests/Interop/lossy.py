"""A UDP proxy in front of a server that loses, delays and reorders ChannelData in known shares; requests pass whole."""

import heapq
import time

import proxy


class LossyProxy(proxy.Proxy):
    """Of every hundred ChannelData messages from clients: one is dropped, one comes late, one after its successor."""

    DELAY = 0.03

    def __init__(self, server, **options):
        self.counts = {"data": 0, "dropped": 0, "delayed": 0, "reordered": 0}
        self.held = {}
        self.later = []
        super().__init__(server, **options)

    def wait(self):
        return max(0.0, self.later[0][0] - time.monotonic()) if self.later else 0.05

    def turn(self):
        while self.later and self.later[0][0] <= time.monotonic():
            _, _, client, data = heapq.heappop(self.later)
            self.to_server(data, client)

    def from_client(self, data, client):
        if not 0x40 <= data[0] < 0x80:
            self.to_server(data, client)
            return
        place = self.counts["data"] % 100
        self.counts["data"] += 1
        if place == 10:
            self.counts["dropped"] += 1
        elif place == 40:
            self.counts["delayed"] += 1
            heapq.heappush(self.later, (time.monotonic() + self.DELAY, self.counts["data"], client, data))
        elif place == 70 and client not in self.held:
            self.counts["reordered"] += 1
            self.held[client] = data
        else:
            self.to_server(data, client)
            if client in self.held:
                self.to_server(self.held.pop(client), client)
