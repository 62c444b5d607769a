"""Tones on the line: keys (DTMF), text telephones (Baudot), fax and call progress. Pure, streaming, 8 kHz.

Recognisers make words out of beeps, so every frame is looked at here first and a tone's frame is withheld from the
voice detector and the recogniser. Each 10 ms step looks at the last 20 ms through a bank of Goertzel filters (as one
matrix product): a tone is a frame in which a known pair of frequencies holds nearly all the energy. Speech spreads its
energy over many harmonics, so it passes.

DTMF limits after ITU-T Q.24: 40 ms is a key, 23 ms is not, the high tone may be 6 dB stronger or 9 dB weaker.
Called by the listener. Never waits and never reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP = 80
"""Samples between two looks: 10 ms."""
WINDOW = 160
"""Samples of one look: 20 ms."""

_LOW = (697.0, 770.0, 852.0, 941.0)
_HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
_KEYS = ("123A", "456B", "789C", "*0#D")
_BAUDOT = (1400.0, 1800.0)
# Call progress comes in pairs; a single tone below 900 Hz could be a held vowel, so only pairs count there.
_PAIRS = ((350.0, 440.0), (440.0, 480.0), (480.0, 620.0))
# SIT (three rising tones), fax CNG 1100, CED 2100, the 1000 Hz test tone and usual voicemail beep.
_SINGLES = (913.8, 950.0, 985.2, 1000.0, 1100.0, 1370.6, 1400.0, 1428.5, 1776.7, 1800.0, 2100.0)

_MIN_RMS = 0.003          # -50 dBFS: below this nobody pressed a key
_KEY_SHARE = 0.80         # of the energy in the two key tones
_PART_SHARE = 0.90        # in a single tone
_PAIR_SHARE = 0.95        # in a call-progress pair
_BAUDOT_SHARE = 0.80
_HIGH_STRONGER, _LOW_STRONGER = 10 ** 0.6, 10 ** 0.9  # twist, as power ratios
_KEY_STEPS = 2            # looks in a row that make a key
_GAP_STEPS = 2            # looks without the key that end it
_TONE_STEPS = 3           # looks in a row that make a single tone
_PAIR_STEPS = 5           # looks in a row that make a pair: a vowel of a high voice may look like one for a moment
_BAUDOT_STEPS = 6         # looks out of the last 12 that make a text telephone
_BAUDOT_HOLD = 15         # looks that stay withheld after the last Baudot look (a character is 150 ms)


def _bank(frequencies: tuple[float, ...], length: int) -> np.ndarray:
    """Rows of cosine and sine: `bank @ frame` gives both parts of each frequency's Goertzel filter."""
    phase = 2 * np.pi * np.outer(frequencies, np.arange(length)) / 8000.0
    return np.concatenate([np.cos(phase), np.sin(phase)]).astype(np.float32)


# Each key tone is looked for at three places 1 % apart: Q.24 accepts senders that are 1.5 % off.
_KEY_GRID = tuple(f * d for f in (*_LOW, *_HIGH) for d in (0.99, 1.0, 1.01))
_WINDOW_BANK = _bank((*_KEY_GRID, *_SINGLES), WINDOW)
_STEP_BANK = _bank(_BAUDOT, STEP)
# The tones of a pair may be closer than 20 ms can tell apart, so each pair is one orthonormal basis of four rows.
_PAIR_BANK = np.concatenate([np.linalg.qr(_bank(pair, WINDOW).T)[0].T for pair in _PAIRS]).astype(np.float32)
_N_KEYS = len(_KEY_GRID)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the samples just fed turned out to be."""

    withhold: bool
    """The frame must reach neither the voice detector nor the recogniser."""
    key: str = ""
    """A key whose press was recognised in this frame: 0-9 * # A-D."""
    kind: str = ""
    """dtmf | baudot | tone, empty for anything else."""


