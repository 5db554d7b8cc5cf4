"""Every page and state, wide and on a phone, in both colour schemes: a picture of each, no errors, nothing that reaches
over the edge, no finding of axe-core; and usable by keyboard alone."""

import os
import pathlib

import pytest

import accessibility

SIZES = {"wide": (1360, 850), "medium": (1000, 720), "phone": (360, 740)}
# What is done in a window of one size is seen in these, each in its schemes.
LOOKS = {
    "wide": [("wide", "light"), ("wide", "dark"), ("medium", "light")],
    "phone": [("phone", "light"), ("phone", "dark")],
}
SECTIONS = ["people", "sessions", "calls", "allocations", "credentials", "audit", "relay", "outbox"]


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """The folder of the pictures: SCREENS, or one that pytest keeps for a while."""
    folder = pathlib.Path(os.environ.get("SCREENS") or tmp_path_factory.mktemp("screens"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=LOOKS)
def size(request):
    return request.param


@pytest.fixture
def view(size):
    """The options of a window of that size."""
    return dict(zip(("width", "height"), SIZES[size]))


@pytest.fixture
def take(pictures, size):
    def take(desk, name):
        for number, (shown, scheme) in enumerate(LOOKS[size]):
            look = f"{name}-{shown}-{scheme}"
            desk.look(*SIZES[shown], scheme)
            desk.page.screenshot(path=pictures / f"{look}.png", animations="disabled")
            desk.sees_nothing_over_the_edge(look)
            if shown == size:
                rules = accessibility.COLOURS if number else accessibility.RULES
                accessibility.assert_accessible(desk.page, look, rules)
        desk.look(*SIZES[size], LOOKS[size][0][1])
        desk.check()
    return take


def test_signed_out(window, view, take):
    desk = window(**view)
    desk.field("E-mail address").wait_for()
    take(desk, "sign-in")
    desk.field("E-mail address").fill("nobody@hospital.example")
    desk.field("Password").fill("wrong")
    desk.button("Sign in").click()
    desk.page.get_by_role("alert").wait_for()
    take(desk, "sign-in-refused")
    for link in ("Create an account", "Forgot the password?", "Enter an activation key"):
        desk.open()
        desk.button(link).click()
        take(desk, link.lower().replace(" ", "-").rstrip("?"))


def test_workspace(people, window, view, take):
    desk = window(people[0], **view)
    desk.page.get_by_role("navigation").get_by_role("button").filter(has_text=people[1].name).wait_for()
    take(desk, "nothing-chosen")
    desk.choose(people[1].name)
    take(desk, "messages")
    desk.page.get_by_role("tab", name="Documents").click()
    take(desk, "documents")
    desk.button("Your account", exact=False).click()
    desk.page.get_by_text("this one").wait_for()
    take(desk, "account")
    desk.page.get_by_role("heading", name="Network check").scroll_into_view_if_needed()
    take(desk, "account-network")


def test_network_check(people, window, view, take):
    desk = window(people[0], "/network", **view)
    desk.button("Start the check").wait_for()
    take(desk, "network")
    desk.button("Start the check").click()
    desk.button("Copy the result").wait_for(timeout=45_000)
    take(desk, "network-check")
    desk.page.get_by_text("The result as text").click()
    take(desk, "network-check-text")


def test_rooms(people, window, view, take):
    desk = window(people[0], **view)
    desk.button("New room").click()
    take(desk, "new-room")
    desk.field("Title").fill("Tumour board")
    desk.field(people[1].name).check()
    desk.button("Make the room").click()
    desk.button("Members").click()
    take(desk, "members")
    desk.button("Add people").click()
    take(desk, "members-add")


def test_call(people, window, view, take):
    caller, callee = window(people[0], **view), window(people[1], **view)
    caller.call(people[1].name)
    callee.button("Accept").wait_for()
    take(caller, "calling")
    take(callee, "ringing")
    callee.accept()
    caller.wait_connected()
    caller.wait_frames(5)
    take(caller, "call")
    caller.security_code()
    take(caller, "call-details")
    caller.hang_up()


def test_console(administrator, people, window, view, take):
    desk = window(administrator, "/admin", **view)
    for section in SECTIONS:
        desk.open(f"/admin#{section}")
        desk.page.get_by_role("heading", level=1).wait_for()
        desk.page.locator(".loading").wait_for(state="detached")
        take(desk, f"console-{section}")


def test_console_dialogs(administrator, people, window, view, take):
    desk = window(administrator, "/admin#people", **view)
    desk.button("Invite").click()
    take(desk, "console-invite")
    desk.page.keyboard.press("Escape")
    desk.button(f"Manage {people[1].name}").click()
    take(desk, "console-manage")
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("link", name="Credentials").click()
    desk.button("Issue").click()
    desk.field("Reason").fill("Screens of the tests")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("Shown only now").wait_for()
    take(desk, "console-credential")


def test_who_is_no_administrator_is_told_so(people, window):
    desk = window(people[1], "/admin")
    desk.page.get_by_text("This page is for administrators").wait_for()
    desk.check()


def test_signing_in_and_writing_by_keyboard_alone(people, window):
    desk = window()
    keyboard = desk.page.keyboard
    desk.field("E-mail address").wait_for()
    keyboard.type(people[1].email)
    keyboard.press("Tab")
    keyboard.type(people[1].password)
    keyboard.press("Enter")
    desk.button("Sign out").wait_for()
    tab_to(desk, f"document.activeElement.textContent.includes({people[0].name!r})")
    keyboard.press("Enter")
    desk.page.get_by_role("heading", name=people[0].name).wait_for()
    tab_to(desk, "document.activeElement.tagName === 'TEXTAREA'")
    keyboard.type("Written without a mouse")
    keyboard.press("Enter")
    desk.wait_message("Written without a mouse")
    tab_to(desk, "document.activeElement.getAttribute('aria-label') === 'Sign out'")
    keyboard.press("Enter")
    desk.field("E-mail address").wait_for()
    desk.check()


def tab_to(desk, condition, presses=60):
    """Presses Tab until the condition holds; whatever has the focus on the way shows it."""
    for _ in range(presses):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate(condition):
            outline = desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", "the focus cannot be seen"
            return
    raise AssertionError(f"not reached with {presses} Tabs: {condition}")
