"""What the two sides of the desk have in common: who is where, and how anybody is told. The parts with a leading underscore are
called with the lock held and read no store."""

from __future__ import annotations

import asyncio
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, cast

from ivr.agents.estimate import expected_wait_s
from ivr.agents.floor import Floor
from ivr.agents.presence import Doing, Post
from ivr.clock import Clock
from ivr.ops import logs
from ivr.runtime.desk_tickets import Places, plain
from ivr.runtime.mailboxes import Mailbox, OwnLoop, loop_here
from ivr.runtime.people import ConsoleAgent, Consultation, DeskCaller, SignedIn, SpeakingCaller, Waiting
from ivr.runtime.sound_bridge import End, SoundBridge
from ivr.runtime.waiting_room import Standing

RINGS_S = 20
"""Whole seconds a caller rings at a screen before they are back at their place."""
log = logs.get("desk")


class DeskCore(ABC):
    def __init__(self, clock: Clock, words: Callable[[str, Standing], str], longest_s: Callable[[str], float],
                 packet: Callable[[DeskCaller], dict[str, Any]], places: Places = plain,
                 taken: Callable[[DeskCaller, float], None] = lambda caller, waited_s: None):
        """`words(call_id, standing)`: what the waiting room says; `longest_s(call_id)`: longest wait of that queue; `packet`: what an
        agent is shown of a caller. They may read the store, and are called on no event loop of a line. `places` and `taken` (how
        long somebody waited who was taken) may not."""
        self._clock, self._words, self._longest_s, self._packet = clock, words, longest_s, packet
        self._places, self._taken = places, taken
        self._lock, self._loop = threading.RLock(), OwnLoop("desk")
        self._floor = Floor()
        """Who is next, and who has whom. Everything below only says how to reach them."""
        self._callers: dict[str, Waiting] = {}
        """By call: waiting ones and those in conversation."""
        self._agents: dict[str, SignedIn] = {}
        self._bridges: dict[str, SoundBridge] = {}
        """By call, of those who speak with somebody."""
        self._consultations: dict[str, Consultation] = {}
        """By the ticket's own id."""
        self._unwritten: dict[str, Post] = {}
        """Of agents who were lost, or signed out, before they had written down what became of their last caller."""
        self._releasing: set[str] = set()
        self._boxes = weakref.WeakSet[Mailbox]()

    # -- who is who -----------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self._clock.monotonic_s()

    def _mailbox(self) -> Mailbox:
        mailbox = Mailbox(loop_here() or self._loop.get())
        self._boxes.add(mailbox)
        return mailbox

    def _agent_of(self, call_id: str) -> SignedIn | None:
        """Whoever talks with this caller."""
        post = self._floor.staff.at(call_id)
        return self._agents.get(post.agent.id) if post and post.doing is Doing.TALKING else None

    def _caller_of(self, agent: SignedIn) -> Waiting | None:
        """Whom this agent talks with."""
        post = self._floor.staff.posts.get(agent.id)
        return self._callers.get(post.call_id) if post and post.doing is Doing.TALKING else None

    def _asked(self, agent: SignedIn) -> Consultation | None:
        """The consultation that the agent is offered or takes part in as the one who is asked."""
        post = self._floor.staff.posts.get(agent.id)
        return self._consultations.get(post.call_id) if post else None

    def _asks(self, agent: SignedIn) -> Consultation | None:
        return next((c for c in self._consultations.values() if c.asking.id == agent.id), None)

    # -- bringing together ------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        """Bring together who can be. Whoever has no bell takes what comes."""
        now = self._now()
        self._floor, offers = self._floor.offers(now)
        for offer in offers:
            agent = self._agents[offer.agent_id]
            if agent.answers:
                self._ring(agent, offer.call_id)
            else:
                self._floor = self._floor.accept(offer.agent_id, now)
                self._answered(agent, offer.call_id)

    def _ring(self, agent: SignedIn, call_id: str) -> None:
        asked = self._consultations.get(call_id)
        waiting = asked.caller if asked else self._callers[call_id]
        caller, ticket = waiting.caller, waiting.place.ticket
        note = asked.note if asked else waiting.note
        self._tell(agent, {"type": "offer", "call": caller.call_id, "channel": caller.channel, "language": caller.language,
                           "queue": asked.queue if asked else ticket.queue, "urgent": ticket.ahead_s > 0,
                           "waited_s": round(ticket.waited_s(self._now())), "reason": str(caller.context.get("reason", "")),
                           "note": note, "consult": asked is not None, "seconds": self._rings_still_s(agent),
                           "by_phone": agent.by_phone and asked is None and waiting.speaks,
                           "called_back": getattr(caller, "called_back", False), "reference": getattr(caller, "reference", "")})
        self._show(agent)

    def _rings_still_s(self, agent: SignedIn) -> int:
        """Whole seconds: less than at first on a page that was loaded again."""
        return max(1, round(self._rings_s(agent) - (self._now() - self._floor.staff.posts[agent.id].since_s)))

    def _answered(self, agent: SignedIn, call_id: str) -> None:
        asked = self._consultations.get(call_id)
        if asked is not None:
            return self._ask(asked, agent)
        caller = self._callers[call_id]
        waited_s = caller.place.ticket.waited_s(self._now())
        log.info("caller taken", call=call_id, queue=caller.place.ticket.queue, channel=caller.caller.channel, agent=agent.agent.name,
                 waited_s=round(waited_s))
        self._taken(caller.caller, waited_s)
        self._connect(agent, caller)

    @abstractmethod
    def _ask(self, asked: Consultation, agent: SignedIn) -> None:
        """A colleague who was asked has answered: `DeskConsultations` knows what then."""

    def _connect(self, agent: SignedIn, caller: Waiting) -> None:
        known = caller.caller
        caller.held = False
        by_phone = self._is_by_phone(agent, caller)
        bridge = self._bridge(known.call_id) if caller.speaks and not by_phone else None
        if bridge is not None:
            theirs, ours = bridge.first, bridge.second
            self._joins(agent, ours)
            caller.mailbox.post(lambda: cast(SpeakingCaller, known).talks(theirs))
        if by_phone:
            caller.mailbox.post(cast(SpeakingCaller, known).meets_on_phone)
        self._introduce(agent, caller, by_phone)
        self._show(agent)

    def _introduce(self, agent: SignedIn, caller: Waiting, by_phone: bool = False) -> None:
        """Who the caller is, and what they typed while they waited."""
        known, kept, note = caller.caller, tuple(caller.kept), caller.note
        names = {"": "caller", agent.id: "you"}
        lines = [{"who": names.get(who, "colleague"), "text": text} for who, text in caller.talked]
        caller.kept.clear()
        caller.talked += [("", text) for text in kept]

        async def introduce() -> None:
            packet = await off_the_loop(lambda: self._packet(known))
            more = {"speaks": caller.speaks and not by_phone, "note": note, "by_phone": by_phone, "lines": lines} if agent.answers else {}
            await agent.agent.send({"type": "caller", **packet, **more, "typed_while_waiting": list(kept)})

        agent.mailbox.post(introduce)

    @abstractmethod
    def _is_by_phone(self, agent: SignedIn, caller: Waiting) -> bool:
        """Whether the two meet on a telephone: of `DeskPhones`."""

    @abstractmethod
    def _rings_s(self, agent: SignedIn) -> int:
        """So long a caller rings there: of `DeskPhones`."""

    def _bridge(self, call_id: str) -> SoundBridge:
        bridge = self._bridges[call_id] = SoundBridge()
        return bridge

    def _joins(self, agent: SignedIn, end: End | None) -> None:
        """The agent's end; terminals have none."""
        if agent.answers:
            agent.mailbox.post(lambda: cast(ConsoleAgent, agent.agent).talks(end))

    def _parted(self, caller: Waiting) -> None:
        """Nobody talks with them any more, and they wait."""
        caller.held = False
        self._bridges.pop(caller.caller.call_id, None)
        if caller.speaks:
            caller.mailbox.post(lambda: cast(SpeakingCaller, caller.caller).talks(None))

    # -- telling ----------------------------------------------------------------------------------------------------

    def _serve(self, agent: SignedIn) -> None:
        self._offer()
        if self._floor.staff.posts[agent.id].call_id == "":
            self._say_waiting(agent)

    def _wait_for(self, agent: SignedIn) -> int:
        known = agent.known_as
        return sum(1 for t in self._floor.line.waiting.values() if known.takes(t) and not t.absent)

    def _say_waiting(self, agent: SignedIn) -> None:
        agent.waiting = self._wait_for(agent)
        self._tell(agent, {"type": "waiting", "count": agent.waiting})

    def _show(self, agent: SignedIn) -> None:
        """What a screen shows of its agent."""
        post = self._floor.staff.posts.get(agent.id)
        if post is not None and agent.answers:
            call = post.ticket.call_id if post.ticket is not None and post.doing is not Doing.READY else ""
            self._tell(agent, {"type": "presence", "doing": str(post.doing), "call": call.removesuffix("+asked")})

    def _tell(self, agent: SignedIn, message: dict[str, Any]) -> None:
        agent.mailbox.post(lambda: agent.agent.send(message))

    def _deliver(self, caller: Waiting, text: str) -> None:
        known = caller.caller
        caller.mailbox.post(lambda: known.deliver(text))

    def _release(self, caller: Waiting, outcome: str) -> None:
        known = caller.caller
        log.info("caller released", call=known.call_id, queue=known.queue, outcome=outcome)
        self._releasing.add(known.call_id)

        async def release() -> None:
            if known.call_id not in self._releasing:
                return  # they left before they could be told
            try:
                await known.released(outcome)
            finally:
                self._releasing.discard(known.call_id)

        caller.mailbox.post(release)

    def _forget(self, call_id: str) -> None:
        """Gone from the desk. Whoever only heard them ring is told so."""
        post = self._floor.staff.at(call_id)
        self._callers.pop(call_id, None)
        self._bridges.pop(call_id, None)
        self._floor = self._floor.leave(call_id, self._now())
        agent = self._agents.get(post.agent.id) if post else None
        if agent is not None:
            self._joins(agent, None)
            self._tell(agent, {"type": "gone", "call": call_id, "why": "left"})
            self._show(agent)

    def _say_place(self, caller: Waiting) -> None:
        """Nothing for who was taken meanwhile."""
        known, now = caller.caller, self._now()
        place = self._floor.line.position(known.call_id)
        if not place:
            return
        caller.told_s, caller.told = now, caller.told + 1
        expected_s = expected_wait_s(self._floor, caller.place.ticket, now, {known.queue: caller.place.handling_s})
        standing = Standing(place, expected_s, caller.told)

        async def say() -> None:
            text = await off_the_loop(lambda: self._words(known.call_id, standing))
            if text and self.waits(known.call_id):
                await known.deliver(text)

        caller.mailbox.post(say)

    def waits(self, call_id: str) -> bool:
        with self._lock:
            return call_id in self._floor.line.waiting


async def off_the_loop(function: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(function)
