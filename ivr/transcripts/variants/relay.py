"""`relay`: the same call through a relay operator, who announces it, takes long, and speaks for the caller. Pure.

The call opens with the announcement, which must be thanked for and cost nothing; from then on every wait must be twice as
long. Each answer comes after silences, which ask again in other words without spending a try, and is said as an operator
says it ("the caller says yes, go ahead"). What is looked at besides: nobody is hung up on, and the call gets to the same end.
"""

from __future__ import annotations

from ivr.dialog.session import Session
from ivr.transcripts.call import Call
from ivr.transcripts.hearing import Mismatch, shown
from ivr.transcripts.model import Failure, Turn
from ivr.transcripts.play_words import RELAY, relayed, words
from ivr.transcripts.variants.silence_once import be_silent
from ivr.transcripts.ways import Answer, Asked, AsWritten, NotApplicable, Start, way

SILENCES = 2
"""In front of each answer: somebody types, and an operator reads it out."""
ROOM = 24
"""Answers that a call still bears below which there are no more silences; a test is not about the bound of a call."""


@way
class Relay(AsWritten):
    name = "relay"

    def __init__(self) -> None:
        self.announced = False

    def begin(self, asked: Asked, start: Start) -> Start:
        if start.channel != "voice":
            raise NotApplicable("who types needs no relay operator")
        if start.language not in RELAY:
            raise NotApplicable(f"no operator of ours speaks {start.language}")
        turns = asked.variant.turns or asked.test.turns
        if any(t.shape.silence or t.shape.wait for t in turns):
            raise NotApplicable("the caller is silent on purpose, which does not count in a relay call")
        return start

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        if call.listens:
            self._take_time(call, turn)
        if call.listens and turn.shape.say and not turn.shape.heard_as:
            call.say(relayed(words(turn, call.session.language), call.session.language))
        else:
            as_written()

    def faults(self, asked: Asked, call: Call) -> list[str]:
        if not self.announced:
            raise NotApplicable("nothing is asked in this call")
        return []

    def _take_time(self, call: Call, turn: Turn) -> None:
        if not self.announced:
            self._announce(call, turn)
        for n in range(SILENCES):
            if call.session.cycles_left > ROOM:
                before = call.session
                be_silent(call, turn, again=n > 0)
                _expect_same(before, call, turn, "a silence of a relay call")
        call.forget()

    def _announce(self, call: Call, turn: Turn) -> None:
        before = call.session
        call.forget()
        call.say(RELAY[before.language])
        _expect_same(before, call, turn, "the announcement of a relay call")
        if not call.session.relay or "relay_welcome" not in {say.key for say in call.pool}:
            raise Mismatch(Failure("a relay operator is not recognised", turn.number, turn.mark, ("relay_welcome",),
                                   tuple(shown(say) for say in call.pool)))
        was, now = before.last_listen, call.session.last_listen
        if was is not None and (now is None or now.timeout_s < 2 * was.timeout_s):
            raise Mismatch(Failure("a relay call does not wait longer", turn.number, turn.mark, (f"{2 * was.timeout_s:g} s",),
                                   (f"{now.timeout_s:g} s" if now else "no wait",)))
        self.announced = True


def _expect_same(before: Session, call: Call, turn: Turn, what: str) -> None:
    """The same question is asked again, and nothing was spent for it."""
    after = call.session
    if (after.frames, after.tries, after.commands_left) != (before.frames, before.tries, before.commands_left):
        raise Mismatch(Failure(f"{what} spends a try, or leads elsewhere", turn.number, turn.mark, (before.path(),), (after.path(),)))
    if not {say.key for say in before.last_said} <= {say.key for say in call.pool} | {say.key for say in after.last_said}:
        raise Mismatch(Failure(f"{what} does not ask the question again", turn.number, turn.mark,
                               tuple(say.key for say in before.last_said), tuple(shown(say) for say in call.pool)))
