"""One-time codes (RFC 6238) as an authenticator app computes them."""

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def step():
    return int(time.time()) // STEP_SECONDS


def code(secret, at):
    """The code of the step `at` for a base32 secret."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", at), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"
