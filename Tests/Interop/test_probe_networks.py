"""`tern probe` in networks that are odd rather than closed, and against relays that are full or far off in time."""

import contextlib
import json
import subprocess
import time

import pytest

import server
import turn
import ward
from probing import (  # noqa: F401, the fixtures
    URIS, authority, network, open_gate, outcomes, probe, relay)

pytestmark = pytest.mark.tern
DIRECT = ["--only-listed", "--proxy", "none"]


def test_a_network_of_ipv6_alone(relay, authority):
    with ward.ipv6_only():
        report = probe(authority, *DIRECT, expect=0)
        # The resolver may leave out addresses of a family that the machine lacks.
        assert {path["status"] for path in report["paths"] if path["family"] == "ipv4"} <= {"absent"}
        assert {path["status"] for path in report["paths"] if path["family"] == "ipv6"} == {"works"}
        assert report["findings"] == []
        # With a relay that has no such address, that this machine has no other is what is in the way.
        report = probe(authority, *DIRECT, uris=[f"turn:{ward.RELAY_ADDRESS}:3478"], expect=2)
        assert report["findings"][0]["blocker"] == "no_route" and "give this machine a route" in report[
            "findings"][0]["remedy"]


def test_a_path_that_swallows_large_packets(relay, authority):
    ward.rules("early\nmeta length > 1400 drop")
    report = probe(authority, *DIRECT, expect=1)
    found = outcomes(report)
    assert found["udp", "ipv4"] == found["udp", "ipv6"] == "large_packets_lost"
    assert set(found.values()) <= {"large_packets_lost", None}
    for path in report["paths"]:
        if path["transport"] == "udp":
            assert path["path_mtu"] == 1400 and path["path_mtu_is_silent"]
            assert "more than 1400 bytes vanish" in path["problem"] and "fragmentation needed" in path["remedy"]


def test_a_path_too_narrow_for_media(relay, authority):
    ward.rules("early\nmeta length > 700 drop")
    report = probe(authority, *DIRECT, uris=[URIS[0]], expect=1)
    assert all("of 1100 bytes none" in path["problem"] for path in report["paths"]), report["paths"]


@pytest.mark.parametrize("how", ["drop", "reject"])
def test_udp_that_dies_after_a_while(relay, authority, how):
    """A firewall that lets the first kilobytes of a flow pass, and then no more."""
    ward.rules(f"early\nudp dport 3478 quota over 40000 bytes {how}")
    report = probe(authority, *DIRECT, "--seconds", "2", expect=1)
    found = outcomes(report)
    assert {found["tcp", family] for family in ("ipv4", "ipv6")} | {
        found["tls", family] for family in ("ipv4", "ipv6")} == {None}
    dead = [path for path in report["paths"] if path.get("blocker") == "dies_after_seconds"]
    assert dead and all(path["transport"] == "udp" for path in dead)
    for path in dead:
        assert 0 < path["died_after_seconds"] < 2 and path["returned"] < path["sent"]
        assert "and then no more" in path["problem"] and "session timeout" in path["remedy"]


def test_tcp_that_is_cut_after_a_while(relay, authority):
    ward.rules("early\ntcp dport 3478 quota over 12000 bytes reject with tcp reset")
    report = probe(authority, *DIRECT, "--seconds", "2", uris=[URIS[1]], expect=2)
    assert {path["blocker"] for path in report["paths"]} & {"dies_after_seconds"}, report["paths"]
    assert all(path["status"] == "blocked" for path in report["paths"])


@contextlib.contextmanager
def other_relay(*flags):
    """A relay on other ports of the same host."""
    host = ward.RELAY_ADDRESS
    with server.running(
        ["--listen", f"udp://{host}:3490", "--listen", f"tcp://{host}:3490", *flags], hosts=(), transports=(),
        relay_addresses=(host,), allowed=(f"{host}/32",), wrap=ward.inside(ward.RELAY)) as running:
        running.wait_for_log("tcp://")
        yield [f"turn:{host}:3490?transport=udp", f"turn:{host}:3490?transport=tcp"]


