"""The server under test: Tern, or another TURN server to check the tests themselves against.

`TERN` names the binary (default: the release build). `SERVER_UNDER_TEST=coturn` runs Debian's turnserver instead; tests
of what only Tern does are skipped then.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERN = os.environ.get("TERN", str(ROOT / ".build/release/tern"))
# The relay alone, built beside it.
TERN_RELAY = str(pathlib.Path(TERN).with_name("tern-relay"))
IS_TERN = os.environ.get("SERVER_UNDER_TEST", "tern") == "tern"
USER, PASSWORD, SECRET, REALM = "alice", "secret", "shared-secret-of-the-tests", "example.test"
LISTENER = re.compile(r"\b(udp|tcp|tls)://(\[[0-9a-f:]+\]|[0-9.]+):(\d+)")


def certificate(folder, name="localhost"):
    """A fresh self-signed certificate and its key, for `name` and loopback."""
    cert, key = pathlib.Path(folder) / "certificate.pem", pathlib.Path(folder) / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        + ["-keyout", key, "-out", cert, "-subj", f"/CN={name}"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"],
        check=True, capture_output=True)
    return cert, key


class AdminConnection(http.client.HTTPConnection):
    """HTTP over a relay's admin socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


@dataclasses.dataclass
class Server:
    """A running relay: where it listens, its process and what it printed."""

    process: subprocess.Popen
    folder: pathlib.Path
    log_path: pathlib.Path
    ports: dict = dataclasses.field(default_factory=dict)

    def address(self, transport, host="127.0.0.1"):
        return host, self.ports[transport, host]

    @property
    def pid(self):
        """The relay's own process, below wrappers such as `ip netns exec` (which replace themselves)."""
        return self.process.pid

    @property
    def admin(self):
        return self.folder / "admin.sock"

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    @property
    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    @property
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def signal(self, number):
        self.process.send_signal(number)

    def command(self, *words, check=True):
        """Runs `tern relay WORDS` against this relay's admin socket."""
        done = subprocess.run(
            [TERN, "relay", *words, "--admin", str(self.admin)], capture_output=True, text=True, timeout=20)
        assert not check or done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def end_sessions(self):
        """Ends every allocation. coturn's uclient leaves its own behind for minutes, and whoever is given one of their
        ports meanwhile is refused (437, RFC 8656 section 7.2)."""
        for session in json.loads(self.command("sessions", "--json", "--limit", "10000"))["sessions"]:
            with contextlib.closing(AdminConnection(self.admin)) as connection:
                connection.request("POST", f"/v1/sessions/{session['id']}/end")
                connection.getresponse().read()
        wait_until(lambda: not json.loads(self.command("sessions", "--json"))["sessions"], 5, "allocations to end")

    def wait_for_log(self, text, seconds=5):
        wait_until(lambda: text in self.log, seconds, lambda: f"the log to say {text!r}; it says:\n{self.log}")


