"""Hours of sound that is no text telephone: speech, music, keys, call progress, fax and modem tones, noise.

Made from numbers and by espeak-ng, or recorded (the Asterisk prompts); the same on every run. Each sound is int16 at 8 kHz.
Called by benchmarks/tty.py for hours and by the tests for minutes.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from scipy.signal import butter, resample_poly, sosfilt

from ivr.speech import mulaw
from ivr.speech.wav import read_wav
from ivr.testing.noises import catalogue, dtmf

RATE = 8000
_VOICES = ("en-us", "en-gb", "en-us+f2", "en-us+m3", "en-gb+f4", "en-us+croak", "es-419", "es", "es+f3", "es-419+m2", "en-us+whisper",
           "es+f5")


def _pcm(samples: np.ndarray) -> np.ndarray:
    """As it arrives: mu-law and back."""
    clipped = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype(np.int16)
    return mulaw.decode_pcm16(mulaw.encode_pcm16(clipped))


def recorded(files: Iterable[Path]) -> Iterator[np.ndarray]:
    """Recordings, each as it is and once more 12 dB up, clipped as by a loud voice."""
    for path in files:
        audio = read_wav(path.read_bytes())
        if audio.rate_hz == RATE:
            yield _pcm(audio.samples)
            yield _pcm(np.clip(audio.samples * 4, -1, 1))


def spoken(texts: list[str], seconds: float, seed: int = 1) -> Iterator[np.ndarray]:
    """espeak-ng in many voices, speeds and pitches; a high, steady voice is what comes nearest to a tone."""
    rng = np.random.default_rng(seed)
    made = 0.0
    while made < seconds and shutil.which("espeak-ng"):
        text = " ".join(texts[i] for i in rng.integers(0, len(texts), 12))
        out = subprocess.run(["espeak-ng", "-v", _VOICES[rng.integers(len(_VOICES))], "-s", str(rng.integers(110, 260)), "-p",
                              str(rng.integers(5, 99)), "--stdout", text], capture_output=True, check=True).stdout
        audio = read_wav(out)
        sound = resample_poly(audio.samples, RATE, audio.rate_hz) * rng.uniform(0.1, 1.0)
        made += sound.size / RATE
        yield _pcm(sound)


def music(seconds: float, seed: int = 2) -> Iterator[np.ndarray]:
    """Melodies with chords under them: sines, squares, saws, bells, plucked strings; notes up to A6, some of them the tones' own."""
    rng = np.random.default_rng(seed)
    made = 0.0
    while made < seconds:
        sound = _melody(rng)
        made += sound.size / RATE
        yield _pcm(sound)


def _melody(rng: np.random.Generator) -> np.ndarray:
    beat = float(rng.choice([0.044, 0.066, 0.088, 0.11, 0.132, 0.176, 0.22, 0.25, 0.33, 0.5]))
    scale = rng.choice([0, 2, 4, 5, 7, 9, 11, 12], 8)
    base = float(rng.choice([220.0, 349.2, 440.0, 698.5, 880.0]))
    timbre, parts = int(rng.integers(5)), []
    for _ in range(int(20 / beat)):
        hz = base * 2 ** (int(rng.choice(scale)) / 12) * float(rng.choice([0.5, 1, 1, 2]))
        note = _note(hz, beat * float(rng.choice([1, 1, 2])), timbre, rng)
        if rng.random() < 0.3:
            note = note + 0.5 * _note(hz * 1.26, note.size / RATE, timbre, rng)[:note.size]
        parts.append(note)
    return 0.4 * np.concatenate(parts) * rng.uniform(0.2, 1.0)


def _note(hz: float, seconds: float, timbre: int, rng: np.random.Generator) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    wave = 2 * np.pi * min(hz, 3300.0) * t
    if timbre == 0:
        return np.sin(wave)
    if timbre == 1:
        return np.sign(np.sin(wave)) * 0.5
    if timbre == 2:
        return sum(np.sin(k * wave) / k for k in range(1, max(2, int(3400 / hz)))) * 0.5
    if timbre == 3:
        return np.sin(wave + 2 * np.sin(1.4 * wave) * np.exp(-3 * t)) * np.exp(-2 * t)
    return np.sin(wave + 0.3 * np.sin(2 * np.pi * 5.5 * t)) * np.exp(-6 * t) + 0.01 * rng.normal(0, 1, t.size)


def keys(seconds: float, seed: int = 3) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    made = 0.0
    while made < seconds:
        pressed = "".join(rng.choice(list("0123456789*#ABCD"), 40))
        sound = dtmf(pressed, on_ms=int(rng.integers(40, 300)), off_ms=int(rng.integers(20, 300)), level=float(rng.uniform(0.02, 0.4)),
                     detune=float(rng.uniform(-0.015, 0.015)))
        made += sound.size / RATE
        yield _pcm(sound)


