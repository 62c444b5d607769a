"""What a text-telephone receiver tells: characters and the carrier. Pure data, read by the call's session."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CharacterReceived:
    """One character was read. Shifts are not told; a return (with or without its line feed) is one `\\n`."""

    text: str = field(repr=False)
    """One character of the table: capitals, figures, punctuation, space, `\\n`, or `\\b` for a backspace."""
    confidence: float
    """0-1: the probability of this reading among all the sounds allow."""
    at_ms: int
    """Start of its start bit, from the first frame fed."""


@dataclass(frozen=True, slots=True)
class CarrierRose:
    """The other side began to send: do not send."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class CarrierFell:
    """Its tone has ended. Tones end 300 ms after the last character, so a typist may only be thinking."""

    at_ms: int


Received = CharacterReceived | CarrierRose | CarrierFell
