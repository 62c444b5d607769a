"""Where callers wait who were handed over: at our own desk or in the carrier's queue, and how long either would take.

Asked by the webhooks, the media socket and promised calls; decides nothing about who may wait, which the flow's policy did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ivr.dialog.session import Session
from ivr.flow.model import Bundle
from ivr.runtime.bundles import Bundles
from ivr.runtime.people import SPEECH
from ivr.runtime.people_desk import PeopleDesk
from ivr.runtime.queue_figures import QueueFigures
from ivr.runtime.streams import Streams

Wanted = Literal["auto", "desk", "carrier"]


class WaitingPlaces:
    def __init__(self, wanted: Wanted, desk: PeopleDesk, carrier: QueueFigures, streams: Streams, bundles: Bundles,
                 has_voice: Callable[[], bool]):
        """`wanted`: the setting; `has_voice`: whether we can speak on a media stream, without which nobody waits there."""
        self._wanted, self._desk, self._carrier, self._streams, self._bundles = wanted, desk, carrier, streams, bundles
        self._has_voice = has_voice

    def where(self) -> Wanted:
        """Of callers with a voice; `auto` asks for each of them who is there."""
        return self._wanted if self._has_voice() else "carrier"

    def by_desk(self, session: Session) -> bool:
        """Whether a caller who speaks, and whom the engine handed over, waits at our own desk: on the media stream, which has to have
        a voice for that."""
        if session.transfer is None or not self._may_wait_here(session.call_id):
            return False
        if self._desk.has(session.call_id) or session.keeps is not None:  # of the latter it was asked when they were put through
            return True
        return self._somebody_takes(self._bundles.get(session.bundle_hash), session.transfer.queue, session.language)

    def takes_called_back(self, call_id: str, bundle: Bundle, queue: str, language: str) -> bool:
        """The same for somebody whom we have called, before there is a session of the call."""
        return self._may_wait_here(call_id) and self._somebody_takes(bundle, queue, language)

    def wait_s(self, session: Session) -> float | None:
        """How long a caller like this one would wait now, in the slowest line of the bundle: those who type wait at our desk, those
        who speak there or at the carrier."""
        known: list[float | None] = []
        for queue in self._bundles.get(session.bundle_hash).queues.values():
            skills = (*queue.skills, SPEECH) if session.channel == "voice" else tuple(queue.skills)
            here = self._desk.expected_s(queue.name, session.language, queue.handling_s, skills)
            at_carrier = session.channel == "voice" and here is None
            known.append(self._carrier.expected_of_new_s(queue.name) if at_carrier else here)
        return max((s for s in known if s is not None), default=None)

    def _may_wait_here(self, call_id: str) -> bool:
        if self.where() == "carrier":
            return False
        return self._desk.has(call_id) or self._streams.is_open(call_id) or self._streams.may_open(call_id)

    def _somebody_takes(self, bundle: Bundle, queue: str, language: str) -> bool:
        known = bundle.queues.get(queue)
        return self._wanted == "desk" or self._desk.serves(queue, language, (*(known.skills if known else ()), SPEECH))
