"""A person in Chromium and one in Firefox call each other."""

import secrets
import shutil
import subprocess

import pytest

import conftest
import deployment
import firefox as firefox_desk
from test_call import WAYS

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A folder with authority.pem, and a certificate for localhost that it signed."""
    folder = tmp_path_factory.mktemp("authority")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", *key, "-days", "30", "-keyout", "authority-key.pem", "-out", "authority.pem",
            "-subj", "/CN=Hospital authority", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-addext", "extendedKeyUsage=serverAuth")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "authority.pem", "-CAkey", "authority-key.pem",
            "-CAcreateserial", "-days", "30", "-copy_extensions", "copy", "-out", "certificate.pem")
    return folder


@pytest.fixture(scope="module")
def platform(tmp_path_factory, authority):
    own = ["--certificate", str(authority / "certificate.pem"), "--private-key", str(authority / "key.pem")]
    with deployment.running(tmp_path_factory.mktemp("platform"), own) as running:
        yield running


@pytest.fixture(scope="module")
def people(browser, platform):
    return conftest.admit_two(browser, platform)


@pytest.fixture(scope="module")
def fox(people, platform, authority):
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    assert found, "no Firefox: apt-get install firefox-esr"
    with firefox_desk.running(found, authority / "authority.pem") as marionette:
        yield firefox_desk.FirefoxDesk(marionette, platform.url, people[1].state)


@pytest.mark.parametrize("way, firefox_calls", [("direct", False), ("relay-tls", True)])
def test_chromium_and_firefox_see_each_other(people, window, fox, way, firefox_calls):
    address, badge, _ = WAYS[way]
    desk = window(people[0], address)
    fox.open(address)
    fox.wait_signaling()
    caller, callee = (fox, desk) if firefox_calls else (desk, fox)
    caller.call(people[0 if firefox_calls else 1].name)
    callee.accept()
    for side in (desk, fox):
        side.wait_connected()
    for side in (desk, fox):
        side.wait_frames()
    assert (desk.path, fox.path) == (badge, badge)
    code = desk.security_code()
    assert code == fox.security_code() and len(code) == 29, code
    question = f"How is bed 12? {secrets.token_hex(4)}"
    desk.write(question)
    fox.wait_message(question)
    desk.hang_up()
    fox.wait_end()
    desk.check()
