"""Waiting for something to become true. A test waits on what it waits for and never on a time; the bound only means "hung"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

HUNG_S = 90.0


def wait_until(what: Callable[[], bool], timeout_s: float = HUNG_S, every_s: float = 0.05) -> bool:
    pause, end = threading.Event(), time.monotonic() + timeout_s
    while not what():
        if time.monotonic() > end:
            return what()
        pause.wait(every_s)
    return True
