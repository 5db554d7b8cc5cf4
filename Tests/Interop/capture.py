"""What crosses an interface, counted by a packet socket: merged and segmented runs as the datagrams they are."""

import collections
import socket
import struct
import threading

SOL_PACKET, PACKET_VNET_HDR, EVERYTHING = 263, 15, 3
OFFLOAD, ETHERNET, IPV4_UDP = 10, 14, 17
STAMP = struct.pack("=I", 0x6C6F6164)  # what every payload of the load begins with
OUTGOING = 4


class Capture:
    """Counts the load's payloads over UDP by where they come from and how they are wrapped, until it is closed.

    `counts` has (direction, kind): "in" and "out" as the interface sees it, "channel" for ChannelData, "plain" for what
    peers get and send. Whatever is no payload of the load is "other".
    """

    def __init__(self, interface):
        self.counts = collections.Counter()
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
        self.socket.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((interface, EVERYTHING))
        self.socket.settimeout(0.2)
        self.closing = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                frame, address = self.socket.recvfrom(70_000)
            except TimeoutError:
                if self.closing:
                    return
                continue
            self.take(frame, "out" if address[2] == OUTGOING else "in")

    def take(self, frame, direction):
        gso_size = struct.unpack_from("=H", frame, 4)[0]
        ip = OFFLOAD + ETHERNET
        if frame[ip - 2:ip] != b"\x08\x00" or frame[ip + 9] != IPV4_UDP:
            return
        udp = ip + (frame[ip] & 0xF) * 4
        # A padded short frame ends where its header says; a merged run's header says the sum.
        payload = frame[udp + 8:ip + struct.unpack_from("!H", frame, ip + 2)[0]]
        size = gso_size or len(payload) or 1
        for start in range(0, max(1, len(payload)), size):
            self.counts[direction, kind(payload[start:start + size])] += 1

    def close(self):
        """Ends when nothing has come for a while; returns the counts."""
        self.closing = True
        self.thread.join()
        dropped = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, 6, 8))[1]  # PACKET_STATISTICS
        self.socket.close()
        assert dropped == 0, f"the capture itself lost {dropped} frames"
        return self.counts


def kind(payload):
    if payload[:4] == STAMP:
        return "plain"
    if payload and 0x40 <= payload[0] <= 0x4F and payload[4:8] == STAMP:
        return "channel"
    return "other"
