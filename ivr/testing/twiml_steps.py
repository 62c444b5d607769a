"""What a TwiML document asks a carrier for, one step at a time. Data only: made by `twiml_interpreter`, done by `EmulatedCall`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something the caller hears."""

    text: str
    """The words, or the address of the audio."""
    language: str = ""
    kind: str = "say"
    """say | play"""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    seconds: float


@dataclass(frozen=True, slots=True)
class GatherStep:
    prompts: tuple[Spoken, ...]
    action: str
    method: str
    inputs: frozenset[str]
    num_digits: int
    """0 when not limited."""
    finish_on_key: str
    timeout_s: float
    on_empty: bool
    """actionOnEmptyResult"""
    language: str = "en-US"
    hints: tuple[str, ...] = ()
    barge_in: bool = True

    def collect(self, keys: str) -> tuple[str, str, str]:
        """Digits, the finishing key, and what was pressed too late. Keys that run out end by the time-out."""
        digits = ""
        for i, key in enumerate(keys):
            if key in self.finish_on_key:
                return digits, key, keys[i + 1:]
            digits += key
            if len(digits) == self.num_digits:
                return digits, "", keys[i + 1:]
        return digits, "", ""


@dataclass(frozen=True, slots=True)
class RedirectStep:
    url: str
    method: str


@dataclass(frozen=True, slots=True)
class EnqueueStep:
    queue: str
    action: str
    method: str
    wait_url: str
    wait_method: str
    max_size: int = 1000


@dataclass(frozen=True, slots=True)
class DialStep:
    """`kind` is queue, or what else was dialled (number, client, sip, conference...)."""

    kind: str
    target: str
    action: str
    method: str
    queue_url: str = ""


@dataclass(frozen=True, slots=True)
class StreamStep:
    url: str
    parameters: dict[str, str]
    action: str = ""
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class RecordStep:
    action: str
    method: str
    max_length_s: float


@dataclass(frozen=True, slots=True)
class LeaveStep:
    pass


@dataclass(frozen=True, slots=True)
class HangupStep:
    reason: str
    """hangup | rejected | busy | document_end"""


Step = (Spoken | Paused | GatherStep | RedirectStep | EnqueueStep | DialStep | StreamStep | RecordStep | LeaveStep
        | HangupStep)


@dataclass(frozen=True, slots=True)
class Warning12200:
    detail: str
    code: int = 12200


@dataclass
class Program:
    """One document. `next` gives the next thing to do; after the last verb the call hangs up."""

    verbs: list[str]
    """Names of the verbs of the document, in order, nested ones left out."""
    warnings: list[Warning12200] = field(default_factory=list)
    steps: Iterator[Step] = field(default_factory=lambda: iter(()), repr=False)

    def next(self) -> Step:
        return next(self.steps, HangupStep("document_end"))
