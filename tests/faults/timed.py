"""How long each webhook took, as the carrier sees it."""

from __future__ import annotations

import threading
import time

from ivr.testing.transport import Answer, Pairs, Transport


class Timed:
    def __init__(self, inner: Transport):
        self._inner, self._lock = inner, threading.Lock()
        self._took: list[float] = []

    def send(self, method: str, url: str, form: Pairs, headers: dict[str, str], timeout_s: float) -> Answer:
        begun = time.monotonic()
        try:
            return self._inner.send(method, url, form, headers, timeout_s)
        finally:
            with self._lock:
                self._took.append(time.monotonic() - begun)

    def take(self) -> list[float]:
        """Those since the last time, shortest first."""
        with self._lock:
            took, self._took = self._took, []
        return sorted(took)


def p99(values: list[float]) -> float:
    return values[min(len(values) - 1, int(0.99 * len(values)))] if values else 0.0
