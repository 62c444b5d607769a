"""How many segments a text takes, which is what it costs and how surely it arrives whole. Pure.

One segment holds 160 characters of the GSM 7-bit alphabet (3GPP TS 23.038) or 70 of UCS-2; joined ones hold 153 and 67. A single
character outside of the alphabet, such as the Spanish a with an accent, makes the whole text UCS-2.
"""

from __future__ import annotations

from ivr.flow.lints.texts import GSM7, GSM7_DOUBLE


def is_gsm7(text: str) -> bool:
    return all(c in GSM7 or c in GSM7_DOUBLE for c in text)


def segments(text: str) -> int:
    """At least 1. UCS-2 counts UTF-16 units: an emoji takes two."""
    if is_gsm7(text):
        return _count([2 if c in GSM7_DOUBLE else 1 for c in text], 160, 153)
    return _count([2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _count(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    used, count = 0, 1
    for size in sizes:
        # A character of two places is never divided between two segments.
        used, count = (used + size, count) if used + size <= joined else (size, count + 1)
    return count
