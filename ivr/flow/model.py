"""What a loaded bundle is: frozen data, nothing else. Pure.

Built by `flow.parse` out of YAML, read by the engine, the checker and the pictures. Every collection keeps the
author's order. What its files say stands in `model_*`, one module a file; here is the whole, its lines and its bindings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow.model_calendar import Calendar
from ivr.flow.model_desk import Article, Escalation
from ivr.flow.model_flow import Flow
from ivr.flow.model_policy import Policy
from ivr.flow.model_promises import PromiseSpec, Rounds
from ivr.flow.model_queues import Queue
from ivr.flow.model_words import Fact, Intent, Prompt


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone line of the bundle."""

    name: str
    flow: str
    numbers: tuple[str, ...] = ()
    """E.164 numbers that reach this line."""
    channel: str = "voice"
    language: str | None = None
    textable: bool = True
    """False where callers are abroad: no texts are offered."""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LookupBinding:
    url: str
    timeout_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Bindings:
    """Names of the bundle -> what they are here and now, from env/<IVR_ENV>.yaml. No logic."""

    recognizer: Mapping[str, str] = field(default_factory=dict)
    """line -> recogniser"""
    voices: Mapping[str, str] = field(default_factory=dict)
    """language -> voice"""
    queues: Mapping[str, str] = field(default_factory=dict)
    """queue -> E.164 number at which its agents answer"""
    lookups: Mapping[str, LookupBinding] = field(default_factory=dict)
    """predicate -> service"""


@dataclass(frozen=True, slots=True)
class Bundle:
    id: str
    hash: str
    """sha256 (hex) over the names and bytes of every file that was read."""
    title: Mapping[str, str]
    """language -> name of the service."""
    languages: tuple[str, ...]
    """First one is the default."""
    lines: Mapping[str, Line]
    flows: Mapping[str, Flow]
    prompts: Mapping[str, Mapping[str, Prompt]]
    """language -> key -> prompt"""
    intents: Mapping[str, Intent] = field(default_factory=dict)
    commands: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """repeat, main_menu, help, goodbye, agent_request, switch_<lang>, yes, no -> language -> phrases"""
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Named word lists for menu choices -> language -> phrases"""
    out_of_scope: Mapping[str, Intent] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    calendar: Calendar | None = None
    queues: Mapping[str, Queue] = field(default_factory=dict)
    promises: Mapping[str, PromiseSpec] = field(default_factory=dict)
    bindings: Bindings = Bindings()
    rounds: Rounds | None = None
    escalations: Mapping[str, Escalation] = field(default_factory=dict)
    """urgent, routine -> how staff send a caller's matter on"""
    knowledge: Mapping[str, Mapping[str, Article]] = field(default_factory=dict)
    """language -> intent -> article"""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Every file that was read, by path relative to the bundle folder: what a live call pins."""

    @property
    def recognizer(self) -> Mapping[str, str]:
        return self.bindings.recognizer

    def line_for(self, called_number: str | None) -> Line:
        """The line with that number; an unknown number is `main` (or the first line there is)."""
        for line in self.lines.values():
            if called_number and called_number in line.numbers:
                return line
        return self.lines.get("main") or next(iter(self.lines.values()))

    @property
    def default_language(self) -> str:
        return self.languages[0]
