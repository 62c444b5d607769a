"""What is said to somebody who waits: their place, how long it may take, advice in turn, and how to leave. No clock, no store.

The same for the line of those who type and for the carrier's. Called by `runtime.context_packet` and by the wait webhooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.agents.estimate import said
from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.flow.model_queues import Queue
from ivr.sensitive import Sensitive

LEAVE_KEY = "1"
"""What leaves the line, pressed or typed; the flow goes on by `left`."""
PAUSE_S = 30.0
"""Between two rounds of the carrier's waiting room: with the words of a round well under a minute."""
ROUND_S = 45.0
"""So long a round lasts about, with its words."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in the line."""

    position: int
    """1 for the next one."""
    expected_s: float | None = None
    """Seconds from now; None where nobody can tell."""
    round: int = 1
    """How often they are told, this time included."""


def round_after(waited_s: float) -> int:
    """Which round it is at the carrier, who does not count them. About: advice that is skipped once comes in the next turn."""
    return 1 + round(waited_s / ROUND_S)


def may_leave(queue: Queue | None) -> bool:
    """Whether the words of the wait name the key."""
    return queue is not None and bool(queue.wait.leave or queue.wait.offer)


def without_ways_out(queue: Queue) -> Queue:
    """For somebody whom we have called back: nobody offers them the same again."""
    return replace(queue, wait=replace(queue.wait, leave="", offer=""))


def waits_in(bundle: Bundle, session: Session) -> Queue | None:
    """The queue as this caller is told of it."""
    queue = bundle.queues.get(session.transfer.queue) if session.transfer else None
    return without_ways_out(queue) if queue is not None and session.keeps is not None else queue


def words(queue: Queue | None, waiting: str, standing: Standing) -> list[tuple[str, dict[str, str]]]:
    """(prompt key, what is filled in) in the order in which they are said. The advice begins with the second round, so that
    nobody waits for what they came to hear first."""
    out: list[tuple[str, dict[str, str]]] = [(waiting, {"position": str(max(1, standing.position))})]
    if queue is None:
        return out
    own, told = queue.wait, said(standing.expected_s)
    key = {"soon": own.soon, "about": own.about, "more_than": own.more_than}.get(told.form, "")
    out.append((key, {"minutes": str(told.minutes)}))
    if own.tips and standing.round > 1:
        out.append((own.tips[(standing.round - 2) % len(own.tips)], {}))
    out.append((own.offer if _is_long(queue, standing) else own.leave, {}))
    return [(key, values) for key, values in out if key]


def says(bundle: Bundle, queue: Queue | None, waiting: str, standing: Standing, language: str, channel: str,
         slots: Mapping[str, Sensitive]) -> list[act.Say]:
    return [act.Say(key, render(bundle, key, language, channel, slots=slots, values=values).text, language)
            for key, values in words(queue, waiting, standing)]


def _is_long(queue: Queue, standing: Standing) -> bool:
    above, expected = queue.callback_offer_above_s, standing.expected_s
    return above is not None and expected is not None and expected > above
