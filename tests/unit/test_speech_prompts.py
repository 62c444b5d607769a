"""The prompt cache: recordings win, sound is kept by content, a caller's data never reaches the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.cli.prompts import render
from ivr.errors import Unavailable
from ivr.sensitive import Sensitive
from ivr.speech import mulaw
from ivr.speech.leveling import level, trim
from ivr.speech.prompt_audio import PromptAudio, PromptItem
from ivr.speech.wav import write_pcm16

pytestmark = pytest.mark.unit


class Hummer:
    """A voice that hums one note a text, with silence around it."""

    name = "hum"

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.version = 1

    def voice(self, language: str) -> str:
        return f"hum:{language}:{self.version}"

    def speak(self, text: str, language: str) -> np.ndarray:
        if text == "fail":
            raise Unavailable("no voice")
        self.spoken.append(text)
        quiet = np.zeros(4000, np.float32)
        return np.concatenate([quiet, hum(len(text) * 400), quiet])

    def close(self) -> None:
        """Nothing is held."""


def hum(n: int, peak: float = 0.05) -> np.ndarray:
    return (peak * np.sin(2 * np.pi * 300 * np.arange(n) / 8000)).astype(np.float32)


@pytest.fixture
def voice() -> Hummer:
    return Hummer()


@pytest.fixture
def prompts(tmp_path: Path, voice: Hummer) -> PromptAudio:
    return PromptAudio(tmp_path / "cache", voice, tmp_path / "recordings")


def kept(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "cache").rglob("*") if p.is_file()]


def test_a_static_prompt_is_spoken_once(prompts: PromptAudio, voice: Hummer, tmp_path: Path) -> None:
    first = prompts.audio("welcome", "en", "welcome")
    again = PromptAudio(tmp_path / "cache", voice).audio("welcome", "en", "other_key")
    assert first == again and voice.spoken == ["welcome"] and len(kept(tmp_path)) == 1


def test_another_voice_or_language_is_another_sound(prompts: PromptAudio, voice: Hummer) -> None:
    prompts.audio("welcome", "en")
    prompts.audio("welcome", "es")
    voice.version = 2
    prompts.audio("welcome", "en")
    assert len(voice.spoken) == 3


@pytest.mark.parametrize(("text", "static"), [("Your number is 555", False), (Sensitive("IOE1234567890"), True)])
def test_personal_data_stays_in_memory(prompts: PromptAudio, voice: Hummer, tmp_path: Path, text: str, static: bool) -> None:
    first = prompts.audio(text, "en", "k", static=static)
    assert prompts.audio(text, "en", "k", static=static) == first
    assert kept(tmp_path) == [] and len(voice.spoken) == 1


def test_a_sensitive_text_is_spoken_and_not_its_mask(prompts: PromptAudio, voice: Hummer) -> None:
    prompts.audio(Sensitive("IOE1234567890"), "en", static=False)
    assert [str.__str__(t) for t in voice.spoken] == ["IOE1234567890"]


def test_memory_is_bounded(prompts: PromptAudio, voice: Hummer) -> None:
    for n in range(100):
        prompts.audio(f"text {n}", "en", static=False)
    prompts.audio("text 99", "en", static=False)
    prompts.audio("text 0", "en", static=False)
    assert len(voice.spoken) == 101


def test_a_recording_wins_and_a_new_one_replaces_it(prompts: PromptAudio, voice: Hummer, tmp_path: Path) -> None:
    record = tmp_path / "recordings/en/welcome.wav"
    record.parent.mkdir(parents=True)
    record.write_bytes(write_pcm16(hum(16000), 16000))
    assert len(prompts.audio("welcome", "en", "welcome")) == 8000
    record.write_bytes(write_pcm16(hum(32000), 16000))
    assert len(prompts.audio("welcome", "en", "welcome")) == 16000
    assert voice.spoken == []


def test_a_broken_recording_costs_no_prompt(prompts: PromptAudio, voice: Hummer, tmp_path: Path) -> None:
    record = tmp_path / "recordings/en/welcome.wav"
    record.parent.mkdir(parents=True)
    record.write_bytes(b"RIFF junk")
    assert prompts.audio("welcome", "en", "welcome") and voice.spoken == ["welcome"]


@pytest.mark.parametrize("key", ["../../secret", "/etc/passwd", "..", ""])
def test_a_key_never_leaves_the_recordings(prompts: PromptAudio, voice: Hummer, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.wav").write_bytes(write_pcm16(hum(8000)))
    prompts.audio("welcome", "en", key)
    assert voice.spoken == ["welcome"]


def test_an_empty_cache_file_is_made_again(prompts: PromptAudio, voice: Hummer, tmp_path: Path) -> None:
    first = prompts.audio("welcome", "en")
    kept(tmp_path)[0].write_bytes(b"")
    assert prompts.audio("welcome", "en") == first and len(voice.spoken) == 2


def test_a_cache_that_cannot_be_written_costs_no_prompt(tmp_path: Path, voice: Hummer) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert PromptAudio(tmp_path / "cache", voice).audio("welcome", "en")


def test_trimmed_and_at_one_loudness(prompts: PromptAudio) -> None:
    sound = mulaw.decode(prompts.audio("welcome", "en"))
    assert 2800 <= sound.size <= 2800 + 6 * 80 + 80
    assert abs(20 * np.log10(np.sqrt(np.mean(sound[400:2400] ** 2))) + 16) < 1


def test_rendering_ahead(prompts: PromptAudio, voice: Hummer) -> None:
    told = []
    items = [("a", "en", "one"), ("b", "es", "dos")]
    assert render(items, prompts, lambda item, size: told.append((item.key, size > 0))) == 2
    assert told == [("a", True), ("b", True)] and prompts.is_cached(PromptItem("a", "en", "one"))
    assert render(items, prompts) == 2 and len(voice.spoken) == 2


def test_a_prompt_nobody_can_speak_is_said(prompts: PromptAudio) -> None:
    with pytest.raises(Unavailable):
        prompts.audio("fail", "en")


@settings(deadline=None)
@given(st.integers(800, 20000), st.floats(0.01, 1.0))
def test_levelling_never_clips_and_hits_its_target(n: int, peak: float) -> None:
    out = level(hum(n, peak))
    assert np.abs(out).max() <= 0.9
    assert abs(20 * np.log10(np.sqrt(np.mean(out ** 2))) + 16) < 1.5


@given(st.integers(0, 5000), st.integers(800, 5000), st.integers(0, 5000))
def test_trimming_keeps_the_sound(before: int, n: int, after: int) -> None:
    sound = np.concatenate([np.zeros(before, np.float32), hum(n, 0.3), np.zeros(after, np.float32)])
    out = trim(sound)
    assert n - 2 <= out.size <= n + 2 * 4 * 80
    assert abs(float(np.sum(out ** 2)) - float(np.sum(sound ** 2))) < 1e-2


def test_silence_and_nothing_are_left_alone() -> None:
    assert trim(np.zeros(800, np.float32)).size == 0 and level(np.zeros(0, np.float32)).size == 0
