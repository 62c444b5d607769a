"""How long a caller's answer is waited for: one timer a call, for the silence, the pause between two keys, the end of a notice.

Owned by a `MediaCall`, on the event loop; what happens when the time is over, it is told each time. Contains no rule about calls.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any


class InputTimer:
    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._input_until_s = 0.0

    def await_input(self, timeout_s: float, silence: Callable[[], Any]) -> None:
        """The caller's time for an answer begins now; it goes on counting while other waits take its place."""
        self._input_until_s = time.monotonic() + timeout_s
        self.start(timeout_s, silence)

    @property
    def input_left_s(self) -> float:
        """What is left of the time for an answer; negative once it is over."""
        return self._input_until_s - time.monotonic()

    def start(self, delay_s: float, then: Callable[[], Any]) -> None:
        """In place of what was waited for until now."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(delay_s, then)

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
