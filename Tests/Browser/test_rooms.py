"""Rooms of several people: making one, adding, removing, leaving; and lists that are longer than a page."""

import json
import secrets
import time

import desk as desks


def members(desk):
    desk.button("Members").click()
    desk.page.get_by_role("heading", name="Members of").wait_for()
    names = desk.page.get_by_role("dialog").locator("bdi").all_inner_texts()
    return names


def make_room(desk, guest):
    title = f"Ward round {secrets.token_hex(3)}"
    desk.make_room(title, guest)
    return title


def test_members_are_added_and_leave(people, administrator, window):
    maker, guest, third = window(people[0]), window(people[1]), window(administrator)
    title = make_room(maker, people[1])
    maker.write("Only for members")
    guest.choose(title)
    guest.wait_message("Only for members")
    assert set(members(guest)) == {people[0].name, people[1].name}
    guest.button("Add people").click()
    guest.field("Administrator").check()
    guest.button("Add", exact=True).click()
    guest.page.get_by_text("1 person was added").wait_for()
    # Whoever does not look after the room can leave it, and remove nobody.
    guest.page.get_by_role("dialog").get_by_text("Administrator").wait_for()
    assert guest.page.get_by_role("button", name="Remove").count() == 0

    third.choose(title)
    third.wait_message("Only for members")
    guest.button("Leave the room").click()
    guest.page.get_by_role("dialog").last.get_by_role("button", name="Leave", exact=True).click()
    guest.page.get_by_text("You are no longer in").wait_for()
    assert title not in guest.page.get_by_role("navigation").inner_text()
    assert "Only for members" not in guest.page.locator("main").inner_text()
    assert len(members(maker)) == 2
    for desk in (maker, guest, third):
        desk.check()


def test_nobody_is_said_to_be_missing_while_the_list_loads(people, window):
    """On a slow line the rooms come before the people, and "New room" said that there is nobody to invite."""
    held = []
    desk = window()
    desk.context.add_cookies(people[1].state["cookies"])
    desk.page.route("**/api/v1/people*", lambda route: held.append(route))
    with desk.page.expect_response("**/api/v1/rooms*"):
        desk.open()
    desk.page.locator(".link-state.online").wait_for()
    assert desk.page.get_by_role("navigation").get_by_text("Nobody here yet").count() == 0
    assert desk.page.get_by_role("navigation").get_by_text("Loading people").count() == 1
    assert desk.button("New room").is_disabled()
    for route in held:
        route.continue_()
    desk.button("New room").click()
    desk.field(people[0].name).wait_for()
    desk.check()


def test_two_thousand_people_are_listed_searched_and_chosen(people, window):
    names = [f"Colleague {number:04}" for number in range(2000)]
    crowd = [{"id": f"person-{number:04}", "name": name, "online": number % 10 == 0}
             for number, name in enumerate(names)]
    desk = window()
    desk.context.add_cookies(people[1].state["cookies"])
    desk.page.route("**/api/v1/people*", lambda route: route.fulfill(
        status=200, content_type="application/json", body=json.dumps({"people": crowd, "next": None})))
    desk.open()
    navigation = desk.page.get_by_role("navigation")
    navigation.get_by_text("200 online").wait_for()
    assert navigation.get_by_role("button", name="Colleague").count() == 100
    desk.button("Show more").click()
    assert navigation.get_by_role("button", name="Colleague").count() == 200
    focused = desk.page.evaluate("document.activeElement.textContent")
    assert "Colleague" in focused, "the focus is lost behind the last one that was shown"

    search = desk.field("Search people and rooms")
    start = time.monotonic()
    search.fill("1234")
    navigation.get_by_role("button", name="Colleague 1234").wait_for()
    assert navigation.get_by_role("button", name="Colleague").count() == 1
    assert time.monotonic() - start < 2, "a search takes too long"
    search.fill("nobody of that name")
    navigation.get_by_text("Nobody by that name").wait_for()

    desk.button("New room").click()
    dialog = desk.page.get_by_role("dialog")
    assert dialog.get_by_role("checkbox").count() == 50
    dialog.get_by_role("searchbox").fill("1999")
    dialog.get_by_label("Colleague 1999").check()
    dialog.get_by_role("searchbox").fill("Colleague 00")
    assert dialog.get_by_label("Colleague 1999").is_checked(), "who was chosen before the search is lost"
    dialog.get_by_text("1 chosen").wait_for()
    desk.check()


def test_older_messages_are_loaded_a_page_at_a_time(people, browser, platform, window):
    with desks.opened(browser, platform.url, state=people[0].state) as writer:
        writer.open()
        title = f"Long room {secrets.token_hex(3)}"
        writer.make_room(title, people[1])
        # As many as the server takes from a socket at once.
        for number in range(55):
            writer.write(f"Message {number}")
        writer.wait_message("Message 54")
        writer.page.locator(".bubble.sending").first.wait_for(state="detached")
    reader = window(people[1])
    reader.choose(title)
    reader.wait_message("Message 54")
    assert reader.page.locator(".bubble").count() == 50
    reader.button("Earlier messages").click()
    reader.wait_message("Message 0")
    assert reader.page.locator(".bubble").count() == 55
    assert reader.page.get_by_role("button", name="Earlier messages").count() == 0
    reader.check()


def test_who_looks_after_a_room_removes_members(people, window):
    maker, guest = window(people[0]), window(people[1])
    title = make_room(maker, people[1])
    guest.choose(title)
    maker.write("Only for members")
    guest.wait_message("Only for members")
    assert len(members(maker)) == 2
    maker.button(f"Remove {people[1].name}").click()
    maker.page.get_by_role("dialog").last.get_by_role("button", name="Remove", exact=True).click()
    maker.page.get_by_text("was removed").wait_for()
    guest.page.get_by_text("You are no longer in").wait_for()
    assert "Only for members" not in guest.page.locator("main").inner_text()
    for desk in (maker, guest):
        desk.check()
