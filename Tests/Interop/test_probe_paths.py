"""`tern probe` from a ward behind a firewall: it must name what is in the way, and the rule to ask for."""

import json
import subprocess

import pytest

import server
import turn
import ward
from probing import (  # noqa: F401, the fixtures
    QUICK, URIS, all_with, authority, network, open_gate, outcomes, probe, relay)

pytestmark = pytest.mark.tern


def test_all_open(relay, authority):
    report = probe(authority, expect=0)
    assert outcomes(report) == all_with({"udp": None, "tcp": None, "tls": None})
    assert report["findings"] == []
    for path in report["paths"]:
        assert path["sent"] == path["returned"] == 20 and path["round_trip_us"]["median"] > 0
        assert path["megabits_per_second"] > 0.5 and path["jitter_us"] >= 0
        assert path["relayed"].startswith(ward.RELAY_ADDRESS) and path["realm"] == server.REALM
        assert abs(path["clock_skew_seconds"]) <= 1
        if path["family"] == "ipv4":  # the gate translates
            assert path["mapped"].startswith(ward.GATE_OUTSIDE) and path["local"].startswith(ward.CLIENT_ADDRESS)
        if path["transport"] == "udp":
            assert path["path_mtu"] == 1500
        if path["transport"] == "tls":
            tls = path["tls"]
            assert tls["version"] == "TLSv1.3" and tls["application_protocol"] == "stun.turn"
            assert "Clinic Root" in tls["issuer"] and ward.NAME in tls["names"] and tls["days_left"] in (29, 30)
    records = report["names"][0]["records"]
    assert records["A"] == [ward.RELAY_ADDRESS] and records["AAAA"] == [ward.RELAY_ADDRESS_6]
    assert records["SRV _turns._tcp"] == [f"10 0 443 {ward.NAME}"] and "RELAY:turn.tls" in records["NAPTR"][0]


