"""What a slot type offers, and the registry of types. Pure.

A reading never guesses: `incomplete` and `ambiguous` are as good as a value, since they tell the dialogue what to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer means for a slot."""

    status: str
    """ok | incomplete | ambiguous | invalid | none"""
    value: str = ""
    """ISO date, E.164 number, `IOE0912345678`, address ...; empty unless `ok`."""
    problem: str = ""
    """Short code of what is wrong: too_short, too_long, no_such_day, unknown_prefix ..."""


NOTHING = Reading("none")


@dataclass(frozen=True, slots=True)
class SlotType:
    name: str
    spoken: Callable[[str, str, date], Reading]
    """(text, language, today) -> reading"""
    keyed: Callable[[str, date], Reading]
    """(digits, today) -> reading"""
    max_digits: int
    """Keys that complete the value at once."""
    expect: str = "digits"
    """Form told to the recogniser."""


SLOTS: dict[str, SlotType] = {}


def slot_type(spec: SlotType) -> SlotType:
    SLOTS[spec.name] = spec
    return spec


def read_keys(kind: SlotType, digits: str, today: date) -> Reading:
    """What keys mean for a slot; a `*` or `#` among them is no number."""
    return kind.keyed(digits, today) if digits.isascii() and digits.isdigit() else Reading("invalid", problem="not_digits")
