"""What came over a socket of staff as text: an object, or something that nothing can be made of."""

from __future__ import annotations

import json
from typing import Any

MAX_MESSAGE = 8 * 1024


def read(message: dict[str, Any]) -> dict[str, Any] | None:
    """The object of an ASGI message, empty when nothing can be made of it; None when it is too long to be looked at."""
    text = message.get("text") or ""
    if len(text) > MAX_MESSAGE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
