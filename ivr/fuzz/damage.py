"""Runs of damaged sentences through an understanding: written damage of each kind, and speech over a bad line.

What understands, speaks and recognises is handed in. Everything is drawn from one seed. Called by `ivr nlu fuzz`.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.dialog.decision import REJECT
from ivr.fuzz.corrupt import KINDS, corrupt
from ivr.fuzz.sentences import Sentence
from ivr.fuzz.tally import Outcome
from ivr.speech import mulaw
from ivr.testing.babble import in_noise

SPOKEN = "spoken"
_FRAME = 160
_QUIET_S = 1.0
"""Noise before and behind the sentence, which the voice detector has to tell from speech."""


@dataclass(frozen=True, slots=True)
class Understood:
    intent: str
    decision: str
    offered: tuple[str, ...] = ()


Understand = Callable[[str, str], Understood]
"""(text, language) -> what the opening question makes of it"""
Speaker = Callable[[str], np.ndarray]
"""A sentence -> float32 at 8 kHz"""
Hear = Callable[[bytes, str], str]
"""(mu-law, language) -> what a call would have recognised, '' for nothing"""


def written(sentences: Iterable[Sentence], understand: Understand, share: float, seed: int) -> Iterator[Outcome]:
    """Every sentence with every kind of written damage that changes it."""
    for sentence in sentences:
        for kind in KINDS:
            said = corrupt(sentence.text, sentence.language, kind, share, _chance(sentence, kind, seed))
            if said != sentence.text:
                yield _outcome(sentence, kind, understand(said, sentence.language))


@dataclass(frozen=True, slots=True)
class Line:
    """The way from a mouth to the recogniser."""

    speakers: dict[str, Sequence[Speaker]]
    """By language; they take turns."""
    room: dict[str, np.ndarray]
    """By language: noise at an RMS of 1, longer than any sentence or repeated."""
    snr_db: float
    loss: float
    """Share of the frames of 20 ms that never arrive, in runs of up to three."""

    def carry(self, sentence: Sentence, turn: int, chance: random.Random) -> bytes:
        """The sentence, spoken, in noise, as mu-law with frames missing."""
        voices = self.speakers[sentence.language]
        sound = in_room(voices[turn % len(voices)](sentence.text), self.room[sentence.language], self.snr_db, chance)
        return _lossy(sound, self.loss, chance)


def in_room(speech: np.ndarray, room: np.ndarray, snr_db: float, chance: random.Random) -> bytes:
    """Speech with the room before, behind and under it, as mu-law; from some place of the room's noise."""
    quiet = np.zeros(int(_QUIET_S * 8000), np.float32)
    sound = np.concatenate([quiet, 0.5 * speech, quiet])
    noise = np.resize(np.roll(room, -chance.randrange(room.size)), sound.size)
    return mulaw.encode(in_noise(sound, noise, snr_db))


def spoken(sentences: Iterable[Sentence], line: Line, hear: Hear, understand: Understand, seed: int) -> Iterator[Outcome]:
    """Every sentence once, by one of the voices; what is not heard counts as rejected."""
    for turn, sentence in enumerate(sentences):
        text = hear(line.carry(sentence, turn, _chance(sentence, SPOKEN, seed)), sentence.language)
        yield _outcome(sentence, SPOKEN, understand(text, sentence.language) if text else Understood("", REJECT))


def _lossy(sound: bytes, loss: float, chance: random.Random) -> bytes:
    frames = [sound[at:at + _FRAME] for at in range(0, len(sound), _FRAME)]
    left = 0
    for n in range(len(frames)):
        if left == 0 and chance.random() < loss / 2:  # a run is two frames long on average
            left = chance.randint(1, 3)
        if left:
            frames[n], left = bytes([mulaw.SILENCE]) * len(frames[n]), left - 1
    return b"".join(frames)


def _chance(sentence: Sentence, kind: str, seed: int) -> random.Random:
    """Its own for each sentence, so that one more sentence changes no other."""
    return random.Random(zlib.crc32(f"{seed}|{kind}|{sentence.language}|{sentence.text}".encode()))


def _outcome(sentence: Sentence, kind: str, found: Understood) -> Outcome:
    return Outcome(sentence.intent, kind, sentence.language, found.intent, found.decision, found.offered)
