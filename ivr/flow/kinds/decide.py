"""`decide`: branch on finite variables; the rows must cover everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import doors
from ivr.flow.expr import names, parse_expr
from ivr.flow.registry import Params, node_kind


class Row(Params):
    id: str = Field(description="Name of the row; it is an outcome.")
    when: str = Field(alias="if", description="Expression over finite variables.")


class DecideParams(Params):
    rows: tuple[Row, ...] = Field(min_length=1, description="Rows tried in order; together they must cover every case.")

    @classmethod
    def from_shorthand(cls, raw: Any) -> Any:
        """`decide: [{id: a, if: expr}, ...]` stands for `decide: {rows: [...]}`."""
        return {"rows": raw} if isinstance(raw, list) else raw


@node_kind
class Decide:
    """Goes the way of the first row whose expression is true. A table that leaves a case open does not load."""

    name = "decide"
    Params = DecideParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: DecideParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(r.id for r in params.rows)

    def prompts(self, params: DecideParams) -> tuple[str, ...]:
        return ()

    def enter(self, turn: Any) -> None:
        for row in turn.params.rows:
            if not doors.may_touch(turn, names(parse_expr(row.when))):
                break
            if doors.holds(turn, row.when):
                turn.leave(row.id)
                return
        # A loaded table is total and reads no case detail that it may not: this is unreachable, and if the proof is ever
        # wrong the caller still lands safely.
        turn.go_to_place("safe_landing")

    def on(self, event: Any, turn: Any) -> None:
        self.enter(turn)
