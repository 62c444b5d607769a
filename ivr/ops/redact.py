"""Log processors that keep personal data out, as pure functions over the event dict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.sensitive import Sensitive, scrub

# Keys whose values never belong into a log in the clear, whatever their type.
_MASKED = frozenset({"text", "digits", "to", "from", "caller", "caller_number", "email", "number", "numbers", "slots", "body"})


# Keys whose values are words of our own (names of nodes, events, routes) or the call's id: looking for telephone numbers in
# them would only cost time on every line.
_OURS = frozenset({"event", "timestamp", "level", "call", "source", "type", "node", "waiting", "bundle", "route", "state"})


def redact(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """structlog processor: typed values masked, free text scrubbed."""
    return {key: value if type(value) is int or (key in _OURS and not isinstance(value, Sensitive)) else _clean(key, value)
            for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if isinstance(value, Sensitive):
        return value.masked()
    if key in _MASKED and isinstance(value, str):
        return Sensitive(value).masked()
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {k: _clean(k, v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(key, v) for v in value]
    return value
