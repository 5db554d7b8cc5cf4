"""`tern probe`, the relay's own client, over each transport: over TLS with the certificate checked."""

import json
import subprocess

import pytest

import server

pytestmark = pytest.mark.tern


def probe(uri, *flags):
    """Exit code, the report and what was noted on standard error."""
    done = subprocess.run(
        [server.TERN, "probe", uri, "--user", server.USER, "--password", server.PASSWORD, "--seconds", "0.5", "--json",
         *flags], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_packets_come_back_in_clear(relay, transport):
    code, report, notes = probe(f"turn:127.0.0.1:{relay.ports[transport, '127.0.0.1']}?transport={transport}")
    assert code == 0, (report, notes)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_packets_come_back_over_tls_whose_certificate_is_trusted(relay, host):
    uri = f"turns:{host}:{relay.ports['tls', '127.0.0.1']}"
    code, report, notes = probe(uri, "--ca", str(relay.folder / "certificate.pem"))
    assert code == 0, (report, notes)
    path = report["paths"][0]
    assert path["uri"].startswith("turns:") and path.get("problem") is None, path


def test_a_certificate_that_is_not_trusted_is_refused_and_said_so(relay, tmp_path):
    other, _ = server.certificate(tmp_path, "other")
    code, _, notes = probe(f"turns:localhost:{relay.ports['tls', '127.0.0.1']}", "--ca", str(other))
    assert code != 0 and "certificate" in notes, notes


def test_any_certificate_is_taken_when_that_is_asked_for(relay):
    code, report, notes = probe(f"turns:localhost:{relay.ports['tls', '127.0.0.1']}", "--insecure-certificate")
    assert code == 0, (report, notes)
