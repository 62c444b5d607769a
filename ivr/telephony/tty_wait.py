"""How long a caller on a text telephone is waited for. Pure: it counts the time that it is told has passed.

    [waiting]──most of the time is over──▶ warn once ──▶ over          a character begins the time anew

Owned by a `TtyConversation`, which lets no time pass while nobody could type.
"""

from __future__ import annotations

from ivr.telephony import tty_events as te

WARN_SHARE = 0.7
"""Of a wait that must be over before the caller is told that it soon will be."""


class TypistWait:
    def __init__(self) -> None:
        self._wait_ms: float | None = None
        self._waited_ms = 0.0
        self._warned = False

    @property
    def is_on(self) -> bool:
        """Somebody waits for what is typed."""
        return self._wait_ms is not None

    def expect(self, timeout_ms: float | None) -> None:
        """So long from now; None stops waiting."""
        self._wait_ms = timeout_ms
        self.anew()

    def over(self) -> None:
        """What was waited for has come."""
        self._wait_ms = None

    def anew(self) -> None:
        """The caller has done something: all of the time is theirs again."""
        self._waited_ms, self._warned = 0.0, False

    def passed(self, ms: float) -> list[te.TtyEvent]:
        """So much more of the time in which the caller could have typed."""
        if self._wait_ms is None:
            return []
        self._waited_ms += ms
        if self._waited_ms >= self._wait_ms:
            self._wait_ms = None
            return [te.WaitOver()]
        if not self._warned and self._waited_ms >= self._wait_ms * WARN_SHARE:
            self._warned = True
            return [te.TimeRunningOut()]
        return []
