"""`low_confidence`: every request is understood with doubt, so that "did you want ...?" is asked, and answered with yes. Pure."""

from __future__ import annotations

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.transcripts.call import Call
from ivr.transcripts.model import Turn
from ivr.transcripts.play_words import yes_in
from ivr.transcripts.ways import Answer, Asked, AsWritten, NotApplicable, way
from ivr.transcripts.world import advance

_LADDER = tuple(n / 20 for n in range(19, 0, -1))
"""Probabilities that are tried; the highest one that is doubted is taken."""


@way
class LowConfidence(AsWritten):
    name = "low_confidence"

    def __init__(self) -> None:
        self.doubted = 0

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        known = asked.answers(turn)
        spoken = known[-1] if known else None
        intent = _intent(spoken.event, spoken.before, spoken.after) if spoken else ""
        if spoken is None or not intent or not isinstance(spoken.event, ev.SpeechHeard):
            return as_written()
        ranking = _doubtful(call, spoken.event, intent)
        if not ranking:
            return as_written()  # a command, or a choice of a menu: taken by its words, never by an intent
        self.doubted += 1
        call.say(spoken.event.text.reveal(), spoken.event.confidence, ranking)
        call.say(yes_in(call.bundle, call.session.language))

    def faults(self, asked: Asked, call: Call) -> list[str]:
        if not self.doubted:
            raise NotApplicable("no request is made in the caller's own words")
        return []


def _intent(event: ev.Event, before: Session, after: Session) -> str:
    """The intent that an open question took at once, or ''."""
    if not isinstance(event, ev.SpeechHeard) or not event.ranking or before.memo.get("confirming"):
        return ""
    moved = (after.frames, after.tries) != (before.frames, before.tries) or after.status == "ended"
    best = event.ranking[0].intent
    return "" if not moved or after.tries > before.tries or best.startswith("_") or after.memo.get("confirming") else best


def _doubtful(call: Call, event: ev.SpeechHeard, intent: str) -> tuple[ev.Hypothesis, ...]:
    for probability in _LADDER:
        ranking = (ev.Hypothesis(intent, probability),)
        heard = ev.SpeechHeard(call.session.turn, event.text, event.confidence, ranking, event.language)
        after = advance(call.bundle, call.session, heard, call.now, call.world).session
        if after.memo.get("confirming") == intent:
            return ranking
    return ()
