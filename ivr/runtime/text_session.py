"""Conversations in writing: the web chat's and those by text message. One place from which words come in and answers go out, on
the same engine, store and promises as a call.

    begin / typed / switch ──▶ one turn ──▶ lines, written under the key of the delivery ──▶ whoever asks for them

A repetition of the same delivery gets the same lines and has no second effect. A handover goes to the text desk, by the engine's
decision; the flow goes on when the desk is done. Who falls silent is told first and then let go. Nothing here is a rule about
calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.dialog.typed import event_for
from ivr.errors import MalformedRequest
from ivr.flow.model import Bundle, Line
from ivr.ops import logs
from ivr.runtime.quick_replies import quick_replies, shown_for
from ivr.runtime.ticking import Ticking
from ivr.runtime.turn_result import Delivery, Rendered, TurnResult
from ivr.runtime.written_handovers import Handovers
from ivr.sensitive import Sensitive
from ivr.store.text_rows import NewLine, TextRow, since

if TYPE_CHECKING:
    from ivr.runtime.services import Services

MAX_TEXT = 1000
"""Characters of one message that are read."""
SAID = ":said"
"""End of the key of a caller's own line; before it stands the id under which it was sent."""
SWEEP_S = 5.0
log = logs.get("text")


@dataclass(frozen=True, slots=True)
class Told:
    session: Session
    lines: tuple[NewLine, ...] = ()
    """What the system answered, in order."""


