"""One person at one browser window, and what that person does with the pages."""

import contextlib
import hashlib
import mimetypes
import os
import pathlib
import re

import onetime

# A folder of pages that are served in the place of those in the program, so that a change is seen without a build.
PAGES = os.environ.get("PAGES")

# Every connection that the page opens can be asked for its figures; violations of the page's policy are kept.
WATCH = """
window.connections = [];
window.violations = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...values) { super(...values); window.connections.push(this); }
};
document.addEventListener("securitypolicyviolation", event => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
FRAMES = """
async () => {
  const connection = window.connections.at(-1);
  if (!connection) return 0;
  let frames = 0;
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === "inbound-rtp" && entry.kind === "video") frames += entry.framesDecoded || 0;
  }
  return frames;
}
"""
# A browser writes these lines by itself for any answer of 400 and more: the pages deal with those.
EXPECTED = "Failed to load resource: the server responded with a status of"


class Desk:
    """A window of a browser with its own cookies."""

    def __init__(self, browser, url, width=1280, height=800, scheme="light", state=None):
        self.url = url
        self.problems = []
        self.context = browser.new_context(
            ignore_https_errors=True, viewport={"width": width, "height": height}, color_scheme=scheme,
            storage_state=state, accept_downloads=True)
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(WATCH)
        if PAGES:
            self.context.route(re.compile(r"/(assets/[^/]+|admin|network)?(\?.*)?$"), self._page)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"{error}\n{error.stack}"))

    def _console(self, message):
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.problems.append(message.text)

    def _page(self, route):
        path = route.request.url.removeprefix(self.url).split("?")[0].strip("/")
        file = pathlib.Path(PAGES, path.removeprefix("assets/") if "/" in path else f"{path or 'index'}.html")
        if not route.request.url.startswith(self.url) or not file.is_file():
            return route.continue_()
        headers = {name: value for name, value in self._headers().items() if name not in ("content-length", "etag")}
        headers["content-type"] = mimetypes.guess_type(file.name)[0] or "text/html"
        route.fulfill(status=200, headers=headers, body=file.read_bytes())

    def _headers(self):
        if not hasattr(Desk, "page_headers"):
            Desk.page_headers = self.context.request.get(self.url + "/").headers
        return Desk.page_headers

    def check(self):
        """Nothing went wrong in the page that its person could not see."""
        violations = self.page.evaluate("window.violations")
        assert not self.problems, self.problems
        assert not violations, violations

    def close(self):
        self.context.close()

    def button(self, name, exact=True):
        return self.page.get_by_role("button", name=name, exact=exact)

    def field(self, label):
        return self.page.get_by_label(label, exact=True)

    def open(self, path="/"):
        self.page.goto(self.url + path)

    # Accounts

    def sign_up(self, name, email, password):
        self.open()
        self.button("Create an account").click()
        self.field("Your name").fill(name)
        self.field("E-mail address").fill(email)
        self.field("Password").fill(password)
        self.button("Create the account").click()
        self.page.get_by_text("Check your mail").wait_for()

    def activate(self, link):
        # The page may be open already: only the part behind # changes, which loads nothing.
        self.page.goto("about:blank")
        self.page.goto(link)
        self.button("Activate").click()
        self.page.get_by_text("The account is active").wait_for()

    def sign_in(self, email, password, code=None, path="/"):
        self.open(path)
        self.field("E-mail address").fill(email)
        self.field("Password").fill(password)
        self.button("Sign in").click()
        if code:
            self.field("Code from your authenticator app").fill(code)
            self.button("Continue").click()
        self.button("Sign out").wait_for()

    def switch_second_step_on(self, password):
        """Returns the secret, the recovery codes and the step of the code that was used."""
        self.button("Your account", exact=False).click()
        self.button("Set it up").click()
        self.field("Your password").fill(password)
        self.button("Continue").click()
        self.page.get_by_role("img", name="QR code").wait_for()
        self.page.get_by_text("No camera at hand?").click()
        secret = self.page.locator(".secret").inner_text().strip()
        step = onetime.step()
        self.field("Code from the app").fill(onetime.code(secret, step))
        self.button("Switch it on").click()
        self.button("I have kept them").wait_for()
        codes = self.page.locator(".recovery li").all_inner_texts()
        self.button("I have kept them").click()
        self.button("Close").click()
        return secret, codes, step

    # Calls

    def choose(self, name):
        self.page.get_by_role("navigation").get_by_role("button").filter(has_text=name).first.click()

    def wait_online(self, name):
        self.page.get_by_role("navigation").get_by_role("button").filter(has_text=name).filter(
            has_text="Online").wait_for()

    def call(self, name):
        self.wait_online(name)
        self.choose(name)
        self.button("Video call").click()

    def accept(self):
        self.button("Accept").click()

    def wait_connected(self):
        self.page.locator(".stage .state").get_by_text("Connected").wait_for()
        self.page.locator(".path .badge").wait_for()

    @property
    def path(self):
        return self.page.locator(".path .badge").inner_text()

    def security_code(self):
        if self.page.locator("#call-details").is_hidden():
            self.button("Call details").click()
        locator = self.page.locator(".security-code")
        locator.wait_for()
        return locator.get_attribute("data-code")

    def frames(self):
        return self.page.evaluate(FRAMES)

    def wait_frames(self, more=30, seconds=15):
        """Waits until so many more frames of the other side's video were decoded."""
        start = self.frames()
        for _ in range(seconds * 10):
            if self.frames() >= start + more:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{self.frames() - start} frames in {seconds} s")

    def hang_up(self):
        self.button("Hang up").click()
        self.page.locator(".stage").wait_for(state="hidden")

    # Messages and documents

    def make_room(self, title, guest):
        """A room with one other person, open afterwards."""
        self.button("New room").click()
        self.field("Title").fill(title)
        self.field(guest.name).check()
        self.button("Make the room").click()
        self.page.get_by_role("heading", name=title).wait_for()

    def write(self, text):
        self.page.get_by_role("tab", name="Messages").click()
        self.field("Message").fill(text)
        self.page.keyboard.press("Enter")

    def wait_message(self, text):
        self.page.locator(".bubble .body").get_by_text(text, exact=True).wait_for()

    def share(self, path):
        self.page.get_by_role("tab", name="Documents").click()
        self.page.locator("input[type=file]").set_input_files(path)
        name = self.page.locator(".document .name").get_by_text(pathlib.Path(path).name, exact=True)
        name.first.wait_for(timeout=60_000)

    def download(self, name):
        """Returns the SHA-256 of the downloaded document and the one that the page shows the beginning of."""
        self.page.get_by_role("tab", name="Documents").click()
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=f"Download {name}").first.click()
        digest = hashlib.sha256(pathlib.Path(waiting.value.path()).read_bytes()).hexdigest()
        row = self.page.locator(".document").filter(has_text=name).first
        return digest, row.locator(".hash").inner_text()

    def look(self, width, height, scheme):
        """Makes the window as large as that, in that scheme, and waits until everything stands still."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def sees_nothing_over_the_edge(self, what):
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{what} reaches {over} px over the edge"

    # The API, with this window's session

    def api(self, path):
        answer = self.context.request.get(f"{self.url}/api/v1{path}")
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()


@contextlib.contextmanager
def opened(browser, url, **options):
    desk = Desk(browser, url, **options)
    try:
        yield desk
    finally:
        desk.close()
