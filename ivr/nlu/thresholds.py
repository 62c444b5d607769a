"""From what a model said about phrases it had not learnt to when it may be believed. Pure numpy; called in training.

Two figures decide. The score, the logit of the best intent less part of that of what is out of scope, tells speech that is
the bundle's business from speech that is not; probabilities cannot, they saturate. The probability tells one intent from
another. Both bounds are quantiles of in-scope phrases, so that about 88 % of those are taken without a question and 4 %
are not believed; then they are checked on what is out of scope and on noised speech, and moved where those demand it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ivr.nlu.linear import softmax

ACCEPTED, REJECTED, UNSURE = 0.885, 0.04, 0.06
"""Shares of in-scope phrases that are taken; not believed; and too close to another intent to be taken."""
OOS_ACCEPTED, WRONG_ACCEPTED = 0.03, 0.010
"""Most that may be taken of held-out phrases of topics out of scope, and of in-scope phrases as a wrong intent. Both are
estimates by models of four fifths of the phrases; the model of all of them does better."""
LEAST_ACCEPTED = 0.80
"""The checks may not cost more than this leaves, where hardly any phrase is misread; where many are, twice as much less."""
_MISREAD, _MISREAD_WRONG = 0.08, 0.15
"""Share of misread phrases from which fewer need be taken; and the part of them that may be taken wrongly, if that is more."""
COSTLY_ACCEPTED, COSTLY_WRONG = 0.75, 0.005
NOISE_REJECTED = 0.10
"""Most of noised in-scope speech that may be disbelieved."""
OOS_WEIGHT = 0.4
"""Best of 0, .3, .4, .5, 1 on topics that were held out and on listed ones together."""
FEW = 40
"""Held-out in-scope phrases below which nothing is learnt from them."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`accept`, `strict` and `reject` are scores, `sure`, `strict_sure` and `doubtful` probabilities."""

    accept: float = -1e9
    sure: float = 0.60
    strict: float = -1e9
    strict_sure: float = 0.75
    """The two above for costly intents."""
    reject: float = -1e9
    doubtful: float = 0.25
    noise_reject: float = 0.0
    """How far noised speech moved `reject`."""
    noise_sure: float = 0.0
    """How far it moved `sure`. A quick retrain takes both moves over."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a model said about held-out phrases, one row each."""

    score: np.ndarray
    top: np.ndarray
    """Probability of the best intent that is in scope."""
    choice: np.ndarray
    """Its label, as an index."""
    truth: np.ndarray
    out: np.ndarray
    """Whether the phrase is out of scope in truth."""
    denied: np.ndarray
    """Whether out of scope is likelier than the best intent."""

    def where(self, mask: np.ndarray) -> Held:
        return Held(*(getattr(self, name)[mask] for name in self.__slots__))

    def accepted(self, accept: float, sure: float) -> np.ndarray:
        return (self.score >= accept) & (self.top >= sure) & ~self.denied

    @property
    def wrong(self) -> np.ndarray:
        return self.out | (self.choice != self.truth)


def score_of(logits: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """How much the best intent stands out; `outside` marks the labels that are out of scope."""
    best = logits[:, ~outside].max(axis=1)
    return best - OOS_WEIGHT * logits[:, outside].max(axis=1) if outside.any() else best


def held(logits: np.ndarray, truth: np.ndarray, outside: np.ndarray, temperature: float) -> Held:
    chances = softmax(logits / temperature)
    inside = np.flatnonzero(~outside)
    choice = inside[chances[:, inside].argmax(axis=1)]
    top = chances[np.arange(len(choice)), choice]
    return Held(score_of(logits, outside), top, choice, truth, outside[truth], chances[:, outside].sum(axis=1) > top)


def learn(clean: Held, costly: np.ndarray, noised: Held | None, last: Thresholds | None) -> Thresholds:
    """`costly` marks labels. Without noised folds the moves of the `last` thresholds are taken over."""
    inside = clean.where(~clean.out)
    if len(inside.score) < FEW:
        return last or Thresholds()
    sure = float(np.clip(np.quantile(inside.top, UNSURE), 0.5, 0.9))
    reject = float(np.quantile(inside.score, REJECTED))
    accept = max(_quantile_for(inside, sure, ACCEPTED), reject)
    accept, sure = _checked(clean, inside, accept, sure)
    found = Thresholds(accept, sure, *_strict(clean, costly, accept, sure), reject, doubtful=min(0.2, sure / 2))
    if noised is not None:
        return _for_noise(found, noised)
    return replace(found, reject=found.reject + last.noise_reject, sure=min(found.sure + last.noise_sure, 0.97),
                   noise_reject=last.noise_reject, noise_sure=last.noise_sure) if last else found


def _quantile_for(rows: Held, sure: float, share: float) -> float:
    """The score above which `share` of the rows is taken, given the other bound."""
    able = np.sort(rows.score[(rows.top >= sure) & ~rows.denied])[::-1]
    return float(able[min(len(able), max(1, round(share * len(rows.score)))) - 1]) if len(able) else float(rows.score.max())


def _checked(clean: Held, inside: Held, accept: float, sure: float) -> tuple[float, float]:
    """Raised until wrong intents and what is out of scope are rare enough among the accepted, within reason."""
    outside, misread = clean.where(clean.out), float(inside.wrong.mean())
    least, bearable = LEAST_ACCEPTED - 2 * max(0.0, misread - _MISREAD), max(WRONG_ACCEPTED, _MISREAD_WRONG * misread)
    for _ in range(40):
        wrong = float((inside.accepted(accept, sure) & inside.wrong).mean())
        loose = float(outside.accepted(accept, sure).mean()) if len(outside.score) >= FEW else 0.0
        if wrong <= bearable and loose <= OOS_ACCEPTED:
            break
        next_sure = min(sure + 0.02, 0.97) if wrong > bearable else sure
        step = 0.02 * float(inside.score.std())
        next_accept = accept + (step if loose > OOS_ACCEPTED else 0.0)
        if inside.accepted(next_accept, next_sure).mean() < least:
            break
        accept, sure = next_accept, next_sure
    return accept, sure


def _strict(clean: Held, costly: np.ndarray, accept: float, sure: float) -> tuple[float, float]:
    """Bounds for intents that claim a person: their own lower quantile, and hardly anything else taken for them."""
    chosen = clean.where(costly[clean.choice])
    own = chosen.where(~chosen.wrong)
    if len(own.score) < FEW:
        return accept, max(sure, 0.75)
    strict, strict_sure = accept, max(sure, 0.75)
    for share in np.linspace(0.95, COSTLY_ACCEPTED, 9):
        strict = max(accept, _quantile_for(own, strict_sure, float(share)))
        if (chosen.accepted(strict, strict_sure) & chosen.wrong).sum() <= COSTLY_WRONG * len(clean.score):
            break
        strict_sure = min(strict_sure + 0.02, 0.95)
    return strict, strict_sure


def _for_noise(found: Thresholds, noised: Held) -> Thresholds:
    """Noised speech must not be disbelieved much more often, nor be taken for a wrong intent."""
    inside = noised.where(~noised.out)
    lower = min(0.0, float(np.quantile(inside.score, NOISE_REJECTED)) - found.reject)
    sure = found.sure
    while (inside.accepted(found.accept, sure) & inside.wrong).mean() > 2 * WRONG_ACCEPTED and sure < 0.95:
        sure = min(sure + 0.01, 0.95)
    return replace(found, reject=found.reject + lower, sure=sure, strict_sure=max(found.strict_sure, sure),
                   noise_reject=lower, noise_sure=sure - found.sure)
