"""Lists that are longer than a page of the server's: each follows `next`, the mark of where the next page begins."""

import json
import secrets
import urllib.parse

import pytest

PAGE = 40
ALL = 90
TIME = 1_790_000_000_000


def person(number):
    return {"id": f"person-{number:04}", "name": f"Colleague {number:04}", "email": f"c{number}@hospital.example",
            "role": "user", "state": "active", "totp": False, "created_at": TIME, "sessions": 0, "last_seen_at": None}


def contact(number):
    return {"id": f"person-{number:04}", "name": f"Colleague {number:04}", "online": number % 10 == 0}


def session(number):
    return {"id": f"session-{number:04}", "person": contact(number), "address": "192.0.2.1", "agent": f"a{number}",
            "created_at": TIME, "seen_at": TIME, "socket": False, "current": number == 0}


def call(number):
    return {"id": f"call-{number:04}", "room": f"room-{number:04}", "requester": contact(number),
            "callee": contact(number + 1), "state": "ended", "requested_at": TIME, "accepted_at": TIME,
            "connected_at": TIME, "ended_at": TIME + 1000, "end_reason": "hangup", "path": "p2p-udp"}


def credential(number):
    return {"id": f"credential-{number:04}", "person": None, "reason": f"Reason {number:04}", "room": None,
            "issued_at": TIME, "expires_at": TIME, "revoked_at": None}


def document(number):
    return {"id": f"document-{number:04}", "room": "r", "owner": "somebody", "name": f"Findings {number:04}.pdf",
            "type": "application/pdf", "bytes": 1000, "sha256": secrets.token_hex(32), "shared_at": TIME - number}


# Section of the console, path and key of its list, a row of it, and the button for more.
CONSOLE = {
    "people": ("/admin/people", "people", person, "More people"),
    "sessions": ("/admin/sessions", "sessions", session, "Older sessions"),
    "calls": ("/admin/calls", "calls", call, "Older calls"),
    "credentials": ("/admin/relay-credentials", "credentials", credential, "Older credentials"),
}


def serve(desk, path, name, make):
    """Answers for the server with `ALL` rows in pages; returns the cursors that were asked for."""
    asked = []

    def page(route):
        values = urllib.parse.parse_qs(urllib.parse.urlsplit(route.request.url).query)
        asked.append(values.get("cursor", [None])[0])
        start = int(asked[-1] or 0)
        end = start + PAGE
        answer = {name: [make(number) for number in range(start, min(end, ALL))],
                  "next": str(end) if end < ALL else None}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))

    desk.page.route(lambda url: urllib.parse.urlsplit(url).path == f"/api/v1{path}", page)
    return asked


@pytest.mark.parametrize("section", CONSOLE)
def test_the_console_shows_a_page_and_appends_the_next(administrator, window, section):
    path, name, make, more = CONSOLE[section]
    desk = window(administrator, "/network")
    asked = serve(desk, path, name, make)
    desk.open(f"/admin#{section}")
    rows = desk.page.locator("tbody tr")
    rows.nth(PAGE - 1).wait_for()
    assert rows.count() == PAGE
    desk.button(more).click()
    rows.nth(2 * PAGE - 1).wait_for()
    assert rows.count() == 2 * PAGE
    at = desk.page.evaluate("document.activeElement.dataset.key")
    assert at == make(PAGE)["id"], "the focus is not on the first new row"
    desk.button(more).click()
    rows.nth(ALL - 1).wait_for()
    assert rows.count() == ALL and desk.button(more).is_hidden()
    assert [cursor for cursor in asked if cursor] == [str(PAGE), str(2 * PAGE)]
    desk.check()


def test_the_call_page_knows_everybody(people, window):
    desk = window(people[1], "/network")
    asked = serve(desk, "/people", "people", contact)
    desk.open()
    people_listed = desk.page.get_by_role("navigation").get_by_role("button", name="Colleague")
    people_listed.nth(ALL - 1).wait_for()
    assert asked == [None, str(PAGE), str(2 * PAGE)]
    desk.check()


def test_all_documents_of_a_room_and_all_own_sessions_are_listed(people, window):
    desk = window(people[0])
    title = f"Archive {secrets.token_hex(3)}"
    desk.make_room(title, people[1])
    room = next(one for one in desk.api("/rooms")["rooms"] if one["title"] == title)["id"]
    serve(desk, f"/rooms/{room}/documents", "documents", document)
    desk.page.get_by_role("tab", name="Documents").click()
    desk.page.locator(".document").nth(ALL - 1).wait_for()
    serve(desk, "/sessions", "sessions", session)
    desk.button("Your account", exact=False).click()
    desk.page.locator(".lines li").filter(has_text="192.0.2.1").nth(ALL - 1).wait_for()
    desk.check()
