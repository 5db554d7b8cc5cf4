"""`tern load --profile trace`: recorded traffic replayed; and a load that somebody ends before its time."""

import json
import os
import shutil
import signal
import subprocess

import pytest

import server
from test_load import CREDENTIALS, PACKETS, counters, difference, load, relay, uri  # noqa: F401, the fixture

pytestmark = [pytest.mark.tern, pytest.mark.alone]
TRACE = "".join(
    f"{packet * 0.02:.3f} {160 + packet % 7} {'up' if packet % 2 == 0 else 'down'}\n" for packet in range(50))


@pytest.mark.parametrize("transport", ["udp", "tls"])
@pytest.mark.parametrize("direction", ["both", "up", "down", "echo"])
def test_a_trace_is_replayed_in_its_sizes_and_spacing(relay, tmp_path, transport, direction):
    trace = tmp_path / "call.txt"
    trace.write_text(TRACE)
    before = counters(relay)
    result = load(
        uri(relay, transport), *CREDENTIALS, "--insecure-certificate", "--profile", "trace", "--trace", trace,
        "--sessions", 20, "--seconds", 3, "--loops", 2, "--direction", direction)
    # A period of one second with 50 packets, half of them up.
    expected = 3 * 20 * (50 if direction == "both" else 25)
    assert result["received"] == result["sent"] and abs(result["sent"] + result["missed"] - expected) <= 45
    assert "1 flow of call.txt: 50 packets of 163 bytes in 1.0 s" in result["trace"]
    to_peers, to_clients = difference(relay, before, *PACKETS)
    sent = result["sent"]
    if direction == "both":
        assert to_peers + to_clients == sent and abs(to_peers - to_clients) <= 60
    else:
        assert (to_peers, to_clients) == {"up": (sent, 0), "down": (0, sent), "echo": (sent, sent)}[direction]
    mean = result["megabits"] * 1e6 / 8 * result["seconds"] / result["received"]
    assert abs(mean - 163) < 2, "the payloads have other sizes than the trace's"


def test_a_trace_through_indications_between_clients_and_at_another_speed(relay, tmp_path):
    trace = tmp_path / "call.txt"
    trace.write_text(TRACE)
    flags = [*CREDENTIALS, "--profile", "trace", "--trace", trace, "--sessions", 20, "--seconds", 2]
    result = load(uri(relay, "udp"), *flags, "--indications")
    assert result["received"] == result["sent"] > 1_800
    result = load(uri(relay, "udp"), *flags, "--client-to-client")
    # Ten pairs with 50 packets each per second.
    assert result["received"] == result["sent"] and abs(result["sent"] - 1_000) < 60
    result = load(uri(relay, "udp"), *flags, "--rate", 3_000)
    assert result["received"] == result["sent"] and abs(result["sent"] + result["missed"] - 6_000) < 100


def test_what_tcpdump_captured_is_replayed(relay, tmp_path):
    """A load's own packets on loopback, captured as they go to the relay, and replayed as often and as large."""
    if os.geteuid() != 0 or not shutil.which("tcpdump"):
        pytest.skip("capturing needs root and tcpdump")
    capture = tmp_path / "call.pcap"
    port = relay.address("udp")[1]
    with open(tmp_path / "tcpdump.log", "w") as log:
        tcpdump = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-s", "96", "-U", "--immediate-mode", "-w", str(capture), "udp", "port", str(port)],
            stderr=log)
    server.wait_until(lambda: "listening" in (tmp_path / "tcpdump.log").read_text(), 10, "tcpdump to listen")
    original = load(
        uri(relay, "udp"), *CREDENTIALS, "--sessions", 4, "--seconds", 2, "--direction", "echo", "--size", 333)
    tcpdump.terminate()
    tcpdump.wait()
    result = load(
        uri(relay, "udp"), *CREDENTIALS, "--profile", "trace", "--trace", capture, "--sessions", 4, "--seconds", 2,
        "--direction", "up")
    assert "4 flows of call.pcap" in result["trace"] and result["payload_bytes"] == 333, result["trace"]
    assert result["received"] == result["sent"] and abs(result["sent"] - original["sent"]) <= original["sent"] * 0.1
    # Cut anywhere it is told in one line, and nothing is sent.
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(capture.read_bytes()[:-5])
    message = load(
        uri(relay, "udp"), *CREDENTIALS, "--profile", "trace", "--trace", cut, "--sessions", 4, code=2)
    assert message.count("\n") == 1 and f"{cut} ends in the middle of packet" in message


def test_a_load_that_is_interrupted_gives_back_and_reports(relay):
    process = subprocess.Popen(
        [server.TERN, "load", "--json", uri(relay, "udp"), *CREDENTIALS, "--sessions", "10", "--seconds", "60",
         "--sockets-only"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(2):
        assert "delivered/s" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    result = json.loads(output)
    assert process.returncode == 0 and result["received"] == result["sent"] > 500 and result["seconds"] < 30
    server.wait_until(lambda: counters(relay)["tern_allocations"] == 0, 5, "the allocations to be given back")
