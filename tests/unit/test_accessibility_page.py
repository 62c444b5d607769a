"""The page of duties names tests: they must exist, or it promises what nobody checks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/accessibility.md"


def test_every_test_that_the_page_names_exists() -> None:
    missing, named = [], 0
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        files = [(PAGE.parent / link).resolve() for link in re.findall(r"\]\((\.\./\.\./tests/[^)]+)\)", row)]
        texts = [f.read_text(encoding="utf-8") for f in files if f.exists()]
        missing += [str(f) for f in files if not f.exists()]
        for name in re.findall(r"`(test_\w+)`", row):
            named += 1
            if not any(f"def {name}(" in text for text in texts):
                missing.append(name)
    assert missing == []
    assert named >= 15
