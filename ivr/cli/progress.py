"""Progress on standard error: one line that is redrawn on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yields a function to be called with the number done so far. Nothing is shown for work that is already done."""
    shown = -1
    terminal = sys.stderr.isatty()

    def step(done: int) -> None:
        nonlocal shown
        percent = 100 if not total else done * 100 // total
        if percent < shown + (1 if terminal else 25):
            return
        shown = percent
        sys.stderr.write(f"\r{what} {done}/{total}" if terminal else f"{what} {done}/{total}\n")
        sys.stderr.flush()

    yield step
    if terminal and shown >= 0:
        sys.stderr.write("\n")
