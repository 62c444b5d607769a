"""Staff who talk on a telephone of their own: it is rung while the caller rings at their screen, and whoever presses 1 there takes the
caller. The two then meet in a queue of the carrier's that is made for this one conversation; its sound never comes to us.

    [ringing]──1──▶[taken]──the carrier connects──▶[bridged]──▶ the flow goes on by `connected`
        └─no answer, declined─▶ the old place    └─hung up before─▶ the old place

Until 1 is pressed the caller stays where they are, so neither a mailbox nor a ring that nobody hears costs them anything. Who is next,
and how a conversation ends, is decided as for everybody else; only holding and asking a colleague need a microphone at the screen.
Where the caller is to be now, `ivr.web.phone_hooks` asks whenever the carrier does: nobody is moved by a command that may be lost.
"""

from __future__ import annotations

from typing import Any, cast

from ivr.agents.presence import Doing, Post
from ivr.agents.refusals import REFUSALS
from ivr.runtime.desk_consultations import DeskConsultations
from ivr.runtime.desk_core import RINGS_S
from ivr.runtime.mailboxes import Mailbox
from ivr.runtime.people import ConsoleAgent, DeskAgent, SignedIn, Waiting
from ivr.runtime.phone_legs import BRIDGED, PHONE_RINGS_S, RINGING, TAKEN, Leg, PhoneLegs, Phones


