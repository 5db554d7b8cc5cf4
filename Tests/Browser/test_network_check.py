"""The network check page: every step, its verdict, and the text for the help desk."""

import secrets

import pytest

STEPS = ["Browser", "Microphone", "Camera", "Server", "Clock", "Signaling", "Direct UDP", "Address seen from outside",
         "Relay over UDP", "Relay over TCP", "Relay over TLS"]
# What a firewall that drops UDP does: nothing answers there.
NO_UDP = """
const Real = window.RTCPeerConnection;
const blocked = url => (/^stun:|transport=udp/.test(url) ? url.replace(/:[0-9]+(?=$|[?])/, ":9") : url);
window.RTCPeerConnection = class extends Real {
  constructor(settings) {
    super(settings && {...settings, iceServers: settings.iceServers.map(server => ({
      ...server, urls: [server.urls].flat().map(blocked)}))});
  }
};
"""


@pytest.fixture
def checked(people, window):
    """Opens the page, and has checked what it finds."""
    def check(script="", setup=None):
        # The relay is lent to members of a room: both have written to each other.
        desk = window(people[0])
        desk.choose(people[1].name)
        text = f"Before the network check {secrets.token_hex(3)}"
        desk.write(text)
        desk.wait_message(text)
        if script:
            desk.page.add_init_script(script)
        if setup:
            setup(desk)
        desk.open("/network")
        desk.button("Start the check").click()
        desk.button("Copy the result").wait_for(timeout=45_000)
        return desk
    return check


def states(desk):
    return {line.locator("strong").inner_text(): line.get_attribute("class").split()[1]
            for line in desk.page.locator(".step").all()}


def test_everything_works_and_the_result_can_be_copied(checked, people):
    desk = checked()
    found = states(desk)
    assert list(found) == STEPS
    assert set(found.values()) == {"good"}, desk.page.locator("main").inner_text()
    desk.page.get_by_text("Calls work from here").first.wait_for()
    desk.context.grant_permissions(["clipboard-write"])
    desk.button("Copy the result").click()
    desk.page.get_by_text("Result copied").wait_for()
    text = desk.page.locator(".report").text_content()
    for part in [desk.url, people[0].name, "Calls work from here", "Mozilla/", *STEPS]:
        assert part in text, text
    assert "credential" not in text
    desk.check()


def test_a_firewall_without_udp_is_named_with_what_to_ask_for(checked, platform):
    desk = checked(NO_UDP)
    found = states(desk)
    assert found["Relay over UDP"] == found["Address seen from outside"] == "bad", found
    assert found["Relay over TLS"] == "good", desk.page.locator("main").inner_text()
    verdict = desk.page.locator(".message").first.inner_text()
    assert "the slower way" in verdict, verdict
    assert f"outgoing UDP to localhost:{platform.port}." in verdict, verdict


def test_a_wrong_clock_is_named(checked):
    desk = checked("const now = Date.now; Date.now = () => now() + 90_000;")
    assert states(desk)["Clock"] == "warn"
    assert "90 s ahead of the server" in desk.page.locator(".report").text_content()


def test_a_camera_that_is_not_allowed_is_named(checked):
    desk = checked("""
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async wanted => {
  if (wanted.video) throw new DOMException("denied", "NotAllowedError");
  return real(wanted);
};""")
    assert states(desk)["Camera"] == "bad" and states(desk)["Microphone"] == "good"
    assert "allow the camera" in desk.page.locator(".report").text_content().lower()
