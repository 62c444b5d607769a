"""Counts which letter follows which, in English and in Spanish, and prints the tables of the text-telephone receiver.

    python benchmarks/parts/letter_counts.py        the rows of ivr/telephony/baudot/letter_statistics.py

Counted are what callers say and what they are told: the phrases of the reference deployment's intents and its prompts,
and the recorded telephone prompts of `tests/data/fetch_asterisk.py`; to these come the abbreviations of typists.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "tests" / "data")]

import fetch_asterisk  # noqa: E402

from ivr.telephony.baudot.letter_statistics import STEP, SYMBOLS  # noqa: E402
from ivr.telephony.baudot.table import typeable  # noqa: E402

ALPHABET = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALLEST = 0.4
"""Added to every count: nothing is impossible."""
TYPISTS = "GA SK Q PLS UR THX TNX R U TKS CUL NBR TMW ASAP HD XXX MSG OIC BEC CUZ ABT SHD WLD SKSK GA TO SK"


def texts(language: str) -> str:
    root = HERE.parents[1]
    phrases = re.findall(r"^\s*- (.+)$", (root / f"flows/uscis/intents/{language}.yaml").read_text(), re.M)
    prompts = re.findall(r'(?:voice|tty|text): "(.+)"', (root / f"prompts/uscis/{language}.yaml").read_text())
    recorded = fetch_asterisk.transcripts(fetch_asterisk.fetch(), language).values()
    return " ".join([*phrases, *prompts, *recorded, *[f"{TYPISTS} GA"] * 40])


def table(language: str) -> list[str]:
    """A row for each letter, a sign for each that follows: minus the logarithm of the probability, in steps."""
    plain = re.sub(r"[^A-Z]+", " ", typeable(texts(language)))
    pairs = Counter(itertools.pairwise(plain))
    rows = []
    for before in ALPHABET:
        counts = [pairs[before, after] + _SMALLEST for after in ALPHABET]
        rows.append("".join(SYMBOLS[min(round(-math.log(c / sum(counts)) / STEP), len(SYMBOLS) - 1)] for c in counts))
    return rows


if __name__ == "__main__":
    for name in ("en", "es"):
        print(f"_{name.upper()} = (", *(f'    "{row}",' for row in table(name)), ")", sep="\n")
