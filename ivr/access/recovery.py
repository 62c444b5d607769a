"""Recovery codes: what lets somebody in once whose telephone with the one-time codes is lost. Ten, 80 random bits each."""

from __future__ import annotations

import secrets

COUNT = 10
_LETTERS = "34679ACDEFGHJKMNPQRTWXY"
"""As in reference numbers: none is mistaken for another on paper."""
_LENGTH = 18


def new_codes() -> list[str]:
    return ["-".join("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH // 3)) for _ in range(3)) for _ in range(COUNT)]


def normal(typed: str) -> str:
    """The form a code was made in, from what somebody types off paper; empty for what can be none."""
    plain = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
    third = _LENGTH // 3
    return "-".join(plain[i:i + third] for i in range(0, _LENGTH, third)) if len(plain) == _LENGTH else ""
