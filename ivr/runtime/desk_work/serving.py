"""Whom a member of staff has before them: the one question that everything here asks before it shows or changes anything."""

from __future__ import annotations

from typing import Protocol

from ivr.errors import Forbidden


class Serving(Protocol):
    def serving(self, agent: str) -> str:
        """The call that this member of staff talks with or is wrapping up; empty for none."""


class NobodyServes:
    """Until a desk says otherwise."""

    def serving(self, agent: str) -> str:
        return ""


def must_serve(serving: Serving, agent: str, call_id: str) -> None:
    """Raises Forbidden, with the same words whether there is such a call or not."""
    if not call_id or serving.serving(agent) != call_id:
        raise Forbidden("this is not the call that you have", code="not_serving", hint="it can be done until the wrap-up is over")
