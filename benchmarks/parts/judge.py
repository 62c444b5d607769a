"""Did a caller experience anything wrong? Callers are run on the engine of a damaged bundle, and judged by the policy, the
rules, the facts and the words of the sound one. Knows nothing of the prover.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.errors import Bug
from ivr.flow import policy as policies
from ivr.flow.calendar import is_open
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive

BEGIN = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
FITTING = {"yes_no": ("1", "2"), "date": ("03202027", "03202020"), "phone": ("2025550143",), "receipt": ("4632122345678901",)}
TURNS = 45


class Judge:
    """What the sound bundle says must never happen."""

    def __init__(self, sound: Bundle):
        self.sound = sound
        nodes = [n for f in sound.flows.values() for n in f.nodes.values()]
        self.queues = {n.params.queue: set() for n in nodes if n.kind == "transfer"}
        self.promises = {n.params.promise: set() for n in nodes if n.kind == "promise"}
        for node in nodes:
            if node.kind == "transfer":
                self.queues[node.params.queue].add(node.params.policy)
            elif node.kind == "promise":
                self.promises[node.params.promise].add(node.params.policy)
        self.offers = {k for n in nodes if n.kind == "send" for k in (n.params.offer, n.params.offer_email)}
        self.offers |= {n.params.offer for n in nodes if n.kind == "promise"}
        self.refusal_nodes = {f.defaults.places.get("agent_request") for f in sound.flows.values()} - {None}
        self.announced = {k for r in sound.policy.always if r.form == "heard" for k in r.names}
        steps = {s for r in sound.policy.always if r.form == "refused" for s in r.names}
        self.helpful = [w for f in sound.facts.values() if f.step in steps for w in (f.value, *f.spoken.values())]

    def call(self, bundle: Bundle, chance: random.Random, intent: str = "") -> str:
        """One call, everything in it by lot; the first wrong thing, or nothing."""
        trial = _Trial(self, bundle, chance)
        try:
            return trial.run(intent)
        except Bug as bug:
            return f"the call broke: {bug}"


class _Trial:
    def __init__(self, judge: Judge, bundle: Bundle, chance: random.Random):
        self.judge, self.bundle, self.chance = judge, bundle, chance
        self.now = BEGIN + timedelta(hours=chance.randrange(24 * 7))
        self.owed = self.told = False
        self.session = sessions.fresh("CA1", bundle.hash)

    def run(self, intent: str) -> str:
        number = self.chance.choice([None, Sensitive("+12025550143")])
        language = self.chance.choice([None, *self.bundle.languages])
        event: ev.Event = ev.CallStarted("CA1", self.chance.choice(list(self.bundle.lines)), caller_number=number,
                                         textable=number is not None, language=language)
        for _ in range(TURNS * 3):
            before = self.session
            self.session, actions = step(self.bundle, before, event, self.now)
            wrong = self._wrong(before, event, actions)
            if wrong or self.session.status == "ended":
                return wrong
            self.now += timedelta(seconds=self.chance.choice([3, 20, 900]))
            event = self._next(actions, intent if self.session.answers == 0 else "")
        return "" if self.session.cycles_left > 0 else "a caller was kept until the budget of the call was spent"

    # -- what the caller and the rim do -----------------------------------------------------------------------------

    def _next(self, actions: tuple[act.Action, ...], intent: str) -> ev.Event:
        name, _, rest = self.session.waiting.partition(":")
        chance, turn = self.chance, self.session.turn
        if name == "lookup":
            lookup = next(a for a in actions if isinstance(a, act.Lookup))
            return ev.LookupDone(rest, chance.choice([*lookup.values * 3, "timeout", "error"]))
        if name == "effect":
            return chance.choice([ev.EffectRecorded(rest, "ACDEFGHJ", "2026-03-20T12:00:00+00:00")] * 5 + [ev.EffectFailed(rest)])
        if name == "queue":
            return ev.QueueEnded(rest, chance.choice(["connected", "closed", "wait_too_long", "failed", "left"]))
        if chance.random() < 0.04:
            return ev.DigitsReceived(turn, Sensitive("0"))
        fitting = FITTING.get(self.session.last_listen.expect if self.session.last_listen else "")
        if fitting and chance.random() < 0.8:
            return ev.DigitsReceived(turn, Sensitive(chance.choice(fitting)))
        node = self.bundle.flows[self.session.flow].nodes[self.session.node]
        if node.kind == "ask" and (intent or chance.random() < 0.8):
            chosen = intent or chance.choice(node.params.intents)
            return ev.SpeechHeard(turn, Sensitive("mumble"), ranking=(ev.Hypothesis(chosen, 0.97),))
        if node.kind == "menu" and chance.random() < 0.8:
            return ev.DigitsReceived(turn, Sensitive(chance.choice(node.params.choices).key))
        return chance.choice([ev.NoInput(turn), ev.SpeechHeard(turn, Sensitive("mumble"), ranking=(ev.Hypothesis("_oos", 0.9),))])

    # -- what must not be -------------------------------------------------------------------------------------------

    def _wrong(self, before: Session, event: ev.Event, actions: tuple[act.Action, ...]) -> str:
        if isinstance(event, ev.QueueEnded) and event.outcome in ("closed", "wait_too_long", "failed"):
            self.owed = True
        found = (text for action in actions for text in self._by_action(before, event, action))
        return next(found, "") or self._left_alone(actions)

    def _by_action(self, before: Session, event: ev.Event, action: act.Action) -> Iterator[str]:
        if isinstance(action, act.ReportRefusal):
            yield f"a door refused the caller at {action.node}"
        if isinstance(action, act.Say):
            yield from self._said(action)
        if isinstance(action, act.Transfer):
            yield from self._door("transfer", action.queue, self.judge.queues)
            if not is_open(self.judge.sound.calendar, self.now):
                yield "a transfer while the office is closed"
            if self.judge.announced and not self.told:
                yield "a transfer without a word about the wait"
        if isinstance(action, act.MakePromise):
            yield from self._door("promise", action.name, self.judge.promises)
        if isinstance(action, act.SendMessage) and not self._agreed(before, event):
            yield "a message without a yes"

    def _said(self, say: act.Say) -> Iterator[str]:
        sound, key = self.judge.sound, say.key
        node = self.session.node
        if key in self.judge.offers or any(word in say.text for word in self.judge.helpful):
            self.owed = False
        elif node in self.judge.refusal_nodes and self.session.status == "live" and key not in self.judge.announced:
            self.owed = True
        self.told = self.told or key in self.judge.announced
        if self.session.waiting and any(r.kind == "say" and r.name == key for r in sound.policy.never):
            rule = policies.broken_never(sound.policy, "say", self._environment(), key)
            if rule is not None:
                yield f"{key} was said against rule {rule.id}"
        first, own = (sound.prompts[lang].get(key) for lang in (sound.languages[0], say.language))
        if own and first and say.language != sound.languages[0] and say.text == first.variants.get("voice") != own.variants.get("voice"):
            yield f"{key} was said in {sound.languages[0]}"
        if not key.startswith("confirm_"):
            yield from (f"{key} gave away {name}" for name in self._secrets_in(say.text))
        if not say.text.strip():
            yield f"{key} was silence"

    def _secrets_in(self, text: str) -> Iterator[str]:
        digits = re.sub(r"\D", "", text)
        for name, value in self.session.slots.items():
            secret = re.sub(r"\D", "", value.reveal())
            if len(secret) >= 8 and secret in digits and not name.startswith("consent"):
                yield name

    def _door(self, kind: str, name: str, known: dict[str, set[str]]) -> Iterator[str]:
        env, policy = self._environment(), self.judge.sound.policy
        if not any(policies.true_rule(policy.entries[p], env) for p in known.get(name, ())):
            yield f"{kind} {name} for somebody who does not qualify"
        rule = policies.broken_never(policy, kind, env, name)
        if rule is not None:
            yield f"{kind} {name} against rule {rule.id}"

    def _environment(self) -> dict:
        s = self.session
        return policies.environment(self.judge.sound, s.vars, language=s.language, channel=s.channel, line=s.line, now=self.now,
                                    contact="none")

    def _agreed(self, before: Session, event: ev.Event) -> bool:
        """A clear yes just now, or the confirmation of a promise whose number was just agreed."""
        if isinstance(event, ev.DigitsReceived):
            return event.digits.reveal() == "1"
        return isinstance(event, (ev.EffectRecorded, ev.EffectFailed)) and "reference" in self.session.memo

    def _left_alone(self, actions: tuple[act.Action, ...]) -> str:
        if any(isinstance(a, act.Hangup) for a in actions) and self.owed and self.session.commands_left >= 0:
            return "the call ended after a refusal, without a step"
        if any(isinstance(a, act.Listen) for a in actions) and not any(isinstance(a, act.Say) for a in actions):
            return "a question without words"
        return ""