@pytest.mark.parametrize("flags, code, words", [
    (("--allocations-per-user", "1"), "486", "as many allocations"), (("--allocations", "1"), "508", "full")])
def test_a_relay_that_is_full(network, authority, flags, code, words):
    with other_relay(*flags) as uris:
        report = probe(authority, *DIRECT, uris=uris[:1], expect=2)
    assert {path["blocker"] for path in report["paths"]} == {"relay_full"}
    assert len(report["findings"]) == 1
    assert code in report["findings"][0]["text"] and words in report["findings"][0]["text"]
    assert "who runs the relay" in report["findings"][0]["remedy"]


def test_clocks_that_differ(relay, authority):
    """This machine two hours behind: its credential has time left, by the relay's clock it has none."""
    behind = ["faketime", "-f", "-2h"]
    user, password = turn.time_limited(server.SECRET, seconds=-3600)
    report = probe(authority, *DIRECT, user=user, password=password, uris=URIS[:2], wrap=behind, expect=2)
    assert set(outcomes(report).values()) == {"clock_skew"}
    assert all(7190 < path["clock_skew_seconds"] < 7210 for path in report["paths"])
    finding = report["findings"][0]
    assert "2 h ahead of this machine's" in finding["text"] and "NTP" in finding["remedy"]
    # The certificate was made after what this machine takes for now.
    report = probe(authority, *DIRECT, uris=URIS[2:], wrap=["faketime", "-f", "-2d"], expect=2)
    assert set(outcomes(report).values()) == {"certificate_time"}
    assert "clock of this machine" in report["findings"][0]["text"]
    # A credential with time left by both clocks works; that the clocks differ is told.
    done = subprocess.run(
        ward.inside(ward.CLIENT) + [*behind, server.TERN, "probe", *DIRECT, "--seconds", "0.2", "--user", server.USER]
        + ["--password", server.PASSWORD, URIS[0]], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "clock        the relay's is 7" in done.stdout, done.stdout


SNAT = "table ip nat {{ chain out {{ type nat hook postrouting priority 100; oifname \"g1\" {}; }}; {} }}"
OWN_ADDRESS = SNAT.format(
    f"snat to {ward.MAPPED_ADDRESS}",
    "chain in { type nat hook prerouting priority -100; "
    f"ip daddr {ward.MAPPED_ADDRESS} dnat to {ward.CLIENT_ADDRESS}; }};")
PER_ADDRESS = SNAT.format(
    f"meta l4proto udp ip daddr {ward.RELAY_ADDRESS} snat to {ward.GATE_OUTSIDE}:40000-40999; oifname \"g1\" "
    f"meta l4proto udp snat to {ward.GATE_OUTSIDE}:41000-41999", "")
REMEMBERED = """table inet memory {
    set spoken { type ipv4_addr . inet_service; flags dynamic; timeout 60s; size 65535; }
    chain pass { type filter hook forward priority 0;
    iifname "g0" meta l4proto udp update @spoken { ip daddr . udp sport } accept
    iifname "g1" meta l4proto udp ip saddr . udp dport @spoken accept
    iifname "g1" meta l4proto udp drop
    }; }"""
KINDS = {
    "no translation, no filter": ("", "endpoint_independent", "endpoint_independent"),
    "an address of its own": (OWN_ADDRESS, "endpoint_independent", "endpoint_independent"),
    "no translation, whom one has written to may answer": (
        REMEMBERED, "endpoint_independent", "address_dependent"),
    "a home router": (ward.TRANSLATION, "endpoint_independent", "address_and_port_dependent"),
    "a mapping per address": (PER_ADDRESS, "address_dependent", "address_and_port_dependent"),
    "a random mapping": (
        SNAT.format("masquerade fully-random", ""), "address_and_port_dependent", "address_and_port_dependent"),
}


@pytest.fixture(scope="module")
def behavior_server(network, tmp_path_factory):
    """coturn with two addresses and two ports, as RFC 5780 wants it."""
    folder = tmp_path_factory.mktemp("behavior")
    process = subprocess.Popen(
        ward.inside(ward.RELAY) + ["turnserver", "-n", "--stun-only", "--no-cli", "--no-tls", "--no-dtls", "-m", "1"]
        + ["-L", ward.RELAY_ADDRESS, "-L", ward.RELAY_ADDRESS_2, "-p", "5478", "--alt-listening-port=5479"]
        + ["--log-file=stdout", f"--pidfile={folder}/pid", f"--userdb={folder}/database"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    time.sleep(1)
    yield f"stun:{ward.RELAY_ADDRESS}:5478"
    process.kill()
    process.wait()


@pytest.mark.parametrize("kind", KINDS)
def test_translators_are_told_apart(behavior_server, authority, kind):
    translation, mapping, filtering = KINDS[kind]
    ward.rules("", translation)
    report = probe(authority, *DIRECT, user=None, uris=[behavior_server], expect=0)
    path = report["paths"][0]
    assert (path.get("nat_mapping"), path.get("nat_filtering")) == (mapping, filtering)


def test_a_server_without_a_second_address_tells_nothing_of_translators(relay, authority):
    report = probe(authority, *DIRECT, user=None, uris=[URIS[0]], expect=0)
    assert "nat_mapping" not in report["paths"][0] and "nat_filtering" not in report["paths"][0]


def test_a_proxy_that_wants_a_password(relay, authority, tmp_path):
    with ward.tinyproxy(tmp_path, "BasicAuth nurse lantern") as proxy:
        ward.rules("udp dport != 53 drop\nmeta l4proto tcp drop")
        for url, words in ((proxy, "wants a user name"), (proxy.replace("//", "//nurse:wrong@"), "does not accept")):
            report = probe(authority, "--proxy", url, uris=[URIS[2]], expect=2)
            through = [path for path in report["paths"] if path.get("proxy")]
            assert through[0]["blocker"] == "proxy_authentication" and words in through[0]["problem"]
            assert "--proxy http://USER:PASSWORD@HOST:PORT" in through[0]["remedy"]
            assert "wrong" not in json.dumps(report), "the report shows the proxy's password"
        for way in ("flag", "environment"):
            url = proxy.replace("//", "//nurse:lantern@")
            flags, environment = (["--proxy", url], ()) if way == "flag" else ([], (f"https_proxy={url}",))
            report = probe(authority, *flags, uris=[URIS[2]], environment=environment, expect=1)
            through = [path for path in report["paths"] if path.get("proxy")]
            assert through[0]["status"] == "works", through


@pytest.mark.parametrize("scheme", ["basic", "digest", "ntlm"])
def test_another_proxy_and_the_ways_in_which_it_wants_a_password(relay, authority, tmp_path, scheme):
    passwords = tmp_path / "passwords"
    passwords.write_text("nurse:lantern\n")
    programs = {
        "basic": "basic_fake_auth", "digest": f"digest_file_auth {passwords}", "ntlm": "ntlm_fake_auth"}
    lines = [f"auth_param {scheme} program /usr/lib/squid/{programs[scheme]}"]
    if scheme != "ntlm":
        lines.append(f"auth_param {scheme} realm Ward 3, east")
    with ward.squid(tmp_path, *lines) as proxy:
        ward.rules("udp dport != 53 drop\nmeta l4proto tcp drop")
        works = scheme == "basic"
        report = probe(
            authority, "--proxy", proxy.replace("//", "//nurse:lantern@"), uris=[URIS[2]], expect=1 if works else 2)
        through = next(path for path in report["paths"] if path.get("proxy"))
        if works:
            assert through["status"] == "works", through
            return
        assert through["blocker"] == "proxy_scheme" and "without a password, or with Basic" in through["remedy"]
        assert f"wants a password by {scheme.upper() if scheme == 'ntlm' else 'Digest'}," in through["problem"]


@pytest.fixture(scope="module")
def list_server(network, authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("list") / "servers.json"
    servers = [{"urls": URIS[:2], "username": server.USER, "credential": server.PASSWORD}]
    path.write_text(json.dumps({"iceServers": servers}))
    _, certificate, key = authority
    with ward.helper(ward.RELAY, "list_server", 8443, certificate, key, path):
        yield f"https://{ward.NAME}:8443"


def fetch(authority, url, *flags, environment=(), ca=True):
    """Runs the probe with a list from `url`; returns exit code, report and message."""
    command = ward.inside(ward.CLIENT) + ["env", "-u", "https_proxy", *environment, server.TERN, "probe", "--json"]
    command += ["--seconds", "0.2", "--only-listed", "--ice-servers", url, *flags]
    done = subprocess.run(
        command + (["--ca", str(authority[0])] if ca else []), capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_a_list_of_ice_servers_from_where_the_application_gets_it(relay, authority, list_server, tmp_path):
    code, report, message = fetch(authority, f"{list_server}/servers")
    assert code == 0 and {path["transport"] for path in report["paths"]} == {"udp", "tcp"}, message
    assert {path["status"] for path in report["paths"]} == {"works"}
    token = ["TERN_ICE_SERVERS_TOKEN=of good news"]
    assert fetch(authority, f"{list_server}/token", environment=token)[0] == 0
    with ward.tinyproxy(tmp_path, "ConnectPort 8443", "BasicAuth nurse lantern") as proxy:
        ward.rules("tcp dport 8443 drop")
        code, _, message = fetch(authority, f"{list_server}/servers", "--proxy", proxy)
        assert code == 2 and "the proxy wants a user and a password" in message
        code, report, message = fetch(
            authority, f"{list_server}/servers", "--proxy", proxy.replace("//", "//nurse:lantern@"))
        assert report and {path["status"] for path in report["paths"] if not path.get("proxy")} == {"works"}, message


@pytest.mark.parametrize("path, words", [
    ("/gone", "answered HTTP 404"), ("/moved", "answered 302 and names another place"),
    ("/token", "refused (HTTP 401)"),
    ("/page", "it is no list of ICE servers"), ("/none", "names no server"), ("/large", "more than 256 KiB")])
def test_a_list_that_is_none_is_told_in_one_line(authority, list_server, path, words):
    code, report, message = fetch(authority, f"{list_server}{path}?key=hidden")
    assert code == 2 and report is None
    assert words in message and message.count("\n") == 1 and "hidden" not in message, message


def test_a_list_that_cannot_be_fetched_is_told_in_one_line(authority, list_server):
    code, _, message = fetch(authority, f"{list_server}/servers", ca=False)
    assert code == 2 and "certificate that is not trusted" in message and "--ca FILE" in message
    code, _, message = fetch(authority, f"https://{ward.RELAY_ADDRESS_2}:8443/servers")
    assert code == 2 and "no connection" in message, message
    code, _, message = fetch(authority, "https://missing.test/servers")
    assert code == 2 and "missing.test has no address" in message
    code, _, message = fetch(authority, f"http://nurse:hidden@{ward.NAME}/servers")
    assert code == 2 and "in clear" in message and "hidden" not in message
    ward.rules("tcp dport 8443 drop")
    code, _, message = fetch(authority, f"{list_server}/servers")
    assert code == 2 and "did not answer in time" in message


def test_watching_goes_on_when_the_list_is_gone_for_a_while(relay, authority, list_server):
    command = ward.inside(ward.CLIENT) + [server.TERN, "probe", "--seconds", "0.2", "--ca", str(authority[0]), "--json"]
    command += [*DIRECT, "--watch", "0.1", "--ice-servers", f"{list_server}/servers"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert json.loads(process.stdout.readline())["verdict"] == "all_well"
        ward.rules("tcp dport 8443 reject with tcp reset")
        reports = [json.loads(process.stdout.readline()) for _ in range(3)]
        gone = next(report for report in reports if report["verdict"] == "no_path")
        assert gone["findings"][0]["blocker"] == "no_server_list"
        ward.rules("")
        assert any(json.loads(process.stdout.readline())["verdict"] == "all_well" for _ in range(3))
    finally:
        process.kill()
        process.wait()
