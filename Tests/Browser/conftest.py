"""Fixtures: a platform, a browser, and two people who have accounts in it."""

import dataclasses
import pathlib
import shutil
import urllib.parse

import pytest
from playwright.sync_api import sync_playwright

import deployment
import desk
import onetime

FLAGS = [
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
    "--ignore-certificate-errors", "--no-sandbox", "--disable-gpu",
]
if desk.PAGES:
    # Pages that no server sent are of no address, and may not open sockets to this machine.
    FLAGS.append("--disable-features=LocalNetworkAccessChecks")
PASSWORD = "Heron-over-4-lakes"


@dataclasses.dataclass
class Person:
    """Somebody with an account, and the cookies of a session."""

    name: str
    email: str
    password: str = PASSWORD
    secret: str = ""
    codes: list = dataclasses.field(default_factory=list)
    state: dict = dataclasses.field(default_factory=dict)


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: takes the whole machine: nothing runs beside it")


def pytest_sessionstart():
    if not pathlib.Path(deployment.TERN).exists():
        pytest.exit(f"no binary at {deployment.TERN}: run 'swift build -c release', or set TERN", 2)


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    with deployment.running(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


def chromium():
    found = shutil.which("chromium")
    assert found, "no chromium: apt-get install chromium"
    return found


@pytest.fixture(scope="session")
def browser(playwright):
    browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
    yield browser
    browser.close()


def admit(browser, platform, name, email, second_step=False):
    """Signs somebody up, activates the account with the key from the mail, and signs in."""
    person = Person(name, email)
    with desk.opened(browser, platform.url) as window:
        window.sign_up(person.name, person.email, person.password)
        window.activate(platform.mailbox.link(person.email, "Activate"))
        window.sign_in(person.email, person.password)
        if second_step:
            person.secret, person.codes, step = window.switch_second_step_on(person.password)
            assert len(set(person.codes)) == 10
            window.button("Sign out").click()
            window.field("E-mail address").wait_for()
            # The code that was used is not taken again; the next one is, a little early.
            window.sign_in(person.email, person.password, code=onetime.code(person.secret, step + 1))
        person.state = window.context.storage_state()
        window.check()
    return person


def admit_two(browser, platform, second_step=False):
    """Two clinicians; the first with a second step, if that is wanted."""
    return (
        admit(browser, platform, "Mira Lindqvist", "mira@hospital.example", second_step),
        admit(browser, platform, "Jonas Weber", "jonas@hospital.example"))


@pytest.fixture(scope="session")
def people(browser, platform):
    return admit_two(browser, platform, second_step=True)


@pytest.fixture(scope="session")
def administrator(browser, platform):
    person = Person("Administrator", platform.administrator, platform.password)
    with desk.opened(browser, platform.url) as window:
        window.sign_in(person.email, person.password, path="/admin")
        person.state = window.context.storage_state()
    return person


@pytest.fixture
def window(browser, platform):
    """Opens windows: `window(person)` with that person's session, `window()` signed out."""
    opened = []

    def make(person=None, path="/", **options):
        made = desk.Desk(browser, platform.url, state=person.state if person else None, **options)
        opened.append(made)
        made.open(path)
        if person and urllib.parse.urlsplit(path).path == "/":
            # Who is called by then is there to be called.
            made.page.locator(".link-state.online").wait_for()
        return made

    yield make
    for made in opened:
        # Beside the failure of a test, if there is one: what the page itself complained of.
        print(*made.problems, sep="\n", end="")
        made.close()
