"""Callers of the text desk who have no line of their own: what is said to them is written down, and fetched or sent from there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ivr.dialog.session import Session
from ivr.ids import new_token
from ivr.store.text_rows import NewLine

if TYPE_CHECKING:
    from ivr.runtime.services import Services


class WrittenCaller:
    """A `DeskCaller` whose lines are rows."""

    def __init__(self, services: Services, session: Session):
        assert session.transfer is not None
        self._s = services
        self.call_id, self.language, self.channel = session.call_id, session.language, session.channel
        self.queue, self.context = session.transfer.queue, _plain(session.transfer.context)
        self.rule, self.bundle_hash = session.transfer.policy_rule, session.bundle_hash
        self.since = services.calls.changed_at(session.call_id)
        self._version = session.version

    async def deliver(self, text: str) -> None:
        await asyncio.to_thread(self.write, text, self._s.desk.talks(self.call_id))

    async def released(self, outcome: str) -> None:
        await asyncio.to_thread(self.go_on, outcome)

    def write(self, text: str, by_agent: bool) -> None:
        line = NewLine(f"desk:{new_token()}", "agent" if by_agent else "system", text, language=self.language)
        self._s.text_rows.add(self.call_id, (line,), self._s.clock.now())

    def go_on(self, outcome: str) -> None:
        self._s.texts.queue_ended(self.call_id, self.queue, outcome, self._version)


class ChatCaller(WrittenCaller):
    """A window on a web page, which fetches its lines."""


class SmsCaller(WrittenCaller):
    """A telephone that is sent each line as a text. Only what answers the person goes out: their place in the line once, the
    agent's words, and what the flow says when the desk is done."""

    def __init__(self, services: Services, session: Session):
        super().__init__(services, session)
        self._number, self._told = session.caller_number, False

    def write(self, text: str, by_agent: bool) -> None:
        super().write(text, by_agent)
        if by_agent or not self._told:
            self._told = True
            self._send(text)

    def go_on(self, outcome: str) -> None:
        told = self._s.texts.queue_ended(self.call_id, self.queue, outcome, self._version)
        if told.lines:
            self._send(self._s.sms_talks.fitted(self.call_id, told.lines))

    def _send(self, text: str) -> None:
        if self._number is not None:
            self._s.sms_talks.send(self.call_id, self._number, text, self.language)


def _plain(context: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in context.items()}
