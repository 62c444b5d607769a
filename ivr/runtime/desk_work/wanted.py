"""What a member of staff asks for when a matter is sent on, read and checked before anything is looked up. Pure.

A number and an address count only when they were read back to the caller: nobody is called or written to by a slip of a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.contact import eligibility
from ivr.dialog.session import Session
from ivr.dialog.slots import email as emails
from ivr.dialog.slots import phone
from ivr.errors import MalformedRequest
from ivr.sensitive import Sensitive

URGENCIES = ("urgent", "routine")


@dataclass(frozen=True, slots=True)
class Wanted:
    urgency: str
    number: Sensitive
    email: Sensitive | None
    note: Sensitive = field(repr=False)


def wanted_of(body: Mapping[str, Any], session: Session, note: Sensitive) -> Wanted:
    """An empty number or address stands for the one that the call knows. Raises MalformedRequest."""
    urgency = body.get("urgency")
    if urgency not in URGENCIES:
        raise MalformedRequest(f"urgency is {' or '.join(URGENCIES)}", code="urgency")
    if body.get("read_back") is not True:
        raise MalformedRequest("number and address have to be read back to the caller first", code="read_back",
                               hint="read them aloud, and send read_back: true once the caller has said yes")
    return Wanted(str(urgency), _number(_text(body, "number"), session), _email(_text(body, "email"), session), note)


def _number(typed: str, session: Session) -> Sensitive:
    if not typed and session.caller_number is None:
        raise MalformedRequest("this caller's number is not known", code="number", hint="ask for one, and read it back")
    reading = phone.check(typed or session.caller_number.reveal())  # type: ignore[union-attr]
    why = reading.problem if reading.status != "ok" else eligibility.of(reading.value).call
    if why:
        raise MalformedRequest(f"this number cannot be called: {why.replace('_', ' ')}", code="number",
                               hint="ask for a number in the United States that rings a person")
    return Sensitive(reading.value)


def _email(typed: str, session: Session) -> Sensitive | None:
    if not typed:
        return session.email
    reading = emails.check(typed)
    if reading.status != "ok":
        raise MalformedRequest("this is not an email address", code="email", hint="type it as name@example.org, or leave it empty")
    return Sensitive(reading.value)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise MalformedRequest(f"{name} has to be a text", code=name)
    return value.strip()
