"""What the rims hand to a turn, and what they get back from it. Pure data; the writing is `runtime.turn`'s."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.dialog import actions as act
from ivr.dialog.session import Session
from ivr.store.calls import StreamToken

_LOOKUP = "lookup:"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a repetition of the same webhook is recognised."""

    key: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the rim answers, and a stream token to be kept with it."""

    body: str
    token: StreamToken | None = None


Render = Callable[[Session, tuple[act.Action, ...]], Rendered]


@dataclass(frozen=True, slots=True)
class TurnResult:
    session: Session
    actions: tuple[act.Action, ...] = ()
    """What the rim still has to do: Say, Listen, Transfer, Hangup."""
    answer: str | None = None
    applied: bool = True
    repeated: bool = False
    """The delivery was seen before: `answer` is the stored one and nothing happened."""

    @property
    def pending(self) -> str:
        """Id of the lookup that the call waits for; the rim says so to the caller, and comes back with `go_on`."""
        return pending_of(self.session)


def pending_of(session: Session) -> str:
    return session.waiting.removeprefix(_LOOKUP) if session.status == "live" and session.waiting.startswith(_LOOKUP) else ""
