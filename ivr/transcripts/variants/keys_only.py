"""`keys_only`: the caller says nothing, and gets to the same place by keys. Pure.

The keys are searched in the production engine (see `keypad`), so that a flow whose keys lead elsewhere is found out.
"""

from __future__ import annotations

from ivr.transcripts.call import Call
from ivr.transcripts.hearing import Mismatch
from ivr.transcripts.keypad import keys_between
from ivr.transcripts.model import Failure, Turn
from ivr.transcripts.ways import Answer, Asked, AsWritten, NotApplicable, Start, way


@way
class KeysOnly(AsWritten):
    name = "keys_only"

    def begin(self, asked: Asked, start: Start) -> Start:
        turns = asked.variant.turns or asked.test.turns
        if not any(t.shape.say for t in turns):
            raise NotApplicable("the caller says nothing in this call anyway")
        return start

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        known = asked.answers(turn)
        if not turn.shape.say or not known:
            return as_written()
        goal = known[-1].after
        if goal.tries > known[-1].before.tries or goal.memo.get("confirming"):
            raise NotApplicable(f"turn {turn.number} says something that is not understood at once, which keys cannot do")
        if goal.language != call.session.language:
            raise NotApplicable(f"turn {turn.number} changes the language by speaking")
        keys = keys_between(call.bundle, call.session, goal, call.now, call.world)
        if keys is None:
            self._no_way(call, turn)
        for each in keys or ():
            call.press(each)

    def _no_way(self, call: Call, turn: Turn) -> None:
        node = call.bundle.flows[call.session.flow].nodes[call.session.node]
        if getattr(node.params, "type", "") in ("form", "email"):
            raise NotApplicable(f"turn {turn.number} gives a {node.params.type}, which has letters and cannot be keyed")
        raise Mismatch(Failure("no keys lead where these words lead", turn.number, turn.mark,
                               (f"keys from {call.session.flow}.{call.session.node}",), ("none within five answers",)))
