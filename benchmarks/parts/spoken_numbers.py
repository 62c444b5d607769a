"""Numbers as callers spell them, joined from recorded digits and letters (Debian's Asterisk sounds, one voice a language).

Real voices with 0.1 to 0.25 s between the symbols, but without the flow of a spoken number: a kind case, and the same for
everybody who measures. The same numbers on every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ivr.speech.leveling import trim
from ivr.speech.wav import read_wav

PREFIXES = ("IOE", "EAC", "WAC", "LIN", "SRC", "MSC", "NBC", "YSC")
DIGITS = "0123456789"
LEADS_MS = (100, 300, 500, 700)
"""Silence before a number: one amount alone can go either way by a few milliseconds."""


def symbols(clips: Mapping[str, Path]) -> dict[str, np.ndarray]:
    """The recording of each digit and of each letter that receipt numbers begin with."""
    names = {d: f"digits/{d}" for d in DIGITS} | {c: f"letters/{c.lower()}" for c in sorted(set("".join(PREFIXES)))}
    return {symbol: trim(read_wav(clips[name].read_bytes()).samples) for symbol, name in names.items()}


def receipts(count: int, seed: int = 11) -> list[str]:
    """Every prefix about as often."""
    rng = random.Random(seed)
    return [PREFIXES[n % len(PREFIXES)] + "".join(rng.choices(DIGITS, k=10)) for n in range(count)]


def ten_digits(count: int, seed: int = 13) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(DIGITS, k=10)) for _ in range(count)]


def spoken(numbers: Sequence[str], sounds: Mapping[str, np.ndarray], seed: int = 7) -> Iterator[tuple[str, np.ndarray]]:
    """Each number and its sound, with silence around it."""
    rng = random.Random(seed)
    for n, number in enumerate(numbers):
        parts = [np.zeros(LEADS_MS[n % len(LEADS_MS)] * 8, np.float32)]
        for symbol in number:
            parts += [sounds[symbol], np.zeros(int(8000 * rng.uniform(0.1, 0.25)), np.float32)]
        yield number, np.concatenate([*parts, np.zeros(2400, np.float32)])
