"""One call of a transcript: the production engine, a clock that moves by itself a few seconds a turn, a pretended carrier.

`Call` knows how a line behaves (keys, silence, a queue, a hang-up) and keeps what was said; what the caller does comes
from `play`. Nothing here waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.dialog.typed import event_for
from ivr.dialog.typed_commands import TYPED_CHANNELS
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from ivr.transcripts.keypad import keyed
from ivr.transcripts.model import Answered, Line
from ivr.transcripts.play_words import typed
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.touched import Touched
from ivr.transcripts.world import World, advance

ANSWER_S = 4.0
"""Virtual seconds from a question to the caller's answer."""
QUEUE_S = 90.0
"""Virtual seconds in a queue."""


class Call:
    def __init__(self, bundle: Bundle, touched: Touched, rankings: Rankings, world: World, start: ev.CallStarted, at: datetime):
        """`bundle` is for whoever looks ahead; the call itself runs on the one that takes note of what it comes by."""
        self.bundle, self.touched, self.rankings, self.world, self.now = bundle, touched, rankings, world, at
        touched.forget()
        self.session: Session = sessions.fresh(start.call_id, bundle.hash)
        self.turn = 0
        """Item of `turns:` that is being played."""
        self.lines: list[Line] = []
        self.answers: list[Answered] = []
        self.effects: list[act.SendMessage | act.MakePromise] = []
        self.transfers: list[act.Transfer] = []
        self.queue_ends: list[str] = []
        self.events: list[tuple[datetime, ev.Event]] = []
        self.actions: list[act.Action] = []
        self.pool: list[act.Say] = []
        """Said since the caller's last turn and not yet matched."""
        self._take(start)

    # -- what can be seen -----------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        return self.session.status == "ended"

    @property
    def listens(self) -> bool:
        return self.session.waiting == "input"

    @property
    def queue(self) -> str:
        """Name of the queue the caller waits in, or ''."""
        return self.session.waiting.removeprefix("queue:") if self.session.waiting.startswith("queue:") else ""

    def said(self) -> Iterator[act.Say]:
        """Everything that was said in the call."""
        return (a for a in self.actions if isinstance(a, act.Say))

    # -- what the caller does -------------------------------------------------------------------------------------

    def say(self, text: str, confidence: float = 1.0, ranking: tuple[ev.Hypothesis, ...] = ()) -> None:
        self._note("caller", f'"{text}"')
        if self.session.channel in TYPED_CHANNELS and self.session.last_listen is not None and not ranking:
            sent = typed(text, self.session.channel)
            return self._answer(event_for(sent, self.session.last_listen, self.bundle))
        self._answer(ev.SpeechHeard(self.session.turn, Sensitive(text), confidence, ranking))

    def press(self, keys: str) -> None:
        """Keys that are more than one question takes are kept for the next one."""
        self._note("caller", f"[keys {keys}]")
        while keys and self.listens and self.session.last_listen is not None:
            digits, keys = keyed(self.session.last_listen, keys)
            self._answer(ev.DigitsReceived(self.session.turn, Sensitive(digits)))

    def silence(self) -> None:
        self._note("caller", "[says nothing]")
        listen = self.session.last_listen
        self._answer(ev.NoInput(self.session.turn), after_s=listen.timeout_s if listen else ANSWER_S)

    def give_email(self, address: str) -> None:
        """Typed on the phone page: it is no answer to a question."""
        self._note("caller", f"[types {address}]")
        self._take(ev.ContactGiven("email", Sensitive(address)))

    def queue_ends_by(self, outcome: str) -> None:
        self.now += timedelta(seconds=QUEUE_S)
        self._note("carrier", f"[queue {self.queue}: {outcome}]")
        self.queue_ends.append(outcome)
        self._take(ev.QueueEnded(self.queue, outcome))

    def hang_up(self) -> None:
        self._note("caller", "[hangs up]")
        self._take(ev.CallEnded("hangup"))

    def close(self) -> None:
        """The test is over, however the call stands; nothing here outlives it."""

    def turn_begins(self, number: int) -> None:
        self.turn = number

    def forget(self) -> None:
        """The caller has the floor: what was said before belongs to an earlier turn."""
        self.pool = []

    # -- the machinery --------------------------------------------------------------------------------------------

    def _answer(self, event: ev.Event, after_s: float = ANSWER_S) -> None:
        before = self.session
        self.now += timedelta(seconds=after_s)
        event = self.rankings.understood(event, before)
        self._take(event)
        self.answers.append(Answered(self.turn, before, event, self.session, self.now))

    def _take(self, event: ev.Event) -> None:
        moved = advance(self.touched.bundle, self.session, event, self.now, self.world)
        self.events.append((self.now, event))
        self.session = moved.session
        for action in moved.actions:
            self.actions.append(action)
            self._perform(action, moved.failed)

    def _perform(self, action: act.Action, failed: frozenset[str]) -> None:
        if isinstance(action, act.Say):
            self.pool.append(action)
            self._note("system", action.text, action.key)
        elif isinstance(action, (act.SendMessage, act.MakePromise)):
            done = action.key not in failed
            if done:
                self.effects.append(action)
            self._note("carrier", _effect_words(action) + ("" if done else ": could not be written down"))
        elif isinstance(action, act.Transfer):
            self.transfers.append(action)
            self._note("carrier", f"[queue {action.queue}, rule {action.policy_rule}]")
        elif isinstance(action, act.ReportRefusal):
            self._note("carrier", f"[refused: policy {action.policy} is false at {action.node}]")

    def _note(self, who: str, text: str, key: str = "") -> None:
        self.lines.append(Line(self.turn, who, text, key))


def _effect_words(action: act.SendMessage | act.MakePromise) -> str:
    if isinstance(action, act.SendMessage):
        return f"[{action.channel} {action.message}]"
    return f"[{action.kind} {action.name}, due by {action.due_by[:10]}, rule {action.policy_rule}]"
