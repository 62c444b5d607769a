"""Real voices: every prompt is spoken, also when the speaking process dies. No recognition model is needed."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech import espeak_synthesizer
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.voices import BestVoice, choose_synthesizer
from ivr.speech.wav import read_wav

SENTENCES = {"en": "Thank you for calling. How can I help you?", "es": "Gracias por llamar. ¿En qué puedo ayudarle?"}


def seconds(samples: np.ndarray) -> float:
    return samples.size / 8000


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_sentence_is_spoken(espeak: EspeakSynthesizer, language: str) -> None:
    sound = espeak.speak(SENTENCES[language], language)
    assert sound.dtype == np.float32 and 2 < seconds(sound) < 6
    assert 0.1 < np.abs(sound).max() <= 1


def test_the_worker_speaks_and_not_the_fallback() -> None:
    voice = EspeakSynthesizer(program="")
    try:
        assert seconds(voice.speak("hello there", "en")) > 0.3
        assert voice.worker_pid
    finally:
        voice.close()


def test_a_killed_worker_costs_no_prompt() -> None:
    voice = EspeakSynthesizer(program="")
    try:
        first = voice.speak(SENTENCES["en"], "en")
        pid = voice.worker_pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        assert abs(seconds(voice.speak(SENTENCES["en"], "en")) - seconds(first)) < 0.1
        assert voice.worker_pid != pid
    finally:
        voice.close()


def test_a_stopped_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_synthesizer, "_ANSWER_S", 3.0)
    voice = EspeakSynthesizer(program="")
    try:
        voice.speak("hello", "en")
        pid = voice.worker_pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        assert seconds(voice.speak("hello", "en")) > 0.2
        assert voice.worker_pid != pid
    finally:
        voice.close()


def test_without_a_worker_the_program_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_synthesizer._Worker, "ask", lambda *_: None)
    voice = EspeakSynthesizer()
    if not voice._program:
        pytest.skip("the espeak-ng program is not installed")
    try:
        assert seconds(voice.speak(SENTENCES["es"], "es")) > 2
    finally:
        voice.close()


def test_when_nothing_speaks_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_synthesizer._Worker, "ask", lambda *_: {"wav": ""})
    voice = EspeakSynthesizer(program="")
    try:
        with pytest.raises(Unavailable):
            voice.speak("hello", "en")
    finally:
        voice.close()


def test_half_an_answer_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine sometimes drops the end of a text: sound that is too short for the text is asked for again."""
    voice = EspeakSynthesizer(program="")
    whole = voice._by_worker
    calls = []

    def first_half(text: str, language: str) -> np.ndarray:
        calls.append(text)
        return whole(text, language)[:800] if len(calls) == 1 else whole(text, language)

    monkeypatch.setattr(voice, "_by_worker", first_half)
    try:
        assert seconds(voice.speak(SENTENCES["en"], "en")) > 2 and len(calls) == 2
    finally:
        voice.close()


def test_the_worker_goes_with_its_parent() -> None:
    child = subprocess.Popen([sys.executable, "-m", "ivr.speech.espeak_worker"], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             cwd=Path(espeak_synthesizer.__file__).parents[2])
    assert child.stdin
    child.stdin.close()
    assert child.wait(timeout=30) == 0


def test_the_packaged_library_speaks_where_the_system_has_none() -> None:
    script = "from ivr.speech import espeak_worker as w\nw._system_library = lambda: False\nw.main()"
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, cwd=Path(espeak_synthesizer.__file__).parents[2])
    assert child.stdin and child.stdout
    for language, text in SENTENCES.items():
        request = {"id": 1, "text": text, "voice": espeak_synthesizer.VOICES[language], "rate": 160}
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        answer = json.loads(child.stdout.readline())
        assert read_wav(base64.b64decode(answer["wav"])).seconds > 2
    loaded = Path(f"/proc/{child.pid}/maps").read_text()
    assert "espeakng_loader" in loaded and "/usr/lib" not in "".join(x for x in loaded.splitlines() if "libespeak" in x)
    child.stdin.close()
    assert child.wait(timeout=30) == 0
    child.stdout.close()


def test_several_threads_share_one_voice(espeak: EspeakSynthesizer) -> None:
    sounds: dict[int, float] = {}

    def speak(n: int) -> None:
        sounds[n] = seconds(espeak.speak("one two three " * (1 + n % 3), "en"))

    threads = [threading.Thread(target=speak, args=(n,)) for n in range(12)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(sounds) == 12 and all(abs(sounds[n] - sounds[n % 3]) < 0.1 for n in sounds)


@pytest.mark.parametrize(("text", "size"), [("", 0), ("  ", 0), ("...", 1600), ("¿?", 1600)])
def test_text_without_words_is_a_pause(espeak: EspeakSynthesizer, text: str, size: int) -> None:
    assert espeak.speak(text, "en").size == size


def test_an_unknown_language_is_said(espeak: EspeakSynthesizer) -> None:
    with pytest.raises(ConfigProblem):
        espeak.speak("bonjour", "fr")


def test_text_is_never_an_argument(espeak: EspeakSynthesizer) -> None:
    """Arguments of a process can be read by every user of the machine."""
    espeak.speak("my number is 5551234567", "en")
    arguments = Path(f"/proc/{espeak.worker_pid}/cmdline").read_bytes()
    assert b"555" not in arguments


class Broken:
    name = "broken"

    def voice(self, language: str) -> str:
        return "broken:1"

    def speak(self, text: str, language: str) -> np.ndarray:
        raise Unavailable("no")

    def close(self) -> None:
        """Nothing is held."""


def test_a_failing_better_voice_falls_back(espeak: EspeakSynthesizer) -> None:
    voice = BestVoice({"en": Broken()}, espeak)
    assert voice.voice("en") == "broken:1" and voice.voice("es") == espeak.voice("es")
    assert seconds(voice.speak("hello there", "en")) > 0.3


def test_espeak_is_the_voice_of_an_empty_models_folder(tmp_path: Path) -> None:
    voice = choose_synthesizer(tmp_path)
    assert voice.name == "espeak"
    voice.close()
