"""Whether answers belong to a case. Pure, and the same work for every outcome.

"No such case" and "not your case" are compared alike, question by question and without an early end, so that neither the
words nor the work tells somebody which of the two it was.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping

from ivr.cases.source import CaseRecord
from ivr.sensitive import Sensitive

RECEIPT = "receipt"
_NOBODY = Sensitive("\x00 nobody's answer")


def complete(given: Mapping[str, str], questions: tuple[str, ...]) -> bool:
    """Whether every question of this deployment was asked and answered: what a flow leaves out opens nothing."""
    return bool(questions) and bool(given.get(RECEIPT)) and all(given.get(q, "").strip() for q in questions)


def belongs(record: CaseRecord | None, given: Mapping[str, str], questions: tuple[str, ...]) -> bool:
    """Every answer that was given is the case's, and none of `questions` is missing."""
    wanted = record.answers if record else {}
    right = record is not None and complete(given, questions)
    for question in sorted({*questions, *given} - {RECEIPT}):
        expected = wanted.get(question, _NOBODY)
        right &= hmac.compare_digest(_plain(given.get(question, "")), _plain(expected.reveal()))
    return right


def _plain(answer: str) -> bytes:
    """Without case, accents and punctuation, as people say names and numbers."""
    folded = unicodedata.normalize("NFKD", answer).casefold()
    kept = "".join(c for c in folded if c.isalnum() or c == "\x00")
    return kept.encode()
