"""What a session leaves in the browser: nothing, in no tab and no file of the profile."""

import pathlib
import secrets

import conftest
import desk

STORED = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(), document.cookie,
])"""
NOTHING = '[{},{},[],[],""]'


class Profile:
    """A browser with a profile on the disk, which ends with its window."""

    def __init__(self, playwright, folder):
        self.playwright = playwright
        self.folder = folder

    def new_context(self, storage_state=None, **options):
        return self.playwright.chromium.launch_persistent_context(
            self.folder, executable_path=conftest.chromium(), headless=True, args=conftest.FLAGS, **options)


def files_with(folder, text):
    return [str(path) for path in pathlib.Path(folder).rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()]


def test_nothing_is_left_after_signing_out(playwright, platform, people, tmp_path):
    planted, control = f"planted{secrets.token_hex(8)}", f"control{secrets.token_hex(8)}"
    document = tmp_path / f"{planted}.txt"
    document.write_text(planted)
    with desk.opened(Profile(playwright, tmp_path / "profile"), platform.url) as window:
        # Another site, so that the search of the files is known to find what a page has stored.
        other = window.context.new_page()
        other.goto(platform.url.replace("localhost", "127.0.0.1"))
        other.evaluate("text => localStorage.setItem('control', text)", control)

        window.sign_in(people[1].email, people[1].password)
        window.page.evaluate("localStorage.setItem('tern.network', 'transport=udp')")
        window.choose(people[0].name)
        window.write(planted)
        window.wait_message(planted)
        window.share(document)
        tab = window.context.new_page()
        tab.goto(window.url)
        tab.get_by_role("navigation").get_by_role("button").filter(has_text=people[0].name).click()
        tab.locator(".bubble .body").get_by_text(planted).wait_for()

        window.button("Sign out").click()
        window.field("E-mail address").wait_for()
        tab.get_by_text("Your session has ended").wait_for()
        for page in (window.page, tab):
            assert planted not in page.content()
            assert page.evaluate(STORED) == NOTHING
        window.page.go_back()
        window.page.wait_for_load_state()
        assert planted not in window.page.content()
    assert files_with(tmp_path / "profile", control), "the search finds nothing at all"
    assert not files_with(tmp_path / "profile", planted)


def test_a_tab_without_a_connection_learns_of_the_end(people, platform, browser):
    with desk.opened(browser, platform.url) as window:
        window.sign_in(people[1].email, people[1].password)
        window.choose(people[0].name)
        tab = window.context.new_page()
        # This one has no socket that could tell it.
        tab.route_web_socket("**/ws*", lambda socket: socket.close())
        tab.goto(window.url)
        tab.get_by_role("navigation").wait_for()
        window.button("Sign out").click()
        tab.get_by_text("Your session has ended").wait_for()
