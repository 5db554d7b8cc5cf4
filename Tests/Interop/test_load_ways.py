"""`tern load` by frames and counting in the kernel, and by sockets alone: both tell the same of the same traffic."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

import capture
import hosts
import lossy
import server
from kernel_network import inside, prepare

pytestmark = [pytest.mark.tern, pytest.mark.alone]
NAMES = [f"ternw{os.getpid()}{role}" for role in ("client", "relay", "peer")]
CLIENT, RELAY, _ = NAMES
SIDE, SIDE_6, TAGGED = "10.86.1", "fd86:1:", "10.86.3"
RELAY_ADDRESS, RELAY_ADDRESS_6, TAGGED_ADDRESS = f"{SIDE}.1", f"{SIDE_6}:1", f"{TAGGED}.1"
WAYS = {"frames": ("frames", "kernel", []), "sockets": ("sockets", "sockets", ["--sockets-only"])}


def as_a_card(name, interface):
    # Checksums are then computed where frames leave, and the relay's host takes no wrong one.
    with inside(name):
        prepare(interface)


def add_vlan():
    """The relay's address in a VLAN between the two; none where the kernel has no VLANs."""
    try:
        for name, below, address in ((CLIENT, "c0", f"{TAGGED}.2"), (RELAY, "c1", TAGGED_ADDRESS)):
            hosts.ip("-n", name, "link", "add", "link", below, "name", "tagged", "type", "vlan", "id", "5")
            hosts.ip("-n", name, "addr", "add", f"{address}/24", "dev", "tagged")
            hosts.ip("-n", name, "link", "set", "tagged", "up")
    except subprocess.CalledProcessError:
        return ()
    return (TAGGED_ADDRESS,)


@pytest.fixture(scope="module")
def relay():
    with hosts.three(NAMES, SIDE, "10.86.2", as_a_card, sides_6=(SIDE_6, None)):
        addresses = (RELAY_ADDRESS, RELAY_ADDRESS_6, *add_vlan())
        with server.running(
                ["--kernel-path", "off", "--allocations-per-user", "4096", "--relay-ports", "10000-30000"],
                hosts=addresses, transports=("udp",), relay_addresses=(RELAY_ADDRESS, RELAY_ADDRESS_6),
                allowed=(f"{SIDE}.0/24", f"{SIDE_6}:/64", f"{TAGGED}.0/24"),
                wrap=["ip", "netns", "exec", RELAY]) as running:
            yield running


