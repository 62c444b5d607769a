"""A transcript's call by text telephone, through real tones: every word is typed on a modem, travels as mu-law frames over the
media socket's protocol, is read by the receiver, and is answered in the same way. The engine's side of the call (its clock, its
predicates, what fails) is the transcript's own.

After each move what the telephone shows is compared with what the engine said, character by character.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.flow.model import Bundle
from ivr.ops.metrics import Metrics
from ivr.runtime.streams import Streams
from ivr.runtime.transcripts import Transcripts
from ivr.runtime.turn_result import TurnResult
from ivr.telephony.baudot import typeable
from ivr.telephony.tty_etiquette import GA, SK, outgoing
from ivr.testing.fast_line import FastLine
from ivr.testing.tty_phone import LineSilent, TtyPhone
from ivr.transcripts.call import ANSWER_S, Call
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.touched import Touched
from ivr.transcripts.world import World
from ivr.web.media import MediaEndpoint

_ANSWERED = (act.SendMessage, act.MakePromise, act.Lookup, act.RecordConsent, act.ReportRefusal)
_ROOM_S = 40.0
"""A wait is over at the latest so long after its time: the warning takes its own."""


def call_by_tones(bundle: Bundle, touched: Touched, rankings: Rankings, world: World, start: ev.CallStarted, at: datetime) -> Call:
    """For `run_all(call=...)`: a call on a TTY line by tones, any other as ever."""
    kind = TonedCall if start.channel == "tty" else Call
    return kind(bundle, touched, rankings, world, start, at)


class TonedCall(Call):
    def __init__(self, *arguments: Any):
        self._given: tuple[float, tuple[ev.Hypothesis, ...]] = (1.0, ())
        self._taken = 0
        self._told = 0
        self._desk = _Desk()
        self.phone: TtyPhone | None = None
        self.line_s = 0.0
        """How long the call took on the line, once it is over."""
        super().__init__(*arguments)
        if self.over or self.session.waiting != "input":
            return
        self._line = FastLine(MediaEndpoint(_stage_of(self, self._desk)), call_sid=self.session.call_id)  # type: ignore[arg-type]
        self.phone = TtyPhone(self._line)
        self._read()

    # -- what the caller does -----------------------------------------------------------------------------------

    def say(self, text: str, confidence: float = 1.0, ranking: tuple[ev.Hypothesis, ...] = ()) -> None:
        if self.phone is None:
            return super().say(text, confidence, ranking)
        self._note("caller", f'"{text}"')
        self._given = (confidence, ranking)
        self._move(lambda phone: phone.type(f"{text} {GA}"), "an answer to what was typed")

    def press(self, keys: str) -> None:
        if self.phone is None:
            return super().press(keys)
        self._note("caller", f"[keys {keys}]")

        def pressed(phone: TtyPhone) -> None:
            for key in keys:
                self._line.press(key)

        self._move(pressed, "an answer to the keys")

    def silence(self) -> None:
        if self.phone is None:
            return super().silence()
        self._note("caller", "[says nothing]")
        self._move(lambda phone: None, "the end of the wait")

    def queue_ends_by(self, outcome: str) -> None:
        if self.phone is None or self._desk.caller is None:
            return super().queue_ends_by(outcome)
        queue, self._desk.outcome = self.queue, outcome
        self._note("carrier", f"[queue {queue}: {outcome}]")
        self.queue_ends.append(outcome)
        self._line.run(self._desk.caller.released(outcome))
        self._read()

    def hang_up(self) -> None:
        super().hang_up()
        self._line_over()

    # -- the line -----------------------------------------------------------------------------------------------

    def _move(self, act_out: Callable[[TtyPhone], None], what: str) -> None:
        phone, before = self.phone, self._taken
        assert phone is not None
        act_out(phone)
        listen = self.session.last_listen
        longest_s = (listen.timeout_s if listen else 0.0) + _ROOM_S
        phone.wait_until(lambda: self._taken > before, what, longest_s)
        self._read()

    def _read(self) -> None:
        """What the telephone shows of the turn, compared with what the engine said."""
        assert self.phone is not None
        said = [a.text for a in self.actions[self._told:] if isinstance(a, act.Say)]
        self._told = len(self.actions)
        closing = SK if self.over else "" if self.queue else GA
        expected = _shown(outgoing(said, closing))
        if expected:
            self.phone.wait_until(lambda: _shown(self.phone.unread).endswith(expected), f"{expected!r}")
        if self.over:
            self.phone.wait_until(lambda: self.phone.closed, "the end of the call", 30.0)
            return self._line_over()
        self.phone.take()

    def close(self) -> None:
        """The test is over, however the call stands."""
        if self.phone is not None:
            self.line_s = self.phone.now_s
            self._line.close()

    def _line_over(self) -> None:
        if self.phone is not None:
            self.line_s = self.phone.now_s
            self._line.hangup()
            if self._line.violations:
                raise LineSilent(f"the protocol was broken: {self._line.violations}")
            self.phone = None

    # -- what the application asks for --------------------------------------------------------------------------

    def take(self, call_id: str, event: ev.Event, *, patience_s: float | None = None) -> TurnResult:
        """As `Turns.take`: the event of the line, on the transcript's engine, where no other system is asked."""
        before, at = self.session, len(self.actions)
        if isinstance(event, ev.SpeechHeard):
            confidence, ranking = self._given
            event = ev.SpeechHeard(event.turn, event.text, confidence, ranking, event.language)
        listen = before.last_listen
        if isinstance(event, ev.QueueEnded):
            self._take(event)
        else:
            self._answer(event, (listen.timeout_s if listen else ANSWER_S) if isinstance(event, ev.NoInput) else ANSWER_S)
        self._taken += 1
        return TurnResult(self.session, tuple(a for a in self.actions[at:] if not isinstance(a, _ANSWERED)),
                          applied=self.session is not before)


class _Desk:
    """Where a caller waits for somebody who types; the transcript says how that ends."""

    def __init__(self) -> None:
        self.caller: Any = None
        self.outcome = ""

    def join(self, caller: Any, *, again: bool = False) -> int:
        self.caller = caller
        return 1

    def leave(self, call_id: str) -> None:
        self.caller = None

    def typed(self, call_id: str, text: str) -> None:
        raise AssertionError("nobody types while they wait in a transcript")

    def pressed(self, call_id: str, key: str) -> bool:
        return False


def _stage_of(call: TonedCall, desk: _Desk) -> Any:
    """What the media socket needs of the application, around one call."""

    async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
        return function(*arguments)

    turns = SimpleNamespace(session=lambda _: call.session, take=call.take)
    settings = SimpleNamespace(media_require_signature=False, media_require_token=False, proxy_hops=0)
    bundles = SimpleNamespace(current=call.touched.bundle, get=lambda _: call.touched.bundle)
    return SimpleNamespace(settings=settings, streams=Streams(1), metrics=Metrics(), bundles=bundles, turns=turns, desk=desk,
                           transcripts=Transcripts(), in_thread=in_thread, recognition=None, prompt_audio=None, clock=None,
                           is_own_origin=lambda origin, host: False)


def _shown(text: str) -> str:
    return " ".join(typeable(text).split())