class ToneGate:
    """State of one call. Feed whole steps (multiples of 80 samples; a frame of 20 ms is two)."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._window = np.zeros(WINDOW, dtype=np.float32)
        self._candidate, self._run, self._gap = "", 0, 0
        self._pressed = ""
        self._tone_run = self._pair_run = 0
        self._baudot: list[bool] = []
        self._baudot_hold = 0

    def feed(self, frame: np.ndarray) -> Verdict:
        """Judge one frame. A key is told once, however long it is held."""
        kind, key = "", ""
        for at in range(0, frame.size - STEP + 1, STEP):
            step = frame[at:at + STEP]
            self._window = np.concatenate([self._window[STEP:], step])
            found, pressed = self._look(step)
            kind, key = found or kind, pressed or key
        return Verdict(bool(kind), key, kind)

    def _look(self, step: np.ndarray) -> tuple[str, str]:
        energy = float(self._window @ self._window)
        if energy < WINDOW * _MIN_RMS ** 2:
            self._silent_look()
            return "", ""
        power = _shares(_WINDOW_BANK, self._window, energy)
        symbol = _key_in(power[:_N_KEYS])
        pressed = self._track_key(symbol)
        baudot = self._track_baudot(step)
        tone = self._track_tone(float(power[_N_KEYS:].max()), energy)
        if symbol:
            return "dtmf", pressed
        return ("baudot" if baudot else "tone" if tone else ""), pressed

    def _silent_look(self) -> None:
        self._track_key("")
        self._tone_run = self._pair_run = 0
        self._baudot = [*self._baudot[-11:], False]
        self._baudot_hold = max(0, self._baudot_hold - 1)

    def _track_key(self, symbol: str) -> str:
        """The key that is recognised with this look, once for each press."""
        if self._pressed:
            self._gap = 0 if symbol == self._pressed else self._gap + 1
            if self._gap < _GAP_STEPS:
                return ""
            self._pressed, self._run = "", 0
        self._run = self._run + 1 if symbol and symbol == self._candidate else int(bool(symbol))
        self._candidate = symbol
        if self._run < _KEY_STEPS:
            return ""
        self._pressed, self._gap = symbol, 0
        return symbol

    def _track_tone(self, single: float, energy: float) -> bool:
        pair = float(((_PAIR_BANK @ self._window) ** 2).reshape(-1, 4).sum(axis=1).max()) / energy
        self._tone_run = self._tone_run + 1 if single >= _PART_SHARE else 0
        self._pair_run = self._pair_run + 1 if pair >= _PAIR_SHARE else 0
        return self._tone_run >= _TONE_STEPS or self._pair_run >= _PAIR_STEPS

    def _track_baudot(self, step: np.ndarray) -> bool:
        """A bit lasts 22 ms, so 10 ms looks mostly see one of the two tones alone."""
        energy = float(step @ step)
        hit = energy > STEP * _MIN_RMS ** 2 and float(_shares(_STEP_BANK, step, energy).sum()) >= _BAUDOT_SHARE
        self._baudot = [*self._baudot[-11:], hit]
        if hit and sum(self._baudot) >= _BAUDOT_STEPS:
            self._baudot_hold = _BAUDOT_HOLD
        else:
            self._baudot_hold = max(0, self._baudot_hold - 1)
        return self._baudot_hold > 0


def _shares(bank: np.ndarray, frame: np.ndarray, energy: float) -> np.ndarray:
    """For each frequency of the bank, the share of the frame's energy it explains (0-1)."""
    parts = bank @ frame
    half = parts.size // 2
    return (parts[:half] ** 2 + parts[half:] ** 2) * (2.0 / (frame.size * energy))


def _key_in(power: np.ndarray) -> str:
    best = power.reshape(8, 3).max(axis=1)
    row, column = int(best[:4].argmax()), int(best[4:].argmax())
    low, high = float(best[row]), float(best[4 + column])
    if low + high < _KEY_SHARE or high > low * _HIGH_STRONGER or low > high * _LOW_STRONGER:
        return ""
    return _KEYS[row][column]
