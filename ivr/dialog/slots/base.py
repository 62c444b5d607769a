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
    """ISO date, E.164 number, `IOE0912345678`, address ...; the likeliest one when `ambiguous`; else empty."""
    problem: str = ""
    """Short code of what is wrong: too_short, too_long, no_such_day, unknown_prefix ... On a value, of what must be read
    back before it is used: `padded`, `day_or_month`."""
    heard: str = ""
    """Part of the value that was understood, when `incomplete`: the caller is asked for the rest only."""
    other: str = ""
    """The other value that it could be, when `ambiguous`."""

    @property
    def usable(self) -> bool:
        """There is a value that can be read back."""
        return self.status in ("ok", "ambiguous") and bool(self.value)


NOTHING = Reading("none")


@dataclass(frozen=True, slots=True)
class Context:
    """What a reading may depend on besides the words."""

    language: str = "en"
    today: date = date.min
    """The date at the office."""
    heard: str = ""
    """What was understood of this value before, when the caller was asked for the rest."""
    values: tuple[str, ...] = ()
    """The closed list of a slot that has one (form numbers); empty for the list of the type."""


@dataclass(frozen=True, slots=True)
class SlotType:
    name: str
    read: Callable[[str, Context], Reading]
    """Words of a caller -> reading"""
    read_digits: Callable[[str, Context], Reading]
    """Keys 0-9 -> reading"""
    max_digits: int
    """Keys that complete the value at once."""
    expect: str = "digits"
    """Form told to the recogniser."""

    def spoken(self, text: str, language: str, today: date, *, heard: str = "", values: tuple[str, ...] = ()) -> Reading:
        return self.read(text, Context(language, today, heard, values))

    def keyed(self, digits: str, today: date, *, heard: str = "", values: tuple[str, ...] = ()) -> Reading:
        return self.read_digits(digits, Context(today=today, heard=heard, values=values))


SLOTS: dict[str, SlotType] = {}


def slot_type(spec: SlotType) -> SlotType:
    SLOTS[spec.name] = spec
    return spec


def read_keys(kind: SlotType, digits: str, today: date, *, heard: str = "", values: tuple[str, ...] = ()) -> Reading:
    """What keys mean for a slot; a `*` or `#` among them is no number."""
    if not (digits.isascii() and digits.isdigit()):
        return Reading("invalid", problem="not_digits")
    return kind.keyed(digits, today, heard=heard, values=values)


def incomplete(heard: str, problem: str) -> Reading:
    return Reading("incomplete", problem=problem, heard=heard)

