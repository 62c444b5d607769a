"""Every broken bundle prints exactly its golden text. `REGENERATE_GOLDEN=1` writes the files anew for review."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flow_broken_bundles import BROKEN, Edit

from ivr.flow.check import problems_in
from ivr.flow.load import read_files
from ivr.flow.report import as_text

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "flow"
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def broken(edits: list[Edit]) -> dict[str, bytes]:
    """The starter's files after the edits; each edit must find its old text, `*` stands for the whole file."""
    files = dict(read_files(ROOT / "flows" / "starter").files)
    for name, old, new in edits:
        text = files.get(name, b"").decode()
        assert old in text or old == "*", f"{name} no longer holds {old!r}"
        if new is None:
            del files[name]
        else:
            changed = new if old in ("*", "") else text.replace(old, new, 1)
            files[name] = changed.encode("utf-8", "surrogateescape")
    return files


def test_the_starter_itself_has_no_problem():
    files = broken([])
    assert as_text(problems_in(files, NOW), files, "flows/starter") == "no problems in flows/starter\n"


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_message(name: str):
    files = broken(BROKEN[name])
    text = as_text(problems_in(files, NOW), files, "flows/broken")
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("REGENERATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_code_is_the_one_its_name_promises(name: str):
    """`ref_...` is found as E-REF and so on, so that a golden file cannot quietly turn into another mistake."""
    codes = {p.code for p in problems_in(broken(BROKEN[name]), NOW)}
    family = name.split("_")[0].upper()
    assert family == "MANY" or f"E-{family}" in codes or (family == "STALE" and "W-FACT-STALE" in codes), codes


def test_no_golden_file_without_a_bundle():
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(BROKEN)
