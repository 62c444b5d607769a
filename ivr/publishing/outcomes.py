"""What a turn tells about how its call went, in the few kinds that bundles are compared by. Pure. Called by `runtime.turn_record`."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.dialog import actions as act
from ivr.dialog.session import Session

_DEAD_ENDS = frozenset({"safe_landing", "technical_problem"})
"""Outcomes of callers who were told where to go instead, because the call could not help them."""
_OWN_ENDS = frozenset({"hangup"})


def kinds_of(old: Session, new: Session, actions: Sequence[act.Action]) -> tuple[str, ...]:
    """`transfer` when the caller was handed over; `ended` with the call, and with it `dead_end`, or `abandon` for callers who hung
    up while the system was still asking, working or having them wait. Nothing for a call that keeps a promise: no flow took it."""
    if new.keeps is not None:
        return ()
    found = ["transfer"] if any(isinstance(a, act.Transfer) for a in actions) else []
    if new.status == "ended" and old.status != "ended":
        found.append("ended")
        if new.outcome in _DEAD_ENDS:
            found.append("dead_end")
        elif old.status == "live" and new.outcome in _OWN_ENDS and old.waiting:
            found.append("abandon")
    return tuple(found)
