"""Names as people have them: very long, written from right to left, full of marks. Nothing breaks, nothing reaches over
the edge, and no name turns the words beside it."""

import pytest

import conftest

NAMES = {
    "long": "Wolfeschlegelsteinhausenbergerdorff-" + "Hausenwaldfeld-" + "Hubert Blaine",
    "right to left": "מירה בן־דוד",
    "hostile": "</span><b onclick=alert(1)>Bob & \"Bob\" 'Bob'",
}
WIDTHS = (360, 1280)


@pytest.fixture(scope="module")
def named(browser, platform):
    return {key: conftest.admit(browser, platform, name, f"name{number}@hospital.example")
            for number, (key, name) in enumerate(NAMES.items())}


@pytest.mark.parametrize("key", NAMES)
def test_a_name_stays_what_it_is_and_where_it_belongs(named, people, window, key):
    caller, callee = window(named[key]), window(people[1])
    name = named[key].name
    callee.choose(name)
    for width in each_width(callee):
        callee.sees_nothing_over_the_edge(f"the conversation at {width}")
        assert callee.page.get_by_role("heading", level=1).inner_text() == name
    caller.call(people[1].name)
    callee.button("Accept").wait_for()
    for width in each_width(callee):
        callee.sees_nothing_over_the_edge(f"the ringing at {width}")
        assert callee.page.get_by_role("alertdialog").get_by_role("heading").inner_text() == name
    callee.accept()
    callee.wait_connected()
    for width in each_width(callee):
        callee.sees_nothing_over_the_edge(f"the call at {width}")
        assert callee.page.locator(".stage h1").inner_text() == name
        box = callee.page.locator(".controls").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert callee.page.locator("b").count() == 0
    caller.hang_up()
    callee.page.locator(".stage").wait_for(state="hidden")
    for width in each_width(callee):
        callee.sees_nothing_over_the_edge(f"after the call at {width}")
    caller.check()
    callee.check()


def each_width(desk):
    for width in WIDTHS:
        desk.look(width, 740, "light")
        yield width


def test_words_around_a_name_from_right_to_left_keep_their_order(named, people, window):
    caller, callee = window(people[0]), window(named["right to left"])
    caller.call(named["right to left"].name)
    callee.button("Decline").click()
    notice = caller.page.locator(".notice strong")
    notice.wait_for()
    assert notice.inner_text() == f"\u2068{named['right to left'].name}\u2069 declined the call"
