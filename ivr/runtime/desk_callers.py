"""The callers' side of the desk."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace

from ivr.agents.estimate import expected_wait_s
from ivr.agents.floor import Floor
from ivr.agents.waiting import Ticket
from ivr.runtime.desk_core import DeskCore
from ivr.runtime.people import MICROPHONE, SPEECH, DeskCaller, Waiting
from ivr.runtime.waiting_room import LEAVE_KEY

MOST_KEPT = 20
"""Lines typed while waiting that are kept for whoever takes the conversation."""
MOST_TALKED = 100
"""Lines of the conversation itself."""


class DeskCallers(DeskCore):
    def join(self, caller: DeskCaller, *, again: bool = False) -> int:
        """Begin to wait: the place in the line, 1 for the next one. 0: nobody is signed in for this queue, and `released("failed")`
        follows. Who waits or talks already only has their line changed for this one, after a reload or a lost connection.
        `again`: the caller waited before this process was started; agents have a moment to come back too."""
        with self._lock:
            known = self._callers.get(caller.call_id)
            mailbox = self._mailbox()
            if known is not None:
                known.caller, known.mailbox = caller, mailbox
                return self._is_back(known)
            now = self._now()
            place = self._places(caller, now)
            if caller.channel == "voice":
                needs = {SPEECH} if getattr(caller, "by_carrier", False) else {SPEECH, MICROPHONE}
                place = replace(place, ticket=replace(place.ticket, skills=place.ticket.skills | needs))
            new = Waiting(caller, mailbox, place, now, now)
            if not again and not self._floor.staff.takes(new.place.ticket):
                self._release(new, "failed")
                return 0
            self._callers[caller.call_id] = new
            self._floor = self._floor.arrive(getattr(caller, "place_key", ""), new.place.ticket)
            position = self._floor.line.position(caller.call_id)
            self._offer()
            self._say_place(new)
            return position

    def _is_back(self, known: Waiting) -> int:
        call_id = known.caller.call_id
        agent = self._agent_of(call_id)
        if agent is not None and known.speaks:
            self._connect(agent, known)
        elif known.speaks:
            self._say_place(known)
        return self._floor.line.position(call_id) or 1

    def leave(self, call_id: str) -> None:
        """The caller has gone, or wants to wait no longer."""
        with self._lock:
            self._releasing.discard(call_id)
            if call_id in self._callers:
                self._end_consultations(call_id)
                self._forget(call_id)

    def typed(self, call_id: str, text: str) -> None:
        """A line of the caller: to the agent, or kept for the one to come. The key that leaves the line leaves it."""
        with self._lock:
            caller, agent = self._callers.get(call_id), self._agent_of(call_id)
            if caller is None:
                return
            if agent is not None:
                caller.talked = [*caller.talked, ("", text)][-MOST_TALKED:]
                self._tell(agent, {"type": "line", "call": call_id, "text": text})
            elif not self.pressed(call_id, text.strip()) and len(caller.kept) < MOST_KEPT:
                caller.kept.append(text)

    def pressed(self, call_id: str, key: str) -> bool:
        """Whether that was the key that leaves the line; then the caller has left it."""
        with self._lock:
            caller = self._callers.get(call_id)
            if caller is None or not caller.place.may_leave or key != LEAVE_KEY:
                return False
            return self.gives_up(call_id)

    def gives_up(self, call_id: str) -> bool:
        """The caller has said that they want to wait no longer; nothing for who talks already."""
        with self._lock:
            caller = self._callers.get(call_id)
            if caller is None or self.talks(call_id):
                return False
            self._forget(call_id)
            self._release(caller, "left")
            return True

    def has(self, call_id: str) -> bool:
        """Whether the caller waits, talks, or is just being released."""
        with self._lock:
            return call_id in self._callers or call_id in self._releasing

    def talks(self, call_id: str) -> bool:
        """Whether an agent has taken the caller."""
        with self._lock:
            return call_id in self._floor.line.served and self._agent_of(call_id) is not None

    def position(self, call_id: str) -> int:
        """Place in the line, 0 for who does not wait."""
        with self._lock:
            return self._floor.line.position(call_id)

    def expected_s(self, queue: str, language: str, handling_s: float, skills: tuple[str, ...] = ()) -> float | None:
        """How long somebody would wait who joined now; None when nobody is here who could take them."""
        with self._lock:
            floor, now = self._floor, self._now()
        return expected_wait_s(floor, Ticket("", queue, language, now, skills=frozenset(skills)), now, {queue: handling_s})

    def keeping(self, places: Mapping[str, Ticket]) -> Floor:
        """The places of callers who have hung up and are called when their turn comes: these and no others, less those who are
        here by now. The floor as it is then; it does not change any more."""
        with self._lock:
            here = {getattr(w.caller, "place_key", "") for w in self._callers.values()}
            self._floor = self._floor.keeping({key: ticket for key, ticket in places.items() if key not in here})
            return self._floor

    def serves(self, queue: str, language: str, skills: tuple[str, ...] = ()) -> bool:
        """Whether somebody who takes such callers is signed in here."""
        with self._lock:
            return self._floor.staff.takes(Ticket("", queue, language, 0.0, skills=frozenset(skills)))

    @abstractmethod
    def _end_consultations(self, call_id: str) -> None:
        """Nobody asks about this caller any more: of `DeskConsultations`."""
