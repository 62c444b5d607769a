"""The intent model: one linear model on words and, where an encoder runs, on meaning; both languages pooled, calibrated.

The two halves were fitted apart, and their logits are added with fixed weights: the sum is again one linear model on the
features of both. Called by the runtime through `nlu.train.model_for`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ivr.dialog.decision import ACCEPT, CONFIRM, OUT_OF_SCOPE, REJECT
from ivr.dialog.events import Classification, Hypothesis
from ivr.nlu.encoder import Encoder
from ivr.nlu.linear import softmax
from ivr.nlu.meaning import Meaning
from ivr.nlu.normalise import for_encoder
from ivr.nlu.phrases import is_command, is_out_of_scope
from ivr.nlu.tfidf import Words
from ivr.nlu.thresholds import Thresholds, score_of

MEANING_SHARE = 0.7
"""Of the logits; best of .5 to .8 in cross-validation on the reference bundle and on 60 intents of a public set."""
_ABOUT_AS_LIKELY = 0.4
"""A second intent is named in the question from this share of the first one's probability on."""
_CLEAR_TOPIC = 0.5
"""Share of the probability of all topics from which on one of them is the topic."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What was learnt; `nlu.model_file` keeps exactly this."""

    labels: tuple[str, ...]
    words: Words
    meaning: Meaning | None
    temperature: float
    thresholds: Thresholds
    costly: frozenset[str] = frozenset()


class LinearModel:
    """Classifies with `Parts`. With a meaning half, `encoder` must be the one it was trained on."""

    def __init__(self, parts: Parts, encoder: Encoder | None = None):
        self.parts = parts
        self.labels = parts.labels
        self._encoder = encoder
        self._outside = np.array([is_out_of_scope(label) for label in parts.labels])
        self.version = f"{encoder.name if parts.meaning and encoder else 'tfidf'}-2"

    def classify(self, text: str, language: str) -> Classification:
        """The language is not used: people mix both, and the phrases of both are pooled."""
        return self.read(self.logits([text])[0])[0]

    def logits(self, texts: list[str]) -> np.ndarray:
        """One row each, not yet divided by the temperature."""
        words = np.stack([self.parts.words.logits(t) for t in texts])
        if self.parts.meaning is None or self._encoder is None:
            return words
        meaning = self.parts.meaning.logits(self._encoder.encode([for_encoder(t) for t in texts]))
        return MEANING_SHARE * meaning + (1 - MEANING_SHARE) * words

    def read(self, logits: np.ndarray) -> tuple[Classification, float]:
        """What one row of logits says, and the score that tells the bundle's business from anything else."""
        chances = softmax(logits[None, :].astype(np.float64) / self.parts.temperature)[0]
        ranking = [Hypothesis(self.labels[i], float(chances[i])) for i in np.flatnonzero(~self._outside)]
        if self._outside.any():
            ranking.append(self._out_of_scope(chances))
        ranking.sort(key=lambda h: (-h.probability, h.intent))
        score = float(score_of(logits[None, :], self._outside)[0]) if not self._outside.all() else 0.0
        decision = self._decision(ranking, score)
        return Classification(tuple(ranking), decision, _offered(ranking) if decision == CONFIRM else ()), score

    def _out_of_scope(self, chances: np.ndarray) -> Hypothesis:
        """All topics as one hypothesis, named after the likeliest where that is most of it."""
        total = float(chances[self._outside].sum())
        best = int(np.flatnonzero(self._outside)[chances[self._outside].argmax()])
        return Hypothesis(self.labels[best] if chances[best] >= _CLEAR_TOPIC * total else OUT_OF_SCOPE, total)

    def _decision(self, ranking: list[Hypothesis], score: float) -> str:
        best, t = ranking[0], self.parts.thresholds
        if is_out_of_scope(best.intent):
            return REJECT
        strict = best.intent in self.parts.costly
        accept, sure = (t.strict, t.strict_sure) if strict else (t.accept, t.sure)
        if score >= accept and best.probability >= sure:
            return ACCEPT
        if score < t.reject or best.probability < t.doubtful or is_command(best.intent):
            return REJECT
        return CONFIRM


def _offered(ranking: list[Hypothesis]) -> tuple[str, ...]:
    """The best intent, and the second where it is about as likely."""
    best, *rest = (h for h in ranking if not is_out_of_scope(h.intent) and not is_command(h.intent))
    near = rest[0].intent if rest and rest[0].probability >= _ABOUT_AS_LIKELY * best.probability else None
    return (best.intent, near) if near else (best.intent,)