def load(target, *flags, wrap=()):
    """The result of a run in the client's network, and what it said beside it."""
    done = subprocess.run(
        ["ip", "netns", "exec", CLIENT, *wrap, server.TERN, "load", "--json", "--user", server.USER, "--password",
         server.PASSWORD, "--sessions", "8", "--seconds", "1", "--loops", "1", "--rate", "2000", *flags, target],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


def uri(relay, host=RELAY_ADDRESS):
    bracketed = f"[{host}]" if ":" in host else host
    return f"turn:{bracketed}:{relay.ports['udp', host]}"


def relayed(relay):
    counters = json.loads(relay.command("counters", "--json"))["counters"]
    return [
        int(sum(each["value"] for each in counters if each["name"] == f"tern_{name}_packets_total"))
        for name in ("to_peers", "to_clients")]


def check(result, way):
    sends, counts, _ = WAYS[way]
    assert (result["sends_by"], result["counts_in"]) == (sends, counts), result
    assert result["received"] == result["sent"] > 1_000 and result["ready"] == 8, result
    assert not result.get("strays") and result["duplicates"] == result["reordered"] == result["missed"] == 0, result
    assert sum(1 for each in result["series"]) and result["latency"]["p50"] > 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", ["voice", "video"])
@pytest.mark.parametrize("direction", ["up", "down", "both", "echo"])
def test_counts_are_the_relays_own_and_a_captures(relay, way, profile, direction):
    before = relayed(relay)
    with inside(RELAY):
        seen = capture.Capture("c1")
        result, said = load(uri(relay), "--profile", profile, "--direction", direction, *WAYS[way][2])
        counts = seen.close()
    check(result, way)
    assert "costs more" not in said, said
    to_peers, to_clients = (after - earlier for after, earlier in zip(relayed(relay), before))
    assert counts["in", "channel"] == counts["out", "plain"] == to_peers
    assert counts["in", "plain"] == counts["out", "channel"] == to_clients
    # What is sent back passes twice and is sent once.
    assert result["sent"] == (to_peers if direction == "echo" else to_peers + to_clients)
    assert result["megabits"] == pytest.approx(
        result["received"] * result["payload_bytes"] * 8 / result["seconds"] / 1e6, rel=1e-6)


@pytest.mark.parametrize("way", WAYS)
def test_over_ipv6_with_indications_and_between_clients(relay, way):
    for flags in (["--direction", "both"], ["--indications"]):
        result, _ = load(uri(relay, RELAY_ADDRESS_6), *flags, *WAYS[way][2])
        check(result, way)
    result, _ = load(uri(relay), "--client-to-client", *WAYS[way][2])
    check(result, way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", ["voice", "video"])
def test_through_a_vlan(relay, way, profile):
    if ("udp", TAGGED_ADDRESS) not in relay.ports:
        pytest.skip("NOT TESTED: this kernel has no VLANs")
    result, _ = load(uri(relay, TAGGED_ADDRESS), "--profile", profile, "--direction", "both", *WAYS[way][2])
    check(result, way)


@pytest.mark.parametrize("way", WAYS)
def test_bursts_that_cross_the_wire_as_one(relay, way):
    ethtool = ["ip", "netns", "exec", CLIENT, "ethtool", "-K", "c0"]
    subprocess.run([*ethtool, "tx", "on", "tx-udp-segmentation", "on"], check=True, capture_output=True)
    try:
        for profile in ("video", "bulk"):
            result, _ = load(uri(relay), "--profile", profile, "--direction", "both", *WAYS[way][2])
            check(result, way)
    finally:
        subprocess.run([*ethtool, "tx", "off"], check=True, capture_output=True)


@pytest.mark.parametrize("way", WAYS)
def test_a_path_that_loses_one_in_a_hundred(relay, way):
    with inside(RELAY):
        proxy = lossy.LossyProxy((RELAY_ADDRESS, relay.ports["udp", RELAY_ADDRESS]), host=RELAY_ADDRESS)
    try:
        result, _ = load(f"turn:{RELAY_ADDRESS}:{proxy.address[1]}", "--seconds", "5", *WAYS[way][2])
    finally:
        proxy.close()
    assert result["sends_by"] == WAYS[way][0] and result["counts_in"] == WAYS[way][1]
    assert proxy.counts["data"] == result["sent"] > 9_000
    # What is held back for a successor that never comes is lost, too.
    assert result["lost"] == proxy.counts["dropped"] + len(proxy.held)
    assert abs(result["loss_percent"] - 1) <= 0.1, result["loss_percent"]
    assert proxy.counts["reordered"] <= result["reordered"] <= proxy.counts["reordered"] + proxy.counts["delayed"]
    assert result["latency"]["p90"] < 30_000 <= result["latency"]["p999"]


def without_rights():
    return ["setpriv", "--bounding-set=-net_raw,-bpf,-sys_admin", "--inh-caps=-all"]


def without_libbpf(folder):
    library = next(pathlib.Path("/usr/lib").glob("*/libbpf.so.1")).resolve()
    empty = folder / "empty"
    empty.touch()
    return ["unshare", "-m", "sh", "-c", f"mount --bind {empty} {library} && exec \"$@\"", "sh"]


def test_what_is_missing_is_said_in_one_line_and_sockets_do(relay, tmp_path):
    if not shutil.which("setpriv"):
        pytest.skip("NOT TESTED: no setpriv")
    result, said = load(uri(relay), wrap=without_rights())
    check(result, "sockets")
    lines = [line for line in said.splitlines() if "costs more" in line]
    assert len(lines) == 1 and result["sockets_because"] in lines[0]
    assert "packet sockets take CAP_NET_RAW" in lines[0] and "it takes CAP_BPF" in lines[0], said

    result, said = load(uri(relay), wrap=without_libbpf(tmp_path))
    assert result["sends_by"] == "frames" and result["counts_in"] == "sockets"
    assert result["received"] == result["sent"] > 1_000
    lines = [line for line in said.splitlines() if "costs more" in line]
    assert len(lines) == 1 and "libbpf.so.1 is missing; install libbpf1" in lines[0], said


def test_loopback_is_left_to_sockets(relay):
    with server.running(transports=("udp",)) as near:
        done = subprocess.run(
            [server.TERN, "load", "--json", "--user", server.USER, "--password", server.PASSWORD, "--sessions", "4",
             "--seconds", "1", f"turn:127.0.0.1:{near.address('udp')[1]}"], capture_output=True, text=True, timeout=60)
    result = json.loads(done.stdout)
    assert result["sends_by"] == "sockets" and result["received"] == result["sent"] > 0
    assert "127.0.0.1 is not reached over Ethernet" in result["sockets_because"]
    assert sum(result["sockets_because"] in line for line in done.stderr.splitlines()) == 1
