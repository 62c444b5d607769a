"""What a row of the ledger holds in sealed form, and by what it is found. Called by the stores of promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from ivr.sensitive import Sensitive
from ivr.store.sealed import SecretBox

PAYLOAD, PROGRESS = "promises.payload", "promises.progress"
"""What a sealed value is bound to."""


def opened(box: SecretBox, sealed: bytes | None, context: str) -> dict[str, Any]:
    return orjson.loads(box.open(sealed, context)) if sealed else {}


def revealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values, for sealing only."""
    return {k: v.reveal() if isinstance(v, Sensitive) else v for k, v in values.items()}


def contacts_of(payload: Mapping[str, Any]) -> set[str]:
    """The numbers and addresses of a promise, by which its people find it again."""
    found = [payload.get("to"), payload.get("email"), payload.get("caller"), *payload.get("numbers", ())]
    return {c.reveal() if isinstance(c, Sensitive) else c for c in found if c}


def opened_row(box: SecretBox, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its sealed columns opened: for the program, never for a screen."""
    return {**row, "payload": opened(box, row["payload"], PAYLOAD), "progress": opened(box, row["progress"], PROGRESS)}
