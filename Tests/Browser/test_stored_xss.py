"""Threat 13: what a person stores is text in every other person's page, never markup or script."""

import hashlib
import secrets

import pytest

PAYLOADS = [
    "<script>window.executed=1</script>",
    "<img src=x onerror=window.executed=1>",
    "\"><svg onload=window.executed=1>",
    "<iframe srcdoc='<script>parent.executed=1</script>'>",
    "<a href=\"javascript:window.executed=1\">press</a>",
    "javascript:window.executed=1",
    "{{constructor.constructor('window.executed=1')()}}",
    "<style>*{background:url(/stolen)}</style>",
    "</title><script>window.executed=1</script>",
]
FOREIGN = """document.querySelectorAll(
  "main script, main iframe, main style, main img[src=x], [onerror], [onload]").length"""


def assert_harmless(desk):
    desk.page.wait_for_timeout(300)
    assert desk.page.evaluate("window.executed") is None, "a stored text was executed"
    assert desk.page.evaluate(FOREIGN) == 0, "a stored text became markup"
    desk.check()


def test_messages_are_shown_as_they_were_written(people, window):
    texts = [f"{payload} {secrets.token_hex(4)}" for payload in PAYLOADS]
    writer, reader = window(people[0]), window(people[1])
    for desk, other in ((writer, people[1]), (reader, people[0])):
        desk.choose(other.name)
    for text in texts:
        writer.write(text)
        for desk in (writer, reader):
            desk.wait_message(text)
            assert_harmless(desk)
    # Read from the store, not from the socket.
    reader.open()
    reader.choose(people[0].name)
    for text in texts:
        reader.wait_message(text)
    assert_harmless(reader)


def test_names_of_people_and_rooms_are_text(administrator, people, window, browser, platform):
    import conftest

    name = "<img src=x onerror=window.executed=1>"
    attacker = conftest.admit(browser, platform, name, "attacker@hospital.example")
    title = "<svg onload=window.executed=1>Board</svg>"
    desk = window(attacker)
    desk.page.get_by_text(people[1].name).wait_for()
    desk.button("New room").click()
    desk.field("Title").fill(title)
    desk.field(people[1].name).check()
    desk.button("Make the room").click()
    desk.page.get_by_role("heading", name="Board", exact=False).wait_for()
    assert_harmless(desk)

    victim = window(people[1])
    for shown in (name, title):
        victim.choose(shown)
        assert_harmless(victim)
    desk.call(people[1].name)
    victim.button("Decline").wait_for()
    assert_harmless(victim)
    victim.button("Decline").click()

    for section in ("people", "sessions", "calls", "audit"):
        console = window(administrator, f"/admin#{section}")
        console.page.locator(".loading").wait_for(state="detached")
        assert_harmless(console)


@pytest.mark.parametrize("name", ["<img src=x onerror=window.executed=1>.html", "'\"onload=window.executed=1 x='.svg"])
def test_a_document_is_downloaded_and_never_executed(people, window, name):
    markup = "<svg xmlns='http://www.w3.org/2000/svg'><script>window.opener.executed=1</script></svg><script>1</script>"
    content = f"{markup}{name}".encode()
    digest = hashlib.sha256(content).hexdigest()
    sharer, reader = window(people[0]), window(people[1])
    for desk, other in ((sharer, people[1]), (reader, people[0])):
        desk.choose(other.name)
        desk.page.get_by_role("tab", name="Documents").click()
    sharer.page.locator("input[type=file]").set_input_files(
        files=[{"name": name, "mimeType": "text/html", "buffer": content}])
    # The name is made harmless for file systems: the checksum finds the document.
    row = reader.page.locator(".document").filter(has_text=digest[:16])
    row.wait_for()
    for desk in (sharer, reader):
        assert_harmless(desk)
    answer = reader.context.request.get(reader.url + row.get_by_role("link").get_attribute("href"))
    headers = answer.headers
    assert answer.ok and answer.body() == content
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
