"""The life of a promise as one table. Pure; the store refuses every other transition, `docs/reference/promises.md` is drawn
from here.

`sending` is written before a provider is asked, so that a crash leaves a trace: what is found in `sending` with its lease
run out is uncertain and becomes `unknown`, which is reconciled with the provider before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping

HELD = "held"
"""Where a restored ledger puts what fell due meanwhile: a person looks at it before it fires."""

TRANSITIONS: dict[str, frozenset[str]] = {
    "due": frozenset({"sending", "cancelled", "expired", "held"}),
    "retry": frozenset({"sending", "cancelled", "expired", "held"}),
    "sending": frozenset({"done", "retry", "unknown", "failed", "expired", "calling", "waiting", "held"}),
    "unknown": frozenset({"sending", "done", "retry", "failed", "expired", "calling", "waiting", "held"}),
    "waiting": frozenset({"sending", "open", "unreached", "done", "failed", "cancelled", "expired", "held"}),
    "calling": frozenset({"waiting", "open", "done", "failed", "cancelled", "expired", "held"}),
    "open": frozenset({"waiting", "done", "cancelled", "expired", "held"}),
    "held": frozenset({"due", "retry", "unknown", "waiting", "open", "cancelled", "expired"}),
    "done": frozenset({"failed", "retry"}),
    "failed": frozenset({"retry", "waiting"}),
    "expired": frozenset({"retry", "waiting"}),
    "unreached": frozenset({"waiting"}),
    "cancelled": frozenset(),
}
"""state -> states it may go to. `done` may still become `failed` when the provider reports later that a text was not
delivered, and what failed or expired may be tried again when a person says so."""

MEANING: Mapping[str, str] = {
    "due": "written down, and sent as soon as its time has come",
    "sending": "the provider is being asked; on disk before it is",
    "retry": "failed for certain in a way that may pass; tried again after a pause",
    "unknown": "may or may not have gone out; the provider is asked before anything is sent again",
    "waiting": "a callback between two of its steps",
    "calling": "the carrier is calling the number, or the call is going on",
    "open": "with people: a service request, or a callback that needs a person",
    "held": "fell due before a backup was restored; waits until a person releases it",
    "done": "kept",
    "failed": "cannot be kept; parked and visible",
    "expired": "not kept in time; an error in the log, a metric, and visible",
    "unreached": "called in every round, and nobody answered; the caller was written to",
    "cancelled": "called off, by the caller or by staff",
}

CLAIMABLE = ("due", "retry", "unknown", "waiting")
"""States a worker may claim; `sending` and `calling` too, once their lease or their patience has run out."""
WAKEABLE = (*CLAIMABLE, "sending", "calling")
FINAL = frozenset({"done", "failed", "cancelled", "expired", "unreached"})
"""States that nothing leaves by itself."""
CANCELLABLE = frozenset(s for s, to in TRANSITIONS.items() if "cancelled" in to)
HOLDABLE = frozenset(s for s, to in TRANSITIONS.items() if "held" in to)
RETRIABLE = frozenset({"failed", "expired", "unreached"})
"""What `ivr promises retry` takes up again."""


def may_go(old: str, new: str) -> bool:
    return new in TRANSITIONS.get(old, frozenset())


def released(held_from: str) -> str:
    """Where a held promise goes when it is released: what may have been under way is uncertain now."""
    return {"sending": "unknown", "calling": "waiting"}.get(held_from, held_from)
