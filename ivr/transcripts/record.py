"""A call that was made, as a transcript that passes. Pure. Called by `ivr call --record`.

What was said is written as it was said, so values that could be somebody's are refused (see `made_up`): a recording becomes
a file that is shared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.errors import IvrError
from ivr.flow.calendar import local
from ivr.flow.kinds.send import SENT
from ivr.flow.model import Bundle
from ivr.transcripts.made_up import require_harmless_keys, require_harmless_words, require_made_up
from ivr.transcripts.world import World

Logged = Sequence[tuple[datetime, ev.Event]]
"""Every event of the call that changed it, with its time."""


def recorded(bundle: Bundle, events: Logged, title: str) -> str:
    """The transcript as YAML. IvrError when the call gave a value that could be somebody's."""
    telling = _Telling(bundle)
    for at, event in events:
        telling.take(at, event)
    return "\n".join(telling.lines(title)) + "\n"


class _Telling:
    """Folds the call once more and writes down what a caller hears and does."""

    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self.session: Session = sessions.fresh("", bundle.hash)
        self.start: ev.CallStarted | None = None
        self.begun: datetime | None = None
        self.turns: list[str] = []
        self.heard: list[str] = []
        self.lookups: dict[str, str] = {}
        self.asked: dict[str, act.Lookup] = {}
        self.effects: dict[str, act.SendMessage | act.MakePromise] = {}
        self.fails: list[str] = []
        self.transfers: list[act.Transfer] = []
        self.done: list[act.SendMessage | act.MakePromise] = []

    def take(self, at: datetime, event: ev.Event) -> None:
        if isinstance(event, ev.CallStarted):
            self.start, self.begun = event, at
            self.session = sessions.fresh(event.call_id, self.bundle.hash)
        self._caller(at, event)
        self._world(at, event)
        self.session, actions = step(self.bundle, self.session, event, at)
        for name, value in self.session.slots.items():
            if name != SENT:  # keys of prompts, nothing of the caller's
                # The engine's own slots, which have a dot in their names, may hold several values.
                for part in value.reveal().split() if "." in name else [value.reveal()]:
                    require_made_up(f'slot "{name}"', self._type_of(name), part)
        for action in actions:
            self._note(action)

    def _type_of(self, slot: str) -> str:
        kinds = (f.slots[slot].type for f in self.bundle.flows.values() if slot in f.slots)
        return next(kinds, "email" if slot.endswith("email") else "phone")

    def _expect_of(self) -> str:
        return self.session.last_listen.expect if self.session.last_listen else ""

    def _note(self, action: act.Action) -> None:
        if isinstance(action, act.Say):
            slot = self._read_back(action)
            self.heard.append(f"{{read_back: {slot}}}" if slot else action.key)
        elif isinstance(action, act.Lookup):
            self.asked[action.lookup_id] = action
        elif isinstance(action, (act.SendMessage, act.MakePromise)):
            self.effects[action.key] = action
        elif isinstance(action, act.Transfer):
            self.transfers.append(action)

    def _read_back(self, say: act.Say) -> str:
        """The slot, when this is the confirmation of a collected value."""
        if "value" not in self.session.memo or not say.sensitive:
            return ""
        return getattr(self.bundle.flows[self.session.flow].nodes[self.session.node].params, "slot", "")

    # -- what happened --------------------------------------------------------------------------------------------

    def _caller(self, at: datetime, event: ev.Event) -> None:
        words = self._words(at, event)
        if words:
            self._flush()
            self.turns.append(f"  - {words}")

    def _words(self, at: datetime, event: ev.Event) -> str:
        if isinstance(event, ev.SpeechHeard):
            text = event.text.reveal()
            require_harmless_words(text, self._expect_of(), self.session.language, local(self.bundle.calendar, at).date())
            return f"say: {_quoted(text)}"
        if isinstance(event, ev.DigitsReceived):
            require_harmless_keys(event.digits.reveal(), self._expect_of())
            return f"press: {_quoted(event.digits.reveal())}"
        if isinstance(event, ev.NoInput):
            return "silence: true"
        if isinstance(event, ev.ContactGiven) and event.kind == "email":
            require_made_up("the address", "email", event.value.reveal())
            return f"email: {_quoted(event.value.reveal())}"
        if isinstance(event, ev.QueueEnded):
            return f"queue: {event.outcome}"
        return "hangup: true" if isinstance(event, ev.CallEnded) and self.session.status == "live" else ""

    def _world(self, at: datetime, event: ev.Event) -> None:
        if isinstance(event, ev.LookupDone) and event.lookup_id in self.asked:
            asked = self.asked[event.lookup_id]
            if World().answer(asked, self.bundle, at) != event:
                self.lookups[asked.name] = event.result
        elif isinstance(event, ev.EffectFailed) and event.key in self.effects:
            failed = self.effects[event.key]
            self.fails.append(failed.channel if isinstance(failed, act.SendMessage) else failed.kind)
        elif isinstance(event, ev.EffectRecorded) and event.key in self.effects:
            self.done.append(self.effects[event.key])

    def _flush(self) -> None:
        """What was heard since the last turn; before the first one that is the greeting."""
        if self.heard:
            self.turns.append(f"  - hear: {self.heard[0]}" if len(self.heard) == 1 else f"  - hear: [{', '.join(self.heard)}]")
        self.heard = []

    # -- the file -------------------------------------------------------------------------------------------------

    def lines(self, title: str) -> Iterator[str]:
        if self.start is None or self.begun is None:
            raise IvrError("there is no call to be recorded")
        self._flush()
        zone = self.bundle.calendar.timezone if self.bundle.calendar else ""
        yield from ("schema: ivr.test/v1", f"test: {_quoted(title)}")
        yield f"at: {local(self.bundle.calendar, self.begun):%Y-%m-%dT%H:%M:%S}{f' {zone}' if zone else 'Z'}"
        yield from (f"line: {self.start.line}", f"language: {self._first_language()}", *self._caller_lines())
        if self.lookups:
            yield "lookups: {" + ", ".join(f"{n}: {v}" for n, v in self.lookups.items()) + "}"
        if self.fails:
            yield f"fails: [{', '.join(dict.fromkeys(self.fails))}]"
        yield from ("turns:", *self.turns, f"expect: {{{', '.join(self._expect())}}}")
        yield "variants: []     # leave this line out to call it again by keys, with doubt, in silence, closed, from a TTY and by relay"

    def _first_language(self) -> str:
        assert self.start is not None
        return self.start.language or self.bundle.lines[self.start.line].language or self.bundle.default_language

    def _caller_lines(self) -> Iterator[str]:
        assert self.start is not None
        number = self.start.caller_number
        if number is None:
            yield "caller: {number: anonymous}"
            return
        require_made_up("the caller's number", "phone", number.reveal())
        yield f"caller: {{number: {_quoted(number.reveal())}}}"

    def _expect(self) -> Iterator[str]:
        promised = [e for e in self.done if isinstance(e, act.MakePromise)]
        sent = [e for e in self.done if isinstance(e, act.SendMessage)]
        yield f"end: {'transfer' if self.transfers else self.session.outcome or 'hangup'}"
        if self.transfers:
            yield f"queue: {self.transfers[-1].queue}"
        if promised:
            yield f"promise: {promised[-1].name}"
        if self.transfers or promised:
            yield f"policy_rule: {(self.transfers or promised)[-1].policy_rule}"
        for channel in ("sms", "email"):
            keys = [e.message for e in sent if e.channel == channel]
            if keys:
                yield f"{channel}: [{', '.join(keys)}]"
        yield f"language: {self.session.language}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
