"""The desk of cases of one process, put together from its settings."""

from __future__ import annotations

from datetime import datetime

from ivr.cases.desk import CaseDesk
from ivr.cases.guesses import Guesses, GuessLimits
from ivr.cases.sources import source_of
from ivr.clock import Clock
from ivr.config import Settings
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.store.alarms import Alarms
from ivr.store.db import Database
from ivr.store.shared import Counters

GUESSING = "case_guessing"
ALARM_EVERY_S = 10.0
"""While the same thing goes on, its row is not written more often by one process."""
log = logs.get("cases")


def case_desk_of(settings: Settings, counters: Counters, db: Database, clock: Clock, metrics: Metrics) -> CaseDesk | None:
    """None where no case system is connected."""
    source = source_of(settings)
    if source is None:
        return None
    limits = GuessLimits(**{name: getattr(settings, f"cases_{name}") for name in GuessLimits.__dataclass_fields__})
    return CaseDesk(source, Guesses(counters, limits, _Alarm(db, metrics).sound), clock, metrics,
                    questions=tuple(settings.cases_questions.split()), give_up_s=settings.cases_give_up_s,
                    verify_s=settings.cases_verify_s, keep_s=settings.cases_keep_s)


class _Alarm:
    """Somebody guesses at cases: for staff, with which counter is full and nothing else."""

    def __init__(self, db: Database, metrics: Metrics):
        self._alarms, self._metrics = Alarms(db), metrics
        self._sounded_at = 0.0

    def sound(self, full: str, now: datetime) -> None:
        self._metrics.alarms.labels(GUESSING).inc()
        if now.timestamp() - self._sounded_at >= ALARM_EVERY_S:
            self._sounded_at = now.timestamp()
            log.error("somebody guesses at cases", full=full)
            self._alarms.sound(GUESSING, full, now)
