"""The sound of every prompt, as mu-law at 8 kHz. Called by the media socket, the audio route and `ivr prompts render`.

A human recording (`<recordings>/<language>/<key>.wav`) wins over any voice. Synthesised static prompts are kept on disk
under a hash of voice and text; prompts with a caller's data in them are kept in memory only, for a moment. Blocking:
call it off the event loop.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import IvrError
from ivr.sensitive import Sensitive
from ivr.speech import mulaw
from ivr.speech.leveling import level, trim
from ivr.speech.resample import to_8k
from ivr.speech.synthesizer import Synthesizer
from ivr.speech.wav import read_wav

_log = logging.getLogger(__name__)

_FORMAT = "1"
"""Raised when the processing changes, so that older sound is rendered anew."""
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}")
_MEMORY_ITEMS = 64
_MAX_RECORDING_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PromptItem:
    key: str
    language: str
    text: str


class PromptAudio:
    """Safe to use from several threads."""

    def __init__(self, cache_dir: Path, synthesizer: Synthesizer, recordings_dir: Path | None = None):
        self._cache_dir = Path(cache_dir)
        self._synthesizer = synthesizer
        self._recordings_dir = Path(recordings_dir) if recordings_dir else None
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def audio(self, text: str, language: str, key: str | None = None, static: bool = True) -> bytes:
        """mu-law bytes of a prompt. `static=False` for texts with a caller's data: they never reach the disk.

        Raises Unavailable when no voice can speak it; the caller then lets Twilio say it.
        """
        recording = self._recording(language, key) if static and key else None
        if recording is not None:
            return recording
        name = self._name(text, language)
        if not static or isinstance(text, Sensitive):
            return self._in_memory(name, lambda: self._rendered(text, language))
        path = self._cache_dir / name[:2] / f"{name}.ulaw"
        cached = _read(path)
        if cached:
            return cached
        sound = self._rendered(text, language)
        _write(path, sound)
        return sound

    def is_cached(self, item: PromptItem) -> bool:
        """No synthesis is needed for this prompt."""
        name = self._name(item.text, item.language)
        return self._recording_path(item.language, item.key) is not None or bool(
            _read(self._cache_dir / name[:2] / f"{name}.ulaw"))

    def render_all(self, items: Iterable[PromptItem], progress: Callable[[PromptItem, int], None] | None = None) -> int:
        """Render static prompts ahead of time; the number of items. `progress` gets each item and its byte count."""
        count = 0
        for item in items:
            sound = self.audio(item.text, item.language, item.key)
            if progress is not None:
                progress(item, len(sound))
            count += 1
        return count

    def close(self) -> None:
        self._memory.clear()
        self._synthesizer.close()

    def _name(self, text: str, language: str) -> str:
        revealed = text.reveal() if isinstance(text, Sensitive) else text
        whole = "\0".join((_FORMAT, self._synthesizer.voice(language), revealed))
        return hashlib.sha256(whole.encode()).hexdigest()

    def _rendered(self, text: str, language: str) -> bytes:
        revealed = text.reveal() if isinstance(text, Sensitive) else text
        samples = self._synthesizer.speak(revealed, language)
        return mulaw.encode(level(trim(samples)) if trim(samples).size else samples)

    def _recording_path(self, language: str, key: str) -> Path | None:
        if self._recordings_dir is None or not _KEY.fullmatch(key) or not _KEY.fullmatch(language):
            return None
        path = self._recordings_dir / language / f"{key}.wav"
        return path if path.is_file() else None

    def _recording(self, language: str, key: str) -> bytes | None:
        path = self._recording_path(language, key)
        if path is None:
            return None
        try:
            seen = path.stat()
            return self._in_memory(f"{path}:{seen.st_mtime_ns}:{seen.st_size}", lambda: _recorded(path))
        except (OSError, IvrError) as error:
            _log.warning("recording %s/%s.wav is not usable (%s): the prompt is synthesised", language, key, error)
            return None

    def _in_memory(self, name: str, make: Callable[[], bytes]) -> bytes:
        with self._lock:
            if name in self._memory:
                self._memory.move_to_end(name)
                return self._memory[name]
        sound = make()
        with self._lock:
            self._memory[name] = sound
            while len(self._memory) > _MEMORY_ITEMS:
                self._memory.popitem(last=False)
        return sound


def _recorded(path: Path) -> bytes:
    if path.stat().st_size > _MAX_RECORDING_BYTES:
        raise IvrError("the file is larger than 32 MB")
    audio = read_wav(path.read_bytes(), max_seconds=300)
    samples = to_8k(audio.samples, audio.rate_hz)
    return mulaw.encode(level(samples))  # not trimmed: a voice talent's pauses are meant


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _write(path: Path, sound: bytes) -> None:
    """By rename, so that a reader never sees half a prompt. A full disk costs the cache, not the prompt."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(sound)
        os.replace(scratch, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            scratch.unlink()  # half of it would take the room that is missing
        _log.warning("prompt sound cannot be kept in %s: %s", path.parent, error.strerror)


