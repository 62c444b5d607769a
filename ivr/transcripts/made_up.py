"""Whether a caller's value may be written into a file that is shared: only what is plainly made up. Pure.

Telephone numbers of the range kept for fiction (555-0100 to 555-0199), addresses of reserved domains and plainly made-up
receipt and alien numbers are; so are dates and ZIP codes, which tell nobody apart. Called by `transcripts.record`.
"""

from __future__ import annotations

import re
from datetime import date

from ivr.dialog.slots.base import SLOTS
from ivr.errors import IvrError
from ivr.sensitive import scrub

_FICTION_PHONE = re.compile(r"\+?1?\d{3}55501\d\d")
_FICTION_MAIL = re.compile(r".+@(.+\.)?(example\.(org|com|net)|test|invalid|localhost)", re.IGNORECASE)
_MADE_UP = re.compile(r"(?:\D*|463)(\d*(\d)\2{4}\d*|1234567890|0?123456789)")
_HARMLESS = ("date", "form", "zip", "yes_no", "choice")
_NUMBERS = ("phone", "receipt", "a_number")


def require_made_up(what: str, kind: str, value: str) -> None:
    """Raises IvrError when the value could be somebody's. `kind` is a slot type."""
    digits = re.sub(r"[^\d+]", "", value)
    patterns = {"phone": (_FICTION_PHONE, digits), "email": (_FICTION_MAIL, value)}
    pattern, text = patterns.get(kind, (_MADE_UP, value))
    if kind not in _HARMLESS and not pattern.fullmatch(text):
        raise IvrError(f"the call is not recorded: {what} could be a real person's", code="personal_data",
                       hint="call again with made-up values: +12025550143, ana@example.org, IOE1234567890")


def require_harmless_words(text: str, expect: str, language: str, today: date) -> None:
    """Raises IvrError when what was said holds personal data that could be somebody's; `expect` is what was asked for."""
    kind = SLOTS.get(expect)
    reading = kind.spoken(text, language, today) if kind else None
    if reading is not None and reading.status == "ok":
        require_made_up("what the caller said", expect, reading.value)
    elif scrub(text) != text:
        require_made_up("what the caller said", "email" if "@" in text else "digits", text)


def require_harmless_keys(digits: str, expect: str) -> None:
    """The same for keys, whether or not they were taken for a value."""
    if expect in _NUMBERS and len(digits) >= 7:
        require_made_up("what the caller keyed", expect, digits)
