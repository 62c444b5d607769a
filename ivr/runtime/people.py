"""Callers and members of staff as the desk sees them: what each side has to offer, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ivr.agents.presence import Agent
from ivr.runtime.desk_tickets import Place
from ivr.runtime.mailboxes import Mailbox
from ivr.runtime.sound_bridge import End
from ivr.sensitive import Sensitive

SPEECH = "speech"
"""Skill that a caller who speaks asks for: of who has a microphone, or takes callers on a telephone."""
MICROPHONE = "microphone"
"""Of who has one at the screen: for colleagues who ask, and for callers whom the carrier cannot bring to a telephone."""


class DeskCaller(Protocol):
    """Somebody who waits, as their own side knows them. What is told to them is told one after the other, on the event loop that
    `join` was called on, or on one of the desk's own when it was called from a plain thread."""

    call_id: str
    queue: str
    """Queue of the `Transfer`."""
    language: str
    channel: str
    """voice | tty | chat | sms"""
    context: Mapping[str, str]
    """What the `Transfer` hands on."""
    rule: str
    """Rule of the policy that let them through: it decides whether they are urgent."""
    bundle_hash: str
    since: datetime | None
    """Since when they wait, where that was before they joined this desk."""
    # Whom we have called has besides: `called_back` (True), `reference` of the promise, and `place_key`, its key where a place in the
    # line was kept for it. Nobody else needs to have them.

    async def deliver(self, text: str) -> None:
        """Show or speak a line: of the waiting room, or of the agent. On a text telephone the side adds the GA."""

    async def released(self, outcome: str) -> None:
        """The wait or the conversation is over: connected | wait_too_long | failed | left. The side takes `QueueEnded(queue, outcome)`
        through `services.turns` and says what the flow says next. Not called after `leave`."""


class SpeakingCaller(DeskCaller, Protocol):
    """Somebody with a voice."""

    async def talks(self, end: End | None) -> None:
        """From now on heard by whoever has the other end; None: by nobody, and waiting again."""

    async def held(self, on: bool) -> None:
        """The agent does something else for a moment, or is back."""

    async def meets_on_phone(self) -> None:
        """Let go of the stream: the carrier asks then where the caller is to be, and brings the two together."""


class DeskAgent(Protocol):
    """A member of staff."""

    name: str
    queues: tuple[str, ...]
    """Queues they take callers of; empty: all."""
    languages: tuple[str, ...]
    """Languages they speak or write; empty: all."""
    skills: tuple[str, ...]
    """What some queues ask for besides."""

    async def send(self, message: dict[str, Any]) -> None:
        """`{"type": "caller" | "line" | "gone" | "waiting", ...}`"""


class ConsoleAgent(DeskAgent, Protocol):
    """A member of staff at a screen: a caller rings there first, and their place outlives a page that is loaded again."""

    answers: bool
    """True."""
    speaks: bool
    """There is a microphone: callers who speak can be offered."""
    phone: Sensitive
    """Their telephone, where they take callers who speak instead; empty without one."""
    language: str
    """That they read."""

    async def talks(self, end: End | None) -> None:
        """Their end of the line to whoever they talk with, instead of the one before; None: there is none."""


@dataclass
class Waiting:
    caller: DeskCaller
    mailbox: Mailbox
    place: Place
    since_s: float
    told_s: float
    told: int = 0
    """How often they were told their place."""
    alone_s: float | None = None
    """Since when nobody is signed in who could take them."""
    kept: list[str] = field(default_factory=list)
    talked: list[tuple[str, str]] = field(default_factory=list)
    """What was typed in the conversation, by whom (the id of an agent, empty for the caller): for a page that is loaded again, and for
    whoever has the caller next."""
    note: str = ""
    """What the last agent wrote for the next one."""
    held: bool = False

    @property
    def speaks(self) -> bool:
        return self.caller.channel == "voice"


@dataclass
class SignedIn:
    agent: DeskAgent
    mailbox: Mailbox
    id: str
    lost_s: float | None = None
    """Since when their page is gone."""
    waiting: int = -1
    """How many wait for them, as their screen was told last."""

    @property
    def answers(self) -> bool:
        """A caller rings first; otherwise whoever comes is taken at once."""
        return getattr(self.agent, "answers", False)

    @property
    def by_phone(self) -> bool:
        """Callers who speak are taken on a telephone, and nothing is heard at the screen."""
        return bool(getattr(self.agent, "phone", ""))

    @property
    def known_as(self) -> Agent:
        """As the line sees them."""
        a = self.agent
        speaks, skills = getattr(a, "speaks", False), set(a.skills)
        skills |= {SPEECH} if self.by_phone else {SPEECH, MICROPHONE} if speaks else set()
        return Agent(self.id, frozenset(a.queues), frozenset(a.languages), frozenset(skills))


@dataclass
class Consultation:
    """One agent asks another before the caller is handed over."""

    caller: Waiting
    asking: SignedIn
    queue: str
    note: str
    asked: SignedIn | None = None
    """Whoever answered."""

    @property
    def call_id(self) -> str:
        return f"{self.caller.caller.call_id}+asked"


def agent_id(agent: DeskAgent) -> str:
    """Of a console it is the user, whatever page they have open; of a terminal the connection."""
    return f"user:{agent.name}" if getattr(agent, "answers", False) else str(id(agent))
