"""Callers and members of staff who type, as the text desk sees them: what each side has to offer, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ivr.runtime.mailboxes import Mailbox


class TextCaller(Protocol):
    """Somebody who waits, as their own side knows them. `deliver` and `released` are run one after the other, on the event loop
    that `join` was called on, or on one of the desk's own when it was called from a plain thread."""

    call_id: str
    queue: str
    """Queue of the `Transfer`."""
    language: str
    channel: str
    """tty | chat | sms"""
    context: Mapping[str, str]
    """What the `Transfer` hands on."""

    async def deliver(self, text: str) -> None:
        """Show the caller a line: of the waiting room, or of the agent. On a text telephone the side adds the GA."""

    async def released(self, outcome: str) -> None:
        """The wait or the conversation is over: connected | wait_too_long | failed. The side takes `QueueEnded(queue, outcome)`
        through `services.turns` and shows what the flow says next. Not called after `leave`."""


class TextAgent(Protocol):
    """A member of staff at a keyboard."""

    name: str
    queues: tuple[str, ...]
    """Queues they take callers of; empty: all."""
    languages: tuple[str, ...]
    """Languages they write; empty: all."""

    async def send(self, message: dict[str, Any]) -> None:
        """`{"type": "caller" | "line" | "gone" | "waiting", ...}`"""


@dataclass
class Waiting:
    caller: TextCaller
    mailbox: Mailbox
    since_s: float
    told_s: float
    alone_s: float | None = None
    """Since when nobody is signed in who could take them."""
    kept: list[str] = field(default_factory=list)
    agent: SignedIn | None = None


@dataclass
class SignedIn:
    agent: TextAgent
    mailbox: Mailbox
    ready: bool = True
    caller: Waiting | None = None

    def takes(self, caller: TextCaller) -> bool:
        return self.takes_from(caller.queue, caller.language)

    def takes_from(self, queue: str, language: str) -> bool:
        a = self.agent
        return (not a.queues or queue in a.queues) and (not a.languages or language in a.languages)
