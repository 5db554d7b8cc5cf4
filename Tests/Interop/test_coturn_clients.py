"""coturn's own client tools, from Debian, against the relay: nothing may be lost."""

import concurrent.futures
import re
import subprocess

import pytest

import peers
import server

MODES = {  # name: (transport, host, flags); each is run with `clients` clients of 40 messages
    "udp": ("udp", "127.0.0.1", []),
    "udp without rtcp": ("udp", "127.0.0.1", ["-c"]),
    "tcp": ("tcp", "127.0.0.1", ["-t"]),
    "tls": ("tls", "127.0.0.1", ["-t", "-S"]),
    "client to client over udp": ("udp", "127.0.0.1", ["-y"]),
    "client to client over tcp": ("tcp", "127.0.0.1", ["-y", "-t"]),
    "client to client over tls": ("tls", "127.0.0.1", ["-y", "-t", "-S"]),
    "send indications over udp": ("udp", "127.0.0.1", ["-s"]),
    "send indications over tcp": ("tcp", "127.0.0.1", ["-s", "-t"]),
    "send indications over tls": ("tls", "127.0.0.1", ["-s", "-t", "-S"]),
    "send indications client to client": ("udp", "127.0.0.1", ["-s", "-y"]),
    "padded channel data": ("udp", "127.0.0.1", ["-D"]),
    "extra requests": ("udp", "127.0.0.1", ["-G"]),
    "don't fragment": ("udp", "127.0.0.1", ["-g", "-s"]),
    "ipv4 asked for by name": ("udp", "127.0.0.1", ["-X"]),
    "ipv6 client and ipv6 relayed address": ("udp", "::1", ["-x"]),
    "ipv6 relayed address over tcp": ("tcp", "::1", ["-x", "-t"]),
    "ipv6 relayed address over tls": ("tls", "::1", ["-x", "-t", "-S"]),
    "ipv6 client to client": ("udp", "::1", ["-x", "-y"]),
    "ipv4 client and ipv6 relayed address": ("udp", "127.0.0.1", ["-x"]),
    "ipv6 client and ipv4 relayed address": ("udp", "::1", ["-X"]),
}
MANY = {
    "many over udp": ("udp", "127.0.0.1", ["-m", "100", "-n", "20", "-c"]),
    "many over tcp": ("tcp", "127.0.0.1", ["-m", "100", "-n", "20", "-c", "-t"]),
    "many over tls": ("tls", "127.0.0.1", ["-m", "40", "-n", "20", "-c", "-t", "-S"]),
    "many client to client": ("udp", "127.0.0.1", ["-m", "100", "-n", "20", "-y"]),
}


def uclient(relay, peer_port, transport, host, flags):
    peer = "127.0.0.1" if ("-x" not in flags) else "::1"
    arguments = ["turnutils_uclient", "-u", server.USER, "-w", server.PASSWORD, "-e", peer, "-r", str(peer_port)]
    arguments += ["-p", str(relay.address(transport, host)[1])]
    if "-m" not in flags:
        arguments += ["-n", "40", "-m", "4"]
    done = subprocess.run([*arguments, *flags, host], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def assert_nothing_lost(result):
    code, output = result
    lost = re.search(r"Total lost packets (\d+) .*total send dropped (\d+)", output)
    received = re.findall(r"tot_recv_bytes ~ (\d+)", output)
    assert code == 0 and lost, f"exit code {code}:\n{output[-3000:]}"
    assert (lost[1], lost[2]) == ("0", "0"), output[-3000:]
    assert received and int(received[-1]) > 0, output[-3000:]


@pytest.fixture(scope="module", autouse=True)
def nothing_left(relay):
    """The relay is everybody's."""
    yield
    if server.IS_TERN:
        relay.end_sessions()


@pytest.fixture(scope="module")
def peer_port():
    port = server.free_port()
    with peers.coturn_peer("127.0.0.1", port), peers.coturn_peer("::1", port):
        yield port


@pytest.fixture(scope="module")
def results(relay, peer_port):
    """All modes, some side by side: the tool mostly waits."""
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        running = {name: pool.submit(uclient, relay, peer_port, *mode) for name, mode in MODES.items()}
        yield running


@pytest.mark.parametrize("mode", MODES)
def test_uclient_loses_nothing(mode, results):
    assert_nothing_lost(results[mode].result())


@pytest.mark.parametrize("mode", MANY)
def test_uclient_with_many_clients_loses_nothing(mode, relay, peer_port, results):
    concurrent.futures.wait(results.values())
    assert_nothing_lost(uclient(relay, peer_port, *MANY[mode]))


def test_uclient_with_a_time_limited_credential(peer_port):
    if not server.IS_TERN:
        pytest.skip("coturn takes either users or a secret")
    with server.running(["--channel-numbers", "0x4000-0x7ffe"], transports=("udp",)) as relay:
        port = relay.address("udp")[1]
        done = subprocess.run(
            ["turnutils_uclient", "-u", "room42", "-W", server.SECRET, "-n", "20", "-m", "2", "-c", "-e", "127.0.0.1"]
            + ["-r", str(peer_port), "-p", str(port), "127.0.0.1"], capture_output=True, text=True, timeout=60)
        assert_nothing_lost((done.returncode, done.stdout))


def test_uclient_with_a_wrong_password_is_refused(relay):
    done = subprocess.run(
        ["turnutils_uclient", "-u", server.USER, "-w", "wrong", "-n", "1", "-c", "-y"]
        + ["-p", str(relay.address("udp")[1]), "127.0.0.1"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "401" in done.stdout + done.stderr or "Cannot complete Allocation" in done.stdout + done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_stunclient_learns_its_address(relay, host):
    done = subprocess.run(
        ["turnutils_stunclient", "-p", str(relay.address("udp", host)[1]), host], capture_output=True, text=True,
        timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"UDP reflexive addr: \[?{re.escape(host)}\]?:\d+", done.stdout), done.stdout
