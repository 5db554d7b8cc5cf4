"""`tern load`: its numbers against the relay's own counters, a path of known loss, and another server."""

import json
import re
import subprocess
import urllib.request

import pytest

import lossy
import server

pytestmark = [pytest.mark.tern, pytest.mark.alone]
CREDENTIALS = ["--user", server.USER, "--password", server.PASSWORD]
QUICK = ["--sessions", "12", "--seconds", "1.5", "--loops", "1"]


@pytest.fixture(scope="module")
def relay():
    port = server.free_port()
    flags = ["--metrics", f"127.0.0.1:{port}", "--allocations-per-user", "4096", "--relay-ports", "10000-30000"]
    both = ("127.0.0.1", "::1")
    with server.running(flags, hosts=both, relay_addresses=both) as running:
        running.metrics_port = port
        yield running


def uri(relay, transport):
    port = relay.address(transport)[1]
    return f"turns:localhost:{port}" if transport == "tls" else f"turn:127.0.0.1:{port}?transport={transport}"


def load(*arguments, code=0):
    """Runs a load to its end; returns its result."""
    done = subprocess.run(
        [server.TERN, "load", "--json", *map(str, arguments)], capture_output=True, text=True, timeout=90)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return json.loads(done.stdout) if done.stdout else done.stderr


def counters(relay):
    """The relay's own counts, labels summed up."""
    with urllib.request.urlopen(f"http://127.0.0.1:{relay.metrics_port}/metrics") as answer:
        text = answer.read().decode()
    sums = {}
    for name, value in re.findall(r"^(tern_\w+)(?:\{[^}]*\})? ([0-9.e+]+)$", text, re.MULTILINE):
        sums[name] = sums.get(name, 0) + float(value)
    return sums


def difference(relay, before, *names):
    """How much counters grew, once they stand still."""
    server.wait_until(lambda: counters(relay)["tern_allocations"] == 0, 5, "the allocations to be given back")
    after = counters(relay)
    return [after[name] - before.get(name, 0) for name in names]


PACKETS = ("tern_to_peers_packets_total", "tern_to_clients_packets_total")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
@pytest.mark.parametrize("profile", ["voice", "video", "bulk"])
@pytest.mark.parametrize("direction", ["up", "down", "both", "echo"])
def test_counts_agree_with_the_relays(relay, transport, profile, direction):
    if direction != "both" and transport == "tls" and profile != "voice":
        pytest.skip("both directions hold it")
    before = counters(relay)
    rate = ["--rate", 2000] if profile == "bulk" else []
    result = load(
        uri(relay, transport), *CREDENTIALS, *QUICK, "--profile", profile, "--direction", direction,
        "--insecure-certificate", *rate)
    assert result["ready"] == 12 and result["failed"] == 0
    assert result["received"] == result["sent"] > 0 and result["duplicates"] == 0 and result["missed"] == 0
    to_peers, to_clients = difference(relay, before, *PACKETS)
    expected = {
        "up": (result["sent"], 0), "down": (0, result["sent"]), "echo": (result["sent"], result["sent"])}
    if direction == "both":
        assert to_peers + to_clients == result["sent"] and abs(to_peers - to_clients) <= result["burst"]
    else:
        assert (to_peers, to_clients) == expected[direction]


@pytest.mark.parametrize("transport", ["udp", "tls"])
def test_the_same_over_ipv6(relay, transport):
    before = counters(relay)
    port = relay.address(transport, "::1")[1]
    scheme = "turns" if transport == "tls" else "turn"
    result = load(
        f"{scheme}:[::1]:{port}", *CREDENTIALS, *QUICK, "--direction", "both", "--insecure-certificate")
    assert result["received"] == result["sent"] == sum(difference(relay, before, *PACKETS)) > 0


def test_indications_and_clients_of_each_other(relay):
    before = counters(relay)
    result = load(uri(relay, "udp"), *CREDENTIALS, *QUICK, "--indications", "--direction", "both")
    assert result["received"] == result["sent"] == sum(difference(relay, before, *PACKETS))
    result = load(uri(relay, "udp"), *CREDENTIALS, *QUICK, "--client-to-client")
    assert result["received"] == result["sent"] > 800