class TextSessions:
    def __init__(self, services: Services):
        self._s, self._rows = services, services.text_rows
        self.handovers = Handovers(services)
        self._ticking = Ticking("text-sessions", SWEEP_S, self.tick)

    # -- a conversation -----------------------------------------------------------------------------------------

    def line(self, channel: str, number: str = "") -> Line | None:
        """The bundle's line for this channel: the one with this number of ours, else the first one."""
        lines = [x for x in self._s.bundles.current.lines.values() if x.channel == channel]
        return next((x for x in lines if number in x.numbers), lines[0] if lines else None)

    def begin(self, call_id: str, line: Line, *, language: str | None = None, number: str = "", token: str = "") -> Told:
        """Twice for the same `call_id` is as good as once. `token`: the secret by which a chat is found again."""
        self._rows.begin(call_id, line.channel, self._s.clock.now(), token=token, number=number)
        textable = bool(number) and self._s.contact_rules.textable(number)
        event = ev.CallStarted(call_id, line.name, line.channel, Sensitive(number) if number else None, textable,
                               language or line.language or self._s.first_language)
        return self._turn(call_id, lambda s: event if s.status == "fresh" else None, f"text:start:{call_id}")

    def typed(self, call_id: str, text: str, key: str) -> Told:
        """`key` names the delivery within the conversation. Raises MalformedRequest for an unknown conversation."""
        session, text = self._session(call_id), readable(text)
        if not text or session.status == "ended":
            return Told(session)
        now = self._s.clock.now()
        self._rows.heard(call_id, now)
        bundle = self._s.bundles.get(session.bundle_hash)
        said = NewLine(key + SAID, "caller", shown_for(quick_replies(bundle, session), text), language=session.language)
        if session.transfer is not None:
            self.handovers.go_on(session)
            self._rows.add(call_id, (said,), now)
            self.handovers.forward(call_id)
            return Told(session)

        def answer(current: Session) -> ev.Event | None:
            if current.waiting != "input" or current.last_listen is None:
                return None
            return event_for(text, current.last_listen, bundle)

        return self._turn(call_id, answer, f"text:{call_id}:{key}", said)

    def switch(self, call_id: str, language: str, key: str) -> Told:
        """The caller chose another language; words of a flow's own commands do it, as they do when they are typed."""
        session = self._session(call_id)
        bundle = self._s.bundles.get(session.bundle_hash)
        words = bundle.commands.get(f"switch_{language}", {}).get(session.language, ())
        if language == session.language or not words:
            return Told(session)
        self._rows.heard(call_id, self._s.clock.now())

        def spoken(current: Session) -> ev.Event | None:
            return ev.SpeechHeard(current.turn, Sensitive(words[0])) if current.waiting == "input" else None

        return self._turn(call_id, spoken, f"text:{call_id}:{key}")

    def queue_ended(self, call_id: str, queue: str, outcome: str, version: int) -> Told:
        """The desk is done with the handover that the session was in at `version`."""
        def ended(current: Session) -> ev.Event | None:
            return ev.QueueEnded(queue, outcome) if current.transfer is not None else None

        told = self._turn(call_id, ended, f"text:queue:{call_id}:{version}")
        if told.session.transfer is None:
            self.handovers.over(call_id)
        return told

    def leave_queue(self, call_id: str) -> Told:
        """The caller wants to wait for a person no longer."""
        session = self._session(call_id)
        if session.transfer is None:
            return Told(session)
        self._s.desk.leave(call_id)
        return self.queue_ended(call_id, session.transfer.queue, "left", session.version)

    def end(self, call_id: str, reason: str = "hangup") -> None:
        self._s.desk.leave(call_id)
        self._s.turns.answer(call_id, lambda s: ev.CallEnded(reason) if s.status == "live" else None)
        self._rows.end(call_id)

    def seen(self, call_id: str) -> str:
        """The window is there and asks for what is new. open | waiting | agent | ended: what it has to know."""
        session = self._session(call_id)
        if session.status == "ended":
            return "ended"
        if session.transfer is None:
            return "open"
        self.handovers.window_seen(call_id)
        self.handovers.go_on(session)
        return "agent" if self.handovers.talks(call_id) else "waiting"

    def resumed(self, call_id: str) -> Session:
        """Somebody is back: after a reload, or after this server was started anew. Makes good what a crash left unsaid or undone."""
        session = self._session(call_id)
        if session.status == "live":
            self._rows.heard(call_id, self._s.clock.now())
            self.handovers.go_on(session)
            self._say_what_was_lost(session)
        return session

    # -- time ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.handovers.start()
        self._ticking.start()

    def close(self) -> None:
        self._ticking.close()
        self.handovers.close()

    def tick(self) -> None:
        """Who fell silent: a chat is told so and then ended, a conversation by text ends without a word."""
        now, settings = self._s.clock.now(), self._s.settings
        for row in self._rows.quiet("chat", since(now, settings.chat_silence_s)):
            self._quiet_chat(row, now)
        for row in self._rows.quiet("sms", since(now, settings.sms_silence_s)):
            self.end(row.call_id)

    def _quiet_chat(self, row: TextRow, now: datetime) -> None:
        session = self._s.turns.session(row.call_id)
        if session is None or session.status != "live":
            return self._rows.end(row.call_id)
        if row.noticed_at is None:
            self._rows.noticed(row.call_id, now)
            self._note(session, "chat_ends_soon", f"notice:{row.heard_at.isoformat()}", now)
        elif (now - row.noticed_at).total_seconds() >= self._s.settings.chat_notice_s:
            self._note(session, "chat_ended", "silence", now)
            self.end(row.call_id)

    # -- one turn -----------------------------------------------------------------------------------------------

    def _turn(self, call_id: str, event_for: Callable[[Session], ev.Event | None], key: str, *before: NewLine) -> Told:
        result = self._s.turns.answer(call_id, event_for, delivery=Delivery(key), render=self._render)
        lines = read_lines(result.answer or "")
        self._rows.add(call_id, (*before, *lines), self._s.clock.now())
        if not result.repeated:
            self._after(result)
        return Told(result.session, lines)

    def _after(self, result: TurnResult) -> None:
        session = result.session
        if session.status == "ended":
            self._rows.end(session.call_id)
        else:
            self.handovers.begin(session)

    def _render(self, session: Session, actions: Sequence[act.Action]) -> Rendered:
        """The lines of a turn as the stored answer, from which a repetition reads them again."""
        says = [a for a in actions if isinstance(a, act.Say) and a.text]
        choices = quick_replies(self._s.bundles.get(session.bundle_hash), session)
        lines = [{"key": f"v{session.version}:{n}", "text": s.text, "language": s.language, "prompt": s.key,
                  "choices": choices if s is says[-1] else ()} for n, s in enumerate(says)]
        return Rendered(orjson.dumps(lines).decode())

    def _say_what_was_lost(self, session: Session) -> None:
        """The process may have died between writing a turn and writing its lines."""
        if session.waiting != "input" or not session.last_said:
            return
        known = {line.text for line in self._rows.after(session.call_id, 0) if line.who == "system"}
        if session.last_said[-1].text not in known:
            choices = quick_replies(self._s.bundles.get(session.bundle_hash), session)
            lines = [NewLine(f"v{session.version}:{n}", "system", s.text, choices if s is session.last_said[-1] else (), s.language)
                     for n, s in enumerate(session.last_said)]
            self._rows.add(session.call_id, lines, self._s.clock.now())

    def _note(self, session: Session, prompt: str, key: str, now: datetime) -> None:
        """Words of ours that are no turn; nothing where the bundle has none."""
        bundle: Bundle = self._s.bundles.get(session.bundle_hash)
        if prompt in bundle.prompts.get(session.language, {}):
            text = render(bundle, prompt, session.language, session.channel, slots={}, values={}).text
            self._rows.add(session.call_id, (NewLine(key, "note", text, language=session.language),), now)

    def _session(self, call_id: str) -> Session:
        session = self._s.turns.session(call_id)
        if session is None:
            raise MalformedRequest("there is no such conversation", code="unknown_conversation")
        return session


def readable(text: str) -> str:
    """What somebody typed, without what no keyboard types: control characters and halves of characters."""
    text = text[:MAX_TEXT].encode("utf-8", "ignore").decode()
    return "".join(c if c == "\n" or c.isprintable() or c == "\u00a0" else " " for c in text).strip()


def read_lines(body: str) -> tuple[NewLine, ...]:
    """The lines of a stored answer."""
    return tuple(NewLine(x["key"], "system", x["text"], tuple((a, b) for a, b in x["choices"]), x["language"], x["prompt"])
                 for x in (orjson.loads(body) if body else ()))
