"""Cases kept for a moment, so that verifying and reading out ask once. In memory only, and never longer than they may be told.

An entry belongs to one call and ends with its time; no other call ever gets it. That there is no such case is kept as well, or
a second try would be faster for one than for the other.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from ivr.cases.source import CaseRecord

MOST = 1000


class KeptCases:
    def __init__(self, ttl_s: float):
        self._ttl_s = ttl_s
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, str], tuple[float, CaseRecord | None]] = OrderedDict()

    def get(self, call_id: str, receipt: str, now_s: float) -> tuple[bool, CaseRecord | None]:
        """(known, case)"""
        with self._lock:
            until, case = self._found.get((call_id, receipt), (now_s, None))
            return (True, case) if now_s < until else (False, None)

    def keep(self, call_id: str, receipt: str, case: CaseRecord | None, now_s: float) -> None:
        with self._lock:
            self._found.pop((call_id, receipt), None)
            self._found[call_id, receipt] = (now_s + self._ttl_s, case)
            # All live equally long, so the oldest end first.
            while self._found and (len(self._found) > MOST or next(iter(self._found.values()))[0] <= now_s):
                self._found.popitem(last=False)
