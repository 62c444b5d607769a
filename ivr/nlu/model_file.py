"""Intent models on disk: arrays as .npz, the rest as .json. A model file is data and never code. Called by `nlu.train`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ivr.nlu.meaning import Meaning
from ivr.nlu.model import Parts
from ivr.nlu.tfidf import Words
from ivr.nlu.thresholds import Thresholds

FORMAT = 2


def save(parts: Parts, stem: Path) -> None:
    """`stem`.npz and `stem`.json; each appears whole or not at all, the .json last."""
    own = f".{os.getpid()}"
    arrays = {"idf": parts.words.idf, "words": parts.words.coefficients, "words_0": parts.words.intercepts}
    if parts.meaning:
        arrays |= {"mean": parts.meaning.mean, "meaning": parts.meaning.coefficients, "meaning_0": parts.meaning.intercepts}
    part = stem.with_suffix(f"{own}.npz")
    np.savez(part, **arrays)
    part.replace(stem.with_suffix(".npz"))
    terms = sorted(parts.words.vocabulary, key=parts.words.vocabulary.__getitem__)
    text = json.dumps({"format": FORMAT, "labels": parts.labels, "temperature": parts.temperature, "costly": sorted(parts.costly),
                       "thresholds": asdict(parts.thresholds), "terms": terms}, ensure_ascii=False)
    part = stem.with_suffix(f"{own}.json")
    part.write_text(text, encoding="utf-8")
    part.replace(stem.with_suffix(".json"))


def is_there(stem: Path) -> bool:
    """Whether a model was kept; the .json comes last."""
    return stem.with_suffix(".json").is_file()


def load(stem: Path) -> Parts:
    """ValueError, KeyError, TypeError, OSError or BadZipFile when the files are missing, damaged or of another format."""
    words = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    if not isinstance(words, dict) or words.get("format") != FORMAT:
        raise ValueError("the model file is of another format")
    with np.load(stem.with_suffix(".npz"), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    terms, labels = words["terms"], tuple(words["labels"])
    meaning = Meaning(kept["mean"], kept["meaning"], kept["meaning_0"]) if "meaning" in kept else None
    found = Words({t: i for i, t in enumerate(terms)}, kept["idf"], kept["words"], kept["words_0"])
    _check(found, meaning, len(terms), len(labels))
    return Parts(labels, found, meaning, float(words["temperature"]), Thresholds(**words["thresholds"]), frozenset(words["costly"]))


def _check(words: Words, meaning: Meaning | None, terms: int, labels: int) -> None:
    right = words.coefficients.shape == (terms, labels) and words.idf.shape == (terms,) and words.intercepts.shape == (labels,)
    if meaning:
        right = right and meaning.coefficients.shape == (len(meaning.mean), labels) and meaning.intercepts.shape == (labels,)
    if not right:
        raise ValueError("the model file is damaged")
