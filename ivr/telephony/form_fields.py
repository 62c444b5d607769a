"""Bounded reading of a Twilio form: decoding, look-up and the small conversions that every webhook shares. Pure.

Must never raise anything but `MalformedRequest`, whatever the bytes. Called by `webhook_form.py` and, for `decode`,
by the web rim, which needs the same pairs for the signature check (blank fields kept, repeated names kept).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import parse_qsl

from ivr.errors import MalformedRequest

Pairs = Sequence[tuple[str, str]]

MAX_FORM_BYTES = 64 * 1024
MAX_FIELDS = 200
MAX_NAME = 255
MAX_VALUE_BYTES = 8 * 1024
MAX_SID = 255
"""Twilio's SIDs have 34 characters; compatible carriers use UUIDs and longer opaque ids."""

_DIGITS_ONLY = re.compile(r"[0-9]{1,12}", re.ASCII)


def decode(raw: bytes) -> list[tuple[str, str]]:
    """Body or query bytes to pairs, in order, blank values kept: exactly what the signature is computed over."""
    if len(raw) > MAX_FORM_BYTES:
        raise MalformedRequest(f"the form has {len(raw)} bytes, expected at most {MAX_FORM_BYTES}")
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict",
                         max_num_fields=MAX_FIELDS)
    except UnicodeError:
        raise MalformedRequest("the form is not UTF-8, expected percent-encoded UTF-8") from None
    except ValueError:
        raise MalformedRequest(f"the form has too many fields, expected at most {MAX_FIELDS}") from None


class Fields:
    """The pairs of one form, checked once for size and encoding, then read by name."""

    def __init__(self, pairs: Pairs):
        if len(pairs) > MAX_FIELDS:
            raise MalformedRequest(f"the form has {len(pairs)} fields, expected at most {MAX_FIELDS}")
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            _check(name, value)
            self._values.setdefault(name, []).append(value)

    def text(self, *names: str, limit: int = MAX_SID) -> str:
        """The first of `names` that is present and not blank, else . Differing repeats are refused."""
        for name in names:
            values = set(self._values.get(name, ()))
            if len(values) > 1:
                raise MalformedRequest(f"field {name} was sent with {len(values)} different values, expected one")
            value = values.pop() if values else ""
            if len(value) > limit:
                raise MalformedRequest(f"field {name} is too long, expected at most {limit} characters")
            if value:
                return value
        return ""

    def required(self, *names: str, limit: int = MAX_SID) -> str:
        value = self.text(*names, limit=limit)
        if not value:
            raise MalformedRequest(f"field {names[0]} is missing")
        return value

    def number(self, name: str) -> int | None:
        """A count or a number of seconds; None when absent, Malformed when it is not a whole number."""
        value = self.text(name).strip()
        if not value:
            return None
        if not _DIGITS_ONLY.fullmatch(value):
            raise MalformedRequest(f"field {name} is not a number, expected up to 12 digits")
        return int(value)

    def one_of(self, name: str, vocabulary: Collection[str]) -> str:
        value = self.required(name).strip().lower()
        if value not in vocabulary:
            raise MalformedRequest(f"field {name} is unknown, expected one of {', '.join(sorted(vocabulary))}")
        return value


def _check(name: object, value: object) -> None:
    if not isinstance(name, str) or not isinstance(value, str):
        raise MalformedRequest("a form field is not text")
    if len(name) > MAX_NAME:
        raise MalformedRequest(f"a field name has {len(name)} characters, expected at most {MAX_NAME}")
    try:
        size = len(value.encode("utf-8"))
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedRequest("a form field is not UTF-8") from None
    if size > MAX_VALUE_BYTES:
        raise MalformedRequest(f"a form field has {size} bytes, expected at most {MAX_VALUE_BYTES}")
    if "\0" in value or "\0" in name:
        raise MalformedRequest("a form field holds a NUL character")
