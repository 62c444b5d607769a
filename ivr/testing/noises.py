"""Sounds that are not speech, made from numbers: what a recogniser must stay silent on.

Used by the speech tests and the recognition benchmark. Each sound is 3 s at 8 kHz and the same on every run (the seed
is part of the call).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.signal import butter, sosfilt

RATE = 8000
_LOW = {"1": 697, "2": 697, "3": 697, "A": 697, "4": 770, "5": 770, "6": 770, "B": 770,
        "7": 852, "8": 852, "9": 852, "C": 852, "*": 941, "0": 941, "#": 941, "D": 941}
_HIGH = {**dict.fromkeys("147*", 1209), **dict.fromkeys("2580", 1336), **dict.fromkeys("369#", 1477),
         **dict.fromkeys("ABCD", 1633)}


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    name: str
    kind: str
    """silence | dtmf | baudot | noise"""
    samples: np.ndarray = field(repr=False)


def dtmf(keys: str, *, on_ms: int = 100, off_ms: int = 100, level: float = 0.25, detune: float = 0.0) -> np.ndarray:
    """The keys as tones, each followed by silence. `detune` shifts all frequencies, 0.01 is 1 %."""
    t = np.arange(on_ms * 8) / RATE
    gap = np.zeros(off_ms * 8)
    up = 1 + detune
    parts = [p for k in keys for p in (level * (_tone(_LOW[k] * up, t) + _tone(_HIGH[k] * up, t)), gap)]
    return np.concatenate(parts).astype(np.float32)


def baudot(characters: int, rng: np.random.Generator, *, baud: float = 45.45, level: float = 0.3) -> np.ndarray:
    """A text telephone sending random five-bit characters: start bit, five bits, one and a half stop bits."""
    bits: list[tuple[int, float]] = [(1, 3.0)]
    for _ in range(characters):
        bits += [(0, 1.0), *((int(b), 1.0) for b in rng.integers(0, 2, 5)), (1, 1.5)]
    ends = np.cumsum([length for _, length in bits]) / baud
    t = np.arange(int(ends[-1] * RATE)) / RATE
    mark = np.array([b for b, _ in bits])[np.searchsorted(ends, t, side="right").clip(max=len(bits) - 1)]
    phase = 2 * np.pi * np.cumsum(np.where(mark == 1, 1400.0, 1800.0)) / RATE
    return (level * np.sin(phase)).astype(np.float32)


def catalogue(seed: int = 1) -> list[Noise]:
    """Silence, keys, text telephones, and exactly 40 other noises."""
    rng = np.random.default_rng(seed)
    return [*_silences(rng), *_keys(), *_text_telephones(rng), *_forty(rng)]


def _silences(rng: np.random.Generator) -> Iterator[Noise]:
    n = 3 * RATE
    yield Noise("digital silence", "silence", np.zeros(n, np.float32))
    yield Noise("offset", "silence", np.full(n, 0.002, np.float32))
    for db in (-70, -60, -55, -50):
        yield Noise(f"comfort noise {db} dBFS", "silence", _white(rng, n) * 10 ** (db / 20))


def _keys() -> Iterator[Noise]:
    for name, keys, on, off in (("digits", "1234567890", 120, 150), ("fast", "0987654321*#", 50, 50),
                                ("slow", "159", 600, 300), ("letters", "ABCD", 200, 200), ("one long", "5", 2500, 100)):
        yield Noise(f"keys {name}", "dtmf", dtmf(keys, on_ms=on, off_ms=off))


def _text_telephones(rng: np.random.Generator) -> Iterator[Noise]:
    for baud in (45.45, 50.0):
        for level in (0.1, 0.3):
            yield Noise(f"baudot {baud:g} level {level}", "baudot", baudot(15, rng, baud=baud, level=level))


def _forty(rng: np.random.Generator) -> list[Noise]:
    made = [*_steady(rng), *_progress(), *_events(rng), *_rooms(rng)]
    return [Noise(name, "noise", np.clip(s, -1, 1).astype(np.float32)) for name, s in made]


def _steady(rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """12: noise of several colours and levels, hum, static."""
    n = 3 * RATE
    t = np.arange(n) / RATE
    for db in (-40, -30, -20):
        gain = 10 ** (db / 20)
        yield f"white {db}", _white(rng, n) * gain
        yield f"brown {db}", _brown(rng, n) * gain
        yield f"pink {db}", _band(_white(rng, n), 50, 900) * 2 * gain
    yield "hum 60 Hz", 0.1 * (_tone(60, t) + 0.5 * _tone(120, t) + 0.25 * _tone(180, t))
    yield "hum 50 Hz and hiss", 0.1 * _tone(50, t) + 0.01 * _white(rng, n)
    yield "crackle", _white(rng, n) * (rng.random(n) < 0.002) * 0.8


def _progress() -> Iterator[tuple[str, np.ndarray]]:
    """12: what networks and fax machines play."""
    t = np.arange(3 * RATE) / RATE
    half = (t % 1.0 < 0.5).astype(float)
    yield "dial tone", 0.15 * (_tone(350, t) + _tone(440, t))
    yield "ringback", 0.15 * (_tone(440, t) + _tone(480, t)) * (t < 2)
    yield "busy", 0.15 * (_tone(480, t) + _tone(620, t)) * half
    yield "reorder", 0.15 * (_tone(480, t) + _tone(620, t)) * (t % 0.5 < 0.25)
    yield "ringback europe", 0.2 * _tone(425, t) * (t % 1.5 < 1)
    yield "busy europe", 0.2 * _tone(425, t) * half
    yield "special information", 0.2 * np.select([t < 0.38, t < 0.66, t < 1.04],
                                                 [_tone(985.2, t), _tone(1428.5, t), _tone(1776.7, t)], 0.0)
    yield "fax calling", 0.2 * _tone(1100, t) * (t % 1.5 < 0.5)
    yield "fax answering", 0.2 * _tone(2100, t)
    yield "voicemail beep", 0.3 * _tone(1000, t) * (t < 0.4)
    yield "milliwatt", 0.3 * _tone(1004, t)
    yield "call waiting", 0.2 * _tone(440, t) * (t < 0.3)


def _events(rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """10: short sounds near the telephone."""
    n = 3 * RATE
    t = np.arange(n) / RATE
    for name, times, low, high, fall_s in (
            ("click", (1.0,), 300, 3400, 0.003), ("clicks", (0.5, 1, 1.5, 2), 300, 3400, 0.004),
            ("knock", (1.0, 1.3), 80, 500, 0.04), ("cough", (1.0, 1.4), 250, 1800, 0.09),
            ("door", (1.0,), 60, 300, 0.2), ("keyboard", tuple(np.arange(0.3, 2.7, 0.13)), 800, 3400, 0.008),
            ("paper", tuple(np.arange(0.5, 2.5, 0.05)), 1500, 3600, 0.03)):
        shape = sum((np.exp(-(t - at) / fall_s) * (t >= at) for at in times), np.zeros(n))
        yield name, _band(_white(rng, n), low, high) * shape * 0.8
    yield "breath", _band(_white(rng, n), 300, 2500) * 0.08 * np.clip(np.sin(2 * np.pi * t / 1.5), 0, 1)
    yield "blowing", _brown(rng, n) * 0.4 * np.clip(np.sin(2 * np.pi * t / 2), 0, 1)
    yield "whistle", 0.2 * np.sin(2 * np.pi * np.cumsum(1500 + 300 * np.sin(2 * np.pi * 1.5 * t)) / RATE) * (t < 2)


def _rooms(rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """6: places a caller is in, and a line that loses frames."""
    n = 3 * RATE
    t = np.arange(n) / RATE
    yield "car", _band(_brown(rng, n), 40, 400) * 0.3
    yield "wind", _brown(rng, n) * 0.25 * (1 + np.sin(2 * np.pi * 0.4 * t)) / 2
    yield "rain", _band(_white(rng, n), 1000, 3800) * 0.1
    yield "siren", 0.15 * np.sin(2 * np.pi * np.cumsum(900 + 400 * np.sin(2 * np.pi * 0.4 * t)) / RATE)
    yield "alarm clock", 0.15 * np.sign(_tone(2000, t)) * (t % 0.5 < 0.12)
    yield "chopped hiss", _white(rng, n) * 0.05 * (rng.random(n // 160 + 1) < 0.8).repeat(160)[:n]


def _tone(hz: float, t: np.ndarray) -> np.ndarray:
    return np.sin(2 * np.pi * hz * t)


def _white(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(0, 1, n)


def _brown(rng: np.random.Generator, n: int) -> np.ndarray:
    walk = np.cumsum(_white(rng, n))
    flat = _band(walk, 20, 3000)
    return flat / max(float(np.std(flat)), 1e-9)


def _band(samples: np.ndarray, low_hz: float, high_hz: float) -> np.ndarray:
    return sosfilt(butter(2, (low_hz, high_hz), "bandpass", fs=RATE, output="sos"), samples)
