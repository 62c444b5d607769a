"""`ivr nlu classify BUNDLE`: one utterance a line in, what the bundle makes of it a line out."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from ivr.cli.bundle_source import loaded
from ivr.cli.nlu_shared import cache_option, chosen_encoder, encoder_options, learnt
from ivr.flow.model import Bundle
from ivr.nlu.base import IntentModel
from ivr.nlu.naming import Named, exact, named


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--lang", "language", help="Language of the call; the bundle's first one by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@cache_option
@encoder_options
def classify(bundle: Path, language: str | None, as_json: bool, cache_dir: Path, models_dir: Path, words_only: bool) -> int:
    """Read utterances from standard input, one a line; print intent, decision (accept, confirm, reject) and confidence."""
    ours = loaded(bundle)
    language = language or ours.default_language
    if language not in ours.languages:
        raise click.UsageError(f"the bundle has no language {language!r}; it has {', '.join(ours.languages)}")
    model = learnt(ours, cache_dir, chosen_encoder(models_dir, words_only))
    model.classify("one sentence before the first, so that its time is like the others'", language)
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").strip()
        if text:
            click.echo(_line(ours, model, text, language, as_json))
            sys.stdout.flush()
    return 0


def _line(bundle: Bundle, model: IntentModel, text: str, language: str, as_json: bool) -> str:
    began = time.perf_counter()
    found = exact(bundle, text, language) or named(bundle, text, language, model.classify(text, language))
    ms = round((time.perf_counter() - began) * 1000, 2)
    if as_json:
        return json.dumps(_as_json(text, found, ms), ensure_ascii=False)
    return f"{found.decision:8} {found.confidence:.2f} {found.intent}"


def _as_json(text: str, found: Named, ms: float) -> dict[str, object]:
    return {"text": text, "intent": found.intent, "decision": found.decision, "confidence": found.confidence,
            "alternatives": [{"intent": i, "confidence": p} for i, p in found.alternatives], "ms": ms}
