"""What is told to somebody, one thing after the other, on the event loop that their line belongs to. Posting never waits and may
be done from any thread; a line that fails loses its own words and nobody else's."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from ivr.ops import logs

CLOSE_WITHIN_S = 2.0
Work = Callable[[], Coroutine[Any, Any, None]]
log = logs.get("mailboxes")


class OwnLoop:
    """An event loop in a thread of its own, for lines that have none: it begins with the first use."""

    def __init__(self, name: str):
        self._name, self._lock = name, threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop and thread:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(_others_done(), loop).result(CLOSE_WITHIN_S)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(CLOSE_WITHIN_S)
            loop.close()


async def _others_done() -> None:
    """What was posted is told before the loop goes, as far as it can be."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=CLOSE_WITHIN_S / 2) if others else None
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def loop_here() -> asyncio.AbstractEventLoop | None:
    """The loop that the present code runs on, if it runs on one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Mailbox:
    def __init__(self, loop: asyncio.AbstractEventLoop):
        self._loop, self._lock = loop, threading.Lock()
        self._waiting: deque[Work] = deque()
        self._idle = threading.Event()
        self._idle.set()
        self._running = False

    def post(self, work: Work) -> None:
        with self._lock:
            self._waiting.append(work)
            if self._running:
                return
            self._running = True
            self._idle.clear()
        draining = self._drain()
        try:
            asyncio.run_coroutine_threadsafe(draining, self._loop)
        except RuntimeError:
            # The loop is closed: the process is going down, and with it the line.
            draining.close()
            with self._lock:
                self._waiting.clear()
                self._running = False
                self._idle.set()

    def settled(self, timeout_s: float) -> bool:
        """Waits until everything posted has been told; for tests and for going down. Never from the mailbox's own loop."""
        return self._idle.wait(timeout_s)

    async def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running = False
                    self._idle.set()
                    return
                work = self._waiting.popleft()
            try:
                await work()
            except Exception as error:
                # A dead line must not hold up what is still to be told on it, such as that it is released.
                log.warning("could not be told", exc_info=error)
