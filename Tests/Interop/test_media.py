"""`tern load --media --prove`: passes on a relay that only forwards, and names what a man in the middle did."""

import json
import os
import re
import subprocess

import pytest

import lossy
import server
import tamper

pytestmark = pytest.mark.tern
FLAGS = ["--allocations-per-user", "4096", "--relay-ports", "10000-30000"]
CREDENTIALS = ["--user", server.USER, "--password", server.PASSWORD, "--insecure-certificate"]
QUICK = ["--media", "--sessions", "4", "--seconds", "1", "--loops", "1"]
PROFILES = ["aes-gcm", "aes-cm"]
IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def relay():
    with server.running(FLAGS) as running:
        yield running


def uri(ports, transport):
    port = ports[transport, "127.0.0.1"]
    return f"turns:localhost:{port}" if transport == "tls" else f"turn:127.0.0.1:{port}?transport={transport}"


def run(*arguments, code=0):
    """Runs a load of media to its end; returns its result and what it printed to standard error."""
    done = subprocess.run(
        [server.TERN, "load", "--json", *CREDENTIALS, *QUICK, *map(str, arguments)], capture_output=True, text=True,
        timeout=60)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return json.loads(done.stdout) if done.stdout else None, done.stderr


def verdicts(result):
    return {check["name"]: check["verdict"] for check in result["proof"]["checks"]}


def found(result, name):
    return next(check["found"] for check in result["proof"]["checks"] if check["name"] == name)


def outside(pid):
    """What only root may look into: the relay keeps its memory from its own user, too."""
    return ["--prove-process", pid, "--prove-interface", "lo"] if IS_ROOT else []


def holds(result, looked_outside):
    names = {"fingerprints", "delivery", "authentication", "replay", "sessions", "wire", "self-check"}
    expected = dict.fromkeys(names, "passed")
    expected |= dict.fromkeys(("memory", "capture"), "passed" if looked_outside else "skipped")
    assert verdicts(result) == expected, result["proof"]
    media = result["media"]
    assert media["authentication_failures"] == media["replay_rejections"] == media["malformed"] == 0
    assert media["handshakes"] == result["ready"] and 0 < media["handshake"]["p50"] < 5e6
    assert result["received"] > 0 and result["failed"] == 0


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_the_proof_holds_on_this_relay(relay, transport, profile):
    result, _ = run(uri(relay.ports, transport), "--prove", "--srtp-profile", profile, *outside(relay.pid))
    holds(result, IS_ROOT)
    assert result["media"]["srtp_profile"] == {
        "aes-gcm": "SRTP_AEAD_AES_128_GCM", "aes-cm": "SRTP_AES128_CM_HMAC_SHA1_80"}[profile]
    assert len(result["media"]["voice"]) == 2 and 3.5 < result["media"]["voice"][1]["mean_opinion_score"] <= 4.5
    assert "all 8 ends" in found(result, "fingerprints")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_the_proof_holds_on_coturn(transport):
    with server.coturn() as coturn:
        result, _ = run(uri(coturn.ports, transport), "--prove", *outside(coturn.pid))
        holds(result, IS_ROOT)


def test_two_clients_of_the_relay_and_a_picture(relay):
    result, _ = run(
        uri(relay.ports, "udp"), "--prove", "--client-to-client", "--profile", "video", *outside(relay.pid))
    holds(result, IS_ROOT)
    assert result["ready"] == result["sessions"] == 2 and result["media"]["voice"] == []


def tampered(relay, make, *arguments):
    with make(relay.address("udp")) as middle:
        result, errors = run(f"turn:127.0.0.1:{middle.address[1]}", "--prove", *arguments, code=1)
    assert errors.splitlines()[-1].startswith("tern: the proof failed: ")
    return result, errors.splitlines()[-1], middle


@pytest.mark.parametrize("profile", PROFILES)
def test_altered_packets_are_found(relay, profile):
    result, message, middle = tampered(relay, tamper.Altering, "--srtp-profile", profile)
    assert verdicts(result)["authentication"] == "failed" and verdicts(result)["sessions"] == "passed"
    assert re.search(r"\d+ packets of session \d \(client to peer\) failed authentication: altered on the way", message)
    assert result["media"]["authentication_failures"] == sum(middle.done.values()) > 10


@pytest.mark.parametrize("profile", PROFILES)
def test_repeated_packets_are_found(relay, profile):
    result, message, middle = tampered(relay, tamper.Replaying, "--srtp-profile", profile)
    assert verdicts(result)["replay"] == "failed" and verdicts(result)["authentication"] == "passed"
    assert "came again and were refused: replayed on the way" in message
    assert result["media"]["replay_rejections"] == sum(middle.done.values()) > 10


def test_packets_that_were_given_to_another_session_are_found(relay):
    result, message, middle = tampered(relay, tamper.Swapping)
    assert verdicts(result)["sessions"] == "failed"
    assert re.search(r"\d+ packets of session \d came to session \d \(\w+ to \w+\) and were refused: swapped", message)
    assert "ACCEPTED" not in message and result["media"]["authentication_failures"] == sum(middle.done.values())


