"""What happens in a TTY conversation, in the past tense. Pure data, made by `tty_conversation`, read by the media rim."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class TurnTyped:
    """The caller gave the turn, or paused long enough."""

    text: Sensitive
    closing: str
    """GA | SK, empty for a pause."""
    interrupted: bool = False
    """It was typed over our own text, the rest of which was dropped."""
    bad_line: bool = False
    """So many characters are in doubt that it should be typed again rather than acted upon."""


@dataclass(frozen=True, slots=True)
class MoreTimeAsked:
    """A key or a blank was typed and nothing else: the caller is there."""


@dataclass(frozen=True, slots=True)
class TimeRunningOut:
    """The wait will be over soon; the caller is to be told, and may ask for more."""


@dataclass(frozen=True, slots=True)
class WaitOver:
    """Nothing came in all the time there was."""


@dataclass(frozen=True, slots=True)
class SendingDone:
    """All that was to be said is on the line."""


@dataclass(frozen=True, slots=True)
class SendingInterrupted:
    """The caller types over our text: what the carrier still holds of it is to be thrown away."""


TtyEvent = SendingInterrupted | TurnTyped | MoreTimeAsked | TimeRunningOut | WaitOver | SendingDone
