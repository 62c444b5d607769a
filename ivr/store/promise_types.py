"""What the stores of promises take and give. Pure data; imported by name from `ivr.store.promises`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivr.errors import Bug

URGENT, ROUTINE = 0, 1
UNCERTAIN = ("unknown", "sending")
"""States in which the effect may have happened already."""
NEVER_UNDER_WAY = ("due", "retry", "waiting")
"""States in which nothing can have gone out: past the deadline they need not be looked at by a worker."""


class OtherContent(Bug):
    """The same key with other content: never a second effect."""

    code = "other_content"


@dataclass(frozen=True, slots=True)
class NewPromise:
    key: str
    kind: str
    name: str
    call_id: str
    payload: Mapping[str, Any]
    due_at: datetime
    not_after: datetime
    state: str = "due"
    reference: str = ""
    priority: int = ROUTINE


@dataclass(frozen=True, slots=True)
class Claimed:
    """A promise this worker may act on until `lease_until`."""

    key: str
    kind: str
    name: str
    payload: Mapping[str, Any] = field(repr=False)
    state: str
    """The state it was found in: one of CLAIMABLE, or `sending` or `calling` when its last owner did not finish."""
    attempt: int
    fence: int
    not_after: datetime
    created_at: datetime
    lease_until: datetime
    due_at: datetime
    call_id: str = ""
    reference: str = ""
    started_at: datetime | None = None
    """When the provider was last asked before this claim."""
    progress: Mapping[str, Any] = field(default_factory=dict, repr=False)
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    """What became of a claimed promise."""

    claimed: Claimed
    state: str
    note: str = ""
    due_at: datetime | None = None
    """When to look at it next; needed for states that a worker may claim."""
    provider_id: str | None = None
    untried: bool = False
    """The provider was not asked after all: the try is not counted."""
