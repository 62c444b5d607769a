"""Phrases that teach little or teach two things at once. Called by `ivr nlu lint`.

    duplicate        one phrase under two intents (or twice under one)
    near-duplicate   two phrases under different intents that mean the same: cosine above .97
    thin             fewer than 20 phrases in a language
    one-language     no phrases in a language that the bundle has
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.flow.model import Bundle
from ivr.nlu.embeddings import Embeddings
from ivr.nlu.encoder import Encoder
from ivr.nlu.folds import similarity
from ivr.nlu.normalise import for_encoder, normalise
from ivr.nlu.phrases import Phrase, phrases_of

NEAR, NEAR_WORDS = 0.97, 0.90
"""Cosines of the encoder's vectors, and of words and pieces where there is no encoder."""
THIN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    kind: str
    intent: str
    says: str
    is_error: bool = False


def findings(bundle: Bundle, encoder: Encoder | Embeddings | None) -> list[Finding]:
    """Everything worth a look, errors first."""
    phrases = phrases_of(bundle)
    found = [*_twice(bundle), *_same(phrases), *_near(phrases, encoder), *_thin(bundle)]
    return sorted(found, key=lambda f: (not f.is_error, f.kind, f.intent, f.says))


def _twice(bundle: Bundle) -> Iterator[Finding]:
    for intent in bundle.intents.values():
        for language, texts in intent.phrases.items():
            seen: dict[str, str] = {}
            for text in texts:
                first = seen.setdefault(normalise(text), text)
                if first is not text:
                    yield Finding("duplicate", intent.id, f'{language}: "{text}" says no more than "{first}"')


def _same(phrases: Sequence[Phrase]) -> Iterator[Finding]:
    by_text: dict[str, dict[str, Phrase]] = {}
    for phrase in phrases:
        by_text.setdefault(normalise(phrase.text), {}).setdefault(phrase.label, phrase)
    for same in by_text.values():
        if len(same) > 1:
            first, *rest = same.values()
            names = ", ".join(p.label for p in rest)
            yield Finding("duplicate", first.label, f'{first.language}: "{first.text}" is also a phrase of {names}', True)


def _near(phrases: Sequence[Phrase], encoder: Encoder | Embeddings | None) -> Iterator[Finding]:
    texts = [p.text for p in phrases]
    if not texts:
        return
    if encoder is None:
        close, bound = similarity(texts), NEAR_WORDS
    else:
        vectors = encoder.encode([for_encoder(t) for t in texts])
        close, bound = vectors @ vectors.T, NEAR
    for i, j in np.argwhere(np.triu(close > bound, 1)):
        a, b = phrases[i], phrases[j]
        if a.label != b.label and normalise(a.text) != normalise(b.text):
            yield Finding("near-duplicate", a.label, f'{a.language}: "{a.text}" is hardly told from "{b.text}" of {b.label} '
                                                     f"(cosine {close[i, j]:.3f})")


def _thin(bundle: Bundle) -> Iterator[Finding]:
    for intent in bundle.intents.values():
        for language in bundle.languages:
            count = len(intent.phrases.get(language, ()))
            if not count:
                yield Finding("one-language", intent.id, f"no phrases in {language}", True)
            elif count < THIN:
                yield Finding("thin", intent.id, f"{count} phrases in {language}, {THIN} or more are better")
