"""Two people who hear each other: frames of mu-law go from one end to the other as they come, untouched.

Nothing is decoded, mixed or kept, so a conversation costs next to nothing and adds no delay of its own. Each end takes frames on the
event loop that its line runs on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FRAME_BYTES = 160
"""20 ms at 8 kHz."""
Hear = Callable[[bytes], None]
"""Takes 20 ms of mu-law. Must not wait."""


class End:
    """What one of the two has in their hand."""

    def __init__(self, bridge: SoundBridge):
        self._bridge = bridge
        self._hear: Hear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def listens(self, hear: Hear | None) -> None:
        """From now on, on the running loop; None: nobody is here any more."""
        self._hear, self._loop = hear, asyncio.get_running_loop() if hear else None

    def say(self, frame: bytes) -> None:
        """To the other end. Lost while the bridge is held, and where nobody is."""
        if not self._bridge.is_held:
            self._bridge.other(self)._take(frame)

    def _take(self, frame: bytes) -> None:
        hear, loop = self._hear, self._loop
        if hear is None or loop is None:
            return
        if _running() is loop:
            hear(frame)
        else:
            loop.call_soon_threadsafe(hear, frame)


class SoundBridge:
    def __init__(self) -> None:
        self.first, self.second = End(self), End(self)
        """The caller, or the agent who asks; the agent."""
        self.is_held = False
        """Nobody hears anybody."""

    def other(self, end: End) -> End:
        return self.second if end is self.first else self.first


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
