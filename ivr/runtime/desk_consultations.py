"""A colleague is asked before a caller is handed over: the caller waits a moment, the two talk, and then the caller has whoever was
asked, or the one who asked goes on. The request stands in the line like a caller, before everybody else of its queue."""

from __future__ import annotations

from dataclasses import replace

from ivr.agents.waiting import Ticket
from ivr.runtime.desk_core import log, off_the_loop
from ivr.runtime.desk_staff import MAX_NOTE, DeskStaff
from ivr.runtime.people import MICROPHONE, Consultation, DeskAgent, SignedIn, Waiting

AHEAD_S = 3600.0
"""A caller and an agent wait for it: before the others who wait."""


class DeskConsultations(DeskStaff):
    def consult(self, agent: DeskAgent, queue: str, note: str) -> bool:
        """Ask for somebody who takes this queue. False when the agent talks with nobody, asks already, or has no microphone: the two
        speak with each other, whatever the caller does."""
        with self._lock:
            known, caller = self._known(agent), self._with(agent)
            if known is None or caller is None or self._asks(known) is not None or MICROPHONE not in known.known_as.skills:
                return False
            asked = Consultation(caller, known, queue, note.strip()[:MAX_NOTE])
            self._consultations[asked.call_id] = asked
            ticket = self._ticket(caller, queue)
            ticket = replace(ticket, call_id=asked.call_id, ahead_s=AHEAD_S, skills=ticket.skills | {MICROPHONE})
            self._hold(caller, True)
            self._floor = self._floor.join(ticket)
            self._tell(known, {"type": "consulting", "queue": queue, "state": "waiting", "with": ""})
            self._offer()
            return True

    def consult_end(self, agent: DeskAgent) -> None:
        """Back to the caller."""
        with self._lock:
            known, caller = self._known(agent), self._with(agent)
            asked = self._asks(known) if known else None
            if known is None or caller is None or asked is None:
                return
            self._finish(asked)
            self._back_to(known, caller)

    def consult_complete(self, agent: DeskAgent) -> bool:
        """The caller has whoever was asked. False when nobody has answered yet."""
        with self._lock:
            known = self._known(agent)
            asked = self._asks(known) if known else None
            if known is None or asked is None or asked.asked is None:
                return False
            call_id, other, caller = asked.caller.caller.call_id, asked.asked, asked.caller
            del self._consultations[asked.call_id]
            self._floor = self._floor.hand_over(known.id, other.id, self._now())
            log.info("caller handed over", call=call_id, queue=asked.queue, agent=known.agent.name, to=other.agent.name)
            self._joins(known, None)
            self._tell(known, {"type": "consulting", "queue": asked.queue, "state": "over", "with": other.agent.name})
            self._tell(known, {"type": "gone", "call": call_id, "why": "transferred"})
            self._show(known)
            caller.note = asked.note
            self._hold(caller, False)
            self._connect(other, caller)
            return True

    # -- parts: with the lock held ------------------------------------------------------------------------------

    def _ticket(self, caller: Waiting, queue: str) -> Ticket:
        """The caller's, for another queue."""
        there = self._places(_InQueue(caller, queue), self._now())  # type: ignore[arg-type]
        speech = caller.place.ticket.skills - self._places(caller.caller, self._now()).ticket.skills
        return replace(caller.place.ticket, queue=queue, tier=there.ticket.tier, skills=there.ticket.skills | speech)

    def _ask(self, asked: Consultation, agent: SignedIn) -> None:
        """Whoever was asked has answered: the two hear each other, and the one who was asked sees the caller's packet."""
        asked.asked = agent
        known, note = asked.caller.caller, asked.note
        bridge = self._bridge(asked.call_id)
        self._joins(asked.asking, bridge.first)
        self._joins(agent, bridge.second)

        async def introduce() -> None:
            packet = await off_the_loop(lambda: self._packet(known))
            await agent.agent.send({"type": "caller", **packet, "speaks": True, "note": note, "consult": True, "typed_while_waiting": []})

        agent.mailbox.post(introduce)
        self._tell(asked.asking, {"type": "consulting", "queue": asked.queue, "state": "talking", "with": agent.agent.name})
        self._show(agent)

    def _goes_on(self, agent: SignedIn) -> None:
        """Whoever asks goes on asking on the page that they have now, and the caller stays on hold."""
        asked = self._asks(agent)
        if asked is None:
            return super()._goes_on(agent)
        asked.asking = agent
        self._introduce(agent, asked.caller)
        if asked.asked is not None:
            self._ask(asked, asked.asked)
        else:
            self._tell(agent, {"type": "consulting", "queue": asked.queue, "state": "waiting", "with": ""})

    def _consultation_over(self, asked_agent: SignedIn) -> None:
        """Whoever was asked has gone: the one who asked is back with the caller."""
        asked = self._asked(asked_agent)
        if asked is None:
            return
        self._finish(asked)
        self._back_to(asked.asking, asked.caller)

    def _end_consultations(self, call_id: str) -> None:
        for asked in [c for c in self._consultations.values() if c.caller.caller.call_id == call_id]:
            self._finish(asked)

    def _finish(self, asked: Consultation) -> None:
        """The request is gone from the line, and whoever was asked is told so."""
        post = self._floor.staff.at(asked.call_id)
        other = self._agents.get(post.agent.id) if post else None
        self._consultations.pop(asked.call_id, None)
        self._bridges.pop(asked.call_id, None)
        self._floor = self._floor.leave(asked.call_id, self._now())
        if other is not None:
            self._joins(other, None)
            self._tell(other, {"type": "gone", "call": asked.caller.caller.call_id, "why": "taken"})
            self._show(other)
        self._tell(asked.asking, {"type": "consulting", "queue": asked.queue, "state": "over", "with": ""})

    def _back_to(self, agent: SignedIn, caller: Waiting) -> None:
        if caller.speaks:
            bridge = self._bridges.get(caller.caller.call_id)
            self._joins(agent, bridge.second if bridge else None)
        self._hold(caller, False)
        self._tell(agent, {"type": "held", "call": caller.caller.call_id, "on": False})


class _InQueue:
    """A caller as if they had asked for another queue."""

    def __init__(self, caller: Waiting, queue: str):
        self._caller, self.queue = caller.caller, queue

    def __getattr__(self, name: str) -> object:
        return getattr(self._caller, name)
