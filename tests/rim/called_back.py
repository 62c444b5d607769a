"""Somebody whom the application calls back, with a media stream into the application in this process: as fast as it goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from ivr.store.callback_calls import CallbackCall
from ivr.store.schema import calls
from ivr.store.schema_promises import callback_calls, promise_history
from ivr.telephony.signature import SIGNATURE_HEADER, sign_form
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.fast_line import SILENCE, FastLine
from ivr.testing.twiml_steps import StreamStep
from ivr.web.media import MediaEndpoint
from tests.rim.promised_call import CELL, next_wake
from tests.rim.serving import changed
from tests.rim.site import TOKEN, Site
from tests.rim.text_people import Screen

CALLERS, AGENTS = b"\x11" * 160, b"\x22" * 160
"""20 ms of either voice."""
RECEIPT = "EAC9999999999"
WORD = b"\xfe" * 800
"""What every sentence sounds like here: 100 ms."""


class Voice:
    """In place of rendered prompts; what was spoken is a list of (prompt key, words)."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def audio(self, text: str, language: str, key: str, static: bool) -> bytes:
        self.said.append((key, text))
        return WORD

    def close(self) -> None:
        """Nothing was opened."""


class Leg:
    """The part of a media leg that the emulated call needs."""

    def __init__(self, office: Site, call: EmulatedCall, step: StreamStep):
        headers = {SIGNATURE_HEADER: sign_form(TOKEN, office.services.voice.media_url)}
        self._desk = office.services.desk
        self.line = FastLine(MediaEndpoint(office.services), call_sid=call.sid, parameters=step.parameters, headers=headers)
        self.settle()

    @property
    def refused(self) -> bool:
        return self.line.closed

    def settle(self) -> None:
        """Until everybody has been told everything, and every sound is where it goes."""
        if not self.line._loop.is_closed():
            self.line.run(asyncio.to_thread(self._desk.settled))
        asyncio.run_coroutine_threadsafe(_nothing(), self._desk._loop.get()).result(5)

    def say(self, frame: bytes) -> bytes:
        """20 ms of the caller's; what they hear meanwhile."""
        heard = self.line.exchange(frame)
        self.settle()
        return heard

    def hears(self, frame: bytes) -> bool:
        """Whether this frame is among what comes next."""
        return any(self.say(SILENCE) == frame for _ in range(50))

    def press(self, keys: str) -> None:
        for key in keys:
            self.line.press(key)
        self.settle()

    def wait_closed(self, timeout_s: float = 10.0) -> bool:
        for _ in range(50):
            if self.line.closed:
                self.line.close()
                return True
            self.say(SILENCE)
        return False

    def hangup(self) -> None:
        self.line.hangup()


async def _nothing() -> None:
    """Behind whatever was asked of the loop before."""


def with_voice(office: Site) -> Voice:
    """The application can speak, and streams reach it."""
    voice = office.services.prompt_audio = Voice()
    office.carrier.media_leg = lambda call, step: Leg(office, call, step)  # type: ignore[assignment,return-value]
    return voice


def rings(office: Site, days: int = 60) -> EmulatedCall:
    """The promised call, once it rings."""
    until = office.clock.now() + timedelta(days=days)
    while office.clock.now() < until:
        office.work()
        found = [c for c in office.carrier.calls.values() if c.direction == "outbound-api" and not c.ended and c.status == "ringing"]
        if found:
            return found[0]
        following = next_wake(office)
        assert following is not None, "nothing is to be done any more"
        office.clock.time = max(following, office.clock.time + timedelta(seconds=1))
    raise AssertionError("no call in time")


def answered(office: Site) -> EmulatedCall:
    """They have answered, and pressed 1."""
    call = rings(office)
    call.answer()
    call.press("1")
    return call


def leg_of(call: EmulatedCall) -> Leg:
    leg: Any = call.leg
    assert leg is not None, (call.verbs, call.errors)
    return leg


def breaks(office: Site, call: EmulatedCall) -> None:
    """The stream does, and the carrier goes on behind it."""
    leg_of(call).line.hangup()
    call.stream_ends()


def made_to(office: Site, call: EmulatedCall) -> CallbackCall:
    """What the ledger has of this call."""
    with office.services.db.read() as connection:
        attempt = connection.execute(sa.select(callback_calls.c.attempt_id).where(callback_calls.c.call_sid == call.sid)).scalar()
    found = office.services.callbacks.calls.get(attempt or "")
    assert found is not None
    return found


def promised_in(office: Site, call_id: str = "CA1") -> str:
    """The call in which it is promised: verified, with a case number, and over."""
    turns = office.services.turns
    turns.take(call_id, ev.CallStarted(call_id, caller_number=Sensitive(CELL), textable=True, language="en"))
    session = turns.session(call_id)
    assert session is not None
    turns.take(call_id, ev.SpeechHeard(session.turn, Sensitive("I have to move my biometrics appointment"), language="en"))
    changed(office, call_id, variables={"reason": "reschedule_biometrics", "appt": "future", "identity": "verified", "role": "applicant"},
            slots={"receipt_number": RECEIPT})
    turns.take(call_id, ev.CallEnded("hangup"))
    return call_id


def talks(office: Site, screen: Screen, call: EmulatedCall) -> dict[str, Any]:
    """The packet, once they talk."""
    assert office.services.desk.answer(screen)
    leg_of(call).settle()
    return screen.of("caller")[-1]


def moves(office: Site, key: str) -> list[str]:
    with office.services.db.read() as connection:
        rows = connection.execute(sa.select(promise_history.c.state, promise_history.c.note).where(promise_history.c.key == key)
                                  .order_by(promise_history.c.at)).all()
    return [f"{state}: {note}" for state, note in rows]


def endings(office: Site) -> dict[str, float]:
    """Result of promised calls -> how often it was counted."""
    return {s.labels["result"]: s.value for m in office.services.metrics.callback_calls.collect() for s in m.samples
            if s.name.endswith("_total")}


def live_sessions(office: Site) -> list[str]:
    with office.services.db.read() as connection:
        return list(connection.execute(sa.select(calls.c.call_id).where(calls.c.status == "live")).scalars())
