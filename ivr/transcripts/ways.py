"""The ways in which a transcript is called again: the protocol of a variant, and the registry. Called by `play`.

A way never changes what the caller wants, only how it reaches us. `as written` is the first of them; the others are in
`variants`, each of which registers here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ivr.flow.model import Bundle
from ivr.transcripts.call import Call
from ivr.transcripts.model import AS_WRITTEN, Answered, Run, Transcript, Turn, Variant


class NotApplicable(Exception):
    """This call cannot be made this way; the message says why."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a call begins; a way may replace fields."""

    at: datetime
    line: str
    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a way may look at."""

    bundle: Bundle
    test: Transcript
    variant: Variant
    written: Run | None
    """The run as written, in the same language; None while that one is made."""

    def answers(self, turn: Turn) -> tuple[Answered, ...]:
        """What the caller's turn was and did in the run as written; empty where the turns are the variant's own."""
        if self.written is None or self.variant.turns:
            return ()
        return tuple(a for a in self.written.answers if a.turn == turn.number)


Answer = Callable[[], None]


class Way(Protocol):
    name: str
    lenient: bool
    """What the test hears is not compared, since only its end is given; see `closed_hours`."""

    def begin(self, asked: Asked, start: Start) -> Start:
        """Raises NotApplicable."""

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        """Carry out a caller's turn; `as_written()` does what the transcript says. May raise NotApplicable."""

    def faults(self, asked: Asked, call: Call) -> list[str]:
        """What this way finds wrong with a call that went as the transcript says. May raise NotApplicable."""


class AsWritten:
    """What every way begins as."""

    name = AS_WRITTEN
    lenient = False

    def begin(self, asked: Asked, start: Start) -> Start:
        return start

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        as_written()

    def faults(self, asked: Asked, call: Call) -> list[str]:
        return []


WAYS: dict[str, Callable[[], Way]] = {AS_WRITTEN: AsWritten}
"""name -> maker: a way may remember things within one call"""


def way(cls: type) -> type:
    """Class decorator: make the way known under its `name`."""
    WAYS[cls.name] = cls
    return cls
