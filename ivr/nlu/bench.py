"""The engine on somebody's own phrases: train on one file, ask about another, and about files of what is out of scope.

Called by `ivr nlu bench` and by benchmarks.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ivr.dialog.decision import ACCEPT, CONFIRM, REJECT
from ivr.dialog.events import Classification
from ivr.errors import ConfigProblem
from ivr.nlu import measure
from ivr.nlu.encoder import Encoder
from ivr.nlu.model import LinearModel
from ivr.nlu.phrases import Phrase, is_out_of_scope
from ivr.nlu.train import train


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model said to some texts, one entry each."""

    said: list[Classification]
    scores: np.ndarray
    times_ms: list[float]


def run(training: Sequence[Phrase], tests: Sequence[Phrase], out_of_scope: Mapping[str, Sequence[Phrase]],
        encoder: Encoder | None, strays_are: str = "_oos") -> dict[str, Any]:
    """All figures of one training and one test set, as fractions; nothing is cached, so that the times are honest.

    Tests that are to be rejected count under the name `strays_are`, as a set out of scope.
    """
    if len({p.label for p in training if not is_out_of_scope(p.label)}) < 2:
        raise ConfigProblem("the training file names fewer than two intents", hint="it needs phrases of at least two", code="bench_few")
    began = time.perf_counter()
    model = LinearModel(train(sorted(set(training)), encoder), encoder)
    train_s = time.perf_counter() - began
    inside = [p for p in tests if not is_out_of_scope(p.label)]
    asked = ask(model, inside)
    others = {name: ask(model, phrases) for name, phrases in out_of_scope.items()}
    strays = [p for p in tests if is_out_of_scope(p.label)]
    if strays:
        others[strays_are] = ask(model, strays)
    p50, p99 = measure.quantiles_ms(asked.times_ms + [t for o in others.values() for t in o.times_ms])
    return {**in_scope(asked, [p.label for p in inside]), "train_s": round(train_s, 2), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2),
            "three_way": {"in_scope": three_way(asked.said, [p.label for p in inside]),
                          **{name: decisions(o.said) for name, o in others.items()}},
            "oos": {name: {"auroc": rounded(measure.auroc(asked.scores, o.scores)),
                           "recall_at_95_accept": rounded(measure.recall_at(asked.scores, o.scores))} for name, o in others.items()}}


def ask(model: LinearModel, phrases: Sequence[Phrase]) -> Answers:
    """One at a time, as in calls."""
    said, scores, times = [], [], []
    for phrase in phrases:
        began = time.perf_counter()
        found, score = model.read(model.logits([phrase.text])[0])
        times.append((time.perf_counter() - began) * 1000)
        said.append(found)
        scores.append(score)
    return Answers(said, np.array(scores), times)


def in_scope(answers: Answers, truth: Sequence[str]) -> dict[str, float]:
    """Accuracy of the best reading, right or not taken alike, and how far its probability can be trusted."""
    right = np.array([c.ranking[0].intent == t for c, t in zip(answers.said, truth, strict=True)], dtype=float)
    chances = np.array([c.ranking[0].probability for c in answers.said])
    return {"accuracy": round(float(right.mean()), 4) if len(right) else 0.0, "ece": round(measure.calibration_error(chances, right), 4)}


def three_way(said: Sequence[Classification], truth: Sequence[str]) -> dict[str, float]:
    """Shares of in-scope phrases by what would happen to the caller."""
    kinds = Counter(_outcome(c, t) for c, t in zip(said, truth, strict=True))
    return {k: round(kinds[k] / max(len(said), 1), 4) for k in ("accept_right", "accept_wrong", CONFIRM, REJECT)}


def decisions(said: Sequence[Classification]) -> dict[str, float]:
    kinds = Counter(c.decision for c in said)
    return {k: round(kinds[k] / max(len(said), 1), 4) for k in (ACCEPT, CONFIRM, REJECT)}


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _outcome(said: Classification, truth: str) -> str:
    if said.decision != ACCEPT:
        return said.decision
    return "accept_right" if said.ranking[0].intent == truth else "accept_wrong"
