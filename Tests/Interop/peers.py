"""Peers that clients talk to through the relay."""

import contextlib
import socket
import subprocess
import sys
import threading
import time


class EchoPeer:
    """Sends every datagram back and remembers where each came from."""

    def __init__(self, host="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.address = self.socket.getsockname()[:2]
        self.sources = set()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                data, source = self.socket.recvfrom(65536)
                if data == b"stop":
                    return
                self.sources.add(source[:2])
                with contextlib.suppress(OSError):
                    self.socket.sendto(data, source)

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.sendto(b"stop", self.address)
        self.thread.join(2)
        self.socket.close()


@contextlib.contextmanager
def coturn_peer(host, port, wrap=()):
    """coturn's own echoing peer, as a process."""
    process = subprocess.Popen(
        [*wrap, "turnutils_peer", "-p", str(port), "-L", host], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.2)
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":  # an echo in another network namespace; prints where the first datagram came from
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind((sys.argv[1], int(sys.argv[2])))
    print("ready", flush=True)
    first = True
    while True:
        data, source = peer.recvfrom(65536)
        if first:
            print(source[0], flush=True)
        first = False
        peer.sendto(data, source)
