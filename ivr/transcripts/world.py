"""The world outside a call, pretended: predicates answer, messages and promises are written down or are not. Pure.

What it answers is what the runtime would: the production predicates unless the test stands in for one, the same reference
numbers, the same deadlines. `advance` takes one event through the production engine with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.engine import step
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.ids import reference_for
from ivr.runtime import lookups as predicates

SAMPLE_LINK = "https://ivr.example.org/callback/..."


@dataclass(frozen=True, slots=True)
class World:
    lookups: Mapping[str, str] = field(default_factory=dict)
    """Predicate -> the value it gives in this call; the others are really asked."""
    fails: frozenset[str] = frozenset()
    """sms | email | callback | service_request: what cannot be written down."""

    def answer(self, action: act.Action, bundle: Bundle, now: datetime) -> ev.Event | None:
        """The event that answers an action at once, or None where the caller or a queue has to."""
        if isinstance(action, act.Lookup):
            result = self.lookups.get(action.name)
            if result is None:
                asked = predicates.Asked(action.inputs, bundle, now)
                result = predicates.perform(action.name, asked)
                return ev.LookupDone(action.lookup_id, result, {k: v for k, v in asked.found.items() if k in action.fills})
            return ev.LookupDone(action.lookup_id, result, {name: _sample(bundle, name, now) for name in action.fills})
        if isinstance(action, act.SendMessage):
            failed = action.channel in self.fails
            return ev.EffectFailed(action.key) if failed else ev.EffectRecorded(action.key)
        if isinstance(action, act.MakePromise):
            failed = action.kind in self.fails
            return ev.EffectFailed(action.key) if failed else ev.EffectRecorded(action.key, reference_for(action.key), action.due_by,
                                                                                      SAMPLE_LINK)
        return None


def _sample(bundle: Bundle, slot: str, now: datetime) -> str:
    """What a predicate that is stood in for fills a slot with: a value of its type."""
    kind = next((f.slots[slot].type for f in bundle.flows.values() if slot in f.slots), "")
    return {"date": (now + timedelta(days=7)).date().isoformat(), "phone": "+12025550143"}.get(kind, "43")


@dataclass(frozen=True, slots=True)
class Moved:
    """What one event from outside made of a call."""

    session: Session
    actions: tuple[act.Action, ...]
    """Every action, in order, those that the world answered included."""
    failed: frozenset[str] = frozenset()
    """Keys of the effects that were not written down."""


def advance(bundle: Bundle, session: Session, event: ev.Event, now: datetime, world: World) -> Moved:
    """Take `event` and everything that follows from it at once."""
    pending = [event]
    actions: list[act.Action] = []
    failed: set[str] = set()
    while pending:
        session, new = step(bundle, session, pending.pop(0), now)
        for action in new:
            actions.append(action)
            follow_up = world.answer(action, bundle, now)
            if isinstance(follow_up, ev.EffectFailed):
                failed.add(follow_up.key)
            if follow_up is not None:
                pending.append(follow_up)
    return Moved(session, tuple(actions), frozenset(failed))


def call_id_of(*names: str) -> str:
    """A call id of the usual shape, the same for the same names: reference numbers stay what they were in the last run."""
    return "CA" + hashlib.sha256("\n".join(names).encode()).hexdigest()[:32]
