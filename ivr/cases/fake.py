"""Made-up cases, for trying things out: no receipt number here was ever given to anybody. Refused in production.

Every stage that a flow has words for is there, a case with a representative, and one whose system never answers.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

from ivr.cases.source import CaseRecord, CaseSource, case_source
from ivr.errors import Unavailable
from ivr.sensitive import Sensitive

BIRTH = "date_of_birth"


def _case(receipt: str, form: str, status_en: str, status_es: str, born: str, changed_on: date, *numbers: str) -> CaseRecord:
    return CaseRecord(Sensitive(receipt), form, date(2025, 1, 15), changed_on, status_en, status_es, {BIRTH: Sensitive(born)},
                      tuple(Sensitive(n) for n in numbers))


NO_ANSWER = "IOE0000000008"
CASES: Mapping[str, CaseRecord] = {c.receipt.reveal(): c for c in (
    _case("IOE0000000001", "N400", "Case Was Received", "Se recibió su caso", "1990-05-04", date(2026, 1, 20)),
    _case("IOE0000000002", "I485", "Request for Evidence Was Sent", "Se envió una solicitud de pruebas", "1985-11-30", date(2026, 2, 3)),
    _case("EAC0000000003", "I765", "Interview Was Scheduled", "Se programó la entrevista", "2001-02-28", date(2026, 2, 17)),
    _case("WAC0000000004", "I130", "Case Was Approved", "Se aprobó su caso", "1979-07-19", date(2026, 3, 2), "+12025550143"),
    _case("LIN0000000005", "I90", "Card Was Mailed To Me", "Se me envió la tarjeta", "1968-12-01", date(2026, 2, 26)),
    _case("SRC0000000006", "I539", "Case Was Transferred To Another Office", "Pasó a otra oficina", "1994-03-15", date(2025, 12, 11)),
    _case("MSC0000000007", "I751", "Case Was Updated To Show Something Else", "Se actualizó su caso", "1982-09-09", date(2026, 1, 5)))}


class FakeSource:
    def __init__(self, cases: Mapping[str, CaseRecord] = CASES):
        self._cases = cases
        self._lock = threading.Lock()
        self.asked = 0
        """How often it was asked: what a test of guessing counts."""

    def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
        with self._lock:
            self.asked += 1
        if receipt.reveal() == NO_ANSWER:
            raise Unavailable("the pretended case system does not answer about this one", code="timeout")
        return self._cases.get(receipt.reveal())

    def close(self) -> None:
        """Holds nothing."""


@case_source("fake")
def build(settings: Any) -> CaseSource:
    return FakeSource()
