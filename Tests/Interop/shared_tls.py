"""A TLS socket that one thread reads while another writes."""

import select
import ssl
import threading


class SharedTLSSocket(ssl.SSLSocket):
    """Lets one thread at a time into OpenSSL.

    A connection of OpenSSL is not for two threads at once, and Python before 3.13 does not keep them apart: a request
    written while the other thread takes in the server's session tickets may never leave.
    """

    def __new__(cls, *arguments, **options):
        shared = super().__new__(cls, *arguments, **options)
        shared.inside = threading.Lock()
        return shared

    def recv(self, size=1024, flags=0):
        return self.alone(super().recv, size, flags)

    def send(self, data, flags=0):
        return self.alone(super().send, data, flags)

    def alone(self, work, *arguments):
        """What the work returns, done when it needs to wait for nothing; waiting is done outside."""
        while True:
            with self.inside:
                seconds = self.gettimeout()
                try:
                    self.settimeout(0)
                    return work(*arguments)
                except ssl.SSLWantReadError:
                    wanted = [self], []
                except ssl.SSLWantWriteError:
                    wanted = [], [self]
                finally:
                    self.settimeout(seconds)
            if self.fileno() < 0:
                raise ConnectionAbortedError("closed by the other thread")
            if select.select(*wanted, [], seconds) == ([], [], []):
                raise TimeoutError("timed out")
