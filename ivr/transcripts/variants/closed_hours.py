"""`closed_hours`: the same call on a Sunday. Pure.

Where the hours decide what is heard, the variant needs turns or an end of its own. With an `expect` alone only the end is
compared: the caller does what the transcript says and then accepts what is offered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta

from ivr.flow.calendar import is_open, local
from ivr.flow.expr import names, parse_expr
from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node
from ivr.transcripts.ways import Asked, AsWritten, NotApplicable, Start, way

_ASKS = frozenset({"hours", "weekday"})
SUNDAY = 6


@way
class ClosedHours(AsWritten):
    name = "closed_hours"
    lenient = True

    def begin(self, asked: Asked, start: Start) -> Start:
        if asked.bundle.calendar is None:
            raise NotApplicable("the bundle has no calendar")
        if asked.variant.at is None and not is_open(asked.bundle.calendar, start.at):
            raise NotApplicable("the test takes place outside the hours already")
        own = asked.variant.turns or asked.variant.expect
        if not own and asked.written is not None:
            for flow, node in sorted(asked.written.visited):
                if _depends_on_hours(asked.bundle, asked.bundle.flows[flow].nodes[node]):
                    raise NotApplicable(f"{flow}.{node} depends on the hours, and the test says nothing of this variant")
        return start if asked.variant.at else dataclasses.replace(start, at=sunday_before(asked.bundle, start.at))


def sunday_before(bundle: Bundle, at: datetime) -> datetime:
    """The Sunday before (or of) `at`, at the same time on the office's clock: days to come stay days to come."""
    here = local(bundle.calendar, at)
    moved = here - timedelta(days=(here.weekday() - SUNDAY) % 7)
    if is_open(bundle.calendar, moved):
        raise NotApplicable("the office is open on Sundays; give the variant an `at`")
    return moved


def _depends_on_hours(bundle: Bundle, node: Node) -> bool:
    return any(_ASKS & names(parse_expr(text)) for text in _expressions(bundle, node))


def _expressions(bundle: Bundle, node: Node) -> Iterator[str]:
    """Everything that this node asks about the moment of the call."""
    params = node.params
    for item in (*getattr(params, "items", ()), *getattr(params, "rows", ())):
        if getattr(item, "when", None):
            yield item.when
    entry = bundle.policy.entries.get(getattr(params, "policy", ""))
    if entry:
        yield from (text for text in (entry.open_when, *(r.when for r in entry.allow_if_any)) if text)
    if getattr(params, "name", "") == "office_hours":
        yield "hours == open"
