"""How many examples a property is tried with: all of them in `make test`, a tenth in `make test-fast`, which is for between two edits."""

from __future__ import annotations

import os

FAST = os.environ.get("TEST_FAST") == "1"
FEWEST = 3


def examples(count: int) -> int:
    return max(FEWEST, count // 10) if FAST else count