def test_a_mix_of_transports_with_a_credential_for_each_session(relay, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(server.SECRET + "\n")
    before = counters(relay)
    result = load(
        *(uri(relay, transport) for transport in ("udp", "tcp", "tls")), "--secret-file", secret, "--ca",
        relay.folder / "certificate.pem", *QUICK, "--direction", "both")
    assert result["ready"] == 12 and result["received"] == result["sent"]
    assert difference(relay, before, "tern_tls_handshakes_total") == [4]


def test_allocations_are_made_and_given_back_as_fast_as_asked(relay):
    before = counters(relay)
    result = load(
        uri(relay, "udp"), *CREDENTIALS, "--profile", "allocations", "--rate", 200, "--seconds", 2, "--sessions", 50)
    assert result["received"] == result["sent"] > 200 and 390 <= result["sent"] + result["missed"] <= 402
    opened, ended = difference(relay, before, "tern_allocations_opened_total", "tern_allocations_ended_total")
    assert opened == ended == result["allocated"] and result["refreshed"] == 2 * result["allocated"]


def test_idle_allocations_are_held_and_given_back(relay):
    before = counters(relay)
    result = load(
        uri(relay, "udp"), *CREDENTIALS, "--profile", "idle", "--sessions", 300, "--seconds", 1, "--ramp", 400)
    assert result["ready"] == 300 and result["sent"] == 0 and result["setup_per_second"] < 420
    assert difference(relay, before, "tern_allocations_opened_total") == [300]


def test_a_flood_is_answered_less_than_it_asks(relay):
    result = load(uri(relay, "udp"), "--profile", "flood", "--rate", 3000, "--sessions", 10, "--seconds", 2)
    assert result["sent"] > 5500 and 0 < result["answers"] < result["sent"] / 3
    assert load(uri(relay, "udp"), *CREDENTIALS, *QUICK)["received"] > 0


def test_a_path_that_loses_one_in_a_hundred(relay):
    proxy = lossy.LossyProxy(relay.address("udp"))
    try:
        result = load(
            f"turn:127.0.0.1:{proxy.address[1]}", *CREDENTIALS, "--sessions", 20, "--seconds", 5, "--rate", 2000,
            "--loops", 1)
    finally:
        proxy.close()
    assert proxy.counts["data"] == result["sent"] > 9_000
    # What is held back for a successor that never comes is lost, too.
    assert result["lost"] == proxy.counts["dropped"] + len(proxy.held)
    assert abs(result["loss_percent"] - 1) <= 0.1, result["loss_percent"]
    # A held packet comes after one successor; a delayed one after those that its session sent meanwhile.
    assert proxy.counts["reordered"] <= result["reordered"] <= proxy.counts["reordered"] + proxy.counts["delayed"]
    assert result["latency"]["p90"] < 30_000 <= result["latency"]["p999"]


def test_it_drives_another_server_with_every_profile_and_transport():
    with server.coturn() as coturn:
        uris = {transport: uri(coturn, transport) for transport in ("udp", "tcp", "tls")}
        for transport, target in uris.items():
            for profile in ("voice", "video", "bulk"):
                result = load(
                    target, *CREDENTIALS, "--insecure-certificate", "--profile", profile, "--sessions", 8, "--seconds",
                    1, "--rate", 400, "--direction", "both")
                assert result["ready"] == 8, (transport, profile)
                # It drops of a burst what its connections have no room for.
                assert result["received"] >= result["sent"] * 0.9 > 300, (transport, profile, result["lost"])
        for profile in ("allocations", "idle", "flood"):
            result = load(uris["udp"], *CREDENTIALS, "--profile", profile, "--sessions", 8, "--seconds", 1)
            assert result["failed"] == 0


def test_a_search_for_capacity_and_its_page(relay, tmp_path):
    first, second, page = tmp_path / "one.json", tmp_path / "two.json", tmp_path / "page.html"
    flags = ["--find-capacity", "--seconds", 0.5, "--sessions", 20, "--rate", 1000, "--max-latency", 200]
    result = load(uri(relay, "udp"), *CREDENTIALS, *flags, "--max-loss", 5, "--output", first)
    assert result["capacity"] >= 1000 and len(result["steps"]) > 2
    assert json.loads(first.read_text()) == result
    worse = dict(result, capacity=result["capacity"] * 3, loss_percent=0)
    second.write_text(json.dumps(worse))
    load(uri(relay, "udp"), *CREDENTIALS, "--sessions", 12, "--seconds", 3.5, "--html", page, "--compare", second)
    text = page.read_text()
    assert "Worse than the earlier run" in text and "Delivered" in text and text.count("<svg") >= 3
    assert not re.search(r"(src|href)=|@import|https?://", text), "the page asks for something from elsewhere"


@pytest.mark.parametrize("pace", [50, 5000])
def test_the_rate_is_held_at_every_pace(relay, pace):
    before = counters(relay)
    result = load(uri(relay, "udp"), *CREDENTIALS, *QUICK, "--rate", 2000, "--direction", "both", "--pace", pace)
    assert result["pace_us"] == pace and result["missed"] == 0
    assert result["received"] == result["sent"] == sum(difference(relay, before, *PACKETS))
    assert result["sent_per_second"] == pytest.approx(2000, rel=0.02)


def test_it_says_when_the_generator_is_the_bottleneck(relay):
    result = load(uri(relay, "udp"), *CREDENTIALS, *QUICK, "--rate", 20_000_000)
    assert "generator" in result["generator_limit"] or result["lost"] > 0
    assert result["missed"] > 0 and result["generator_limit"]


def test_what_fails_is_said_in_one_line(relay):
    message = load(uri(relay, "udp"), "--user", "alice", "--password", "wrong", *QUICK, code=1)
    assert message.count("\n") == 1 and "wrong username or password" in message
    closed = server.free_port()
    message = load(f"turn:127.0.0.1:{closed}?transport=tcp", *CREDENTIALS, *QUICK, code=1)
    assert "no connection: Connection refused" in message
    assert "name at least one URI" in load(code=2)
    assert "must be from 24" in load(uri(relay, "udp"), *CREDENTIALS, "--size", 10, code=2)
    for pace in (49, 5001):
        message = load(uri(relay, "udp"), *CREDENTIALS, "--pace", pace, code=2)
        assert message.count("\n") == 1 and "--pace must be from 50 to 5000 microseconds" in message
    assert "leave out --pace" in load(uri(relay, "udp"), *CREDENTIALS, "--media", "--pace", 50, code=2)


def test_a_peer_of_its_own_sends_everything_back(relay):
    peer = subprocess.Popen(
        [server.TERN, "load", "--peer-only", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"127\.0\.0\.1:\d+", peer.stdout.readline())[0]
        result = load(uri(relay, "udp"), *CREDENTIALS, *QUICK, "--peer", address, "--direction", "echo")
    finally:
        peer.kill()
        peer.wait()
    assert result["received"] == result["sent"] > 800
