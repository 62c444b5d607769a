"""What was said on calls somebody watches from the browser phone. In memory only, bounded, never logged or stored.

A call is watched only when the phone page itself began it, so no real caller's words end up here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

MAX_CALLS, MAX_LINES = 200, 500


@dataclass(slots=True)
class Line:
    number: int
    who: str
    """system | caller"""
    text: str = field(repr=False)
    note: str = ""
    """Prompt key, `keys`, or the recogniser's name."""


class Transcripts:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, list[Line]] = {}

    def watch(self, call_id: str) -> None:
        with self._lock:
            self._lines[call_id] = []
            while len(self._lines) > MAX_CALLS:
                del self._lines[next(iter(self._lines))]

    def add(self, call_id: str, who: str, text: str, note: str = "") -> None:
        with self._lock:
            lines = self._lines.get(call_id)
            if lines is not None and len(lines) < MAX_LINES:
                lines.append(Line(len(lines) + 1, who, text, note))

    def is_watched(self, call_id: str) -> bool:
        with self._lock:
            return call_id in self._lines

    def after(self, call_id: str, number: int) -> list[Line]:
        with self._lock:
            return self._lines.get(call_id, [])[number:]