_FSK = {"V.21 low": (980, 1180, 300), "V.21 high": (1650, 1850, 300), "Bell 103": (1270, 1070, 300), "Bell 103 answer": (2225, 2025, 300),
        "Bell 202": (1200, 2200, 1200), "V.23": (1300, 2100, 1200), "V.23 back": (390, 450, 75), "EDT": (980, 1180, 110),
        "radio teletype": (2125, 2295, 45.45)}
_STEPS = {"special information": [(985.2, 0.38), (1428.5, 0.38), (1776.7, 0.38), (0, 1.0)],
          "special information, short": [(913.8, 0.274), (1370.6, 0.274), (1776.7, 0.38), (0, 1.0)],
          "fax calling": [(1100, 0.5), (0, 3.0)], "fax answering": [(2100, 2.6), (0, 1.0)], "recording tone": [(1400, 0.5), (0, 4.0)],
          "mark alone": [(1400, 3.0), (0, 1.0)], "space alone": [(1800, 3.0), (0, 1.0)], "two notes": [(1400, 0.25), (1800, 0.25)],
          "two notes, slow": [(1400, 0.5), (1800, 0.5), (1400, 0.5), (0, 0.5)], "alarm": [(1400, 0.1), (0, 0.1)],
          "beeps": [(1800, 0.05), (0, 0.05)], "ringing": [(440, 2.0), (0, 4.0)], "ringing, trill": [(1400, 0.04), (1750, 0.04)],
          "busy": [(480, 0.5), (0, 0.5)], "howler": [(1400, 0.1), (2060, 0.1), (2450, 0.1), (2600, 0.1)]}


def tones(seconds: float, seed: int = 4) -> Iterator[np.ndarray]:
    """Fax and modem signals with random data, call progress, alarms and whistles, as much of each."""
    rng = np.random.default_rng(seed)
    makers = [*(lambda f=f: _modem(*f, rng) for f in _FSK.values()), *(lambda s=s: _steps(s, rng) for s in _STEPS.values()),
              lambda: _whistle(rng), lambda: _whistle(rng)]
    made, turn = 0.0, 0
    while made < seconds:
        sound = makers[turn % len(makers)]() * rng.uniform(0.05, 0.5)
        turn, made = turn + 1, made + sound.size / RATE
        yield _pcm(sound + rng.normal(0, rng.choice([0.0, 0.002, 0.02]), sound.size))


def _modem(one: float, zero: float, baud: float, rng: np.random.Generator) -> np.ndarray:
    bits = np.repeat(rng.integers(0, 2, int(20 * baud)), max(1, round(RATE / baud)))[:20 * RATE]
    bits[:RATE] = 1
    return np.sin(2 * np.pi * np.cumsum(np.where(bits, one, zero)) / RATE)


def _steps(steps: list[tuple[float, float]], rng: np.random.Generator) -> np.ndarray:
    off = 1 + rng.uniform(-0.01, 0.01)
    hertz = np.concatenate([np.full(int(seconds * RATE), hz * off) for hz, seconds in steps])
    hertz = np.tile(hertz, -(-20 * RATE // hertz.size))[:20 * RATE]
    return np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * (hertz > 0)


def _whistle(rng: np.random.Generator) -> np.ndarray:
    t = np.arange(20 * RATE) / RATE
    hertz = 1550 + sum(rng.uniform(20, 200) * np.sin(2 * np.pi * rng.uniform(0.1, 8) * t + rng.uniform(0, 6)) for _ in range(4))
    loud = np.clip(np.sin(2 * np.pi * rng.uniform(0.2, 2) * t) * 3, 0, 1)
    return np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * loud


def noises(seconds: float, seed: int = 5) -> Iterator[np.ndarray]:
    """The recogniser's catalogue of noises, and coloured noise around the two tones at all levels."""
    rng = np.random.default_rng(seed)
    made, round_ = 0.0, 0
    while made < seconds:
        for sound in catalogue(seed + round_):
            if sound.kind != "baudot" and made < seconds:
                made += sound.samples.size / RATE
                yield _pcm(sound.samples)
        low = float(rng.uniform(300, 1700))
        band = butter(2, (low, low + float(rng.uniform(60, 1500))), "bandpass", fs=RATE, output="sos")
        hiss = sosfilt(band, rng.normal(0, 1, 60 * RATE))
        made, round_ = made + 60, round_ + 1
        yield _pcm(hiss / np.std(hiss) * 10 ** (rng.uniform(-45, -12) / 20))
