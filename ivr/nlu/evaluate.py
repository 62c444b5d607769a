"""How well a bundle's intents are understood, on phrases that were held out. Called by `ivr nlu eval` and by benchmarks.

Cross-validation deals near-duplicates into one fold and trains a whole model, thresholds and all, on the other folds: what
is asked was not seen in any form. Noise is put on what is asked, never on what is learnt.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ivr.dialog.decision import OUT_OF_SCOPE
from ivr.dialog.events import Classification
from ivr.nlu import bench, measure
from ivr.nlu.encoder import Encoder
from ivr.nlu.folds import deal
from ivr.nlu.model import LinearModel
from ivr.nlu.noise import noised_all
from ivr.nlu.phrases import Phrase, is_command, is_out_of_scope
from ivr.nlu.train import train

_SEED = 4711
_TIMED = 300
"""Phrases that are asked one at a time for the times; the rest are asked together, which gives the same answers."""
_PAIRS, _PHRASES = 15, 4


@dataclass(slots=True)
class Asked:
    """Phrases and what models that had not seen them said."""

    phrases: list[Phrase] = field(default_factory=list)
    said: list[Classification] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    def add(self, model: LinearModel, phrases: Sequence[Phrase]) -> None:
        if not phrases:
            return
        for phrase, row in zip(phrases, model.logits([p.text for p in phrases]), strict=True):
            found, score = model.read(row)
            self.phrases.append(phrase)
            self.said.append(found)
            self.scores.append(score)

    def only(self, keep: Sequence[bool]) -> Asked:
        rows = [i for i, yes in enumerate(keep) if yes]
        return Asked([self.phrases[i] for i in rows], [self.said[i] for i in rows], [self.scores[i] for i in rows])


@dataclass(slots=True)
class Run:
    """Everything that was asked, and what it cost."""

    own: Asked = field(default_factory=Asked)
    others: dict[str, Asked] = field(default_factory=dict)
    train_s: float = 0.0
    """Of one model on everything; phrases embedded before cost nothing."""
    times_ms: list[float] = field(default_factory=list)


def cross_validated(phrases: Sequence[Phrase], folds: int, encoder: Encoder | None, costly: frozenset[str], *, noise: float = 0.0,
                    language: str | None = None, others: Mapping[str, Sequence[Phrase]] | None = None) -> Run:
    """Every phrase (of `language`) asked of a model of the other folds; `others` of every one of the models."""
    run = Run(others={name: Asked() for name in others or {}})
    of = deal([p.text for p in phrases], [p.label for p in phrases], folds)
    for fold in range(folds):
        model = LinearModel(train([p for p, f in zip(phrases, of, strict=True) if f != fold], encoder, costly=costly), encoder)
        run.own.add(model, _heard([p for p, f in zip(phrases, of, strict=True)
                                   if f == fold and language in (None, p.language)], noise, fold))
        for name, rows in (others or {}).items():
            run.others[name].add(model, _heard(list(rows), noise, fold))
    _time(run, phrases, encoder, costly)
    return run


def held_out(phrases: Sequence[Phrase], asked: Sequence[Phrase], encoder: Encoder | None, costly: frozenset[str], *, noise: float = 0.0,
             language: str | None = None, others: Mapping[str, Sequence[Phrase]] | None = None) -> Run:
    """One model of all the phrases, asked about others."""
    run = Run(others={name: Asked() for name in others or {}})
    model = _time(run, phrases, encoder, costly)
    run.own.add(model, _heard([p for p in asked if language in (None, p.language)], noise, 0))
    for name, rows in (others or {}).items():
        run.others[name].add(model, _heard(list(rows), noise, 0))
    return run


def report(run: Run) -> dict[str, Any]:
    """The figures of a run, as fractions; JSON."""
    inside = run.own.only([not is_out_of_scope(p.label) for p in run.own.phrases])
    outside = run.own.only([is_out_of_scope(p.label) for p in run.own.phrases])
    truth = [plain(p.label) for p in run.own.phrases]
    said = [plain(c.ranking[0].intent) for c in run.own.said]
    by_label = measure.f1_by_label(truth, said, sorted(set(truth)))
    p50, p99 = measure.quantiles_ms(run.times_ms)
    groups = {"out_of_scope": outside, **run.others}
    return {
        **_scope(inside), "macro_f1": _mean([f for label, (_, _, f, _) in by_label.items() if label != OUT_OF_SCOPE]),
        "languages": {one: _scope(inside.only([p.language == one for p in inside.phrases]))
                      for one in sorted({p.language for p in inside.phrases})},
        "three_way": {"in_scope": bench.three_way(inside.said, [p.label for p in inside.phrases]),
                      **{name: bench.decisions(a.said) for name, a in groups.items() if a.said}},
        "oos": {name: {"auroc": bench.rounded(measure.auroc(np.array(inside.scores), np.array(a.scores))),
                       "recall_at_95_accept": bench.rounded(measure.recall_at(np.array(inside.scores), np.array(a.scores))),
                       "phrases": len(a.said)} for name, a in groups.items() if a.said},
        "intents": {label: {"precision": round(p, 4), "recall": round(r, 4), "f1": round(f, 4), "phrases": n}
                    for label, (p, r, f, n) in by_label.items()},
        "worst_pairs": worst_pairs(run.own), "train_s": round(run.train_s, 2), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2),
        "phrases": len(run.own.phrases),
    }


def confusion(run: Run) -> tuple[list[str], list[list[int]]]:
    """Labels, and for each true one how often each was said."""
    truth = [plain(p.label) for p in run.own.phrases]
    said = [plain(c.ranking[0].intent) for c in run.own.said]
    labels = sorted({*truth, *said}, key=lambda label: (is_out_of_scope(label), is_command(label), label))
    at = {label: i for i, label in enumerate(labels)}
    table = [[0] * len(labels) for _ in labels]
    for t, s in zip(truth, said, strict=True):
        table[at[t]][at[s]] += 1
    return labels, table


def worst_pairs(asked: Asked) -> list[dict[str, Any]]:
    """Labels that are taken for one another most, with some of the phrases."""
    wrong: dict[tuple[str, str], list[str]] = {}
    for phrase, found in zip(asked.phrases, asked.said, strict=True):
        truth, said = plain(phrase.label), plain(found.ranking[0].intent)
        if truth != said:
            wrong.setdefault((truth, said), []).append(phrase.text)
    counted = Counter({pair: len(texts) for pair, texts in wrong.items()})
    return [{"intent": t, "taken_for": s, "times": n, "phrases": wrong[t, s][:_PHRASES]}
            for (t, s), n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_PAIRS]]


def plain(label: str) -> str:
    """All topics that are out of scope as one."""
    return OUT_OF_SCOPE if is_out_of_scope(label) else label


def _scope(inside: Asked) -> dict[str, Any]:
    return {**bench.in_scope(bench.Answers(inside.said, np.array(inside.scores), []), [p.label for p in inside.phrases]),
            "asked": len(inside.said)}


def _heard(phrases: Sequence[Phrase], noise: float, fold: int) -> list[Phrase]:
    if not noise or not phrases:
        return list(phrases)
    texts = noised_all([p.text for p in phrases], [p.language for p in phrases], noise, _SEED + fold)
    return [Phrase(p.label, p.language, t) for p, t in zip(phrases, texts, strict=True)]


def _time(run: Run, phrases: Sequence[Phrase], encoder: Encoder | None, costly: frozenset[str]) -> LinearModel:
    """The model of everything; how long it took to make, and how long it takes to answer, one phrase at a time."""
    began = time.perf_counter()
    parts = train(phrases, encoder, costly=costly)
    run.train_s = time.perf_counter() - began
    bare = getattr(encoder, "encoder", encoder)  # a memory of embeddings would answer in no time
    step = max(1, len(phrases) // _TIMED)
    run.times_ms = bench.ask(LinearModel(parts, bare), [*phrases[::step]]).times_ms
    return LinearModel(parts, encoder)


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