def test_handshakes_that_were_joined_crosswise_are_found(relay):
    result, message, _ = tampered(relay, tamper.Crossing)
    assert verdicts(result)["fingerprints"] == verdicts(result)["delivery"] == "failed"
    assert re.search(r"session (\d): the \w+ got the certificate \S{11} \(session (?!\1)\d's\) and was", message)
    assert result["ready"] == 0 and result["sent"] == 0


def test_a_certificate_from_the_middle_is_found(relay):
    result, message, middle = tampered(
        relay, lambda address: tamper.Terminating(address, b"SRTP_AEAD_AES_128_GCM"))
    assert verdicts(result)["fingerprints"] == "failed" and middle.handshakes >= 4
    assert re.search(r"got the certificate [0-9A-F:]{11} and was promised [0-9A-F:]{11}: somebody is in", message)
    assert result["ready"] == 0 and result["sent"] == 0


def test_without_a_proof_tampering_fails_too(relay):
    with tamper.Altering(relay.address("udp")) as middle:
        result, errors = run(f"turn:127.0.0.1:{middle.address[1]}", code=1)
    assert result.get("proof") is None and "SRTP packets failed authentication" in errors.splitlines()[-1]
    with tamper.Crossing(relay.address("udp")) as middle:
        _, errors = run(f"turn:127.0.0.1:{middle.address[1]}", code=1)
    assert "got the certificate" in errors.splitlines()[-1]


def test_loss_lowers_the_score_and_breaks_no_proof(relay):
    clean, _ = run(uri(relay.ports, "udp"), "--seconds", 2)
    with lossy.LossyProxy(relay.address("udp")) as path:
        result, _ = run(f"turn:127.0.0.1:{path.address[1]}", "--prove", "--seconds", 3)
    assert result["proof"] and set(verdicts(result).values()) == {"passed", "skipped"}
    assert 0 < result["media"]["loss_percent"] < 2
    plain, concealed = (voice["mean_opinion_score"] for voice in result["media"]["voice"])
    assert plain < concealed < clean["media"]["voice"][1]["mean_opinion_score"]
    assert result["media"]["worst_jitter_milliseconds"] > 0


def test_plaintext_in_a_process_is_found(root):
    """The generator itself has what it planted in its memory."""
    with server.running(FLAGS) as relay:
        command = [server.TERN, "load", "--json", *CREDENTIALS, *QUICK, uri(relay.ports, "udp"), "--prove"]
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" --prove-process $$', "sh", *command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert re.search(r"memory: planted plaintext in \d+ places in process \d+", done.stderr)


def test_a_look_that_sees_nothing_proves_nothing(relay, root):
    other = subprocess.Popen(["sleep", "60"])
    try:
        result, errors = run(uri(relay.ports, "udp"), "--prove", "--prove-process", other.pid, code=1)
    finally:
        other.kill()
        other.wait()
    assert verdicts(result)["memory"] == "passed" and verdicts(result)["self-check"] == "failed"
    assert f"not found in process {other.pid}: is it the server's" in errors
    result, errors = run(uri(relay.ports, "udp"), "--prove", "--prove-process", 4_000_000, code=1)
    assert "memory: not looked at: there is no process 4000000" in errors
    result, errors = run(uri(relay.ports, "udp"), "--prove", "--prove-interface", "none0", code=1)
    assert "capture: not looked at: there is no interface none0" in errors


def test_what_cannot_be_asked_is_said_in_one_line(relay):
    target = uri(relay.ports, "udp")
    for flags, message in [
        (["--profile", "bulk"], "--media goes with the profiles voice and video"),
        (["--direction", "up"], "--media always flows in both directions"),
        (["--find-capacity"], "--media goes without"),
        (["--prove-interface", "lo"], "go with --prove"),
        (["--prove", "--size", "40"], "--size must be from 56 to 1150"),
    ]:
        _, errors = run(target, *flags, code=2)
        assert errors.count("\n") == 1 and message in errors, errors
    done = subprocess.run([server.TERN, "load", *CREDENTIALS, target, "--prove"], capture_output=True, text=True)
    assert done.returncode == 2 and "--prove and --srtp-profile go with --media" in done.stderr


def test_the_report_names_each_verdict(relay, tmp_path):
    page = tmp_path / "page.html"
    target = uri(relay.ports, "udp")
    command = [server.TERN, "load", *CREDENTIALS, *QUICK, "--prove", "--html", page]
    done = subprocess.run([*command, target], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^proof passed$", done.stdout, re.MULTILINE)
    assert re.search(r"^passed +fingerprints +all 8 ends", done.stdout, re.MULTILINE)
    assert re.search(r"^skipped +memory +not looked at: give --prove-process PID", done.stdout, re.MULTILINE)
    text = page.read_text()
    assert "Proof passed" in text and "MOS estimate" in text and "SRTP_AEAD_AES_128_GCM" in text
    with tamper.Replaying(relay.address("udp")) as middle:
        done = subprocess.run(
            [*command, f"turn:127.0.0.1:{middle.address[1]}"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "Proof FAILED: replay:" in page.read_text()
