"""Which recogniser a line uses: a registry by name, and the choice with its reason in words.

Called by the composition root, `ivr transcribe` and `ivr doctor`. A new engine is one entry in `ENGINES`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ConfigProblem
from ivr.speech import vosk_recognizer, whisper_recognizer
from ivr.speech.recognizer import Recognizer
from ivr.speech.twilio_recognizer import TwilioRecognizer

NEEDED_LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Engine:
    load: Callable[[Path], Recognizer]
    """Loads the engine; takes up to a few seconds and hundreds of megabytes."""
    missing: Callable[[Path], str]
    """Why it cannot be used with this models folder, in words; '' when it can."""
    fetch: str
    """The command that installs what is missing."""


@dataclass(frozen=True, slots=True)
class Decision:
    name: str
    reason: str
    """A sentence for the operator."""


def _vosk_missing(models_dir: Path) -> str:
    lacking = [x for x in NEEDED_LANGUAGES if x not in vosk_recognizer.installed(models_dir)]
    return f"no Vosk model for {' and '.join(lacking)}" if lacking else ""


def _whisper_missing(models_dir: Path) -> str:
    return "" if whisper_recognizer.installed(models_dir) else "no Whisper model"


def whisper_size(models_dir: Path, wanted: str | None = None) -> str:
    """`base` or `small`: what IVR_WHISPER asks for, else the one that is installed, base where both are."""
    wanted = (os.environ.get("IVR_WHISPER", "") if wanted is None else wanted).strip()
    found = whisper_recognizer.sizes(models_dir)
    if not wanted:
        return found[0] if found else "base"
    if wanted not in whisper_recognizer.FOLDERS:
        raise ConfigProblem(f"IVR_WHISPER={wanted!r} is not known, expected {' or '.join(whisper_recognizer.FOLDERS)}",
                            hint="leave it empty to use what is installed", code="recognizer")
    if wanted not in found:
        raise ConfigProblem(f"IVR_WHISPER={wanted} is set, but that model is not in {models_dir}",
                            hint=f"run: ivr models fetch {whisper_recognizer.FOLDERS[wanted]}", code="model_missing")
    return wanted


ENGINES: dict[str, Engine] = {
    "vosk": Engine(lambda d: vosk_recognizer.VoskRecognizer(vosk_recognizer.installed(d)), _vosk_missing,
                   "ivr models fetch en es"),
    "whisper": Engine(lambda d: whisper_recognizer.WhisperRecognizer(d, size=whisper_size(d)), _whisper_missing,
                      "ivr models fetch whisper"),
    "twilio": Engine(lambda _: TwilioRecognizer(), lambda _: "", ""),
}
"""In the order of preference: streaming first, no local speech last."""


def decide(setting: str, models_dir: Path) -> Decision:
    """Which engine `setting` (auto or an engine's name) comes to, without loading it."""
    if setting == "auto":
        return _automatic(Path(models_dir))
    if setting not in ENGINES:
        raise ConfigProblem(f"recogniser {setting!r} is not known, expected auto, {', '.join(ENGINES)}",
                            hint="set IVR_RECOGNIZER to one of these", code="recognizer")
    engine = ENGINES[setting]
    missing = engine.missing(Path(models_dir))
    if missing:
        raise ConfigProblem(f"recogniser {setting} is set, but {missing} is in {models_dir}",
                            hint=f"run: {engine.fetch}", code="model_missing")
    return Decision(setting, f"{setting} is set and installed")


def choose(setting: str, models_dir: Path) -> Recognizer:
    """The loaded recogniser for `setting`."""
    return ENGINES[decide(setting, models_dir).name].load(Path(models_dir))


def _automatic(models_dir: Path) -> Decision:
    passed_over = []
    for name, engine in ENGINES.items():
        missing = engine.missing(models_dir)
        if not missing:
            why = f"; passed over: {'; '.join(passed_over)}" if passed_over else ""
            return Decision(name, f"{_MERITS[name]}{why}")
        passed_over.append(f"{name} ({missing}, run: {engine.fetch})")
    raise AssertionError("the last engine is always there")


_MERITS = {
    "vosk": "Vosk models for both languages are installed: streaming recognition on this machine",
    "whisper": "the Whisper model is installed: recognition on this machine",
    "twilio": "no model is installed: Twilio recognises speech",
}
