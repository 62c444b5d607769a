"""Where a thing stands in its file, so that any later complaint can point at it. Pure. Carried by all of `flow.model`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a bundle file; line and column count from 1, `length` is the width of the word."""

    file: str = ""
    line: int = 1
    column: int = 1
    length: int = 1


NOWHERE = Mark()
"""Of what was not read from a file."""
