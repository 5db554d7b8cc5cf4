"""What goes wrong around a call: pages that are loaded again, devices that are missing, calls that cross."""

import time

import pytest

import conftest
import desk as desks

# Chromium's own questions and devices: nothing is allowed, or there is no device at all.
REAL_DEVICES = [flag for flag in conftest.FLAGS if flag != "--use-fake-device-for-media-stream"]
REAL_QUESTIONS = [flag for flag in conftest.FLAGS if flag != "--use-fake-ui-for-media-stream"]


@pytest.fixture
def other_browser(playwright):
    """A second browser with other flags."""
    opened = []

    def launch(flags):
        browser = playwright.chromium.launch(executable_path=conftest.chromium(), headless=True, args=flags)
        opened.append(browser)
        return browser

    yield launch
    for browser in opened:
        browser.close()


@pytest.fixture
def call(people, window):
    """Both windows of a call with video."""
    caller, callee = window(people[0]), window(people[1])
    caller.call(people[1].name)
    callee.accept()
    caller.wait_connected()
    callee.wait_connected()
    return caller, callee


def test_a_page_that_is_loaded_again_ends_its_call_and_can_call_at_once(call, people):
    caller, callee = call
    caller.page.reload()
    callee.page.locator(".stage").wait_for(state="hidden")
    callee.page.get_by_text("The call has ended").wait_for()
    caller.call(people[1].name)
    callee.accept()
    caller.wait_connected()
    callee.wait_frames(5)
    caller.hang_up()
    callee.check()
    caller.check()


def test_leaving_the_page_in_a_call_is_asked_about(call):
    caller, callee = call
    asked = []
    caller.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    # Browsers ask only where somebody has used the page.
    caller.page.mouse.click(5, 5)
    caller.page.evaluate("setTimeout(() => location.assign('/network'))")
    caller.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    callee.wait_frames(5)
    caller.hang_up()


def test_every_tab_of_a_person_rings_and_one_takes_the_call(people, window):
    caller, first, second = window(people[0]), window(people[1]), window(people[1])
    caller.call(people[1].name)
    for tab in (first, second):
        tab.button("Accept").wait_for()
    first.accept()
    second.page.get_by_text("taken elsewhere").wait_for()
    assert second.page.get_by_role("alertdialog").count() == 0
    assert second.page.locator(".stage").is_hidden()
    caller.wait_connected()
    first.wait_frames(5)
    caller.hang_up()
    for tab in (caller, first, second):
        tab.check()


def test_two_who_call_each_other_at_once_are_in_one_call(people, window):
    both = window(people[0]), window(people[1])
    for desk, other in zip(both, reversed(people)):
        desk.wait_online(other.name)
        desk.choose(other.name)
    moment = int(time.time() * 1000) + 700
    for desk in both:
        desk.page.evaluate(
            "at => { setTimeout(() => document.querySelector('.video-call').click(), at - Date.now()); }", moment)
    for desk in both:
        # Whose call came first rings, unless both were on their way.
        accept = desk.button("Accept").or_(desk.page.locator(".stage .state").get_by_text("Connect", exact=False))
        accept.first.wait_for()
        if desk.button("Accept").is_visible():
            desk.accept()
    for desk in both:
        desk.wait_connected()
        desk.wait_frames(5)
    both[0].hang_up()
    both[1].page.locator(".stage").wait_for(state="hidden")
    for desk in both:
        desk.check()


def test_without_any_device_one_still_sees_and_hears_the_other_side(people, platform, window, other_browser):
    caller = window(people[0])
    with desks.opened(other_browser(REAL_DEVICES), platform.url, state=people[1].state) as callee:
        callee.open()
        caller.call(people[1].name)
        callee.accept()
        callee.wait_connected()
        callee.wait_frames(5)
        callee.page.get_by_text("no camera and microphone was found").wait_for()
        caller.page.get_by_text("is muted").wait_for()
        callee.hang_up()
        callee.check()
    caller.check()


@pytest.mark.parametrize("allowed, text", [
    (["microphone"], "The camera is not used: allow the camera"),
    ([], "cannot be seen or heard: allow the camera and microphone"),
], ids=["camera", "both"])
def test_a_device_that_is_denied_is_named_and_the_call_goes_on(
        people, platform, window, other_browser, allowed, text):
    callee = window(people[1])
    with desks.opened(other_browser(REAL_QUESTIONS), platform.url, state=people[0].state) as caller:
        if allowed:
            caller.context.grant_permissions(allowed)
        caller.open()
        caller.call(people[1].name)
        callee.accept()
        caller.wait_connected()
        caller.wait_frames(5)
        caller.page.get_by_text(text).wait_for()
        # Switching on what is not allowed says why, and does no harm.
        caller.button("Switch the camera on").click()
        caller.page.get_by_text("The camera stays off").wait_for()
        caller.hang_up()
        caller.check()
    callee.check()


def test_an_upload_that_is_cancelled_leaves_nothing(people, window, tmp_path):
    desk, reader = window(people[0]), window(people[1])
    for one, other in ((desk, people[1]), (reader, people[0])):
        one.choose(other.name)
        one.page.get_by_role("tab", name="Documents").click()
    network = desk.context.new_cdp_session(desk.page)
    network.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000})
    document = tmp_path / "never finished.bin"
    document.write_bytes(bytes(3_000_000))
    desk.page.locator("input[type=file]").set_input_files(document)
    bar = desk.page.get_by_role("progressbar", name="Upload of never finished.bin")
    bar.wait_for()
    desk.button("Cancel").click()
    bar.wait_for(state="detached")
    assert desk.page.get_by_role("alert").count() == 0, "cancelling is no failure"
    network.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    # The next one goes through, and is the only one.
    document = document.rename(tmp_path / "finished.bin")
    desk.share(document)
    reader.page.locator(".document .name").get_by_text("finished.bin", exact=True).first.wait_for()
    for one in (desk, reader):
        assert one.page.get_by_text("never finished.bin").count() == 0
        one.check()
