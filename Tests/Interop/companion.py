"""What stands behind the relay's TLS port when a browser calls: a small HTTP server on a Unix socket, which expects the
PROXY protocol (version 2) before the first request."""

import contextlib
import hashlib
import http.server
import json
import os
import socket
import socketserver
import struct
import threading
import time

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
BLOCK = bytes(range(256)) * 256


def pattern(count):
    """`count` bytes of the pattern, in pieces."""
    while count > 0:
        yield BLOCK[:count]
        count -= len(BLOCK[:count])


def pattern_hash(count):
    digest = hashlib.sha256()
    for piece in pattern(count):
        digest.update(piece)
    return digest.hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.client, self.listener = self.read_proxy_header()

    def read_proxy_header(self):
        head = self.rfile.read(16)
        assert head[:12] == SIGNATURE and head[12] == 0x21, head
        size = struct.unpack("!H", head[14:])[0]
        body = self.rfile.read(size)
        assert (head[13], size) in ((0x11, 12), (0x21, 36)), head
        count, family = (4, socket.AF_INET) if head[13] == 0x11 else (16, socket.AF_INET6)
        ports = struct.unpack("!HH", body[2 * count:])
        addresses = [socket.inet_ntop(family, body[at:at + count]) for at in (0, count)]
        return list(zip(addresses, ports))

    def address_string(self):
        return "unix"

    def log_message(self, *_):
        pass

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/who":
            self.answer({"client": self.client, "listener": self.listener})
        elif self.path.startswith("/bytes/"):
            count = int(self.path.removeprefix("/bytes/"))
            self.send_response(200)
            self.send_header("Content-Length", str(count))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for piece in pattern(count):
                    self.wfile.write(piece)
        elif self.path == "/until-the-end":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(BLOCK)
            self.close_connection = True
        elif self.path == "/socket":
            self.echo()

    def do_POST(self):
        if self.path == "/too-much":
            # An answer before the request is read, and a close: an upload that is refused.
            self.send_response(413)
            self.send_header("Content-Length", "0")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            return
        if self.path == "/slowly":
            time.sleep(1.5)
        digest, left = hashlib.sha256(), int(self.headers["Content-Length"])
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            digest.update(piece)
            left -= len(piece)
        self.answer({"sha256": digest.hexdigest(), "missing": left})

    def echo(self):
        """A WebSocket as the relay sees it: whatever comes, both ways, until one side ends."""
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(ConnectionError):
            while data := self.rfile.read1(65536):
                self.wfile.write(data)


class Companion(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, path, serves=True):
        super().__init__(str(path), Handler)
        self.connections = 0
        self.path = path
        self.thread = None
        if serves:
            self.serve()

    def serve(self):
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def process_request(self, *arguments):
        self.connections += 1
        super().process_request(*arguments)

    def handle_error(self, request, client_address):
        pass  # a client that went away is none of the tests' concern

    def close(self):
        if self.thread:
            self.shutdown()
        self.server_close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
