"""Trains the intent model of a bundle, or takes it from the cache. Called at start and at publish.

The training library is imported here and in `fitting`, and only when there is something to train. The same phrases give
the same model, to the last bit that matters: nothing is drawn without a fixed seed, terms stand in sorted order.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ivr.dialog.decision import REJECT
from ivr.dialog.events import Classification, Hypothesis
from ivr.errors import ConfigProblem
from ivr.flow.model import Bundle
from ivr.nlu import model_file, thresholds
from ivr.nlu.base import OUT_OF_SCOPE, IntentModel
from ivr.nlu.costly import costly_intents
from ivr.nlu.embeddings import Embeddings
from ivr.nlu.encoder import Encoder
from ivr.nlu.fitting import C_MEANING, C_WORDS, Material, logits
from ivr.nlu.folds import deal
from ivr.nlu.linear import softmax
from ivr.nlu.model import MEANING_SHARE, LinearModel, Parts
from ivr.nlu.noise import noised_all
from ivr.nlu.normalise import for_encoder
from ivr.nlu.phrases import Phrase, is_out_of_scope, phrases_of
from ivr.nlu.thresholds import Thresholds

_FOLDS = 5
_USED = ((1200, 5), (2400, 2))
"""Up to so many phrases, so many of the folds are asked: large sets tell the same from fewer."""
_NOISE, _NOISED = 0.15, 800
"""Share of words that go wrong, and held-out phrases that are noised at publish."""
_SEED = 20260310


class NothingToSay:
    """Model of a bundle whose callers cannot say anything: all is out of scope."""

    version = "none"

    def classify(self, text: str, language: str) -> Classification:
        return Classification((Hypothesis(OUT_OF_SCOPE, 1.0),), REJECT)


def model_for(bundle: Bundle, cache_dir: Path | None = None, encoder: Encoder | None = None, *, publish: bool = False) -> IntentModel:
    """The model of this bundle; trained once and kept under `cache_dir` by what it was trained on.

    `encoder` None gives a model on words alone, which trains in seconds. `publish` asks noised speech as well for the
    thresholds; a model that was published is used from then on, and its moves for noise are taken over by later edits.
    """
    phrases, costly = phrases_of(bundle), costly_intents(bundle)
    if len({p.label for p in phrases}) < 2 or all(is_out_of_scope(p.label) for p in phrases):
        return NothingToSay()
    keeping = _Kept(cache_dir, bundle.id, encoder, _fingerprint(phrases, costly, encoder))
    parts = keeping.parts(publish)
    if parts is None:
        embeddings = Embeddings(encoder, cache_dir) if encoder else None
        parts = train(phrases, embeddings, costly=costly, publish=publish, last=keeping.last_thresholds())
        keeping.keep(parts, publish)
    return LinearModel(parts, encoder)


def is_kept(bundle: Bundle, cache_dir: Path, encoder: Encoder | None) -> bool:
    """Whether `model_for` would find the model of this bundle under `cache_dir`."""
    phrases = phrases_of(bundle)
    return _Kept(cache_dir, bundle.id, encoder, _fingerprint(phrases, costly_intents(bundle), encoder)).is_there()


def kept_files(bundle: Bundle, cache_dir: Path, encoder: Encoder | None) -> dict[str, bytes]:
    """The published model of this bundle as `model_for` keeps it, by file name; empty where none is kept."""
    phrases, costly = phrases_of(bundle), costly_intents(bundle)
    return _Kept(cache_dir, bundle.id, encoder, _fingerprint(phrases, costly, encoder)).published()


def train(phrases: Sequence[Phrase], encoder: Encoder | Embeddings | None = None, *, costly: frozenset[str] = frozenset(),
          publish: bool = False, last: Thresholds | None = None) -> Parts:
    """Fit on everything; temperature and thresholds come from predictions on phrases that were held out."""
    import scipy.linalg
    import scipy.optimize
    import scipy.sparse  # noqa: F401  the limit below reaches only libraries that are loaded when it is set
    from threadpoolctl import threadpool_limits

    names = tuple(sorted({p.label for p in phrases}))
    truth = np.array([names.index(p.label) for p in phrases])
    texts = [p.text for p in phrases]
    vectors = encoder.encode([for_encoder(t) for t in texts]) if encoder else None
    with threadpool_limits(1, user_api="blas"):  # threads on matrices this small fight each other and whoever takes calls
        material = Material(texts, truth, len(names), vectors)
        everything = np.arange(len(texts))
        words, meaning = material.words(everything), material.meaning(everything)
        temperature, bounds = _calibrate(phrases, names, material, encoder, costly, publish, last)
    return Parts(names, words, meaning, temperature, bounds, costly)


def _calibrate(phrases: Sequence[Phrase], names: tuple[str, ...], material: Material, encoder: Encoder | Embeddings | None,
               costly: frozenset[str], publish: bool, last: Thresholds | None) -> tuple[float, Thresholds]:
    outside = np.array([is_out_of_scope(n) for n in names])
    asked = _ask(phrases, material, encoder if publish else None, publish)
    rest, clean, noisy_rest, noisy = asked
    inside = ~outside[material.truth[rest]]
    if inside.sum() < thresholds.FEW or (~outside).sum() < 2:
        return 1.0, last or Thresholds()
    temperature = _temperature(clean[inside], material.truth[rest][inside])
    held = thresholds.held(clean, material.truth[rest], outside, temperature)
    heard = thresholds.held(noisy, material.truth[noisy_rest], outside, temperature) if publish and len(noisy_rest) else None
    return temperature, thresholds.learn(held, np.array([n in costly for n in names]), heard, last)


def _ask(phrases: Sequence[Phrase], material: Material, encoder: Encoder | Embeddings | None,
         noise: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Which phrases were held out and the logits they got; the same for those that were noised."""
    folds = deal([p.text for p in phrases], [p.label for p in phrases], _FOLDS, material.cosines)
    used = _FOLDS if noise else next((n for most, n in _USED if len(phrases) <= most), 1)
    clean: list[tuple[np.ndarray, np.ndarray]] = []
    noisy: list[tuple[np.ndarray, np.ndarray]] = []
    for fold in range(used):
        known, rest = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        rest = rest[_askable(phrases, material.truth, known, rest)]
        if not len(rest) or not len(known):
            continue
        halves = material.words(known), material.meaning(known)
        clean.append((rest, logits(*halves, material.rows[rest], None if material.vectors is None else material.vectors[rest])))
        if noise:
            some = rest[: _NOISED // used]
            texts = noised_all([phrases[i].text for i in some], [phrases[i].language for i in some], _NOISE, _SEED + fold)
            vectors = encoder.encode([for_encoder(t) for t in texts]) if encoder else None
            noisy.append((some, logits(*halves, material.rows_of(texts), vectors)))
    return *_joined(clean, material.labels), *_joined(noisy, material.labels)


def _askable(phrases: Sequence[Phrase], truth: np.ndarray, known: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Only of what is out of scope may the model never have heard the label. In an order that mixes the labels."""
    taught = set(truth[known].tolist())
    able = [i for i, at in enumerate(rest) if int(truth[at]) in taught or is_out_of_scope(phrases[at].label)]
    return np.array(sorted(able, key=lambda i: hashlib.sha256(phrases[rest[i]].text.encode("utf-8", "replace")).digest()), dtype=np.int64)


def _joined(parts: list[tuple[np.ndarray, np.ndarray]], labels: int) -> tuple[np.ndarray, np.ndarray]:
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros((0, labels))
    return np.concatenate([at for at, _ in parts]), np.vstack([found for _, found in parts])


def _temperature(held_logits: np.ndarray, truth: np.ndarray) -> float:
    """The divisor of the logits that makes held-out phrases most likely."""
    at = np.arange(len(truth))
    candidates = np.geomspace(0.05, 5.0, 120)
    losses = [-np.log(softmax(held_logits / t)[at, truth] + 1e-12).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _fingerprint(phrases: Sequence[Phrase], costly: frozenset[str], encoder: Encoder | None) -> str:
    made_by = [model_file.FORMAT, C_WORDS, C_MEANING, MEANING_SHARE, _SEED, encoder.name if encoder else "", sorted(costly)]
    return hashlib.sha256(json.dumps([[(p.label, p.language, p.text) for p in phrases], made_by]).encode()).hexdigest()[:16]


class _Kept:
    """The models of one bundle in a cache folder; with no folder there are none."""

    def __init__(self, folder: Path | None, bundle_id: str, encoder: Encoder | None, fingerprint: str):
        self._folder = folder
        kind = encoder.name if encoder else "tfidf"
        self._stem = folder / f"intents-{kind}-{fingerprint}" if folder else None
        self._last = folder / f"published-{kind}-{hashlib.sha256(bundle_id.encode()).hexdigest()[:12]}.json" if folder else None

    def parts(self, publish: bool) -> Parts | None:
        """The kept model, a published one first; None when there is none or it is damaged."""
        names = ("-published",) if publish else ("-published", "")
        for stem in (self._stem.with_name(self._stem.name + n) for n in names) if self._stem else ():
            try:
                return model_file.load(stem)
            except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
                continue
        return None

    def is_there(self) -> bool:
        return self._stem is not None and any(
            model_file.is_there(self._stem.with_name(self._stem.name + n)) for n in ("-published", ""))

    def published(self) -> dict[str, bytes]:
        stem = self._stem.with_name(f"{self._stem.name}-published") if self._stem else None
        # The .json last: it says that the model is whole.
        paths = [stem.with_suffix(s) for s in (".npz", ".json")] if stem and model_file.is_there(stem) else []
        return {path.name: path.read_bytes() for path in paths}

    def last_thresholds(self) -> Thresholds | None:
        """Those of the bundle's model that was published last."""
        try:
            return Thresholds(**json.loads(self._last.read_text(encoding="utf-8"))) if self._last else None
        except (OSError, ValueError, TypeError):
            return None

    def keep(self, parts: Parts, publish: bool) -> None:
        if self._folder is None or self._stem is None or self._last is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            model_file.save(parts, self._stem.with_name(self._stem.name + ("-published" if publish else "")))
            if publish:
                from dataclasses import asdict

                self._last.write_text(json.dumps(asdict(parts.thresholds)), encoding="utf-8")
        except OSError as error:
            raise ConfigProblem(f"the intent model cannot be kept in {self._folder}: {error.strerror}",
                                hint="make the folder writable, or choose another cache folder") from error
