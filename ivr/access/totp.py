"""One-time codes by RFC 6238: SHA-1, 30 seconds, six digits, as every authenticator app takes them. Pure.

SHA-1 is what the apps agree on; its collisions do not matter inside of an HMAC (RFC 6238, 1.2). A code is accepted one step early
or late, and never a second time: `accepted_step` gives the step that has to be written down, and refuses it and all before it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
DRIFT = 1
"""Steps that a clock may be wrong by, each way."""
SECRET_BYTES = 20


def code_at(secret: bytes, step: int, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """RFC 4226, 5.3."""
    mac = hmac.new(secret, step.to_bytes(8, "big"), getattr(hashlib, algorithm)).digest()
    start = mac[-1] & 15
    number = int.from_bytes(mac[start:start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def accepted_step(secret: bytes, typed: str, now: datetime, last: int) -> int | None:
    """The step whose code this is, or None. `last`: the newest step that was accepted before."""
    given, found = _digits(typed), None
    for step in range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1):
        # Every step is compared, whichever fits: how long it takes says nothing.
        if hmac.compare_digest(code_at(secret, max(step, 0)).encode(), given.encode()) and step > last:
            found = step
    return found


def _digits(typed: str) -> str:
    """Apps show codes in two groups. Only the digits of ASCII are digits of a code."""
    return "".join(c for c in typed if not c.isspace())[:DIGITS + 1]


def shown_secret(secret: bytes) -> str:
    """As it is typed into an app where no picture can be taken: base32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4))


def uri(secret: bytes, name: str, issuer: str) -> str:
    """What the picture holds."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return (f"otpauth://totp/{quote(issuer, safe='')}:{quote(name, safe='')}?secret={text}&issuer={quote(issuer, safe='')}"
            f"&algorithm=SHA1&digits={DIGITS}&period={STEP_S}")
