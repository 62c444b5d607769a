"""Whether an intent is taken, asked about, or not believed. Pure.

The intent model decides by thresholds it learnt; a bundle may state its own for an intent, a question or a flow, as calibrated
probabilities, and those win. Called by the kinds that take intents and by `ivr nlu classify`, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.dialog.events import Hypothesis
from ivr.flow.model_flow import Confidence
from ivr.flow.model_words import Intent

ACCEPT, CONFIRM, REJECT = "accept", "confirm", "reject"
UNLEARNT = {ACCEPT: 0.60, CONFIRM: 0.25}
"""Bands where neither a model nor the bundle says any, as for an utterance that a test gives."""
OUT_OF_SCOPE = "_oos"
"""What is none of the bundle's intents; `_oos.<topic>` where the topic is clear."""
COMMAND = "_cmd."
"""Before the name of a command that was recognised by its meaning rather than by its words."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Probabilities from which an intent is taken, or asked about; None leaves that to what was learnt."""

    accept: float | None = None
    confirm: float | None = None

    @classmethod
    def of(cls, *stated: Intent | Confidence | Bands | None) -> Bands:
        """The first statement of each band: the intent's own, then the question's, then the flow's."""
        given = [s for s in stated if s is not None]
        return cls(_first(s.accept for s in given), _first(s.confirm for s in given))


def decide(best: Hypothesis | None, learnt: str, bands: Bands) -> str:
    """accept | confirm | reject. `learnt` is the model's own decision, empty where it has none."""
    if best is None:
        return REJECT
    if best.intent.startswith("_"):
        return ACCEPT if best.intent.startswith(COMMAND) and learnt == ACCEPT else REJECT
    if _reached(best.probability, bands.accept, learnt == ACCEPT if learnt else None, UNLEARNT[ACCEPT]):
        return ACCEPT
    sure_enough = learnt in (ACCEPT, CONFIRM) if learnt else None
    return CONFIRM if _reached(best.probability, bands.confirm, sure_enough, UNLEARNT[CONFIRM]) else REJECT


def topic_of(ranking: tuple[Hypothesis, ...]) -> str:
    """The topic out of scope that an utterance is plainly about, or ''."""
    best = ranking[0].intent if ranking else ""
    return best.removeprefix(f"{OUT_OF_SCOPE}.") if best.startswith(f"{OUT_OF_SCOPE}.") else ""


def _reached(probability: float, stated: float | None, learnt: bool | None, otherwise: float) -> bool:
    if stated is not None:
        return probability >= stated
    return probability >= otherwise if learnt is None else learnt


def _first(values: Iterable[float | None]) -> float | None:
    return next((v for v in values if v is not None), None)
