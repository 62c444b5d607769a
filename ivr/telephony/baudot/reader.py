"""Reads characters: the code of each from its bits, its shift and what surrounds it. Pure.

Several readings are kept as long as they are near each other; the next characters then choose among them, at most two
later. A reading is a run of codes with the shift they leave behind, so that a damaged shift does not turn a line of text
into figures as long as letters make better sense. Called by the receiver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.telephony.baudot.letter_statistics import BEGIN, after
from ivr.telephony.baudot.table import FIGS, LTRS, SPACE, meaning

_KEPT = 12
_NEAR = 9.0
"""Log-likelihood by which a reading may be worse than the best and still be kept."""
_LATEST = 3
"""Characters that may wait for a better reading."""
_MOST_LEANING = 6.0


@dataclass(frozen=True, slots=True)
class Read:
    """One code, as read."""

    code: int
    text: str
    """Empty for a shift."""
    confidence: float
    start_ms: int


@dataclass(slots=True, eq=False)
class _Reading:
    worth: float
    shift: int
    before: str
    fresh: bool
    codes: tuple[int, ...]
    """Of the characters that wait."""
    texts: tuple[str, ...]


class Reader:
    def __init__(self, *, unshift_on_space: bool = False) -> None:
        self._unshift = unshift_on_space
        self._readings = [_Reading(0.0, LTRS, " ", False, (), ())]
        self._starts: list[int] = []
        self._leaning = 1.0
        """Log of how much likelier English is than Spanish."""

    @property
    def waiting(self) -> bool:
        return bool(self._starts)

    def begin(self) -> None:
        """A transmission begins: most senders tell the shift first."""
        for reading in self._readings:
            reading.before = BEGIN

    def push(self, likelihood: np.ndarray, start_ms: int) -> list[Read]:
        """One character more: the log-likelihood of its bits for each of the 32 codes."""
        self._starts.append(start_ms)
        found: list[_Reading] = []
        for reading in self._readings:
            found += self._continued(reading, likelihood)
        found.sort(key=lambda r: -r.worth)
        best = found[0].worth
        self._readings = [r for r in found[:_KEPT] if r.worth > best - _NEAR]
        for reading in self._readings:
            reading.worth -= best
        return self._settled(_LATEST)

    def settle(self) -> list[Read]:
        """Nothing follows: what waits is read as it looks best now."""
        return self._settled(0)

    def _continued(self, reading: _Reading, likelihood: np.ndarray) -> list[_Reading]:
        worth = likelihood + self._chances(reading)
        top = float(worth.max())
        out = []
        for code in np.flatnonzero(worth > top - _NEAR).tolist():
            text = meaning(code, reading.shift)
            before = text or (" " if reading.before == BEGIN else reading.before)
            shift = code if code in (LTRS, FIGS) else LTRS if code == SPACE and self._unshift else reading.shift
            out.append(_Reading(reading.worth + float(worth[code]), shift, before, not text,
                                (*reading.codes, code), (*reading.texts, text)))
        return out

    def _chances(self, reading: _Reading) -> np.ndarray:
        english = 1.0 / (1.0 + np.exp(-self._leaning))
        first, second = (after(language, reading.shift, reading.before, reading.fresh) for language in (0, 1))
        return np.log(english * np.exp(first) + (1.0 - english) * np.exp(second))

    def _settled(self, latest: int) -> list[Read]:
        out = []
        while self._starts:
            best = self._readings[0]
            agree = all(r.codes[0] == best.codes[0] and r.texts[0] == best.texts[0] for r in self._readings)
            if not agree and len(self._starts) <= latest:
                break
            out.append(self._give_out(best.codes[0], best.texts[0]))
        return out

    def _give_out(self, code: int, text: str) -> Read:
        same = [r for r in self._readings if r.codes[0] == code and r.texts[0] == text]
        weights = [float(np.exp(r.worth)) for r in self._readings]
        share = sum(float(np.exp(r.worth)) for r in same) / sum(weights)
        for reading in same:
            reading.codes, reading.texts = reading.codes[1:], reading.texts[1:]
        self._readings = same
        return Read(code, text, share, self._starts.pop(0))
