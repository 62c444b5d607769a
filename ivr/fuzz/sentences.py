"""Test sentences of a bundle: what callers say, and what they mean by it. None of them is a training phrase.

A CSV with the columns `text,intent,lang`; `_oos` stands for what the bundle does not do. A bundle keeps its own in
`tests/sentences.csv`. Called by `ivr nlu fuzz`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ivr.dialog.decision import OUT_OF_SCOPE
from ivr.errors import ConfigProblem
from ivr.flow.model import Bundle

FILE = "tests/sentences.csv"
_COLUMNS = ("text", "intent", "lang")


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    intent: str
    language: str


def read_sentences(path: Path, bundle: Bundle) -> list[Sentence]:
    """Every row, or ConfigProblem with the line of the first bad one."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigProblem(f"the test sentences {path} cannot be read",
                            hint=f"write a CSV file with the columns {','.join(_COLUMNS)}", code="sentences") from error
    rows = csv.DictReader(io.StringIO(text))
    if not rows.fieldnames or not set(_COLUMNS) <= set(rows.fieldnames):
        raise ConfigProblem(f"{path}:1: expected the columns {','.join(_COLUMNS)}, found {','.join(rows.fieldnames or ())}",
                            hint="write them in the first line", code="sentences")
    found = []
    for row in rows:
        intent, language, said = ((row[c] or "").strip() for c in ("intent", "lang", "text"))
        if intent != OUT_OF_SCOPE and intent not in bundle.intents:
            raise ConfigProblem(f"{path}:{rows.line_num}: there is no intent {intent!r} in bundle {bundle.id}",
                                hint=f"write one of its intents, or {OUT_OF_SCOPE}", code="sentences")
        if language not in bundle.languages or not said:
            raise ConfigProblem(f"{path}:{rows.line_num}: expected a text and one of the languages {', '.join(bundle.languages)}",
                                hint="fill all three columns", code="sentences")
        found.append(Sentence(said, intent, language))
    return found
