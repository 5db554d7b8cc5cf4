"""`tern probe` in a ward: the fixtures and the call that its tests share."""

import json
import shutil
import subprocess

import pytest

import server
import ward


@pytest.fixture(scope="module")
def network():
    if not shutil.which("nft"):
        pytest.skip("no nft: install conf/packages-test.txt")
    if subprocess.run(["id", "-u"], capture_output=True, text=True).stdout.strip() != "0":
        pytest.skip("network namespaces need root")
    with ward.network(), ward.helper(ward.RELAY, "name_server"):
        yield


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return ward.authority(tmp_path_factory.mktemp("authority"), "Clinic Root")


@pytest.fixture(scope="module")
def relay(network, authority):
    _, certificate, key = authority
    hosts = (ward.RELAY_ADDRESS, f"[{ward.RELAY_ADDRESS_6}]")
    listen = [word for host in hosts for uri in (f"udp://{host}:3478", f"tcp://{host}:3478", f"tls://{host}:443")
              for word in ("--listen", uri)]
    with server.running(
        [*listen, "--certificate", str(certificate), "--private-key", str(key)], hosts=(), transports=(),
        relay_addresses=(ward.RELAY_ADDRESS,), allowed=(f"{ward.RELAY_ADDRESS}/32",),
        wrap=ward.inside(ward.RELAY)) as running:
        running.wait_for_log("tls://")
        yield running


@pytest.fixture(autouse=True)
def open_gate(network):
    ward.rules("")
    yield
    ward.rules("")


URIS = [f"turn:{ward.NAME}:3478?transport=udp", f"turn:{ward.NAME}:3478?transport=tcp", f"turns:{ward.NAME}:443"]
QUICK = ["--seconds", "0.4", "--timeout", "1.5"]


def probe(authority, *flags, user=server.USER, password=server.PASSWORD, uris=URIS, environment=(), expect=None,
          wrap=()):
    """Runs the probe in the ward; returns the report. `wrap` is put before the program."""
    credentials = ["--user", user, "--password", password] if user else []
    command = ward.inside(ward.CLIENT) + ["env", "-u", "https_proxy", "-u", "HTTPS_PROXY", *environment]
    command += [*wrap, server.TERN, "probe", "--json", *QUICK, "--ca", str(authority[0]), *credentials, *flags, *uris]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert done.returncode == {"all_well": 0, "degraded": 1, "no_path": 2}[report["verdict"]]
    assert expect is None or done.returncode == expect, done.stdout
    return report


def outcomes(report):
    """Transport, family or proxy, and what is in the way (None: it works), of each counted path."""
    found = {}
    for path in report["paths"]:
        if path["counted"]:
            found[path["transport"], "proxy" if path.get("proxy") else path.get("family")] = path.get("blocker")
    return found


EVERY = [(transport, family) for transport in ("udp", "tcp", "tls") for family in ("ipv4", "ipv6")]


def all_with(blockers):
    """Expected outcomes, by transport, for both families."""
    return {(transport, family): blockers[transport] for transport, family in EVERY}
