"""`ivr call --tty`: the same call from a text telephone. What is typed travels as tones over the media socket's protocol and is
read by the receiver; what is shown was sent as tones and read by the caller's modem. Nothing waits for the clock on the wall.

Only `ivr call` uses this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.demo.call import CALLER, TerminalCall, line_for, terminal_call
from ivr.errors import IvrError, Unavailable
from ivr.telephony.tty_etiquette import GA, SK, closed
from ivr.testing.emulated_call import EmulatedCall
from ivr.testing.tone_leg import ToneLeg
from ivr.testing.tty_phone import LineSilent
from ivr.testing.twiml_steps import StreamStep
from ivr.web.media import MediaEndpoint


class ToneCall(TerminalCall):
    """Turns have the same shape as by text; `system` is what the telephone shows."""

    def __init__(self, *arguments: Any):
        super().__init__(*arguments)
        self._shown = ""

    @property
    def _leg(self) -> ToneLeg | None:
        return self.call.leg if isinstance(self.call.leg, ToneLeg) else None

    def begin(self) -> dict[str, Any]:
        self._read()
        return super().begin()

    def _say(self, text: str) -> dict[str, Any]:
        if self._leg is None:
            return super()._say(text)
        self._leg.phone.type(text if closed(text)[1] else f"{text} {GA}")
        self._read()
        return {"said": text}

    def _press(self, keys: str) -> dict[str, Any]:
        answer = super()._press(keys)
        self._read()
        return answer

    def _wait(self, _: str = "") -> dict[str, Any]:
        if self._leg is None:
            return super()._wait()
        self._read(wait=True)
        return {"waited": True}

    def _read(self, wait: bool = False) -> None:
        """Until the telephone shows the end of a turn, or the system has hung up."""
        leg = self._leg
        if leg is None:
            return
        if wait:
            leg.phone.wait_until(lambda: bool(leg.phone.unread), "the next words")
        try:
            leg.phone.wait_until(lambda: leg.is_closed or (leg.phone.is_quiet and bool(closed(leg.phone.unread.strip())[1])), "an answer")
            if closed(leg.phone.unread.strip())[1] == SK:
                leg.phone.wait_until(lambda: leg.is_closed, "the end of the call", 10.0)
        except LineSilent as silent:
            raise Unavailable(f"the system did not answer: {silent}", code="no_answer") from silent
        self._shown += leg.phone.take()
        if leg.is_closed:
            self.call.finish_stream()
            self._read()

    def _spoken(self) -> list[dict[str, str]]:
        shown, self._shown = self._shown, ""
        session = self.services.turns.session(self.call.sid)
        language = session.language if session else ""
        return [{"text": line.strip(), "language": language} for line in shown.splitlines() if line.strip()] + super()._spoken()


@contextmanager
def tone_call(bundle: Path, *, line: str | None = None, language: str | None = None, at: datetime | None = None,
              caller: str = CALLER) -> Iterator[TerminalCall]:
    """A call that has just been answered."""

    def dial(services: Any, carrier: Any) -> None:
        if line is None and line_for(services, "tty") == "main":
            raise IvrError("the bundle has no line for text telephones", hint="give a line `channel: tty`, or name one with --line")
        endpoint = MediaEndpoint(services)

        def leg(call: EmulatedCall, step: StreamStep) -> ToneLeg:
            return ToneLeg(endpoint, step.url, carrier.auth_token, account_sid=carrier.account_sid, call_sid=call.sid,
                           parameters=step.parameters)

        carrier.media_leg = leg

    with terminal_call(bundle, line=line, language=language, at=at, caller=caller, dial=dial, kind=ToneCall, channel="tty") as call:
        yield call
