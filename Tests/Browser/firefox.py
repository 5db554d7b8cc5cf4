"""One person at one window of Firefox: what calls with another browser take of what desk.Desk does.

Firefox is driven by its own protocol, Marionette: a line of JSON and its length, over TCP.
"""

import contextlib
import json
import pathlib
import socket
import subprocess
import tempfile
import time

import desk

PREFERENCES = {
    "marionette.port": 0,  # a free one, told in the profile
    # A picture of its own in the place of a camera, and nobody who would have to allow it.
    "media.navigator.streams.fake": True, "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "layout.frame_rate": 20,  # of what nobody sees
    "datareporting.policy.dataSubmissionEnabled": False, "app.update.enabled": False,
}
# The relay's certificate is checked for calls even where that of the pages is not.
TRUST = """Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB)
  .addCertFromBase64(arguments[0], "C,,")"""
# A picture of the size that pages ask for keeps a core busy.
SMALL = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = wanted =>
  ask({...wanted, video: wanted.video && {width: 320, height: 180, frameRate: 15}});
"""
START_SECONDS, LIMIT_SECONDS = 60, 30


class Marionette:
    """A connection to a Firefox that was started with -marionette."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
        self.stream = self.socket.makefile("rb")
        self.number = 0
        self._read()  # its greeting

    def _read(self):
        length = b""
        while not length.endswith(b":"):
            byte = self.stream.read(1)
            assert byte, "Firefox has closed the connection"
            length += byte
        return json.loads(self.stream.read(int(length[:-1])))

    def send(self, command, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, result = self._read()
        assert number == self.number and not error, f"Firefox: {command}: {error}"
        return result.get("value") if isinstance(result, dict) else result

    def run(self, script, *values):
        """Runs a script as the page's own; a promise's value is waited for."""
        return self.send("WebDriver:ExecuteScript", script=script, args=values, sandbox=None)

    def close(self):
        self.stream.close()
        self.socket.close()


class FirefoxDesk:
    """Signed in by the cookies of a session."""

    def __init__(self, marionette, url, state):
        self.marionette, self.url = marionette, url
        self.open("/")
        for cookie in state["cookies"]:
            kept = {key: cookie[key] for key in ("name", "value", "path", "secure", "httpOnly", "sameSite")}
            self.marionette.send("WebDriver:AddCookie", cookie=kept)

    def open(self, path):
        self.marionette.send("WebDriver:Navigate", url=self.url + path)
        self.marionette.run(desk.WATCH + SMALL)

    def until(self, what, script, *values):
        """Waits until the script returns something that counts as true, and returns it."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while not (found := self.marionette.run(script, *values)):
            if time.monotonic() > deadline:
                shown = self.marionette.run("return document.body.innerText")
                raise AssertionError(f"Firefox: no {what} within {LIMIT_SECONDS} s; the page says:\n{shown}")
            time.sleep(0.1)
        return found

    def press(self, name):
        """Presses the first button that begins with this name, once it can be pressed."""
        self.until(f"button {name!r}", """
            const button = [...document.querySelectorAll("button")].find(each => !each.disabled
              && each.getClientRects().length && (each.ariaLabel || each.innerText).trim().startsWith(arguments[0]));
            button?.click();
            return Boolean(button)""", name)

    def wait_signaling(self):
        self.until("signaling", "return Boolean(document.querySelector('.link-state.online'))")

    def call(self, name):
        self.until(f"{name} online", """
            const entry = [...document.querySelectorAll("nav button")].find(each =>
              each.innerText.includes(arguments[0]) && each.innerText.includes("Online"));
            entry?.click();
            return Boolean(entry)""", name)
        self.press("Video call")

    def accept(self):
        self.press("Accept")

    def wait_connected(self):
        self.until("connection", """
            return document.querySelector(".stage .state")?.innerText.includes("Connected")
              && Boolean(document.querySelector(".path .badge"))""")

    def wait_frames(self, more=30):
        """Waits until so many more frames of the other side's video were decoded."""
        start = self.marionette.run(f"return ({desk.FRAMES})()")
        enough = f"return ({desk.FRAMES})().then(frames => frames >= arguments[0])"
        self.until(f"{more} more frames", enough, start + more)

    @property
    def path(self):
        return self.marionette.run("return document.querySelector('.path .badge').innerText")

    def security_code(self):
        if not self.marionette.run("return document.querySelector('#call-details').getClientRects().length"):
            self.press("Call details")
        return self.until("security code", "return document.querySelector('.security-code')?.dataset.code")

    def wait_message(self, text):
        self.until("message", """
            return [...document.querySelectorAll(".bubble .body")].some(each => each.textContent === arguments[0])""",
            text)

    def wait_end(self):
        self.until("end of the call", "return !document.querySelector('.stage')?.getClientRects().length")


def port_of(process, profile):
    """Where it listens, once it does."""
    told, deadline = profile / "MarionetteActivePort", time.monotonic() + START_SECONDS
    while not (told.exists() and told.read_text().strip()):
        assert process.poll() is None, f"Firefox ended by itself, exit code {process.returncode}"
        assert time.monotonic() < deadline, f"Firefox was not ready within {START_SECONDS} s"
        time.sleep(0.1)
    return int(told.read_text())


@contextlib.contextmanager
def running(program, authority: pathlib.Path):
    """A Firefox without a window, that trusts an authority."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = pathlib.Path(folder)
        (profile / "user.js").write_text("".join(
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()))
        words = [program, "-headless", "-no-remote", "-marionette", "-remote-allow-system-access", "-profile", folder]
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere)
        try:
            with contextlib.closing(Marionette(port_of(process, profile))) as marionette:
                marionette.send("WebDriver:NewSession", acceptInsecureCerts=True)
                marionette.send("Marionette:SetContext", value="chrome")
                marionette.run(TRUST, "".join(authority.read_text().strip().splitlines()[1:-1]))
                marionette.send("Marionette:SetContext", value="content")
                yield marionette
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
