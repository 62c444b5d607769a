"""A function that is called again and again by a thread of its own until it is closed. One failure does not end it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ivr.ops import logs

log = logs.get("ticking")


class Ticking:
    def __init__(self, name: str, every_s: float, function: Callable[[], None]):
        self._name, self._every_s, self._function = name, every_s, function
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._function()
            except Exception as error:
                log.error("stumbled", what=self._name, exc_info=error)
