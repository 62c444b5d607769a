"""What one connection has going on beside the messages it reads: started here, cancelled with it, and never failing unseen.

Owned by a media call, a caller's wait for a member of staff and a console, on the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class CallTasks:
    def __init__(self, failed: Callable[[BaseException], None]):
        """`failed` is told what a task broke with; a cancelled one did not fail."""
        self._failed = failed
        # The loop holds tasks weakly: one that nobody else holds may be collected while it waits.
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed(error)
