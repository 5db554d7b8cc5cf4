"""A ward behind a firewall: a client, a gate that translates addresses and filters, and a relay beyond it.

client 10.84.1.2, fd84:1::2 -- gate -- 10.84.2.2, fd84:2::2 relay; three network namespaces, nftables at the gate.
Run as a program it is a name server, a web server, or a TLS server of the wrong authority, for use inside a namespace.
"""

import contextlib
import http.server
import os
import pathlib
import select
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import time

CLIENT, GATE, RELAY = (f"ward{os.getpid()}{role}" for role in ("client", "gate", "relay"))
CLIENT_ADDRESS, GATE_ADDRESS, GATE_OUTSIDE, RELAY_ADDRESS = "10.84.1.2", "10.84.1.1", "10.84.2.1", "10.84.2.2"
RELAY_ADDRESS_2, MAPPED_ADDRESS, RELAY_ADDRESS_6 = "10.84.2.3", "10.84.2.9", "fd84:2::2"
NAME = "relay.test"
NO_DETECTION = [f"net.ipv6.conf.{which}.accept_dad=0" for which in ("all", "default")]
TRANSLATION = "table ip nat { chain out { type nat hook postrouting priority 100; oifname \"g1\" masquerade; }; }"


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


def inside(name):
    return ["ip", "netns", "exec", name]


@contextlib.contextmanager
def network():
    """The three namespaces, joined; the client's name server is the relay's host."""
    with contextlib.ExitStack() as stack:
        for name in (CLIENT, GATE, RELAY):
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            # Addresses are usable at once: nobody else can have them.
            subprocess.run(inside(name) + ["sysctl", "-qw", *NO_DETECTION], check=True)
        links = ((CLIENT, "c0", "g0", "1"), (RELAY, "r0", "g1", "2"))
        for name, end, gate_end, net in links:
            ip("link", "add", end, "netns", name, "type", "veth", "peer", "name", gate_end, "netns", GATE)
            for host, device, number in ((name, end, 2), (GATE, gate_end, 1)):
                ip("-n", host, "addr", "add", f"10.84.{net}.{number}/24", "dev", device)
                ip("-n", host, "addr", "add", f"fd84:{net}::{number}/64", "dev", device, "nodad")
                ip("-n", host, "link", "set", device, "up")
        for name in (CLIENT, GATE, RELAY):
            ip("-n", name, "link", "set", "lo", "up")
        subprocess.run(
            inside(GATE) + ["sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"], check=True)
        for name, net in ((CLIENT, "1"), (RELAY, "2")):
            ip("-n", name, "route", "add", "default", "via", f"10.84.{net}.1")
            ip("-n", name, "-6", "route", "add", "default", "via", f"fd84:{net}::1")
        # A second address of the relay's host, and one that the gate may give to the client alone.
        ip("-n", RELAY, "addr", "add", f"{RELAY_ADDRESS_2}/24", "dev", "r0")
        ip("-n", GATE, "addr", "add", f"{MAPPED_ADDRESS}/32", "dev", "g1")
        for name in (CLIENT, GATE):
            settings = pathlib.Path("/etc/netns") / name
            settings.mkdir(parents=True)
            stack.callback(shutil.rmtree, settings)
            name_server_of(name, RELAY_ADDRESS)
            (settings / "hosts").write_text("127.0.0.1 localhost\n")
        rules("")
        # The first packets look for their neighbours: let them, before anything is measured.
        for address in (RELAY_ADDRESS, RELAY_ADDRESS_6):
            knock = f"import socket; socket.create_connection(({address!r}, 9), 10)"
            subprocess.run(inside(CLIENT) + [sys.executable, "-c", knock], capture_output=True)
        yield


def name_server_of(namespace, address):
    """Programs that are started in the namespace from now on ask this name server."""
    path = pathlib.Path("/etc/netns") / namespace / "resolv.conf"
    path.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n")


@contextlib.contextmanager
def ipv6_only():
    """Takes the client's IPv4 address away for a while."""
    ip("-n", CLIENT, "-4", "addr", "flush", "dev", "c0")
    name_server_of(CLIENT, RELAY_ADDRESS_6)
    try:
        yield
    finally:
        name_server_of(CLIENT, RELAY_ADDRESS)
        ip("-n", CLIENT, "addr", "add", f"{CLIENT_ADDRESS}/24", "dev", "c0")
        ip("-n", CLIENT, "route", "add", "default", "via", GATE_ADDRESS)


def rules(filtering, translation=TRANSLATION):
    """Lets the gate translate addresses, and filter by these rules of a forward chain."""
    text = f"flush ruleset\n{translation}\n"
    if filtering:
        text += "table inet filter { chain pass { type filter hook forward priority 0;\n"
        text += "ct state established,related accept\n" * ("early" not in filtering)
        text += filtering.replace("early", "") + "\n}; }\n"
    subprocess.run(inside(GATE) + ["nft", "-f", "-"], input=text, text=True, check=True)


def redirect(port, to):
    """Sends what goes to TCP `port` to the gate's own `to`, as a device that opens TLS does."""
    text = "table inet divert { chain in { type nat hook prerouting priority -100;\n"
    subprocess.run(
        inside(GATE) + ["nft", "-f", "-"], input=f"{text}iifname \"g0\" tcp dport {port} redirect to :{to}; }}; }}",
        text=True, check=True)


