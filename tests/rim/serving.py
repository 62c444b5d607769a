"""Calls as they stand when a member of staff has them, and a desk that says who has which."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.sensitive import Sensitive
from ivr.store.persons import Persons
from tests.rim.site import Site

NUMBER, EMAIL = "+12025550166", "ana.canary@example.org"


class Desk:
    """`runtime.desk_work.serving.Serving`, as a test wants it."""

    def __init__(self, **has: str):
        self.has = has

    def serving(self, agent: str) -> str:
        return self.has.get(agent, "")


_NUMBERS = itertools.count(1)


def call_of(s: Site, call_id: str = "", *, agent: str = "agent", number: str | None = NUMBER, language: str = "en",
            channel: str = "voice", textable: bool = True, slots: dict[str, str] | None = None, variables: dict[str, str] | None = None,
            **fields: Any) -> str:
    """A call under way that this member of staff has, and nobody else any; `variables` and `slots` as if the flow had set them."""
    call_id = call_id or f"CA{next(_NUMBERS):032d}"
    line = channel if channel in ("tty", "chat") else "main"
    s.services.turns.take(call_id, ev.CallStarted(call_id, line, channel, Sensitive(number) if number else None, textable, language))
    changed(s, call_id, variables=variables or {}, slots=slots or {}, **fields)
    s.services.desk_work.serving = Desk(**{agent: call_id})
    return call_id


def changed(s: Site, call_id: str, *, variables: dict[str, str] | None = None, slots: dict[str, str] | None = None,
            **fields: Any) -> Session:
    old = s.services.calls.load(call_id).session
    assert old is not None
    new = dataclasses.replace(old, version=old.version + 1, vars={**old.vars, **(variables or {})},
                              slots={**old.slots, **{k: Sensitive(v) for k, v in (slots or {}).items()}}, **fields)
    with s.services.db.write() as connection:
        s.services.calls.update(connection, new, old.version, s.clock.now())
        Persons(s.services.db).note_turn(connection, old, new, s.clock.now())
    return new
