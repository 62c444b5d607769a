"""Every diagnostic is explained, and nothing is explained that nothing says."""

from __future__ import annotations

import re
from pathlib import Path

from ivr.flow.codes import CODES
from ivr.flow.reference import codes_markdown

ROOT = Path(__file__).parents[2]


def said() -> set[str]:
    sources = (p.read_text() for p in (ROOT / "ivr").rglob("*.py") if p.name != "codes.py")
    return {code for text in sources for code in re.findall(r'"([EW]-[A-Z]+(?:-[A-Z]+)*)"', text)} - {"W-FACT"}


def test_every_code_is_explained_and_every_explanation_is_needed() -> None:
    assert said() == set(CODES)


def test_the_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs/reference/diagnostics.md").read_text() == codes_markdown()


def test_an_explanation_has_three_sentences() -> None:
    for code, parts in CODES.items():
        assert len(parts) == 3, code
        assert all(p.endswith(".") for p in parts), code
