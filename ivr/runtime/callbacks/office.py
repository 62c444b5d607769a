"""Everything about promised calls that a process has, put together once: what the worker, the webhooks, the lookups and the
pages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.clock import Clock
from ivr.config import Settings
from ivr.contact.caps import Limits
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.callbacks.ending import Endings
from ivr.runtime.callbacks.keeping import Keeping
from ivr.runtime.callbacks.performer import CallbackPerformer
from ivr.runtime.callbacks.placing import Placing
from ivr.runtime.callbacks.recompute import Recompute
from ivr.runtime.callbacks.situation import Situations
from ivr.runtime.carrier_account import rest_of
from ivr.runtime.performers.breakers import Breakers
from ivr.store.callback_calls import CallbackCalls
from ivr.store.calls import Calls
from ivr.store.consent import Consents
from ivr.store.db import Database


@dataclass(frozen=True, slots=True)
class Parts:
    settings: Settings
    public_url: str
    db: Database
    bundles: Bundles
    log: Calls
    """Of the calls in which things were promised."""
    clock: Clock
    metrics: Metrics
    crash: CrashPoints
    textable: Callable[[str], bool]
    """Whether a number may be texted at all, by its type and by what its owner said."""


class CallbackOffice:
    def __init__(self, parts: Parts, breakers: Breakers, on_moved: Callable[[], None]):
        s, db = parts.settings, parts.db
        self.rest = rest_of(s)
        consents = Consents(db)

        def may_text(number: str) -> bool:
            return parts.textable(number) and consents.agreed(number, "sms")

        self.situations = Situations(db, parts.bundles, parts.log)
        self.calls = CallbackCalls(db, s.callback_lines, s.callback_calls_per_s)
        self.endings = Endings(db, self.calls, self.situations, parts.metrics, may_text, on_moved)
        self.keeping = Keeping(self.calls, self.endings)
        placing = Placing(db, self.rest, s.callback_from or s.twilio_from, parts.public_url, self.calls, self.endings, self.situations,
                          breakers, listed_after_s=s.listed_after_s, lease_s=s.lease_s, crash=parts.crash)
        self.performer = CallbackPerformer(db, self.situations, placing, parts.clock, parts.metrics, per_hour=s.callback_per_hour,
                                           per_day=s.callback_per_day, may_text=may_text, crash=parts.crash)
        self.desk = CallbackDesk(db, self.situations, parts.clock, may_text, on_moved,
                                 Limits(callback_changes_day=s.callback_changes_day))
        self.recompute = Recompute(db, self.situations, self.endings, self.calls, s.callback_per_hour, s.callback_per_day)
