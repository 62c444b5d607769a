"""Whether a file belongs to a Whisper model, for those whose hashes are not known ahead. Pure.

The weights are pinned by their hash. The small files beside them are read by the tokenizer and the network's loader, so here
they are held to their form: what every multilingual Whisper model has, and nothing of another size or kind. `models` writes
their hashes down when it installs them, so that `ivr models verify` sees any later change.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

VOCABULARY = 51_865
"""Entries of every multilingual Whisper vocabulary before the large-v3 ones."""
_WORDS = 50_257
_NEEDED = ("<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|es|>", "<|transcribe|>", "<|notimestamps|>", "<|startofprev|>")


def config_fault(data: bytes) -> str:
    config = _object(data)
    if config is None:
        return "is not a JSON object"
    if not all(isinstance(config.get(k), list) and config[k] for k in ("alignment_heads", "lang_ids", "suppress_ids")):
        return "lacks the lists of a Whisper model"
    ids = [*config["lang_ids"], *config["suppress_ids"]]
    return "" if all(isinstance(i, int) and -1 <= i < VOCABULARY for i in ids) else "names tokens that a Whisper model does not have"


def tokenizer_fault(data: bytes) -> str:
    tokenizer = _object(data)
    model = tokenizer.get("model") if tokenizer else None
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        return "is not a byte-pair tokenizer"
    if len(model.get("vocab", ())) < _WORDS:
        return f"has {len(model.get('vocab', ()))} words, expected at least {_WORDS}"
    added = {t.get("content") for t in tokenizer.get("added_tokens", ()) if isinstance(t, dict)} if tokenizer else set()
    missing = [t for t in _NEEDED if t not in added]
    return f"lacks {missing[0]}" if missing else ""


def vocabulary_fault(data: bytes) -> str:
    found = data.rstrip(b"\n").count(b"\n") + 1
    return "" if found == VOCABULARY else f"has {found} lines, expected {VOCABULARY}"


FAULTS: dict[str, Callable[[bytes], str]] = {"config.json": config_fault, "tokenizer.json": tokenizer_fault,
                                             "vocabulary.txt": vocabulary_fault}
"""What is wrong with a file's content, '' when nothing is."""


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
