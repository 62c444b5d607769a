"""The SQL that our turns really execute, written down so that a bare view can execute the same."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Statement = tuple[str, tuple[Any, ...]]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Every statement of this process within the block, with its parameters; the transaction's own words are left out."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            rows = parameters if isinstance(parameters, list) else [parameters]
            found.extend((statement, tuple(row)) for row in rows)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def for_call(recorded_call: str) -> Callable[[Statement, str], Statement]:
    """A recorded statement made fit for another call: every text that names the call, and nothing else."""

    def fit(statement: Statement, call: str) -> Statement:
        sql, values = statement
        return sql, tuple(v.replace(recorded_call, call) if type(v) is str else v for v in values)

    return fit


def plain(statements: list[Statement]) -> list[Any]:
    """For JSON; bytes as base64."""
    return [[sql, [{"b64": base64.b64encode(v).decode()} if isinstance(v, bytes | memoryview) else v for v in values]]
            for sql, values in statements]


def from_plain(data: list[Any]) -> list[Statement]:
    return [(sql, tuple(base64.b64decode(v["b64"]) if isinstance(v, dict) else v for v in values)) for sql, values in data]
