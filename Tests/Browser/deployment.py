"""Starts `tern up`: relay and companion, with a mail server of its own. `TERN` names the binary."""

import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import mailbox as mail

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERN = os.environ.get("TERN", str(ROOT / ".build/release/tern"))
START_SECONDS = 30
ADMINISTRATOR = "admin@hospital.example"
PASSWORD = re.compile(r"^\s*password\s+(\S+)\s+\(shown this once", re.MULTILINE)


@dataclasses.dataclass
class Deployment:
    """A running platform: where its pages are, who its administrator is, the mail that it sent."""

    process: subprocess.Popen
    url: str
    port: int
    tls_port: int
    mailbox: mail.Mailbox
    log_path: pathlib.Path
    administrator: str = ADMINISTRATOR
    password: str = ""

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A certificate for localhost and its key."""
    cert, key = folder / "mail-certificate.pem", folder / "mail-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        + ["-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True)
    return cert, key


def arguments(folder, port, tls_port, mail_port, mail_certificate, flags):
    return [
        TERN, "up", "--data", str(folder / "data"), "--port", str(port), "--tls-port", str(tls_port),
        "--administrator", ADMINISTRATOR, "--origin", f"https://localhost:{tls_port}",
        "--mail-server", f"smtp://localhost:{mail_port}", "--mail-from", "tern@hospital.example",
        "--mail-authority", str(mail_certificate), "--relay-address", "127.0.0.1", "--allow-peer", "127.0.0.0/8",
        "--relay-ports", "10000-30000", "--sign-up", *flags]


@contextlib.contextmanager
def running(folder, flags=()):
    """A platform on free ports with a fresh data folder, ended afterwards."""
    port, tls_port, mail_port = free_port(), free_port(), free_port()
    mail_certificate, mail_key = certificate(folder)
    log_path = folder / "log"
    with mail.running(mail_port, mail_certificate, mail_key) as mailbox, open(log_path, "wb") as log:
        process = subprocess.Popen(
            arguments(folder, port, tls_port, mail_port, mail_certificate, flags), stdout=log,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder)
        running = Deployment(process, f"https://localhost:{tls_port}", port, tls_port, mailbox, log_path)
        try:
            wait_until_serving(running)
            yield running
            code = process.poll()
            assert code is None, f"the platform ended by itself, exit code {code}:\n{running.log}"
        finally:
            stop(running)


def wait_until_serving(running):
    deadline = time.monotonic() + START_SECONDS
    while not (found := PASSWORD.search(running.log)):
        assert running.process.poll() is None, f"no start, exit code {running.process.returncode}:\n{running.log}"
        assert time.monotonic() < deadline, f"not ready within {START_SECONDS} s; it printed:\n{running.log}"
        time.sleep(0.05)
    running.password = found[1]


def stop(running):
    if running.process.poll() is not None:
        return
    running.process.send_signal(signal.SIGTERM)
    try:
        running.process.wait(15)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()
        raise AssertionError(f"the platform did not end within 15 s of SIGTERM:\n{running.log[-4000:]}") from None
