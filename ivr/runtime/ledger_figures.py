"""The ledger as figures for Prometheus, read when they are asked for: what waits, since when, what is late."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.store.promise_ledger import PromiseLedger

NAMES = ("ivr_promises", "ivr_promise_oldest_due_seconds", "ivr_promises_overdue")


class LedgerFigures(Collector):
    def __init__(self, ledger: PromiseLedger, clock: Clock):
        self._ledger, self._clock = ledger, clock

    def describe(self) -> Iterator[Metric]:
        yield from ()  # nothing is read while the registry is built

    def collect(self) -> Iterator[Metric]:
        try:
            counts, oldest, overdue = self._ledger.counts(), self._ledger.oldest_due(), self._ledger.overdue(self._clock.now())
        except IvrError:
            return  # a database that is down takes only these figures away, not the page
        now = self._clock.now()
        family = GaugeMetricFamily("ivr_promises", "Promises, by kind and state.", labels=["kind", "state"])
        for (kind, state), count in sorted(counts.items()):
            family.add_metric([kind, state], count)
        yield family
        waited = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        yield GaugeMetricFamily("ivr_promise_oldest_due_seconds", "For how long the promise has been due that waits longest for a worker.",
                                value=waited)
        yield GaugeMetricFamily("ivr_promises_overdue", "Promises past their deadline that are not over.", value=overdue)
