"""Personal data by type. A value wrapped here shows itself masked wherever it is printed or logged."""

from __future__ import annotations

import re


class Sensitive(str):
    """A string that must not be shown: `repr`, `format` and logs give the mask, `reveal()` the value.

    It stays a `str` so that it can be compared, hashed, stored and sent; every place that shows a value to a person
    or a log calls `str.__repr__`/`format` or the redaction processor, and gets the mask.
    """

    __slots__ = ()

    def reveal(self) -> str:
        return str.__str__(self)

    def masked(self) -> str:
        return mask(str.__str__(self))

    def __repr__(self) -> str:
        return f"Sensitive({self.masked()!r})"

    def __str__(self) -> str:
        return self.masked()

    def __format__(self, spec: str) -> str:
        return format(self.masked(), spec)


def mask(value: str) -> str:
    """Keep the last four characters of anything long enough, hide the rest; an address keeps its domain."""
    if "@" in value:
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if len(value) <= 5:
        return "*" * len(value)
    return "*" * (len(value) - 4) + value[-4:]


_PATTERNS = [
    re.compile(r"\b[A-Z]{3}[ -]?\d{10}\b", re.I),              # receipt number
    re.compile(r"\bA[- ]?\d{8,9}\b", re.I),                    # alien number
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),                   # email
    re.compile(r"(?<![\w.])\+?\d[\d\s().-]{7,}\d(?![\w.])"),   # phone-like runs of nine digits and more
    re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b(?!T)"),           # birth and appointment dates
]


def scrub(text: str) -> str:
    """Mask everything in free text that looks like personal data. A net under the types, not a replacement for them."""
    for pattern in _PATTERNS:
        text = pattern.sub(lambda m: mask(m.group()), text)
    return text
