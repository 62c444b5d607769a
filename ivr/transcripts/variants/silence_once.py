"""`silence_once`: before each answer the caller stays silent once, is asked again in other words, and then answers. Pure."""

from __future__ import annotations

from ivr.dialog import events as ev
from ivr.transcripts.call import Call
from ivr.transcripts.hearing import Mismatch, shown
from ivr.transcripts.model import Failure, Turn
from ivr.transcripts.ways import Answer, Asked, AsWritten, NotApplicable, way
from ivr.transcripts.world import advance


@way
class SilenceOnce(AsWritten):
    name = "silence_once"

    def __init__(self) -> None:
        self.silences = 0

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        if has_patience(asked, call, turn):
            be_silent(call, turn)
            self.silences += 1
        as_written()

    def faults(self, asked: Asked, call: Call) -> list[str]:
        if not self.silences:
            raise NotApplicable("no question of this call waits a second time")
        return []


def has_patience(asked: Asked, call: Call, turn: Turn) -> bool:
    """Whether the question bears one more silence beside what the transcript itself spends of its retries. A question that
    was asked in vain already, or that asks only once, does not."""
    if not call.listens or turn.shape.silence or turn.shape.wait or _is_spent(asked, call):
        return False
    after = advance(call.bundle, call.session, ev.NoInput(call.session.turn), call.now, call.world).session
    return after.frames == call.session.frames and after.tries > call.session.tries


def _is_spent(asked: Asked, call: Call) -> bool:
    """Whether the transcript itself spends tries at this node; of a variant's own turns that is not known beforehand."""
    if asked.written is None or asked.variant.turns:
        return call.session.tries > 0
    return any(a.before.frames == call.session.frames and a.after.tries > a.before.tries for a in asked.written.answers)


def be_silent(call: Call, turn: Turn, *, again: bool = False) -> None:
    """Say nothing, and be asked again: in other words the first time, except where a value is read back."""
    again = again or "value" in call.session.memo
    asked_with = [say.text for say in call.session.last_said]
    call.forget()
    call.silence()
    said = [say.text for say in call.pool]
    if not said or (said == asked_with and not again):
        raise Mismatch(Failure("silence is answered by silence" if not said else "silence is answered by the very same words",
                               turn.number, turn.mark, ("the question in other words",),
                               tuple(shown(say) for say in call.pool) or ("(nothing)",)))
    if call.over:
        raise Mismatch(Failure("the call is hung up on a caller who says nothing", turn.number, turn.mark,
                               ("the question again",), tuple(shown(say) for say in call.pool)))
    call.forget()
