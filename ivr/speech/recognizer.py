"""The seam to speech recognition. Engines implement it; one test suite runs over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine understood. `text` is empty when there was nothing to understand."""

    text: str = field(repr=False)
    confidence: float
    """0-1."""
    engine: str
    speech_ms: int = 0
    """Milliseconds of speech the decision rests on."""
    cpu_ms: float = 0.0
    """CPU time of this utterance, milliseconds."""
    language: str = ""
    """Language it was recognised in; '' stands for the expected one."""
    rejected: str = ""
    """Why a text was thrown away (`no_speech`, `loop`, `rate`), empty otherwise."""
    alternatives: tuple[str, ...] = field(default=(), repr=False)
    """Other readings of the same sound by falling likelihood, where the form asked for them: the first that is a whole
    value of that form is better than the text."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the dialogue state expects to hear."""

    language: str = "en"
    form: str = "text"
    """text | yes_no | digits | date | receipt | phone | email | form | a_number"""
    hints: tuple[str, ...] = field(default=())
    also: tuple[str, ...] = ()
    """Other languages that the caller may well be speaking; an engine that can tell them apart may answer in one."""


class Utterance(Protocol):
    """One utterance being recognised. Not shared between threads."""

    def accept(self, samples: np.ndarray) -> None:
        """Add float32 mono samples in -1..1 at 8 kHz."""

    def partial(self) -> str:
        """The best reading so far; engines without streaming give ''."""

    def final(self) -> Transcript:
        """Close the utterance and say what was heard. CPU work; call it off the event loop."""


class Recognizer(Protocol):
    """A loaded engine; safe to use from several threads."""

    name: str

    def languages(self) -> tuple[str, ...]: ...

    def open(self, expectation: Expectation) -> Utterance: ...

    def close(self) -> None: ...
