"""Answers that say nothing open nothing: what a case has left blank is no answer, and neither is what a caller leaves blank."""

from __future__ import annotations

import pytest

from ivr.cases.identity import belongs, complete
from ivr.cases.published_shape import record_from
from ivr.cases.source import CaseRecord
from ivr.sensitive import Sensitive

RECEIPT = "IOE0000000001"
QUESTIONS = ("last_name",)
BLANKS = ("", " ", "-", "...", "\u00a0", "\u200b", "\u0301", "\u2014", "?!")


@pytest.mark.parametrize("kept", BLANKS)
@pytest.mark.parametrize("given", [*BLANKS, "\x00 nobody's answer", "\x00nobodysanswer"])
def test_a_blank_in_the_case_is_nobodys_answer(kept: str, given: str) -> None:
    case = CaseRecord(Sensitive(RECEIPT), answers={"last_name": Sensitive(kept)})
    assert not belongs(case, {"receipt": RECEIPT, "last_name": given}, QUESTIONS)


@pytest.mark.parametrize("given", ["\x00 nobody's answer", "\x00nobodysanswer", "\x00 NOBODYS ANSWER"])
def test_nobodys_answer_cannot_be_given(given: str) -> None:
    assert not belongs(CaseRecord(Sensitive(RECEIPT)), {"receipt": RECEIPT, "last_name": given}, QUESTIONS)


@pytest.mark.parametrize("given", BLANKS)
def test_a_blank_completes_nothing(given: str) -> None:
    assert not complete({"receipt": RECEIPT, "last_name": given}, QUESTIONS)


def test_a_blank_of_the_published_shape() -> None:
    case = record_from({"case_status": {"receiptNumber": RECEIPT}, "identity": {"answers": {"last_name": "  "}}}, Sensitive(RECEIPT))
    assert not belongs(case, {"receipt": RECEIPT, "last_name": "."}, QUESTIONS)


@pytest.mark.parametrize(("kept", "given"), [("O'Neill", "oneill"), ("Peña", "PENA"), ("A-1", "a1"), ("王", "王")])
def test_what_says_something_fits_as_before(kept: str, given: str) -> None:
    case = CaseRecord(Sensitive(RECEIPT), answers={"last_name": Sensitive(kept)})
    assert belongs(case, {"receipt": RECEIPT, "last_name": given}, QUESTIONS)
