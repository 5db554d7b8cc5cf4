"""`openssl s_client`: which versions and protocols the relay's TLS speaks."""

import subprocess

import pytest


def s_client(relay, *flags):
    host, port = relay.address("tls")
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"{host}:{port}", *flags], capture_output=True, text=True, timeout=10,
        input="", check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("flag", "version"), [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
def test_tls_1_2_and_1_3_are_spoken(relay, flag, version):
    output = s_client(relay, flag)
    assert f"New, {version}, Cipher is" in output, output


@pytest.mark.parametrize("flag", ["-tls1", "-tls1_1"])
def test_older_versions_are_refused(relay, flag):
    # Level 0, or the client itself would not offer them.
    output = s_client(relay, flag, "-cipher", "ALL:@SECLEVEL=0")
    assert "Cipher is (NONE)" in output, output
    assert "alert protocol version" in output, output


@pytest.mark.tern
@pytest.mark.parametrize("name", ["stun.turn", "stun.nat-discovery"])
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_alpn_names_of_rfc_7443_are_agreed(relay, name, version):
    assert f"ALPN protocol: {name}" in s_client(relay, version, "-alpn", name)


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_clients_without_alpn_are_served(relay, version):
    output = s_client(relay, version)
    assert "No ALPN negotiated" in output and "Cipher is (NONE)" not in output, output


@pytest.mark.tern
def test_the_offered_name_is_chosen_among_others(relay):
    assert "ALPN protocol: stun.turn" in s_client(relay, "-alpn", "h2,http/1.1,stun.turn")


@pytest.mark.parametrize("cipher", ["NULL", "RC4", "3DES", "EXPORT", "aNULL"])
def test_weak_ciphers_are_refused(relay, cipher):
    output = s_client(relay, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
    assert "Cipher is (NONE)" in output or "no cipher match" in output or "Error with command" in output, output


def test_the_chain_that_was_configured_is_sent(relay):
    output = s_client(relay, "-CAfile", str(relay.folder / "certificate.pem"), "-verify_return_error")
    assert "Verify return code: 0 (ok)" in output, output


@pytest.mark.tern
def test_a_tls_session_is_resumed(relay, tmp_path):
    ticket = str(tmp_path / "ticket")
    s_client(relay, "-tls1_2", "-sess_out", ticket)
    assert "Reused, TLSv1.2" in s_client(relay, "-tls1_2", "-sess_in", ticket)
