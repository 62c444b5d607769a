"""Makes one call of a transcript in one way and in one language. Called by `suite`.

Ends in a `Run`: it went as written, it left the transcript (`failure`), or this way means nothing for this call
(`not_applicable`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.dialog import events as ev
from ivr.dialog.session import fresh
from ivr.dialog.slots import email, phone
from ivr.errors import IvrError
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from ivr.transcripts.call import Call
from ivr.transcripts.expectations import expected_of, failures_at_end
from ivr.transcripts.hearing import AGENT, Mismatch, listen, where
from ivr.transcripts.model import Failure, Run, Transcript, Turn, Variant
from ivr.transcripts.play_words import words
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.touched import Touched
from ivr.transcripts.ways import WAYS, Asked, NotApplicable, Start, Way
from ivr.transcripts.world import World, call_id_of

CALLER = "+12025550143"
HEARD_WITH = 0.9
"""Confidence of the recogniser where a transcript does not say."""
ACCEPTED = 8
"""Offers that a caller accepts after the end of the turns, in a variant of which only the end is given."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all calls of a suite share."""

    bundle: Bundle
    touched: Touched
    rankings: Rankings
    call: Callable[..., Call] = Call
    """What a call is made with; another one may take the same turns through a real line."""


def play(stage: Stage, test: Transcript, variant: Variant, language: str, written: Run | None) -> Run:
    """`written` is the run of the same call as its transcript has it; None while that is the one that is made."""
    bundle = stage.bundle
    way = WAYS[variant.name]()
    asked = Asked(bundle, test, variant, written)
    try:
        start = way.begin(asked, Start(variant.at or test.at, test.line, bundle.lines[test.line].channel, language))
    except NotApplicable as reason:
        return Run(test, variant.name, language, fresh("", bundle.hash), not_applicable=str(reason))
    call = _begin(stage, test, variant, start, language)
    return _Player(asked, way, call, language).run()


def _begin(stage: Stage, test: Transcript, variant: Variant, start: Start, language: str) -> Call:
    number = test.caller.number or CALLER
    hidden = number == "anonymous"
    textable = not hidden and phone.check(number).status == "ok"
    event = ev.CallStarted(call_id_of(test.file, variant.name, language), start.line, start.channel,
                           None if hidden else Sensitive(number), textable, stage.bundle.lines[start.line].language or start.language)
    world = World({**test.lookups, **variant.lookups}, test.fails)
    call = stage.call(stage.bundle, stage.touched, stage.rankings, world, event, start.at)
    if test.caller.email:
        reading = email.check(test.caller.email)
        call.give_email(reading.value or test.caller.email)
    return call


class _Player:
    def __init__(self, asked: Asked, way: Way, call: Call, language: str):
        self.asked, self.way, self.call, self.language = asked, way, call, language
        self.turns = asked.variant.turns or asked.test.turns
        self.only_end = way.lenient and asked.variant.expect is not None and not asked.variant.turns

    def run(self) -> Run:
        failure, not_applicable = None, ""
        try:
            for turn in self.turns:
                self.call.turn_begins(turn.number)
                self._turn(turn)
            self.call.turn_begins(0)
            self._end()
        except Mismatch as mismatch:
            failure = mismatch.failure
        except NotApplicable as reason:
            not_applicable = str(reason)
        except IvrError as error:
            failure = self._broken(f"the engine gave up: {error.message}")
        except Exception as error:
            # A fault of the engine is a finding about this call; the others of the suite go on.
            failure = self._broken(f"the engine broke: {type(error).__name__}: {error}")
        finally:
            self.call.close()
        return self._result(failure, not_applicable)

    def _broken(self, message: str) -> Failure:
        turn = next((t for t in self.turns if t.number == self.call.turn), None)
        return Failure(message, self.call.turn, turn.mark if turn else self.asked.test.mark)

    def _result(self, failure: Failure | None, not_applicable: str) -> Run:
        c = self.call
        return Run(self.asked.test, self.asked.variant.name, self.language, c.session, tuple(c.lines), tuple(c.answers),
                   tuple(c.effects), tuple(c.transfers), tuple(c.queue_ends), tuple(c.events), frozenset(c.touched.nodes),
                   frozenset(c.touched.outcomes), failure, not_applicable, self.turns)

    # -- turns ----------------------------------------------------------------------------------------------------

    def _turn(self, turn: Turn) -> None:
        if turn.is_heard:
            if not self.only_end:
                listen(self.call, turn)
            return
        if turn.shape.queue:
            return self._queue(turn, turn.shape.queue)
        if turn.shape.email:
            return self.call.give_email(turn.shape.email)
        if self.call.queue and not turn.shape.hangup:
            self.call.queue_ends_by(AGENT)
        if self.call.over:
            if self.only_end:
                return
            raise Mismatch(Failure("the caller goes on, and the call is over", turn.number, turn.mark,
                                   (_does(turn, self._language()),), (where(self.call),)))
        self.call.forget()
        if turn.shape.hangup:
            return self.call.hang_up()
        self.way.answer(self.asked, self.call, turn, lambda: self._as_written(turn))

    def _queue(self, turn: Turn, outcome: str) -> None:
        if not self.call.queue:
            raise Mismatch(Failure("the caller is in no queue", turn.number, turn.mark, (f"queue: {outcome}",), (where(self.call),)))
        self.call.forget()
        self.call.queue_ends_by(outcome)

    def _as_written(self, turn: Turn) -> None:
        shape = turn.shape
        if shape.press:
            self.call.press(shape.press)
        elif shape.say:
            heard = shape.heard_as
            text = heard.text if heard and heard.text else words(turn, self._language())
            self.call.say(text, heard.confidence if heard else HEARD_WITH)
        else:
            self.call.silence()

    def _language(self) -> str:
        return self.call.session.language

    # -- the end --------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        call = self.call
        if self.only_end:
            self._accept_what_is_offered()
        if call.queue:
            call.queue_ends_by(AGENT)
        expect = expected_of(self.asked.test, self.asked.variant)
        if not call.over and expect.end in (None, "hangup", "transfer", "callback", "service_request"):
            call.hang_up()
        found = [] if self.only_end else self.way.faults(self.asked, call)
        found = [*failures_at_end(expect, call), *((f, "", "") for f in found)]
        if found:
            mark = self.asked.variant.mark if self.asked.variant.expect else self.asked.test.expect_mark
            raise Mismatch(Failure(found[0][0], 0, mark, tuple(e for _, e, _ in found if e),
                                   tuple(h if e else m for m, e, h in found)))

    def _accept_what_is_offered(self) -> None:
        """Yes to every offer until something is promised, then no, and one number is enough; whatever else is asked stays
        unanswered."""
        for _ in range(ACCEPTED):
            listen = self.call.session.last_listen
            if self.call.listens and self.call.session.memo.get("stage") == "second":
                self.call.forget()
                self.call.press("#")
                continue
            if not self.call.listens or listen is None or listen.expect != "yes_no":
                return
            self.call.forget()
            self.call.press("2" if any(hasattr(e, "due_by") for e in self.call.effects) else "1")


def _does(turn: Turn, language: str) -> str:
    shape = turn.shape
    return f"press {shape.press}" if shape.press else f'say "{words(turn, language)}"' if shape.say else "say nothing"
