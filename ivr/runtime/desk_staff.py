"""The staff's side of the desk: signing in and out, callers that ring, what is said and typed, the end."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from ivr.agents.presence import Doing
from ivr.runtime.desk_callers import MOST_TALKED, DeskCallers
from ivr.runtime.desk_core import log
from ivr.runtime.people import DeskAgent, DeskCaller, SignedIn, SpeakingCaller, Waiting, agent_id

LOST_S = 10.0
"""A page that is loaded again is there within this time; then its caller is back at the old place."""
UNWRITTEN_S = 900.0
"""So long somebody who comes back finds the outcome that they still owe: a network, or a computer that slept, is away for longer than
a page that is loaded again."""
MAX_NOTE = 500
_GO_AHEAD = re.compile(r"[\s,.]*\bGA\W*$", re.IGNORECASE)


class DeskStaff(DeskCallers):
    @property
    def agents(self) -> tuple[DeskAgent, ...]:
        """Who is signed in."""
        with self._lock:
            return tuple(a.agent for a in self._agents.values())

    def sign_in(self, agent: DeskAgent, *, ready: bool = True) -> None:
        """Of a console: goes on with what that user did, on this page from now on."""
        with self._lock:
            known = SignedIn(agent, self._mailbox(), agent_id(agent))
            before = self._agents.get(known.id)
            if before is not None and before.lost_s is None:
                self._tell(before, {"type": "gone_elsewhere"})
                self._joins(before, None)
            self._agents[known.id] = known
            self._floor = self._floor.sign_in(known.known_as, self._now(), Doing.READY if ready else Doing.AWAY).seen(known.id, self._now())
            self._writes_on(known)
            log.info("agent signed in", agent=agent.name, queues=",".join(agent.queues), signed_in=len(self._agents))
            if before is not None:
                self._goes_on(known)
            self._show(known)
            self._serve(known)

    def sign_out(self, agent: DeskAgent) -> None:
        """Signed out, or the connection of a terminal is lost: whoever was talked with is back at the place they had."""
        with self._lock:
            gone = self._known(agent)
            if gone is not None:
                self._signed_out(gone)

    def lost(self, agent: DeskAgent) -> None:
        """The page is gone, perhaps to be loaded again. Its caller is told that it takes a moment."""
        with self._lock:
            known = self._known(agent)
            if known is None:
                return
            known.lost_s = self._now()
            caller = self._caller_of(known)
            if caller is not None:
                self._hold(caller, True)

    def seen(self, agent: DeskAgent) -> None:
        with self._lock:
            self._floor = self._floor.seen(agent_id(agent), self._now())

    # -- callers that ring ------------------------------------------------------------------------------------------

    def ready(self, agent: DeskAgent) -> None:
        """For the next caller. Nothing for who has one."""
        with self._lock:
            known = self._known(agent)
            if known is not None:
                self._floor = self._floor.ready(known.id, self._now())
                self._show(known)
                self._serve(known)

    def away(self, agent: DeskAgent) -> None:
        with self._lock:
            known = self._known(agent)
            if known is not None:
                self._floor = self._floor.away(known.id, self._now())
                self._show(known)

    def answer(self, agent: DeskAgent) -> bool:
        """The offered caller is taken; False when nobody rings any more."""
        with self._lock:
            known = self._known(agent)
            post = self._floor.staff.posts.get(known.id) if known else None
            if known is None or post is None or post.doing is not Doing.OFFERED:
                return False
            self._floor = self._floor.accept(known.id, self._now())
            self._answered(known, post.call_id)
            return True

    def decline(self, agent: DeskAgent) -> None:
        with self._lock:
            known = self._known(agent)
            if known is not None:
                self._declined(known)

    # -- with a caller ------------------------------------------------------------------------------------------------

    def say(self, agent: DeskAgent, text: str) -> bool:
        """A line to the caller; False when the agent talks with nobody who reads."""
        with self._lock:
            caller = self._with(agent)
            if caller is None or caller.speaks or not text.strip():
                return False
            line = _GO_AHEAD.sub("", text).strip() if caller.caller.channel == "tty" else text.strip()
            if line:
                caller.talked = [*caller.talked, (agent_id(agent), line)][-MOST_TALKED:]
                self._deliver(caller, line)
            return True

    def hold(self, agent: DeskAgent, on: bool) -> bool:
        """False when the agent talks with nobody, or the caller is on hold for a consultation."""
        with self._lock:
            known, caller = self._known(agent), self._with(agent)
            if known is None or caller is None or self._asks(known) is not None:
                return False
            self._hold(caller, on)
            self._tell(known, {"type": "held", "call": caller.caller.call_id, "on": on})
            return True

    def end(self, agent: DeskAgent) -> None:
        """Hang up: the conversation took place. No next caller before the agent asks for one."""
        with self._lock:
            known = self._known(agent)
            if known is None:
                return
            if self._asked(known) is not None:
                return self._consultation_over(known)
            caller = self._caller_of(known)
            if caller is None:
                return
            call_id = caller.caller.call_id
            self._end_consultations(call_id)
            self._floor = self._floor.finish(known.id, self._now())
            self._callers.pop(call_id, None)
            self._bridges.pop(call_id, None)
            self._joins(known, None)
            self._tell(known, {"type": "gone", "call": call_id, "why": "ended"})
            self._show(known)
            self._release(caller, "connected")

    def next(self, agent: DeskAgent) -> None:
        """Ready for the next caller; ends the present conversation."""
        with self._lock:
            self.end(agent)
            self.ready(agent)

    def transfer(self, agent: DeskAgent, queue: str, note: str) -> bool:
        """Cold: the caller waits for this queue, as long as they waited already counts. False when the agent talks with nobody."""
        with self._lock:
            known, caller = self._known(agent), self._with(agent)
            if known is None or caller is None:
                return False
            call_id = caller.caller.call_id
            self._end_consultations(call_id)
            caller.place = replace(caller.place, ticket=self._ticket(caller, queue))
            caller.note, caller.since_s, caller.told = note.strip()[:MAX_NOTE], self._now(), 0
            self._floor = self._floor.pass_on(known.id, caller.place.ticket, self._now())
            log.info("caller passed on", call=call_id, queue=queue, agent=agent.name)
            self._joins(known, None)
            self._tell(known, {"type": "gone", "call": call_id, "why": "transferred"})
            self._show(known)
            self._parted(caller)
            self._offer()
            self._say_place(caller)
            return True

    def caller_of(self, agent: DeskAgent) -> DeskCaller | None:
        """Whom they talk with, or are asked about by a colleague."""
        with self._lock:
            known = self._known(agent)
            caller = self._caller_of(known) if known else None
            asked = self._asked(known) if known else None
            return caller.caller if caller else asked.caller.caller if asked and asked.asked is known else None

    def serving(self, name: str) -> str:
        """The call that this user talks with or is writing down; empty without one."""
        with self._lock:
            post = self._floor.staff.posts.get(f"user:{name}")
            has = post is not None and post.ticket is not None and post.doing in (Doing.TALKING, Doing.WRAP_UP)
            return post.ticket.call_id.removesuffix("+asked") if has and post and post.ticket else ""

    # -- parts: with the lock held ------------------------------------------------------------------------------

    def _known(self, agent: DeskAgent) -> SignedIn | None:
        """None for a page that another one took over from."""
        known = self._agents.get(agent_id(agent))
        return known if known is not None and known.agent is agent else None

    def _with(self, agent: DeskAgent) -> Waiting | None:
        known = self._known(agent)
        return self._caller_of(known) if known else None

    def _hold(self, caller: Waiting, on: bool) -> None:
        bridge = self._bridges.get(caller.caller.call_id)
        if bridge is not None:
            bridge.is_held = on
        if caller.held is not on and caller.speaks:
            caller.mailbox.post(lambda: cast(SpeakingCaller, caller.caller).held(on))
        caller.held = on

    def _writes_on(self, agent: SignedIn) -> None:
        former = self._unwritten.pop(agent.id, None)
        if former is not None and self._now() - former.seen_s < UNWRITTEN_S:
            self._floor = self._floor.writes_on(former, self._now())

    def _goes_on(self, agent: SignedIn) -> None:
        """On another page, where they were."""
        caller, post = self._caller_of(agent), self._floor.staff.posts[agent.id]
        if caller is not None:
            self._connect(agent, caller)
        elif post.doing is Doing.OFFERED and post.ticket is not None and not agent.known_as.takes(post.ticket):
            self._declined(agent)  # the page that they have now takes other callers
        elif post.doing is Doing.OFFERED:
            self._ring(agent, post.call_id)
        elif (asked := self._asked(agent)) is not None:
            asked.asked = None
            self._ask(asked, agent)

    def _declined(self, agent: SignedIn) -> None:
        post = self._floor.staff.posts.get(agent.id)
        if post is None or post.doing is not Doing.OFFERED:
            return
        call_id = post.call_id.removesuffix("+asked")
        self._floor = self._floor.decline(agent.id, self._now())
        self._tell(agent, {"type": "gone", "call": call_id, "why": "taken"})
        self._show(agent)
        self._offer()

    def _signed_out(self, gone: SignedIn) -> None:
        caller, asked, asks = self._caller_of(gone), self._asked(gone), self._asks(gone)
        if asks is not None:
            self._end_consultations(asks.caller.caller.call_id)
        if asked is not None:
            self._consultation_over(gone)
        del self._agents[gone.id]
        post = self._floor.staff.posts[gone.id]
        if gone.answers and post.doing is Doing.WRAP_UP:
            self._unwritten[gone.id] = post
        self._floor = self._floor.sign_out(gone.id)
        log.info("agent signed out", agent=gone.agent.name, signed_in=len(self._agents))
        if caller is not None:
            caller.since_s = self._now()
            self._parted(caller)
            self._offer()
            self._say_place(caller)
        else:
            self._offer()
