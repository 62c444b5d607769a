"""Named points at which a process kills itself when told so by `IVR_CRASH_AT`. For fault tests; empty otherwise.

`kill -9` semantics: no handler runs, nothing is flushed, exactly what a power cut or the OOM killer does.
"""

from __future__ import annotations

import os
import signal


class CrashPoints:
    def __init__(self, point: str = ""):
        """`point` is a name, or `name:N` for the N-th time it is passed."""
        self._point, _, nth = point.partition(":")
        self._left = int(nth or 1)

    def reached(self, name: str) -> None:
        if name != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
