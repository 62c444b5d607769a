"""`relay`: the same call through a relay operator, who announces it and takes long. Pure.

The announcement is no request, and each answer comes after two silences where a question bears as many, after one where
it bears one. What is looked at: nobody is hung up on, and the call gets to the same end. The timers themselves are not
doubled here, since the clock of a transcript is not waited for.
"""

from __future__ import annotations

from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from ivr.transcripts.call import Call
from ivr.transcripts.model import Turn
from ivr.transcripts.play_words import RELAY
from ivr.transcripts.variants.silence_once import be_silent, has_patience
from ivr.transcripts.ways import Answer, Asked, AsWritten, NotApplicable, Start, way
from ivr.transcripts.world import advance


@way
class Relay(AsWritten):
    name = "relay"

    def __init__(self) -> None:
        self.announced = False
        self.waits = 0

    def begin(self, asked: Asked, start: Start) -> Start:
        if start.channel == "tty":
            raise NotApplicable("a TTY line needs no relay operator")
        return start

    def answer(self, asked: Asked, call: Call, turn: Turn, as_written: Answer) -> None:
        patient = has_patience(asked, call, turn)
        if patient and not self.announced and self._announce(call):
            self.announced = True
        elif patient:
            be_silent(call, turn)
            self.waits += 1
        if patient and self._bears_another(call):
            be_silent(call, turn, again=True)
            self.waits += 1
        as_written()

    def faults(self, asked: Asked, call: Call) -> list[str]:
        if not self.announced and not self.waits:
            raise NotApplicable("no question of this call waits a second time")
        return []

    def _announce(self, call: Call) -> bool:
        """Tell that it is a relay call, unless this question would take the words for an answer."""
        language = call.session.language
        text = RELAY.get(language)
        if text is None:
            return False
        heard = call.rankings.understood(ev.SpeechHeard(call.session.turn, Sensitive(text), language=language), call.session)
        after = advance(call.bundle, call.session, heard, call.now, call.world).session
        if after.frames != call.session.frames or after.memo.get("confirming") or after.status == "ended":
            return False
        call.say(text)
        call.forget()
        return True

    def _bears_another(self, call: Call) -> bool:
        """Whether the question is still asked after one more silence, with a try left for the answer."""
        if not call.listens:
            return False
        after = advance(call.bundle, call.session, ev.NoInput(call.session.turn), call.now, call.world).session
        return after.frames == call.session.frames and after.tries > call.session.tries
