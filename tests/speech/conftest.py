"""Fixtures of the speech tests; see fixtures_speech."""

from __future__ import annotations

from fixtures_speech import asterisk, espeak, vosk_korean, whisper, whisper_models_dir

__all__ = ["asterisk", "espeak", "vosk_korean", "whisper", "whisper_models_dir"]