def authority(folder, name):
    """A certificate authority, and a certificate of it for the relay: their paths and the key's."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", *key, "-days", "30", "-keyout", folder / "ca.key", "-out", folder / "ca.pem"]
        + ["-subj", f"/CN={name}"], check=True, capture_output=True)
    subprocess.run(
        ["openssl", "req", *key, "-keyout", folder / "key.pem", "-out", folder / "request.pem", "-subj", f"/CN={NAME}"],
        check=True, capture_output=True)
    (folder / "extensions").write_text(f"subjectAltName=DNS:{NAME},IP:{RELAY_ADDRESS}\n")
    subprocess.run(
        ["openssl", "x509", "-req", "-in", folder / "request.pem", "-CA", folder / "ca.pem"]
        + ["-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "30"]
        + ["-extfile", folder / "extensions", "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


@contextlib.contextmanager
def helper(namespace, *words):
    """This file as a program inside a namespace."""
    process = subprocess.Popen(
        inside(namespace) + [sys.executable, __file__, *map(str, words)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def tinyproxy(folder, *more):
    """A proxy at the gate that lets CONNECT through to port 443 alone, with `more` lines in its file."""
    settings = pathlib.Path(folder) / "tinyproxy.conf"
    lines = ("Port 8888", f"Listen {GATE_ADDRESS}", "Timeout 60", "Allow 10.84.1.0/24", "ConnectPort 443", *more)
    settings.write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(
        inside(GATE) + ["tinyproxy", "-d", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield f"http://{GATE_ADDRESS}:8888"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def squid(folder, *authentication):
    """Another proxy at the gate, to port 443 alone, for who proves to be `nurse` with the password `lantern`."""
    folder = pathlib.Path(folder)
    folder.chmod(0o755)
    settings = folder / "squid.conf"
    lines = (
        f"http_port {GATE_ADDRESS}:3128", f"pid_filename {folder}/squid.pid", "access_log none", "cache_log /dev/null",
        "cache deny all", "shutdown_lifetime 0 seconds", "max_filedescriptors 1024", "pinger_enable off",
        *authentication,
        "acl known proxy_auth REQUIRED", "acl calls port 443", "http_access allow known calls", "http_access deny all")
    settings.write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(
        inside(GATE) + ["squid", "-N", "-f", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        attempt = [sys.executable, "-c", f"import socket; socket.create_connection(('{GATE_ADDRESS}', 3128), 1)"]
        deadline = time.monotonic() + 15
        while subprocess.run(inside(GATE) + attempt, capture_output=True).returncode != 0:
            assert process.poll() is None and time.monotonic() < deadline, "squid does not listen"
            time.sleep(0.1)
        yield f"http://{GATE_ADDRESS}:3128"
    finally:
        process.kill()
        process.wait()


# Programs inside a namespace


def name_server():
    """Answers A, AAAA, SRV and NAPTR for the relay's name; every other name does not exist."""
    def label(name):
        return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"

    def text(value):
        return bytes([len(value)]) + value.encode()

    answers = {
        (NAME, 1): socket.inet_aton(RELAY_ADDRESS),
        (NAME, 28): socket.inet_pton(socket.AF_INET6, RELAY_ADDRESS_6),
        (f"_turns._tcp.{NAME}", 33): struct.pack("!HHH", 10, 0, 443) + label(NAME),
        (NAME, 35): struct.pack("!HH", 10, 10) + text("s") + text("RELAY:turn.tls") + text("")
        + label(f"_turns._tcp.{NAME}"),
    }
    known = {name for name, _ in answers} | {f"_turn._udp.{NAME}", f"_turn._tcp.{NAME}"}
    servers = [socket.socket(family, socket.SOCK_DGRAM) for family in (socket.AF_INET, socket.AF_INET6)]
    for server, address in zip(servers, (RELAY_ADDRESS, RELAY_ADDRESS_6)):
        server.bind((address, 53))
    print("ready", flush=True)
    while True:
        server = select.select(servers, [], [])[0][0]
        query, client = server.recvfrom(512)
        parts, at = [], 12
        while query[at]:
            parts.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack_from("!H", query, at + 1)[0]
        name = ".".join(parts).lower()
        data = answers.get((name, kind))
        head = query[:2] + struct.pack(
            "!HHHHH", 0x8580 | (0 if name in known else 3), 1, 1 if data else 0, 0, 0)
        answer = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data if data else b""
        server.sendto(head + query[12:at + 5] + answer, client)


def tls_server(port, certificate, key):
    """Accepts TLS with a certificate of its own and closes: a device that opens encryption shows no more than that."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    print("ready", flush=True)
    while True:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            context.wrap_socket(connection, server_side=True).close()


def list_server(port, certificate, key, path):
    """Answers HTTPS requests for a list of ICE servers, in the file `path`, and in the ways that this can fail."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.split("?")[0]
            status = {"/moved": 302, "/gone": 404}.get(name, 200)
            if name == "/token" and self.headers["Authorization"] != "Bearer of good news":
                status = 401
            body = {"/large": b"[" + b" " * 300_000 + b"]", "/page": b"<html>", "/none": b"[]"}.get(name)
            body = pathlib.Path(path).read_bytes() if body is None else body
            self.send_response(status)
            self.send_header("Location", "/servers")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer((RELAY_ADDRESS, int(port)), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    programs = {"name_server": name_server, "tls_server": tls_server, "list_server": list_server}
    programs[sys.argv[1]](*sys.argv[2:])