def wait_until(condition, seconds, what):
    """Polls until `condition()` holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what() if callable(what) else what}"
        time.sleep(0.01)


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def tern_arguments(folder, hosts, transports, relay_addresses, allowed, flags, program):
    cert, key = folder / "certificate.pem", folder / "key.pem"
    arguments = [*program, "--realm", REALM, "--loops", "1", "--admin", str(folder / "admin.sock")]
    for host in hosts:
        bracketed = f"[{host}]" if ":" in host else host
        for transport in transports:
            arguments += ["--listen", f"{transport}://{bracketed}:0"]
    for address in relay_addresses:
        arguments += ["--relay-address", address]
    for block in allowed:
        arguments += ["--allow-peer", block]
    if "tls" in transports:
        arguments += ["--certificate", str(cert), "--private-key", str(key)]
    flags = list(flags)
    if "--user" not in flags and "--users-file" not in flags:
        arguments += ["--user", f"{USER}:{PASSWORD}"]
    if "--secret" not in flags and "--secret-file" not in flags:
        arguments += ["--secret", SECRET]
    return arguments + flags


def coturn_arguments(folder, hosts, relay_addresses):
    port, tls_port = free_port(), free_port()
    listen = [f"--listening-ip={host}" for host in hosts] + [f"--relay-ip={host}" for host in relay_addresses]
    ports = {}
    for host in hosts:
        ports |= {("udp", host): port, ("tcp", host): port, ("tls", host): tls_port}
    return ports, [
        "turnserver", "-n", *listen, f"--listening-port={port}", f"--tls-listening-port={tls_port}", "--no-cli",
        f"--cert={folder}/certificate.pem", f"--pkey={folder}/key.pem", "--lt-cred-mech", f"--user={USER}:{PASSWORD}",
        f"--realm={REALM}", "--allow-loopback-peers", "--log-file=stdout", f"--pidfile={folder}/pid",
        "--no-tlsv1", "--no-tlsv1_1", "-m", "1", f"--userdb={folder}/database"]


@contextlib.contextmanager
def running(
    flags=(), hosts=("127.0.0.1",), transports=("udp", "tcp", "tls"), relay_addresses=("127.0.0.1",),
    allowed=("127.0.0.0/8", "::1/128"), wrap=(), environment=None, clean=True, program=(TERN, "relay")):
    """Starts a relay on free ports, waits until it listens, and ends it afterwards.

    `wrap` is put before the command (`prlimit ...`, `ip netns exec NAME`); `clean` asserts that SIGTERM ends it with
    exit code 0; `program` is what takes the relay's flags.
    """
    with tempfile.TemporaryDirectory(prefix="relay-") as name:
        folder = pathlib.Path(name)
        certificate(folder)
        log_path = folder / "log"
        if IS_TERN:
            ports = None
            arguments = tern_arguments(folder, hosts, transports, relay_addresses, allowed, flags, program)
        else:
            ports, arguments = coturn_arguments(folder, hosts, relay_addresses)
        with open(log_path, "wb") as log:
            process = subprocess.Popen(
                [*wrap, *arguments], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
                env={**os.environ, **(environment or {})})
        server = Server(process, folder, log_path)
        try:
            wait_until_listening(server, len(hosts) * len(transports), ports)
            yield server
            assert process.poll() is None, f"the relay ended by itself, exit code {process.returncode}:\n{server.log}"
        finally:
            stop(server, clean)


@contextlib.contextmanager
def coturn():
    """Debian's turnserver on loopback, whatever the server under test is."""
    with tempfile.TemporaryDirectory(prefix="coturn-") as name:
        folder = pathlib.Path(name)
        certificate(folder)
        ports, arguments = coturn_arguments(folder, ("127.0.0.1",), ("127.0.0.1",))
        log_path = folder / "log"
        with open(log_path, "wb") as log:
            process = subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            wait_until(
                lambda: all(accepts(host, port) for (_, host), port in ports.items()), 10, "coturn to listen")
            yield Server(process, folder, log_path, ports)
        finally:
            process.kill()
            process.wait()


def wait_until_listening(server, count, ports):
    def listens():
        assert server.process.poll() is None, f"no start, exit code {server.process.returncode}:\n{server.log}"
        if ports is not None:
            return all(accepts(host, port) for (_, host), port in ports.items())
        found = {(kind, host.strip("[]")): int(port) for kind, host, port in LISTENER.findall(server.log)}
        server.ports = {key: port for key, port in found.items() if port != 0}
        return len(server.ports) >= count

    server.ports = ports or {}
    if ports and server.process.args[0] != "turnserver":
        time.sleep(2)  # coturn in another network: its listeners cannot be probed from here
        return
    wait_until(listens, 10, lambda: f"the relay to listen; it printed:\n{server.log}")


def accepts(host, port):
    with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
        return True
    return False


def stop(server, clean):
    if server.process.poll() is not None:
        return
    started = time.monotonic()
    server.signal(signal.SIGTERM)
    try:
        code = server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
        raise AssertionError("the relay did not end within 10 s of SIGTERM") from None
    if clean and IS_TERN:
        assert code == 0, f"exit code {code} after SIGTERM:\n{server.log[-4000:]}"
        assert time.monotonic() - started < 8, f"SIGTERM took {time.monotonic() - started:.1f} s"


def run_to_end(arguments, seconds=5, wrap=(), cwd=None, environment=None):
    """Runs `tern ARGUMENTS` that is to end by itself; returns exit code and everything it printed."""
    done = subprocess.run(
        [*wrap, TERN, *arguments], capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, cwd=cwd,
        env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout + done.stderr


def processor_seconds(pid):
    """Processor time that a process has taken."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raise_descriptor_limit():
    """Lets this process and its children open as many descriptors as they may; root may set the limit itself."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if os.geteuid() == 0 and hard < 65_536:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (65_536, 65_536))
            return 65_536
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
