"""A text-telephone caller as the desk of those who type knows them (`DeskCaller`). Made by a `TextCall` for each handover."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog.session import Session

Told = Callable[[str], Awaitable[None]]


class WaitingTypist:
    channel = "tty"

    def __init__(self, session: Session, transfer: act.Transfer, deliver: Told, released: Told, since: datetime | None = None):
        self.call_id, self.queue, self.language = session.call_id, transfer.queue, session.language
        self.context: Mapping[str, str] = transfer.context
        self.rule, self.bundle_hash, self.since = transfer.policy_rule, session.bundle_hash, since
        self._deliver, self._released = deliver, released

    async def deliver(self, text: str) -> None:
        await self._deliver(text)

    async def released(self, outcome: str) -> None:
        await self._released(outcome)
