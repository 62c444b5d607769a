"""Random identifiers. Used by the rim only: the pure core is handed its ids."""

from __future__ import annotations

import hashlib
import secrets

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: a reference number is spoken, heard and typed.
_SPEAKABLE = "34679ACDEFGHJKMNPQRTWXY"


def new_call_id() -> str:
    """An id of the shape Twilio gives a call: `CA` and 32 hex digits."""
    return "CA" + secrets.token_hex(16)


CHAT, TEXTS = "CH", "TX"
"""How the ids of conversations begin that take no telephone line: in the chat, and by text message."""


def new_chat_id() -> str:
    return CHAT + secrets.token_hex(16)


def new_token() -> str:
    """A one-time secret of 192 bits, URL-safe."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> str:
    """What is stored in place of a one-time secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def reference_for(key: str) -> str:
    """The reference number of a promise, derived from its unique key.

    Eight speakable characters (23^8, about 7.8e10). Derived, so that the turn that makes the promise can be run
    again after a crash and says the same number.
    """
    n = int.from_bytes(hashlib.sha256(b"reference:" + key.encode()).digest()[:8], "big")
    out = []
    for _ in range(8):
        n, r = divmod(n, len(_SPEAKABLE))
        out.append(_SPEAKABLE[r])
    return "".join(out)
