"""The servers under comparison: how each is started, what it is told, and whether it answers."""

import os
import pathlib
import shlex
import subprocess
import time

PORT, TLS_PORT = 3478, 5349
USER, PASSWORD, REALM = "bench", "bench", "bench.test"

TERN = (
    "{program} relay --listen udp://{address}:{port} --listen tcp://{address}:{port}"
    " --listen tls://{address}:{tls_port}"
    " --certificate {folder}/certificate.pem --private-key {folder}/key.pem --relay-address {address}"
    " --relay-ports {relay_ports} --realm {realm} --user {user}:{password} --allow-peer 10.77.0.0/16"
    " --allow-peer 127.0.0.0/8 --loops 1 --log-level error --allocations-per-user 30000"
    " --allocations-per-source 30000 --bytes-per-allocation 0 --bytes-per-user 0 {flags}")
COTURN = (
    "{program} -n --listening-ip={address} --relay-ip={address} --listening-port={port} --tls-listening-port={tls_port}"
    " --cert={folder}/certificate.pem --pkey={folder}/key.pem --lt-cred-mech --user={user}:{password} --realm={realm}"
    " --min-port={first_port} --max-port={last_port} --allow-loopback-peers --no-cli --log-file=/dev/null"
    " --pidfile={folder}/pid --userdb={folder}/database --no-dtls -m 1 {flags}")
# Below the ports that systems give to sockets.
RELAY_PORTS = (10_000, 30_000)


class Server:
    """One that is started here (`NAME=tern:PROGRAM FLAGS`, `NAME=coturn:PROGRAM FLAGS`, `NAME=COMMAND`), or runs
    somewhere (`NAME=HOST:PORT`)."""

    def __init__(self, text, folder, network):
        self.name, _, rest = text.partition("=")
        if not rest:
            raise SystemExit(f"{text}: write NAME=tern:PROGRAM, NAME=coturn:PROGRAM, NAME=COMMAND or NAME=HOST:PORT")
        self.network, self.folder, self.process = network, pathlib.Path(folder), None
        self.host, self.port, self.tls_port = network.server_address, PORT, TLS_PORT
        kind, _, command = rest.partition(":")
        if kind in ("tern", "coturn"):
            program, _, flags = command.partition(" ")
            self.command = {"tern": TERN, "coturn": COTURN}[kind].replace("{program}", shlex.quote(program)).replace(
                "{flags}", flags)
        elif " " not in rest and command.isdigit():
            self.command, self.host, self.port = None, kind, int(command)
        else:
            self.command = rest

    @property
    def is_remote(self):
        return self.command is None

    @property
    def pid(self):
        return self.process.pid if self.process else None

    @property
    def words(self):
        first, last = RELAY_PORTS
        return shlex.split(self.command.format(
            address=self.host, port=self.port, tls_port=self.tls_port, folder=self.folder, realm=REALM, user=USER,
            password=PASSWORD, relay_ports=f"{first}-{last}", first_port=first, last_port=last))

    def __enter__(self):
        if self.is_remote:
            return self
        with open(self.folder / f"{self.name}.log", "wb") as log:
            self.process = subprocess.Popen(
                self.network.command("server", self.words), stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
                stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        probe = self.network.command("client", [
            "python3", "-c", "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1)",
            self.host, str(self.port)])
        while subprocess.run(probe, capture_output=True).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                log = (self.folder / f"{self.name}.log").read_text(errors="replace")
                raise SystemExit(f"{self.name} does not listen at {self.host}:{self.port}; it said:\n{log[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def uri(self, transport):
        if transport == "tls":
            return f"turns:{self.host}:{self.tls_port}"
        return f"turn:{self.host}:{self.port}?transport={transport}"

    def version(self):
        if self.is_remote:
            return f"{self.host}:{self.port}"
        program = self.words[0]
        try:
            done = subprocess.run([program, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        except OSError as error:
            raise SystemExit(f"{self.name}: {program}: {error.strerror}; name a program that runs in its --server")
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line and line[0].isalnum()]
        return lines[-1].strip() if lines else os.path.basename(program)


KEYS = {"ecdsa": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}


def certificate(folder, key="ecdsa"):
    """A key, ECDSA P-256 or RSA of 2,048 bits, and a self-signed certificate for all servers."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *KEYS[key], "-nodes", "-days", "2",
         "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem", "-subj", "/CN=bench.test"],
        check=True, capture_output=True)
