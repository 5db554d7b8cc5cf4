"""Bad input at start: one clear line and exit code 1 (the machine says no) or 2 (the input is wrong)."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import server

pytestmark = pytest.mark.tern
GOOD = ["relay", "--listen", "udp://127.0.0.1:0", "--relay-address", "127.0.0.1", "--realm", "example.test"]
GOOD += ["--user", "alice:secret"]


def assert_one_line(result, code, *words):
    assert result[0] == code, result
    lines = [line for line in result[1].splitlines() if line.strip()]
    assert len(lines) == 1, result[1]
    for word in words:
        assert word.lower() in lines[0].lower(), f"{word!r} is not in {lines[0]!r}"
    assert "Fatal error" not in lines[0]


@pytest.fixture
def pem(tmp_path):
    return server.certificate(tmp_path)


def tls(certificate, key):
    return [*GOOD, "--listen", "tls://127.0.0.1:0", "--certificate", str(certificate), "--private-key", str(key)]


@pytest.mark.parametrize("kind", ["udp", "tcp", "tls"])
def test_a_port_that_is_taken(kind, pem):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind != "udp":
            taken.listen()
        port = taken.getsockname()[1]
        flags = ["--relay-ports", "20000-30000", "--listen", f"{kind}://127.0.0.1:{port}"]
        result = server.run_to_end([*tls(*pem), *flags])
    assert_one_line(result, 1, str(port), "taken")


def test_a_metrics_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert_one_line(server.run_to_end([*GOOD, "--metrics", f"127.0.0.1:{port}"]), 1, str(port))


def test_an_admin_socket_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    assert_one_line(server.run_to_end([*GOOD, "--admin", str(tmp_path / "file" / "admin.sock")]), 1, "admin", "file")


def test_a_privileged_port_without_the_right(root):
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as start:
        if int(start.read()) <= 443:
            pytest.skip("every port is open to everybody here")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # the build folder may be closed to others
        os.chmod(folder, 0o755)
        binary = shutil.copy(server.TERN, folder)
        done = subprocess.run(
            [*nobody, binary, "relay", "--listen", "udp://127.0.0.1:443", *GOOD[3:]], cwd=folder, capture_output=True,
            text=True, timeout=5, stdin=subprocess.DEVNULL)
    assert_one_line((done.returncode, done.stdout + done.stderr), 1, "443", "permi")


def test_an_address_that_this_host_does_not_have():
    result = server.run_to_end(["relay", "--listen", "udp://198.51.100.7:0", *GOOD[3:]])
    assert_one_line(result, 1, "198.51.100.7")


@pytest.mark.parametrize(
    ("flags", "words"), [
        (["--lisen", "udp://127.0.0.1:0"], ["--lisen", "--listen"]),
        (["--allow-peer", "10.0.0.0/33"], ["--allow-peer", "10.0.0.0/33"]),
        (["--deny-peer", "ten"], ["--deny-peer", "ten"]),
        (["--listen", "sctp://127.0.0.1:1"], ["sctp"]),
        (["--listen", "udp://127.0.0.1:70000"], ["70000"]),
        (["--relay-ports", "60000-50000"], ["60000-50000"]),
        (["--relay-address", "relay.example"], ["relay.example"]),
        (["--loops", "many"], ["--loops", "many"]),
        (["--user", "no-password"], ["--user"]),
        (["--listen", "tls://127.0.0.1:0"], ["certificate"]),
        (["--secret-file", "/nonexistent"], ["/nonexistent"]),
        (["--users-file", "/nonexistent"], ["/nonexistent"]),
        (["--config", "/nonexistent.yaml"], ["/nonexistent.yaml"]),
        (["--log-level", "loud"], ["loud"]),
    ], ids=lambda value: value[0] if isinstance(value, list) else None)
def test_a_flag_with_a_bad_value(flags, words):
    result = server.run_to_end([*GOOD, *flags])
    assert_one_line(result, 2, *words)


def test_an_unreadable_file_is_named(root, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    assert_one_line(server.run_to_end([*GOOD, "--secret-file", str(secret)]), 2, str(secret))


def test_a_key_that_does_not_belong_to_the_certificate(tmp_path, pem):
    (tmp_path / "other").mkdir()
    other = server.certificate(tmp_path / "other")
    assert_one_line(server.run_to_end(tls(pem[0], other[1])), 2, "key")


def test_a_certificate_that_is_missing(pem):
    assert_one_line(server.run_to_end(tls("/nonexistent.pem", pem[1])), 2, "/nonexistent.pem")


def test_a_certificate_that_is_none(tmp_path, pem):
    bad = tmp_path / "bad.pem"
    bad.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert_one_line(server.run_to_end(tls(bad, pem[1])), 2, "bad.pem")


@pytest.mark.parametrize(
    ("text", "words"), [
        ("relay:\n  lisen: [udp://127.0.0.1:0]\n", ["tern.yaml", "2", "lisen"]),
        ("relay:\n  peers:\n    deny:\n      - 10.0.0.0/8\n      - 300.0.0.0/8\n", ["tern.yaml", "5", "300.0.0.0/8"]),
        ("relay: [\n", ["tern.yaml"]),
        ("relay:\n  loops: 1\n  loops: 2\n", ["tern.yaml", "loops"]),
    ], ids=["unknown key", "bad block", "not yaml", "key given twice"])
def test_a_bad_file_is_named_with_its_line(tmp_path, text, words):
    (tmp_path / "tern.yaml").write_text(text)
    assert_one_line(server.run_to_end([*GOOD, "--config", "tern.yaml"], cwd=tmp_path), 2, *words)


def test_several_mistakes_are_told_at_once():
    code, output = server.run_to_end([*GOOD, "--loops", "many", "--deny-peer", "ten"])
    assert code == 2 and "--loops" in output and "--deny-peer" in output and len(output.splitlines()) == 2, output


def test_version_and_help_are_told():
    assert server.run_to_end(["--version"])[0] == 0
    code, output = server.run_to_end(["relay", "--help"])
    assert code == 0 and "--listen" in output


LOOPBACK = ["udp", "tcp", "tls"]
UP = ["up", "--relay-address", "127.0.0.1", "--allow-peer", "127.0.0.0/8"]
UP += [word for kind in LOOPBACK for word in ("--listen", f"{kind}://127.0.0.1:0")]


@contextlib.contextmanager
def up(folder):
    """`tern up` in this folder; yields what it printed once it serves."""
    output = folder / "output"
    with open(output, "w") as file:
        process = subprocess.Popen(
            [server.TERN, *UP], cwd=folder, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        started = time.monotonic()
        server.wait_until(lambda: "Ctrl-C" in output.read_text(), 5, output.read_text)
        yield output.read_text(), time.monotonic() - started
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(5)
    assert code == 0, output.read_text()


@pytest.mark.alone
def test_up_is_ready_within_a_second_and_its_printed_command_proves_that_it_relays(tmp_path):
    with up(tmp_path) as (printed, seconds):
        assert seconds < 1
        command = re.search(r"^ +(\S+ probe (?:.*\\\n)*.*)$", printed, re.MULTILINE)
        assert command, printed
        done = subprocess.run(["bash", "-c", command[1]], cwd=tmp_path, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stdout + done.stderr


def test_up_makes_its_data_once_and_keeps_it_private(tmp_path):
    data = tmp_path / "tern-data"
    with up(tmp_path):
        first = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert len(first) >= 3 and data.stat().st_mode & 0o077 == 0
    with up(tmp_path):
        assert {path.name: path.read_bytes() for path in data.iterdir() if path.name in first} == first
