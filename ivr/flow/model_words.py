"""What a bundle says and understands: prompts, facts, and intents with their phrases. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ivr.flow.mark import NOWHERE, Mark


@dataclass(frozen=True, slots=True)
class Fact:
    value: str
    """As written in a text or an email."""
    spoken: Mapping[str, str] = field(default_factory=dict)
    """language -> how it is said; the value itself where a language is missing."""
    source: str = ""
    review_by: date | None = None
    mark: Mark = NOWHERE
    step: str = ""
    """Real next step that a prompt offers by naming this fact, such as online_chat; empty for none."""
    rows: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    """language -> how it is written there, where that is not `value`."""

    def words(self, language: str, *, spoken: bool) -> str:
        """The fact in that language, to be said or to be read."""
        return (self.spoken if spoken else self.written).get(language, self.value)


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words under one key in one language. `variants` always has `voice` or a written channel."""

    key: str
    variants: Mapping[str, str]
    """voice | tty | sms | chat | email -> text with {placeholders}"""
    subject: str = ""
    """Of the email variant."""
    mark: Mark = NOWHERE
    recording: str = ""
    """Path of the recorded voice, relative to the prompt file; empty for synthesised speech."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Variant (and `subject`) -> place of its text."""


@dataclass(frozen=True, slots=True)
class Intent:
    id: str
    name: Mapping[str, str]
    """language -> how it is named in "did you want ...?"."""
    phrases: Mapping[str, tuple[str, ...]]
    """language -> training phrases."""
    accept: float | None = None
    confirm: float | None = None
    answer: str = ""
    """Of a topic that is out of scope: prompt key of what callers are told about it."""
