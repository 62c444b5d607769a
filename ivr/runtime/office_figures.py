"""How many service requests wait beyond their deadline, for Prometheus; read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.store.db import Database
from ivr.store.office_requests import OfficeRequests

NAMES = ("ivr_office_requests_late",)


class OfficeFigures(Collector):
    def __init__(self, db: Database, clock: Clock):
        self._requests, self._clock = OfficeRequests(db), clock

    def describe(self) -> Iterator[Metric]:
        yield from ()  # nothing is read while the registry is built

    def collect(self) -> Iterator[Metric]:
        try:
            late = self._requests.late(self._clock.now())
        except IvrError:
            return  # a database that is down takes only this figure away, not the page
        family = GaugeMetricFamily(NAMES[0], "Service requests that wait for an office beyond their deadline, by promise.",
                                   labels=["request"])
        for name, count in sorted(late.items()):
            family.add_metric([name], count)
        yield family