BLOCK = "meta l4proto udp udp dport != 53"
CASES = {
    "UDP dropped": (
        f"{BLOCK} drop", {"udp": "timed_out", "tcp": None, "tls": None}, 1,
        f"firewall: allow outgoing UDP to {ward.RELAY_ADDRESS}:3478 ({ward.NAME}), and the answers to it"),
    "UDP rejected": (
        f"{BLOCK} reject with icmpx admin-prohibited", {"udp": "unreachable", "tcp": None, "tls": None}, 1,
        f"allow outgoing UDP to {ward.RELAY_ADDRESS}:3478"),
    "only TCP 443": (
        f"{BLOCK} drop\ntcp dport != 443 drop", {"udp": "timed_out", "tcp": "timed_out", "tls": None}, 1,
        f"firewall: allow outgoing TCP connections to {ward.RELAY_ADDRESS}:3478 ({ward.NAME})"),
    "TCP 3478 rejected": (
        "tcp dport 3478 reject with tcp reset", {"udp": None, "tcp": "refused", "tls": None}, 1,
        f"allow outgoing TCP connections to {ward.RELAY_ADDRESS}:3478"),
    "reset after the hello": (
        "early\ntcp dport 443 @ih,0,8 0x16 reject with tcp reset",
        {"udp": None, "tcp": None, "tls": "reset_after_hello"}, 1, "exempt TLS to"),
    "hello swallowed": (
        "early\ntcp dport 443 @ih,0,8 0x16 drop", {"udp": None, "tcp": None, "tls": "silent_after_hello"}, 1,
        "exempt TLS to"),
    "everything dropped": (
        f"{BLOCK} drop\nmeta l4proto tcp drop", {"udp": "timed_out", "tcp": "timed_out", "tls": "timed_out"}, 2,
        "firewall: allow outgoing UDP"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gate_filters(relay, authority, name):
    filtering, blockers, code, remedy = CASES[name]
    ward.rules(filtering)
    report = probe(authority, expect=code)
    assert outcomes(report) == all_with(blockers)
    assert any(remedy in finding["remedy"] for finding in report["findings"]), report["findings"]


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_only_443_through_a_proxy(relay, authority, tmp_path, how):
    with ward.tinyproxy(tmp_path) as proxy:
        ward.rules("udp dport != 53 drop\nmeta l4proto tcp drop")
        flags, environment = (["--proxy", proxy], ()) if how == "flag" else ([], (f"https_proxy={proxy}",))
        report = probe(authority, *flags, environment=environment, expect=1)
    through = {path["transport"]: path for path in report["paths"] if path.get("proxy")}
    assert through["tls"]["status"] == "works" and through["tls"]["returned"] == 20
    assert through["tcp"]["blocker"] == "proxy_refused"
    assert f"allow CONNECT to {ward.NAME}:3478" in through["tcp"]["remedy"]
    assert all(path["blocker"] == "timed_out" for path in report["paths"] if not path.get("proxy"))


def test_a_proxy_needs_no_name_server_in_the_ward(relay, authority, tmp_path):
    """The proxy looks up the name, so a ward without a name server can still call."""
    with ward.tinyproxy(tmp_path) as proxy:
        ward.rules("meta l4proto { tcp, udp } drop")
        report = probe(authority, "--proxy", proxy, uris=[URIS[2]], expect=1)
    assert [path["status"] for path in report["paths"] if path.get("proxy")][0] == "works"


def test_an_intercepting_authority(relay, authority, tmp_path):
    _, certificate, key = ward.authority(tmp_path / "other", "Inspecting Appliance")
    with ward.helper(ward.GATE, "tls_server", 8443, certificate, key):
        ward.redirect(443, 8443)
        report = probe(authority, expect=1)
    assert outcomes(report) == all_with({"udp": None, "tcp": None, "tls": "intercepted_certificate"})
    finding = next(finding for finding in report["findings"] if finding["blocker"] == "intercepted_certificate")
    assert "Inspecting Appliance" in finding["text"] and "TLS inspection" in finding["remedy"]
    assert not any(path.get("relayed") for path in report["paths"] if path["transport"] == "tls")


def test_a_wrong_password(relay, authority):
    report = probe(authority, password="wrong", expect=2)
    assert outcomes(report) == all_with(dict.fromkeys(("udp", "tcp", "tls"), "wrong_password"))
    assert len(report["findings"]) == 1


def test_an_expired_credential(relay, authority):
    user, password = turn.time_limited(server.SECRET, seconds=-7200)
    report = probe(authority, user=user, password=password, expect=2)
    assert outcomes(report) == all_with(dict.fromkeys(("udp", "tcp", "tls"), "expired_credential"))
    assert report["findings"][0]["remedy"] == "get a new credential"
    assert -7300 < report["credentials"][0]["seconds_left"] < -7100


def test_a_credential_that_still_lives_and_a_wrong_one_of_that_form(relay, authority):
    user, password = turn.time_limited(server.SECRET)
    probe(authority, user=user, password=password, expect=0)
    report = probe(authority, user=user, password="wrong", expect=2)
    assert set(outcomes(report).values()) == {"wrong_password"}


def test_a_server_that_is_down(network, authority):
    uris = [uri.replace("3478", "3479").replace("443", "444") for uri in URIS]
    report = probe(authority, "--only-listed", uris=uris, expect=2)
    assert outcomes(report) == all_with(dict.fromkeys(("udp", "tcp", "tls"), "server_down"))
    assert len(report["findings"]) == 1 and "no relay runs there" in report["findings"][0]["text"]


def test_names_that_fail(relay, authority):
    ward.rules("udp dport 53 drop")
    report = probe(authority, expect=2)
    assert {path["blocker"] for path in report["paths"]} == {"dns_failing"}
    assert "port 53" in report["findings"][0]["remedy"]
    ward.rules("")
    report = probe(authority, uris=["turn:missing.test"], expect=2)
    assert {path["blocker"] for path in report["paths"]} == {"no_such_name"}


def test_a_narrow_path_and_the_other_usual_ports(relay, authority):
    for name, device in ((ward.GATE, "g1"), (ward.RELAY, "r0")):
        ward.ip("-n", name, "link", "set", device, "mtu", "1400")
    try:
        report = probe(authority, uris=[f"turns:{ward.NAME}:443"], expect=0)
    finally:
        for name, device in ((ward.GATE, "g1"), (ward.RELAY, "r0")):
            ward.ip("-n", name, "link", "set", device, "mtu", "1500")
    uncounted = [path for path in report["paths"] if not path["counted"]]
    assert {path["transport"] for path in uncounted} == {"udp", "tcp"}
    assert all(path["status"] == "works" for path in uncounted)
    assert {path["path_mtu"] for path in uncounted if path["transport"] == "udp"} == {1400}


def test_without_a_credential_it_tells_whether_the_relay_answers(relay, authority):
    report = probe(authority, user=None, expect=0)
    assert all(path["realm"] == server.REALM and path["sent"] == 0 for path in report["paths"])
    report = probe(authority, user=None, uris=[f"stun:{ward.NAME}"], expect=0)
    assert all(path["mapped"] for path in report["paths"])


def test_a_list_of_ice_servers(relay, authority, tmp_path):
    servers = [{"urls": f"stun:{ward.NAME}"}, {"urls": URIS, "username": server.USER, "credential": server.PASSWORD}]
    path = tmp_path / "servers.json"
    path.write_text(json.dumps({"iceServers": servers}))
    report = probe(authority, "--ice-servers", str(path), user=None, uris=[], expect=0)
    assert [path["uri"].split(":")[0] for path in report["paths"] if path["family"] == "ipv4"] == [
        "stun", "turn", "turn", "turns"]


def test_watching_writes_a_line_each_time(relay, authority):
    command = ward.inside(ward.CLIENT) + [server.TERN, "probe", *QUICK, "--ca", str(authority[0]), "--proxy", "none"]
    command += ["--user", server.USER, "--password", server.PASSWORD, "--watch", "0.2", "--json", URIS[0]]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        reports = [json.loads(process.stdout.readline()) for _ in range(2)]
    finally:
        process.kill()
        process.wait()
    assert [report["verdict"] for report in reports] == ["all_well", "all_well"]


def test_the_table_is_for_people(relay, authority):
    ward.rules("udp dport 3478 drop")
    command = ward.inside(ward.CLIENT) + [server.TERN, "probe", *QUICK, "--ca", str(authority[0]), "--proxy", "none"]
    done = subprocess.run(
        command + ["--user", server.USER, "--password", server.PASSWORD, *URIS], capture_output=True, text=True,
        timeout=60)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["RESULT", "TRANSPORT", "SERVER"] and lines[1].startswith("BLOCKED  udp")
    assert f"firewall: allow outgoing UDP to {ward.RELAY_ADDRESS}:3478" in done.stdout