class DeskPhones(DeskConsultations):
    def __init__(self, *args: Any, phones: Phones | None = None, **kwargs: Any):
        """As `DeskCore`. Without `phones` nobody can be rung."""
        super().__init__(*args, **kwargs)
        self._legs = PhoneLegs(phones, self._box_of_a_leg, self.phone_over)

    # -- what the carrier asks and tells -----------------------------------------------------------------------------

    def ringing(self, key: str) -> Leg | None:
        """Whoever picked up: the leg, while its caller still rings."""
        with self._lock:
            leg = self._legs.get(key)
            return leg if leg is not None and leg.state == RINGING else None

    def phone_takes(self, key: str) -> str:
        """The key was pressed: name of the queue to dial, empty when the caller rings no more. The same when asked again."""
        with self._lock:
            leg = self._legs.get(key)
            agent = self._agents.get(leg.agent_id) if leg else None
            if leg is None or agent is None:
                return ""
            if leg.state == RINGING and self._has(leg, Doing.OFFERED):
                leg.state = TAKEN
                self._floor = self._floor.accept(agent.id, self._now())
                self._answered(agent, leg.call_id)
            return leg.queue if leg.state != RINGING else ""

    def queue_to_meet_in(self, key: str) -> str:
        """For a telephone that has dialled it and met nobody yet; empty when there is nobody to meet any more."""
        with self._lock:
            leg = self._legs.get(key)
            return leg.queue if leg is not None and leg.state == TAKEN else ""

    def phone_bridged(self, key: str) -> str:
        """The carrier connects the two: the caller's call, empty where there is none."""
        with self._lock:
            leg = self._legs.get(key)
            if leg is not None and leg.state == TAKEN:
                leg.state = BRIDGED
            return leg.call_id if leg is not None and leg.state == BRIDGED else ""

    def phone_over(self, key: str) -> None:
        """The call to the member of staff has ended, or never came about."""
        with self._lock:
            leg = self._legs.pop(key)
            agent = self._agents.get(leg.agent_id) if leg else None
            if leg is None or agent is None:
                return
            if leg.state == RINGING and self._has(leg, Doing.OFFERED):
                self._tell(agent, {"type": "error", "code": "phone_not_answered", "message": REFUSALS["phone_not_answered"]})
                self._declined(agent)
            elif self._has(leg, Doing.TALKING):
                (self._talked if leg.state == BRIDGED else self._not_met)(agent, leg.call_id)

    def met_in(self, queue_sid: str) -> None:
        """The carrier has done with this queue, which was made for one conversation."""
        self._legs.clear(queue_sid)

    def leg_of(self, call_id: str) -> Leg | None:
        """Of a caller who has pressed nothing but is to meet somebody on a telephone."""
        with self._lock:
            return self._legs.of_caller(call_id)

    def phone_talk_ended(self, call_id: str) -> bool:
        """The carrier has done with connecting this caller: True when that was the conversation, False when they wait again."""
        with self._lock:
            leg = self.leg_of(call_id)
            agent = self._agents.get(leg.agent_id) if leg else None
            if leg is not None and agent is not None:
                self._talked(agent, call_id)
            return call_id not in self._callers

    def is_on_phone(self, agent: DeskAgent) -> bool:
        """Whether they talk on a telephone."""
        with self._lock:
            known = self._known(agent)
            return known is not None and self._on_phone(known)

    # -- what a screen cannot do meanwhile ----------------------------------------------------------------------------

    def answer(self, agent: DeskAgent) -> bool:
        with self._lock:
            known = self._known(agent)
            if known is not None and known.by_phone and self._leg_at(known) is not None:
                return False  # by the key on the telephone
            return super().answer(agent)

    def hold(self, agent: DeskAgent, on: bool) -> bool:
        with self._lock:
            return not self.is_on_phone(agent) and super().hold(agent, on)

    def consult(self, agent: DeskAgent, queue: str, note: str) -> bool:
        with self._lock:
            return not self.is_on_phone(agent) and super().consult(agent, queue, note)

    def end(self, agent: DeskAgent) -> None:
        with self._lock:
            known, caller = self._known(agent), self._with(agent)
            leg = self.leg_of(caller.caller.call_id) if caller else None
            if known is None or caller is None or leg is None:
                return super().end(agent)
            (self._talked if leg.state == BRIDGED else self._not_met)(known, leg.call_id)

    # -- parts: with the lock held --------------------------------------------------------------------------------

    def _ring(self, agent: SignedIn, call_id: str) -> None:
        super()._ring(agent, call_id)
        caller = self._callers.get(call_id)
        if caller is None or not caller.speaks or not agent.by_phone or self._leg_at(agent) is not None:
            return
        console = cast(ConsoleAgent, agent.agent)
        self._legs.ring(agent.id, call_id, getattr(console, "language", ""), console.phone)

    def _box_of_a_leg(self) -> Mailbox:
        mailbox = Mailbox(self._loop.get())  # the desk's own loop: a leg belongs to no line
        self._boxes.add(mailbox)
        return mailbox

    def _show(self, agent: SignedIn) -> None:
        super()._show(agent)
        self._mind(agent.id)

    def _signed_out(self, gone: SignedIn) -> None:
        super()._signed_out(gone)
        self._mind(gone.id)

    def _mind(self, agent_id: str) -> None:
        """A telephone rings or is talked on for as long as the floor says so, and no longer."""
        for leg in self._legs.all_of(agent_id):
            if not self._has(leg, Doing.OFFERED if leg.state == RINGING else Doing.TALKING):
                self._legs.stop(leg)

    def _talked(self, agent: SignedIn, call_id: str) -> None:
        """The flow goes on when the carrier asks what comes next for the caller; nothing is told to them from here."""
        self._floor = self._floor.finish(agent.id, self._now())
        self._callers.pop(call_id, None)
        self._tell(agent, {"type": "gone", "call": call_id, "why": "ended"})
        self._show(agent)

    def _not_met(self, agent: SignedIn, call_id: str) -> None:
        """Taken, and then not connected: the caller is at their place, the member of staff looks at what went wrong."""
        caller = self._callers[call_id]
        now = self._now()
        self._floor = self._floor.pass_on(agent.id, caller.place.ticket, now).away(agent.id, now)
        caller.since_s = now
        self._tell(agent, {"type": "gone", "call": call_id, "why": "not_met"})
        self._show(agent)
        self._parted(caller)
        self._offer()
        self._say_place(caller)

    def _is_by_phone(self, agent: SignedIn, caller: Waiting) -> bool:
        leg = self.leg_of(caller.caller.call_id)
        return leg is not None and leg.agent_id == agent.id

    def _hold(self, caller: Waiting, on: bool) -> None:
        if self.leg_of(caller.caller.call_id) is None:
            super()._hold(caller, on)

    def _rings_s(self, agent: SignedIn) -> int:
        return PHONE_RINGS_S if agent.by_phone else RINGS_S

    def _on_phone(self, agent: SignedIn) -> bool:
        """They talk, whatever has become of their page."""
        leg = self._leg_at(agent)
        return leg is not None and leg.state != RINGING

    def _leg_at(self, agent: SignedIn) -> Leg | None:
        return self._legs.of_agent(agent.id)

    def _has(self, leg: Leg, doing: Doing) -> bool:
        post: Post | None = self._floor.staff.posts.get(leg.agent_id)
        return post is not None and post.doing is doing and post.call_id == leg.call_id
