"""`ivr transcribe` from the outside: formats, digits, silence, broken files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ivr.cli.transcribe import transcribe
from ivr.speech import mulaw
from ivr.speech.leveling import trim
from ivr.speech.resample import resample
from ivr.speech.wav import read_wav, write_mulaw, write_pcm16
from ivr.testing.noises import dtmf

pytestmark = pytest.mark.speech


def run(models_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(transcribe, [*arguments, "--models-dir", str(models_dir)])


def lines(result: Result) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def pin(asterisk: tuple[ModuleType, Path]) -> np.ndarray:
    module, folder = asterisk
    return read_wav(module.clips(folder, "en")["conf-getpin"].read_bytes()).samples


def test_every_format_gives_the_words(whisper_models_dir: Path, tmp_path: Path, pin: np.ndarray) -> None:
    made = {"8k.wav": write_pcm16(pin), "48k.wav": write_pcm16(resample(pin, 8000, 48000), 48000),
            "mulaw.wav": write_mulaw(mulaw.encode(pin))}
    for name, wav in made.items():
        (tmp_path / name).write_bytes(wav)
    result = run(whisper_models_dir, "--json", *(str(tmp_path / n) for n in made))
    assert result.exit_code == 0
    found = lines(result)
    assert [set(f) for f in found] == [{"file", "text", "confidence", "speech_ms", "cpu_ms", "engine"}] * 3
    assert all("conference" in f["text"].lower() and f["engine"] == "whisper" for f in found)
    assert all(0 < f["confidence"] <= 1 and f["speech_ms"] > 500 and f["cpu_ms"] > 0 for f in found)


def test_silence_and_keys_give_no_text(whisper_models_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "silence.wav").write_bytes(write_pcm16(np.zeros(16000, np.float32)))
    (tmp_path / "keys.wav").write_bytes(write_pcm16(dtmf("159#")))
    for expect in ("text", "digits"):
        result = run(whisper_models_dir, "--json", "--expect", expect, str(tmp_path / "silence.wav"), str(tmp_path / "keys.wav"))
        assert result.exit_code == 0
        assert [(f["text"], f["speech_ms"], f["confidence"]) for f in lines(result)] == [("", 0, 0.0)] * 2


def test_digits(whisper_models_dir: Path, asterisk: tuple[ModuleType, Path]) -> None:
    module, folder = asterisk
    files = [str(module.clips(folder, "es")[f"digits/{d}"]) for d in (2, 7)]
    result = run(whisper_models_dir, "--json", "--lang", "es", "--expect", "digits", *files)
    assert [f["text"] for f in lines(result)] == ["2", "7"]


def test_a_receipt_number_or_nothing(whisper_models_dir: Path, tmp_path: Path, pin: np.ndarray,
                                     asterisk: tuple[ModuleType, Path]) -> None:
    module, folder = asterisk
    clips, gap = module.clips(folder, "en"), np.zeros(1200, np.float32)
    names = [f"letters/{c}" for c in "eac"] + [f"digits/{d}" for d in "0918273645"]
    spelled = np.concatenate([x for n in names for x in (trim(read_wav(clips[n].read_bytes()).samples), gap)])
    for name, sound in (("spelled", spelled), ("half", spelled[:spelled.size // 2]), ("sentence", pin)):
        (tmp_path / f"{name}.wav").write_bytes(write_pcm16(sound))
    result = run(whisper_models_dir, "--json", "--expect", "receipt",
                 *(str(tmp_path / f"{n}.wav") for n in ("spelled", "half", "sentence")))
    assert [f["text"] for f in lines(result)] == ["EAC0918273645", "", ""]


def test_an_unreadable_file_does_not_stop_the_others(whisper_models_dir: Path, tmp_path: Path, pin: np.ndarray) -> None:
    (tmp_path / "good.wav").write_bytes(write_pcm16(pin))
    (tmp_path / "junk.wav").write_bytes(b"this is no sound")
    names = [str(tmp_path / n) for n in ("junk.wav", "missing.wav", "good.wav")]
    result = run(whisper_models_dir, "--json", *names)
    junk, missing, good = lines(result)
    assert result.exit_code == 1
    assert set(junk) == set(missing) == {"file", "error"} and good["text"]
    assert "WAV" in junk["error"] and "No such file" in missing["error"]


def test_words_for_people(whisper_models_dir: Path, tmp_path: Path, pin: np.ndarray) -> None:
    (tmp_path / "good.wav").write_bytes(write_pcm16(pin))
    (tmp_path / "hints.txt").write_text("conference number\n", "utf-8")
    result = run(whisper_models_dir, "--hints", str(tmp_path / "hints.txt"), str(tmp_path / "good.wav"))
    assert result.exit_code == 0 and "conference" in result.stdout.lower() and "whisper" in result.stdout


@pytest.mark.parametrize("arguments", [["--lang", "fr", "x.wav"], [], ["--engine", "siri", "x.wav"], ["--engine", "twilio", "x.wav"]])
def test_misuse(tmp_path: Path, arguments: list[str]) -> None:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    result = run(tmp_path, "x.wav")
    assert result.exit_code == 2 and "ivr models fetch whisper" in result.stderr
