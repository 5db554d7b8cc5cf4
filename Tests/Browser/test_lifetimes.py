"""Calls through the relay outlive their credentials, and end with them when somebody revokes those."""

import time

import pytest

import conftest
import deployment
import desk

# No nonce may live shorter.
CREDENTIAL_SECONDS = 30
RELAYED = "/?policy=relay"


@pytest.fixture(scope="module")
def brief(tmp_path_factory):
    """A platform whose credentials and nonces are short-lived."""
    flags = ["--credential-lifetime", f"{CREDENTIAL_SECONDS}s", "--nonce-lifetime", f"{CREDENTIAL_SECONDS}s"]
    with deployment.running(tmp_path_factory.mktemp("brief"), flags) as running:
        yield running


@pytest.fixture(scope="module")
def colleagues(browser, brief):
    return conftest.admit_two(browser, brief)


@pytest.fixture
def call(browser, brief, colleagues):
    """Both windows of a relayed call."""
    with desk.opened(browser, brief.url, state=colleagues[0].state) as caller, \
            desk.opened(browser, brief.url, state=colleagues[1].state) as callee:
        for window in (caller, callee):
            window.open(RELAYED)
        caller.call(colleagues[1].name)
        callee.accept()
        caller.wait_connected()
        callee.wait_connected()
        caller.wait_frames()
        yield caller, callee


def test_a_call_outlives_its_credential_and_nonce_three_times(call):
    caller, callee = call
    end = time.monotonic() + 3 * CREDENTIAL_SECONDS + 5
    while time.monotonic() < end:
        for window in call:
            window.wait_frames(more=5, seconds=3)
            assert window.path.startswith("Relay")
    caller.hang_up()
    callee.check()


def test_revoking_the_credential_stops_relayed_media_within_a_second(browser, brief, request):
    with desk.opened(browser, brief.url) as console:
        # Signed in before the call begins: the newest credential is the one in use, until the call renews it.
        console.sign_in(brief.administrator, brief.password, path="/admin#people")
        call = request.getfixturevalue("call")
        console.page.goto(brief.url + "/admin#credentials")
        revoke = console.button("Revoke", exact=False).first
        revoke.click()
        console.page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
        console.page.get_by_text("Credential revoked").wait_for()
        assert_stopped(call[1])


def test_disabling_a_person_ends_the_call_and_the_session(browser, brief, call, colleagues):
    with desk.opened(browser, brief.url) as console:
        console.sign_in(brief.administrator, brief.password, path="/admin#people")
        console.button(f"Manage {colleagues[0].name}").click()
        console.button("Disable").click()
        console.page.get_by_role("dialog").last.get_by_role("button", name="Disable", exact=True).click()
        call[0].page.get_by_text("Your session has ended").wait_for()
        call[1].page.locator(".stage").wait_for(state="hidden")


def assert_stopped(window):
    """One second on, no more frames come: those in the jitter buffer are played by then."""
    window.page.wait_for_timeout(1_000)
    before = window.frames()
    window.page.wait_for_timeout(1_000)
    assert window.frames() == before, f"{window.frames() - before} frames came after the revocation"
