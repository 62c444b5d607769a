"""Whether answers belong to a case. Pure, and the same work for every outcome.

"No such case" and "not your case" are compared alike, question by question and without an early end, so that neither the
words nor the work tells somebody which of the two it was.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping

from ivr.cases.source import CaseRecord

RECEIPT = "receipt"
_NOBODY = b"\x00 nobody's answer"
"""Compared where the case has no answer: no answer of a caller has a NUL in it."""


def complete(given: Mapping[str, str], questions: tuple[str, ...]) -> bool:
    """Whether every question of this deployment was asked and answered: what a flow leaves out opens nothing."""
    return bool(questions) and bool(given.get(RECEIPT)) and all(_plain(given.get(q, "")) for q in questions)


def belongs(record: CaseRecord | None, given: Mapping[str, str], questions: tuple[str, ...]) -> bool:
    """Every answer that was given is the case's, and none of `questions` is missing."""
    wanted = record.answers if record else {}
    right = record is not None and complete(given, questions)
    for question in sorted({*questions, *given} - {RECEIPT}):
        # What the case has left blank is nobody's answer, or a full stop would fit it.
        expected = _plain(wanted[question].reveal()) if question in wanted else b""
        right &= hmac.compare_digest(_plain(given.get(question, "")), expected or _NOBODY)
    return right


def _plain(answer: str) -> bytes:
    """Without case, accents and punctuation, as people say names and numbers."""
    folded = unicodedata.normalize("NFKD", answer).casefold()
    return "".join(c for c in folded if c.isalnum()).encode("utf-8", "replace")
