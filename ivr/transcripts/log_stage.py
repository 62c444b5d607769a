"""The production turn (engine, log, metrics, database) for calls that are made again. Called by `log_watch`.

Only the clock and the answers of stood-in predicates are a test's; what is written to the log is what the server writes.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import cast

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.flow.model import Bundle
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.turn import Turns
from ivr.runtime.turn_lookups import TurnLookups
from ivr.runtime.turn_record import TurnRecord
from ivr.runtime.turn_steps import TurnSteps
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.office_requests import OfficeRequests
from ivr.transcripts.model import Run
from ivr.transcripts.ranking import IntentModel
from ivr.transcripts.world import World, call_id_of


class _SetClock:
    """Shows what it was set to."""

    def __init__(self, at: datetime):
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()


class _OneBundle:
    def __init__(self, bundle: Bundle):
        self.current = bundle

    def for_new_call(self, call_id: str) -> Bundle:
        return self.current

    def get(self, bundle_hash: str) -> Bundle:
        return self.current


class _StagedSteps(TurnSteps):
    """Steps whose predicates and failing writes are the test's; everything else is production's."""

    world = World()

    def _follow_up(self, action, turn, bundle, now, refuse):  # type: ignore[no-untyped-def]
        answer = self.world.answer(action, bundle, now)
        if isinstance(action, act.Lookup) or isinstance(answer, ev.EffectFailed):
            return answer
        return super()._follow_up(action, turn, bundle, now, refuse)


class LogStage:
    def __init__(self, bundle: Bundle, model: IntentModel, folder: Path):
        self._db = Database(f"sqlite:///{folder / 'calls.db'}")
        self._metrics = Metrics()
        self._clock = _SetClock(datetime.fromtimestamp(0).astimezone())
        bundles, calls, rules = cast(Bundles, _OneBundle(bundle)), Calls(self._db), ContactRules(self._db, self._metrics)
        lookups = TurnLookups(OfficeRequests(self._db))
        self._steps = _StagedSteps(bundles, lambda _: model, lookups, rules, self._metrics)
        self._turns = Turns(calls, bundles, self._steps, TurnRecord(self._db, calls, rules), self._clock, self._metrics)

    def replay(self, run: Run, number: int) -> list[str]:
        """Make the call again; returns what its session, events and actions show of themselves."""
        call_id = call_id_of(run.test.file, run.variant, run.language, str(number))
        self._steps.world = World({**run.test.lookups, **_variant_lookups(run)}, run.test.fails)
        printed: list[str] = []
        for at, event in run.events:
            self._clock.at = at
            event = _in_call(event, call_id)
            result = self._turns.take(call_id, event)
            printed += [repr(event), repr(result.session), *(repr(a) for a in result.actions)]
        return printed

    def metrics(self) -> list[str]:
        return self._metrics.text().decode().splitlines()

    def close(self) -> None:
        self._db.close()


def _in_call(event: ev.Event, call_id: str) -> ev.Event:
    return dataclasses.replace(event, call_id=call_id) if isinstance(event, ev.CallStarted) else event


def _variant_lookups(run: Run) -> dict[str, str]:
    return next((dict(v.lookups) for v in run.test.variants if v.name == run.variant), {})
