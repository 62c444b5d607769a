"""The life of a promise as one table. Pure; the store refuses every other transition, the docs draw it from here.

`sending` is written before a provider is asked, so that a crash leaves a trace: what is found in `sending` with its lease
run out is uncertain and becomes `unknown`, which is reconciled with the provider before anything is sent again.
"""

from __future__ import annotations

TRANSITIONS: dict[str, frozenset[str]] = {
    "due": frozenset({"sending", "cancelled", "expired"}),
    "sending": frozenset({"done", "retry", "unknown", "failed"}),
    "retry": frozenset({"sending", "cancelled", "expired"}),
    "unknown": frozenset({"sending", "done", "retry", "failed", "expired"}),
    "open": frozenset({"done", "cancelled", "expired"}),
    "done": frozenset({"failed"}),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}
"""state -> states it may go to. `open` is a callback or service request that people work on; `done` may still become
`failed` when the provider reports later that a text was not delivered."""

CLAIMABLE = ("due", "retry", "unknown")
"""States a worker may claim; `sending` too, once its lease has run out."""

FINAL = frozenset(s for s, to in TRANSITIONS.items() if not to)


def may_go(old: str, new: str) -> bool:
    return new in TRANSITIONS.get(old, frozenset())
