"""A real SMTP server with STARTTLS, and the mail that came in."""

import contextlib
import email
import email.policy
import re
import ssl
import threading
import time

from aiosmtpd.controller import Controller

LINK = re.compile(r"https://\S+/#\S+")


class Mailbox:
    """Handler of the server: keeps every message."""

    def __init__(self):
        self.messages = []
        self.arrived = threading.Condition()

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.arrived:
            self.messages.append((envelope.rcpt_tos, message, session.ssl is not None))
            self.arrived.notify_all()
        return "250 kept"

    def wait(self, address, subject="", seconds=20):
        """The newest message to `address` whose subject holds `subject`; it is taken out."""
        deadline = time.monotonic() + seconds
        with self.arrived:
            while True:
                for index in range(len(self.messages) - 1, -1, -1):
                    recipients, message, was_encrypted = self.messages[index]
                    if address in recipients and subject in message["Subject"]:
                        del self.messages[index]
                        assert was_encrypted, "the mail came over an unencrypted connection"
                        return message
                rest = deadline - time.monotonic()
                subjects = [(to, message["Subject"]) for to, message, _ in self.messages]
                assert rest > 0, f"no mail to {address} ({subject!r}) within {seconds} s; there is {subjects}"
                self.arrived.wait(rest)

    def link(self, address, subject="", seconds=20):
        """The link in that message."""
        text = self.wait(address, subject, seconds).get_content()
        found = LINK.search(text)
        assert found, f"no link in the mail:\n{text}"
        return found[0]


@contextlib.contextmanager
def running(port, certificate, key):
    """Serves on `port` of loopback, with STARTTLS required."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    mailbox = Mailbox()
    controller = Controller(
        mailbox, hostname="localhost", port=port, server_hostname="localhost", tls_context=context,
        require_starttls=True)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
