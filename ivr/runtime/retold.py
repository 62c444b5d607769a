"""What was said in a call so far, by working its events out again: for whoever takes the call over. Values are masked.

Pure but for the masking's patterns: the engine gives the same words for the same events, so nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.sensitive import mask, scrub
from ivr.store.calls import LoggedEvent

SYSTEM, CALLER = "system", "caller"


def retold(bundle: Bundle, call_id: str, log: Iterable[LoggedEvent]) -> list[tuple[str, str]]:
    """(who, words) from the beginning; a caller's values and what was filled in from them are masked."""
    session, out = sessions.fresh(call_id, bundle.hash), list[tuple[str, str]]()
    for entry in log:
        if not entry.applied:
            continue
        answer = _answer(entry.event, session)
        session, actions = step(bundle, session, entry.event, entry.at)
        if answer:
            out.append((CALLER, answer))
        out += [(SYSTEM, line) for line in _said(actions, session)]
    return [(who, _without(text, session)) for who, text in out]


def _answer(event: ev.Event, session: Session) -> str:
    if isinstance(event, ev.SpeechHeard):
        return scrub(event.text.reveal())
    if isinstance(event, ev.DigitsReceived):
        # One key is a choice; more are a number, and nobody needs it twice.
        keys = event.digits.reveal()
        return keys if len(keys) == 1 else mask(keys)
    return ""


def _said(actions: Sequence[act.Action], session: Session) -> list[str]:
    return [scrub(a.text) if a.sensitive else a.text for a in actions if isinstance(a, act.Say)]


def _without(text: str, session: Session) -> str:
    """What was kept of the caller is masked wherever it stands, in the form in which it was kept."""
    for value in session.slots.values():
        plain = value.reveal()
        if len(plain) >= 4:
            text = text.replace(plain, mask(plain))
    return text
