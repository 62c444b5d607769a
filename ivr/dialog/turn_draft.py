"""One turn being worked out. Pure; lives only inside `engine.step`.

Node kinds are handed a `TurnDraft` and say what they want in its words: `say`, `listen`, `leave`, `retry`, `effect`. Which door is
open, `doors` tells them, and `agreements` keeps what the caller said about being written to.
The draft is thrown away when a step fails, so a failed step changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from ivr.dialog import actions as act
from ivr.dialog.patience import unhurried
from ivr.dialog.render import Rendered, render
from ivr.dialog.session import Frame, Session
from ivr.flow.calendar import local
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Flow, Node
from ivr.sensitive import Sensitive

# Silence that ends an utterance, by the form expected: numbers are spoken with pauses (speech measurements).
_END_SILENCE_MS = {"text": 600, "yes_no": 500, "date": 900, "receipt": 1200, "phone": 1200, "digits": 1100, "email": 1200,
                   "a_number": 1200, "zip": 1000, "form": 800}


class TurnDraft:
    """Mutable copy of a session for the length of one step. `moved_to` is set when the node is left."""

    def __init__(self, bundle: Bundle, session: Session, now: datetime):
        self.bundle = bundle
        self.now = now
        self.session = session
        self.frames = list(session.frames)
        self.vars = dict(session.vars)
        self.slots = dict(session.slots)
        self.memo = dict(session.memo)
        self.actions: list[act.Action] = []
        self.says: list[act.Say] = []
        self.changes: dict[str, Any] = {}
        self.left: str | None = None
        self.jump: str | None = None
        self.result: str | None = None
        self.pushed = False
        self.waiting = ""

    # -- where we are -------------------------------------------------------------------------------------------

    @property
    def flow(self) -> Flow:
        return self.bundle.flows[self.frames[-1].flow]

    @property
    def root(self) -> Flow:
        return self.bundle.flows[self.frames[0].flow]

    @property
    def node(self) -> Node:
        return self.flow.nodes[self.frames[-1].node]

    @property
    def params(self) -> Any:
        return self.node.params

    def get(self, name: str) -> Any:
        """A session field as it stands in this draft."""
        return self.changes.get(name, getattr(self.session, name))

    def put(self, **fields: Any) -> None:
        self.changes.update(fields)

    @property
    def language(self) -> str:
        return self.get("language")

    @property
    def retries(self) -> int:
        own = getattr(self.params, "retries", None)
        return self.root.defaults.retry.retries if own is None else own

    # -- what is known of the caller ----------------------------------------------------------------------------

    def contact(self) -> str:
        """How this caller can be written to: sms | email | none. The same value guards and checks see."""
        if self.get("textable") and self.get("caller_number"):
            return "sms"
        return "email" if self.get("email") else "none"

    def context(self, names: Iterable[str]) -> dict[str, str]:
        """Values handed on to an agent, so that nothing is asked twice."""
        known: dict[str, Any] = {**self.vars, **self.slots, "language": self.language, "line": self.get("line")}
        return {n: known[n] for n in names if n in known}

    def today(self) -> date:
        """The date at the office, which is what callers mean by today."""
        return local(self.bundle.calendar, self.now).date() if self.bundle.calendar else self.now.date()

    # -- speaking and listening ---------------------------------------------------------------------------------

    def render(self, key: str, **values: str | Sensitive) -> Rendered:
        return render(self.bundle, key, self.language, self._read_on(), slots=self.slots, values=values)

    def _read_on(self) -> str:
        """The channel whose words the caller gets: somebody who types and hears (hearing carry-over) hears spoken ones."""
        return "voice" if self.get("tty_mode") == "hco" else self.get("channel")

    def say(self, key: str, *, barge_in: bool = True, **values: str | Sensitive) -> None:
        """Speak prompt `key` with its placeholders filled from facts, slots and `values`."""
        r = self.render(key, **values)
        self.says.append(act.Say(key, r.text, self.language, sensitive=r.sensitive, barge_in=barge_in, static=r.static))

    def listen(self, *, expect: str = "text", speech: bool = True, max_digits: int = 1, finish_on_key: str = "#",
               hints: tuple[str, ...] = (), timeout_s: float | None = None, ranked: bool = False,
               end_silence_ms: int | None = None) -> None:
        """End the turn by waiting for the caller. Everything said since the last wait is what `repeat` says again."""
        turn = self.get("turn") + 1
        retry = self.root.defaults.retry
        wait = timeout_s or getattr(self.params, "timeout_s", None) or (
            retry.timeout_s if max_digits == 1 and expect in ("text", "yes_no") else retry.number_timeout_s)
        listen = act.Listen(turn=turn, language=self.language, timeout_s=wait, speech=speech, expect=expect, hints=hints,
                            max_digits=max_digits, finish_on_key=finish_on_key,
                            end_silence_ms=end_silence_ms or _END_SILENCE_MS.get(expect, 600),
                            barge_in=all(s.barge_in for s in self.says), ranked=ranked or expect == "text")
        listen = self.unhurried(listen)
        self.actions.extend(self.says)
        self.actions.append(listen)
        self.put(turn=turn, last_said=tuple(self.says), last_listen=listen, apology=())
        self.says = []
        self.waiting = "input"

    def unhurried(self, listen: act.Listen) -> act.Listen:
        """With the time that this caller's way of calling takes."""
        return unhurried(listen, self.get("channel"), relay=self.get("relay"))

    def flush(self) -> None:
        """Move what was said into the actions, in front of an action that waits for something other than the caller."""
        self.actions.extend(self.says)
        if self.says:
            self.put(last_said=tuple(self.says))
        self.says = []

    # -- effects ------------------------------------------------------------------------------------------------

    def effect_key(self, kind: str) -> str:
        """A key that is unique for ever and the same on replay."""
        n = self.get("effects") + 1
        self.put(effects=n)
        return f"{kind}:{self.session.call_id}:{self.node.id}:{n}"

    def effect(self, action: act.SendMessage | act.MakePromise) -> None:
        """Ask for a durable effect and wait until it is written down; nothing is spoken before."""
        self.actions.append(action)
        self.waiting = f"effect:{action.key}"

    def lookup(self, action: act.Lookup) -> None:
        self.flush()
        self.actions.append(action)
        self.waiting = f"lookup:{action.lookup_id}"

    def transfer(self, action: act.Transfer) -> None:
        self.flush()
        self.actions.append(action)
        self.put(transfer=action, queued_at=self.now.isoformat(), place={})
        self.waiting = f"queue:{action.queue}"

    def hang_up(self, outcome: str) -> None:
        self.flush()
        self.actions.append(act.Hangup(outcome))
        self.put(status="ended", outcome=outcome)
        self.waiting = ""

    def assign(self, values: Mapping[str, str]) -> None:
        """Set variables; `language` is the call's own."""
        for name, value in values.items():
            if name == "language":
                self.put(language=value)
            else:
                self.vars[name] = value

    def aside(self) -> bool:
        """Spend one of the call's asides: commands, and answers to what the service does not do. When none is left, say so
        and go to the safe landing, so that no sequence of them goes on for ever."""
        left = self.get("commands_left") - 1
        self.put(commands_left=left)
        if left < 0:
            self.say("budget_spent")
            self.go_to_place("safe_landing")
        return left >= 0

    # -- moving -------------------------------------------------------------------------------------------------

    def leave(self, outcome: str) -> None:
        """Leave the node by `outcome`."""
        self.left = outcome

    def go_to_place(self, place: str) -> None:
        """Leave everything and go to one of the entry flow's named places."""
        self.jump = self.root.defaults.places[place]

    def retry(self, cause: str, again: Any) -> None:
        """One try of the shared budget is spent; `again()` asks once more, or the node is left by `cause`."""
        tries = self.get("tries") + 1
        self.put(tries=tries)
        if tries > self.retries:
            self.leave(cause)
            return
        again(tries)

    def move(self, node_id: str) -> None:
        self.frames[-1] = Frame(self.frames[-1].flow, node_id)
        self._arrive()

    def move_to_root(self, node_id: str) -> None:
        self.frames = [Frame(self.frames[0].flow, node_id)]
        self._arrive()

    def push(self, flow_id: str) -> None:
        self.frames.append(Frame(flow_id, self.bundle.flows[flow_id].start))
        for name, values in self.bundle.flows[flow_id].vars.items():
            if name not in self.bundle.flows[flow_id].inputs:
                self.vars[name] = values[0]
        self.pushed = True
        self._arrive()

    def _arrive(self) -> None:
        self.memo = {}
        self.put(tries=0)
        self.left = None

    def freeze(self) -> Session:
        """The session after this event."""
        return dataclasses.replace(self.session, version=self.session.version + 1, frames=tuple(self.frames),
                                   vars=self.vars, slots=self.slots, memo=self.memo, waiting=self.waiting, **self.changes)
