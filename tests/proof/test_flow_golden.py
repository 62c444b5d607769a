"""Every broken bundle prints exactly its golden text. `REGENERATE_GOLDEN=1` writes the files anew for review."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from ivr.errors import Problem
from ivr.flow.report import as_text
from ivr.proof.examine import problems_in
from tests.broken import BROKEN
from tests.bundle_edits import HARBOR, ROOT, STARTER, edited

GOLDEN = ROOT / "tests" / "golden" / "flow"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
LEAST = 90
"""Broken bundles that there are at least."""


@cache
def found_in(name: str) -> tuple[dict[str, bytes], list[Problem]]:
    files = edited(*BROKEN[name])
    return files, problems_in(files, NOW)


@pytest.mark.parametrize("folder", [STARTER, HARBOR], ids=lambda f: f.name)
def test_the_good_bundles_have_no_problem(folder: Path) -> None:
    files = edited(folder, [])
    assert as_text(problems_in(files, NOW), files, "it") == "no problems in it\n"


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_message(name: str) -> None:
    files, found = found_in(name)
    text = as_text(found, files, "flows/broken")
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_code_is_the_one_its_name_promises(name: str) -> None:
    """`ref_...` is found as E-REF and so on, so that a golden file cannot quietly turn into another mistake."""
    codes = {p.code for p in found_in(name)[1]}
    family = name.split("_")[0].upper()
    assert family == "MANY" or {f"E-{family}", f"W-{family}"} & codes or (family == "STALE" and "W-FACT-STALE" in codes), codes


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_message_points_at_its_line_and_gives_a_cure(name: str) -> None:
    files, found = found_in(name)
    for p in found:
        lines = files.get(p.file, b"").decode("utf-8", "replace").split("\n")
        assert p.hint, p
        assert 1 <= p.line <= len(lines), p
        assert p.column <= len(lines[p.line - 1]) + 1, p


def test_several_mistakes_are_said_in_one_run() -> None:
    for name in BROKEN:
        if name.startswith("many_"):
            assert len(found_in(name)[1]) >= 4, name


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= LEAST


def test_no_golden_file_without_a_bundle() -> None:
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(BROKEN)
