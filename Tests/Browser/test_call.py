"""Two people call each other in real browsers, on each path that media can take."""

import hashlib
import secrets

import pytest

# Page address, badge, and the path as the companion records it.
WAYS = {
    "direct": ("/", "P2P UDP", "p2p-udp"),
    "relay-udp": ("/?policy=relay&transport=udp", "Relay UDP", "turn-udp"),
    "relay-tcp": ("/?policy=relay&transport=tcp", "Relay TCP", "turn-tcp"),
    "relay-tls": ("/?policy=relay&transport=tls", "Relay TLS", "turn-tls"),
}
URLS = """() => window.connections.at(-1).getConfiguration().iceServers
  .flatMap(server => server.urls).filter(url => url.startsWith("turn"))"""


@pytest.mark.parametrize("way", WAYS)
def test_two_clinicians_call_write_and_share(people, administrator, window, platform, tmp_path, way):
    address, badge, recorded = WAYS[way]
    caller, callee = window(people[0], address), window(people[1], address)
    callee.wait_online(people[0].name)
    caller.call(people[1].name)
    callee.accept()
    caller.wait_connected()
    callee.wait_connected()
    caller.wait_frames()
    callee.wait_frames()
    assert (caller.path, callee.path) == (badge, badge)
    if way == "relay-tls":
        ports = {url.split("?")[0].rsplit(":", 1)[1] for url in caller.page.evaluate(URLS)}
        assert ports == {str(platform.tls_port)}, "the relay's TLS is not on the port of the pages"

    code = caller.security_code()
    assert code == callee.security_code() and len(code) == 29, code

    question, answer = f"How is bed 12? {secrets.token_hex(4)}", f"Stable. {secrets.token_hex(4)}"
    caller.write(question)
    callee.wait_message(question)
    callee.write(answer)
    caller.wait_message(answer)

    document = tmp_path / f"findings {way} & Übersicht.bin"
    document.write_bytes(secrets.token_bytes(300_000))
    expected = hashlib.sha256(document.read_bytes()).hexdigest()
    caller.share(document)
    downloaded, shown = callee.download(document.name)
    assert downloaded == expected and expected[:16] in shown

    caller.hang_up()
    callee.page.locator(".stage").wait_for(state="hidden")
    callee.page.get_by_text("The call has ended").wait_for()
    caller.check()
    callee.check()
    assert_recorded(window(administrator, "/admin"), way, recorded, (question, answer, document.name))


def assert_recorded(console, way, recorded, secret_texts):
    """The call with its path is in the list, and each step is in an audit log that verifies and tells no content."""
    call = console.api("/admin/calls")["calls"][0]
    assert call["state"] == "ended" and call["path"] == recorded, call
    rows = console.api(f"/admin/audit?room={call['room']}&limit=200")["rows"]
    types = {row["type"] for row in rows}
    wanted = {"session.request", "session.accepted", "document.shared", "document.downloaded", "turn.credential.issued"}
    assert wanted <= types, types
    text = str(rows)
    for content in secret_texts:
        assert content not in text
    console.page.get_by_role("link", name="Audit log").click()
    console.button("Verify").click()
    console.page.get_by_text("rows are as they were written").wait_for()
    console.check()


def test_a_declined_call_and_one_called_off_end_on_both_sides(people, window):
    caller, callee = window(people[0]), window(people[1])
    caller.call(people[1].name)
    callee.button("Decline").click()
    caller.page.get_by_text("declined the call").wait_for()
    caller.button("Video call").click()
    callee.button("Accept").wait_for()
    caller.hang_up()
    callee.button("Accept").wait_for(state="detached")
    caller.check()
    callee.check()


def test_a_call_goes_on_when_the_signaling_is_lost_for_a_while(people, window):
    caller, callee = window(people[0]), window(people[1])
    caller.call(people[1].name)
    callee.accept()
    callee.wait_connected()
    caller.context.set_offline(True)
    caller.page.locator(".link-state:not(.online)").wait_for(timeout=60_000)
    callee.write("Are you still there?")
    callee.wait_frames()
    caller.context.set_offline(False)
    caller.page.locator(".link-state.online").wait_for(timeout=30_000)
    caller.wait_message("Are you still there?")
    caller.wait_frames()
    caller.hang_up()
    callee.page.locator(".stage").wait_for(state="hidden")
