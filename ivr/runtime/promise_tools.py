"""What the commands about promises need of a process, and no more: no recogniser, no intent model; the bundle only where a
promised call is looked at. Called by `ivr promises` and `ivr doctor`."""

from __future__ import annotations

from functools import cached_property

from ivr.access.audit import Audit
from ivr.clock import ShiftedClock, SystemClock
from ivr.config import Settings
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.office import CallbackOffice, Parts
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.data_keys import box_of, check_index_key
from ivr.runtime.performers.breakers import Breakers
from ivr.runtime.promise_desk import PromiseDesk
from ivr.store.calls import Calls
from ivr.store.db import Database
from ivr.store.pinned import PinnedBundles
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.switches import Switches
from ivr.store.versions import Versions


class PromiseTools:
    def __init__(self, settings: Settings):
        self.settings = settings
        self.clock = ShiftedClock(settings.now) if settings.now else SystemClock()
        self.db = Database(settings.database, box_of(settings))
        check_index_key(self.db)
        self.ledger, self.switches = PromiseLedger(self.db), Switches(self.db)
        self.desk = PromiseDesk(self.ledger, lambda: self.callbacks.desk, self.clock, Audit(self.db))

    @cached_property
    def callbacks(self) -> CallbackOffice:
        s, metrics = self.settings, Metrics()
        versions = Versions(self.db) if s.follows_published else None
        bundles = Bundles(s.bundle, s.env, PinnedBundles(self.db), self.clock, versions)
        parts = Parts(s, s.public_url, self.db, bundles, Calls(self.db), self.clock, metrics, CrashPoints(),
                      ContactRules(self.db, metrics).textable)
        return CallbackOffice(parts, Breakers(), lambda: None)

    def close(self) -> None:
        self.db.close()
