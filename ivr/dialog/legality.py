"""Which events a session can take. One table and one rule a row; pure. An event that is not legal changes nothing."""

from __future__ import annotations

from collections.abc import Callable

from ivr.dialog import events as ev
from ivr.dialog.session import Session


def _answer(session: Session, event: ev.SpeechHeard | ev.DigitsReceived | ev.NoInput) -> bool:
    return session.waiting == "input" and event.turn == session.turn


def _any(session: Session, event: ev.Event) -> bool:
    return True


_LIVE: dict[type[ev.Event], Callable[[Session, ev.Event], bool]] = {
    ev.SpeechHeard: _answer,
    ev.DigitsReceived: _answer,
    ev.NoInput: _answer,
    ev.LookupDone: lambda s, e: s.waiting == f"lookup:{e.lookup_id}",
    ev.EffectRecorded: lambda s, e: s.waiting == f"effect:{e.key}",
    ev.EffectFailed: lambda s, e: s.waiting == f"effect:{e.key}",
    ev.QueueEnded: lambda s, e: s.waiting == f"queue:{e.queue}",
    ev.StreamLost: lambda s, e: s.waiting == "input",
    ev.TtyDetected: lambda s, e: s.waiting == "input" and s.channel == "voice",
    ev.ContactGiven: _any,
    ev.CallEnded: _any,
}


def is_legal(session: Session, event: ev.Event) -> bool:
    """True when `event` means something in this state; a late answer or a second hang-up does not."""
    if session.status == "fresh":
        return isinstance(event, ev.CallStarted | ev.CalledBack)
    if session.status == "ended":
        return False
    rule = _LIVE.get(type(event))
    return rule is not None and rule(session, event)
