"""Days that can only lie on one side of today: a day of birth or of filing is past, one that would suit is to come. Pure.

A date said without its year is read as the next such day, since most callers speak of an appointment. Asked for a day that is past,
"December twentieth" is the last one. Where a date can be read in two ways, the reading on the right side is the one that was
meant. Called by `collect`, whose author says which side it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ivr.dialog.slots.base import Reading

PAST, TO_COME = "past", "to_come"
WRONG_SIDE = "wrong_side"
"""Problem of a day that lies on the other side."""


def fits(value: str, side: str, today: date) -> bool:
    """Whether the ISO date may be meant; today itself may be on both sides."""
    return side not in (PAST, TO_COME) or (value <= today.isoformat() if side == PAST else value >= today.isoformat())


def on_side(read: Callable[[date], Reading], side: str, today: date) -> Reading:
    """What was said, read as a day on that side of `today`; `invalid` when it is none. `read` is told what day today is."""
    reading = read(today)
    if not reading.usable or (fits(reading.value, side, today) and (not reading.other or fits(reading.other, side, today))):
        return reading
    for value in (reading.value, reading.other):
        if value and fits(value, side, today):
            return Reading("ok", value)
    return _last_such_day(read, reading, side, today) or replace(reading, status="invalid", value="", other="", problem=WRONG_SIDE)


def _last_such_day(read: Callable[[date], Reading], reading: Reading, side: str, today: date) -> Reading | None:
    """The day of the last year, for somebody who has named none: then the reading moves along with today."""
    earlier = read(date(today.year - 1, today.month, min(today.day, 28)))
    moved = earlier.usable and earlier.value[5:] == reading.value[5:] and earlier.value != reading.value
    return earlier if moved and not earlier.other and fits(earlier.value, side, today) else None
