"""Callers who have hung up and kept their place in line: their tickets in the line of the desk, and their call when the turn comes.

Who they are, the promises say, whichever server made them; when it is their turn, the line says. Everything that happens then (the
number, the hours, the rounds) is the performer's. Looks every few seconds, on a thread of its own: the desk's lock is never held
while the store is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ivr.agents.estimate import HANDLING_S, turn_is_near
from ivr.agents.floor import Floor
from ivr.agents.waiting import Ticket
from ivr.clock import Clock
from ivr.contact.callbacks.rounds import may_be_called, next_step
from ivr.errors import Bug
from ivr.ops import logs
from ivr.runtime.bundles import Bundles
from ivr.runtime.callbacks.desk import CallbackDesk
from ivr.runtime.callbacks.door import PLACE
from ivr.runtime.callbacks.situation import Situation, Situations
from ivr.runtime.carrier_turns import CarrierTurns
from ivr.runtime.desk_callers import DeskCallers
from ivr.runtime.people import SPEECH
from ivr.runtime.queue_figures import QueueFigures
from ivr.runtime.ticking import Ticking
from ivr.store.callback_rows import CallbackRows
from ivr.store.calls import Calls
from ivr.store.db import Database

LOOK_S = 5.0
CALL_AHEAD_S = 30.0
"""From the decision to call until the person is on the line: dialling, ringing, the greeting and its key."""
JOINS_WITHIN = timedelta(minutes=3)
"""Whoever was dialled so long ago and is not at the desk will not come: the machine answered, or they wait at the carrier."""
STILL_TALKING = timedelta(minutes=5)
"""A call of which something was heard so lately is taken at its word that it goes on: its caller's line is busy."""
SPOKEN = ("voice", "tty")
log = logs.get("kept_places")


@dataclass(frozen=True, slots=True)
class Kept:
    ticket: Ticket
    """Under the key of the promise."""
    call_id: str
    """The call in which it was promised."""
    handling_s: float
    waits: bool
    """Nobody has called them yet."""

    @property
    def key(self) -> str:
        return self.ticket.call_id


class KeptPlaces:
    def __init__(self, db: Database, bundles: Bundles, situations: Situations, callbacks: CallbackDesk, calls: Calls, desk: DeskCallers,
                 figures: QueueFigures, clock: Clock, where: Callable[[], str]):
        """`where`: desk | carrier | auto, where callers with a voice wait."""
        self._bundles, self._situations, self._callbacks, self._calls = bundles, situations, callbacks, calls
        self._desk, self._carrier, self._clock, self._where = desk, CarrierTurns(figures), clock, where
        self._rows = CallbackRows(db)
        self._ticking = Ticking("kept-places", LOOK_S, self.look)

    def start(self) -> None:
        self._ticking.start()

    def close(self) -> None:
        self._ticking.close()

    def look(self) -> None:
        """The line as the promises have it, and a call for everybody whose turn is near."""
        now, where = self._clock.now(), self._where()
        kept = self._kept(now)
        floor = self._desk.keeping({each.key: each.ticket for each in kept} if where != "carrier" else {})
        self._carrier.only({each.key for each in kept})
        for each in kept:
            if each.waits and self._is_near(each, floor, kept, where) and not self._still_talks(each.call_id, now):
                self._call(each, now)

    # -- who ------------------------------------------------------------------------------------------------------

    def _kept(self, now: datetime) -> list[Kept]:
        """In the order of their rank."""
        names = [spec.name for spec in self._bundles.current.promises.values() if spec.in_line]
        rows = self._rows.keeping_places(names, now) if names else []
        found = [each for row in rows if (each := self._place_of(row, now)) is not None]
        return sorted(found, key=lambda k: k.ticket.rank)

    def _place_of(self, row: Mapping[str, Any], now: datetime) -> Kept | None:
        """None for who is between two rounds, or may not be called at this hour: their place is kept by its instant, and nobody
        counts on them now."""
        try:
            s = self._situations.of(row)
        except Bug as error:
            log.error("a kept place cannot be looked after", key=row["key"], why=error.message)
            return None
        if not s.rules.in_line or not self._counts(row["state"], s, now):
            return None
        step = next_step(s.inputs, s.progress, s.rules, now)
        place = s.payload[PLACE]
        queue = s.bundle.queues.get(place["queue"])
        waited_s = (now - datetime.fromisoformat(place["since"])).total_seconds()
        skills = frozenset((*(queue.skills if queue else ()), SPEECH))
        ticket = Ticket(s.key, place["queue"], s.language, self._clock.monotonic_s() - waited_s, float(place.get("ahead_s", 0.0)),
                        queue.tier if queue else 1, skills, absent=True)
        return Kept(ticket, s.call_id, float(queue.handling_s) if queue else HANDLING_S, row["state"] == "waiting" and step.kind == "turn")

    def _counts(self, state: str, s: Situation, now: datetime) -> bool:
        if self._desk.has(s.call_id):
            return False  # they wait once more, in the same call
        if state != "waiting":
            return bool(s.progress.attempts) and now - s.progress.attempts[-1].at <= JOINS_WITHIN
        return s.progress.round == 0 and may_be_called(s.inputs, s.rules, now)

    # -- when -----------------------------------------------------------------------------------------------------

    def _is_near(self, each: Kept, floor: Floor, kept: list[Kept], where: str) -> bool:
        queue = each.ticket.queue
        if where != "carrier" and floor.staff.takes(each.ticket):
            return turn_is_near(floor, each.key, self._clock.monotonic_s(), CALL_AHEAD_S, {queue: each.handling_s})
        # Where callers wait at either place, the carrier's line counts once somebody answers there: an empty one at night says nothing.
        if where == "desk" or (where == "auto" and not self._carrier.moves(queue)):
            return False
        before = sum(k.ticket.queue == queue and k.ticket.rank < each.ticket.rank for k in kept)
        return self._carrier.is_near(each.key, queue, each.call_id, before, CALL_AHEAD_S)

    def _still_talks(self, call_id: str, now: datetime) -> bool:
        """Whether the call in which it was promised goes on: their line is busy."""
        session = self._calls.load(call_id).session
        if session is None or session.status != "live" or session.channel not in SPOKEN:
            return False
        changed = self._calls.changed_at(call_id)
        return changed is not None and now - changed <= STILL_TALKING

    def _call(self, each: Kept, now: datetime) -> None:
        if self._callbacks.turn_came(each.key, now):
            log.info("turn of a kept place", key=each.key, queue=each.ticket.queue,
                     waited_s=round(each.ticket.waited_s(self._clock.monotonic_s())))
