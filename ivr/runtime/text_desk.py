"""Callers who type and wait for a member of staff who types: text telephones, web chat and texts, in one line a queue.

Who may wait here, and for which queue, the flow's policy has decided: the engine asked for a `Transfer`, and the desk decides
nothing. It keeps the order, says where somebody stands, brings the two together and carries their lines. How it ended is told
to the caller's side (`released`), which makes the `QueueEnded` of it.

Callers: the media path of a text telephone, the web chat, the conversation by text. Agents: `/agents/text`. Any thread may call.
"""

from __future__ import annotations

import asyncio
import re
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from ivr.clock import Clock
from ivr.ops import logs
from ivr.runtime.mailboxes import Mailbox, OwnLoop, loop_here
from ivr.runtime.text_people import SignedIn, TextAgent, TextCaller, Waiting
from ivr.runtime.ticking import Ticking

SAY_EVERY_S = 60.0
"""The waiting room says again where somebody stands."""
GRACE_S = 30.0
"""So long a caller waits on when the last agent of their queue is gone: a connection comes back sooner than a person."""
TICK_S = 1.0
MOST_KEPT = 20
"""Lines typed while waiting that are kept for whoever takes the conversation."""
_GO_AHEAD = re.compile(r"[\s,.]*\bGA\W*$", re.IGNORECASE)
log = logs.get("text_desk")


class TextDesk:
    def __init__(self, clock: Clock, words: Callable[[str, int], str], longest_s: Callable[[str], float],
                 packet: Callable[[TextCaller], dict[str, Any]]):
        """`words(call_id, position)`: what the waiting room says; `longest_s(call_id)`: longest wait of that queue; `packet`: what an
        agent is shown of a caller. They may read the store, and are called on no event loop of a line."""
        self._clock, self._words, self._longest_s, self._packet = clock, words, longest_s, packet
        self._lock, self._loop = threading.RLock(), OwnLoop("text-desk")
        self._callers: dict[str, Waiting] = {}
        """By call, in the order of their coming: waiting ones and those in conversation."""
        self._agents: dict[int, SignedIn] = {}
        self._releasing: set[str] = set()
        self._boxes = weakref.WeakSet[Mailbox]()
        self._ticking = Ticking("text-desk-clock", TICK_S, self.tick)

    # -- the callers' side --------------------------------------------------------------------------------------

    def join(self, caller: TextCaller, *, again: bool = False) -> int:
        """Begin to wait: the place in the line, 1 for the next one. 0: nobody is signed in for this queue, and `released("failed")`
        follows. Who waits or talks already only has their line changed for this one, after a reload or a lost connection.
        `again`: the caller waited before this process was started; agents have a moment to come back too."""
        with self._lock:
            known = self._callers.get(caller.call_id)
            mailbox = self._mailbox()
            if known is not None:
                known.caller, known.mailbox = caller, mailbox
                return self._position(known) if known.agent is None else 1
            now = self._clock.monotonic_s()
            new = Waiting(caller, mailbox, now, now)
            if not again and not any(a.takes(caller) for a in self._agents.values()):
                self._release(new, "failed")
                return 0
            self._callers[caller.call_id] = new
            place = self._position(new)
            if not self._match(new):
                self._say_place(new, place)
            return place

    def leave(self, call_id: str) -> None:
        """The caller has gone, or wants to wait no longer."""
        with self._lock:
            self._releasing.discard(call_id)
            gone = self._callers.pop(call_id, None)
            agent = gone.agent if gone is not None else None
            if agent is not None:
                self._part(agent)
                self._tell(agent, {"type": "gone", "call": call_id, "why": "left"})

    def typed(self, call_id: str, text: str) -> None:
        """A line of the caller: to the agent, or kept for the one to come."""
        with self._lock:
            caller = self._callers.get(call_id)
            if caller is None:
                return
            if caller.agent is not None:
                self._tell(caller.agent, {"type": "line", "call": call_id, "text": text})
            elif len(caller.kept) < MOST_KEPT:
                caller.kept.append(text)

    def has(self, call_id: str) -> bool:
        """Whether the caller waits, talks, or is just being released."""
        with self._lock:
            return call_id in self._callers or call_id in self._releasing

    def waits(self, call_id: str) -> bool:
        with self._lock:
            caller = self._callers.get(call_id)
            return caller is not None and caller.agent is None

    def talks(self, call_id: str) -> bool:
        """Whether an agent has taken the caller."""
        with self._lock:
            caller = self._callers.get(call_id)
            return caller is not None and caller.agent is not None

    def position(self, call_id: str) -> int:
        """Place in the line, 0 for who does not wait."""
        with self._lock:
            caller = self._callers.get(call_id)
            return self._position(caller) if caller is not None and caller.agent is None else 0

    # -- the agents' side ---------------------------------------------------------------------------------------

    @property
    def agents(self) -> tuple[TextAgent, ...]:
        """Who is signed in."""
        with self._lock:
            return tuple(a.agent for a in self._agents.values())

    def serves(self, queue: str, language: str) -> bool:
        """Whether somebody who takes such callers is signed in here."""
        with self._lock:
            return any(a.takes_from(queue, language) for a in self._agents.values())

    def sign_in(self, agent: TextAgent) -> None:
        """Ready for the next caller at once."""
        with self._lock:
            self._agents[id(agent)] = SignedIn(agent, self._mailbox())
            log.info("agent signed in", agent=agent.name, queues=",".join(agent.queues), signed_in=len(self._agents))
            self._serve(self._agents[id(agent)])

    def sign_out(self, agent: TextAgent) -> None:
        """Signed out, or the connection is lost: whoever was talked with is the first of their line again."""
        with self._lock:
            gone = self._agents.pop(id(agent), None)
            if gone is None:
                return
            log.info("agent signed out", agent=agent.name, signed_in=len(self._agents))
            caller = gone.caller
            if caller is None:
                return
            self._part(gone)
            caller.since_s = caller.told_s = self._clock.monotonic_s()
            self._callers = {caller.caller.call_id: caller, **{k: v for k, v in self._callers.items() if v is not caller}}
            if not self._match(caller):
                self._say_place(caller, self._position(caller))

    def say(self, agent: TextAgent, text: str) -> bool:
        """A line to the caller; False when the agent talks with nobody."""
        with self._lock:
            known = self._agents.get(id(agent))
            caller = known.caller if known else None
            if caller is None or not text.strip():
                return False
            line = _GO_AHEAD.sub("", text).strip() if caller.caller.channel == "tty" else text.strip()
            if line:
                self._deliver(caller, line)
            return True

    def end(self, agent: TextAgent) -> None:
        """Hang up: the conversation took place. No next caller before the agent asks for one."""
        with self._lock:
            known = self._agents.get(id(agent))
            if known is None or known.caller is None:
                return
            caller = known.caller
            known.ready = False
            self._part(known)
            self._callers.pop(caller.caller.call_id, None)
            self._tell(known, {"type": "gone", "call": caller.caller.call_id, "why": "ended"})
            self._release(caller, "connected")

    def next(self, agent: TextAgent) -> None:
        """Ready for the next caller; ends the present conversation."""
        with self._lock:
            self.end(agent)
            known = self._agents.get(id(agent))
            if known is not None:
                known.ready = True
                self._serve(known)

    def caller_of(self, agent: TextAgent) -> TextCaller | None:
        with self._lock:
            known = self._agents.get(id(agent))
            return known.caller.caller if known and known.caller else None

    # -- time ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._ticking.start()

    def close(self) -> None:
        self._ticking.close()
        self._loop.close()

    def tick(self) -> None:
        """What time brings: places said again, waits that are too long."""
        now = self._clock.monotonic_s()
        with self._lock:
            waiting = [c for c in self._callers.values() if c.agent is None]
        longest = {c.caller.call_id: self._longest_s(c.caller.call_id) for c in waiting}
        with self._lock:
            for caller in waiting:
                if self._callers.get(caller.caller.call_id) is caller and caller.agent is None:
                    self._waited(caller, now, longest[caller.caller.call_id])

    def settled(self, timeout_s: float = 5.0) -> bool:
        """Whether everybody has been told everything; waits for it."""
        return all(box.settled(timeout_s) for box in list(self._boxes))

    # -- parts: with the lock held ------------------------------------------------------------------------------

    def _mailbox(self) -> Mailbox:
        mailbox = Mailbox(loop_here() or self._loop.get())
        self._boxes.add(mailbox)
        return mailbox

    def _waited(self, caller: Waiting, now: float, longest_s: float) -> None:
        if any(a.takes(caller.caller) for a in self._agents.values()):
            caller.alone_s = None
        elif caller.alone_s is None:
            caller.alone_s = now
        alone = caller.alone_s is not None and now - caller.alone_s >= GRACE_S
        if alone or now - caller.since_s >= longest_s:
            self._callers.pop(caller.caller.call_id, None)
            self._release(caller, "failed" if alone else "wait_too_long")
        elif now - caller.told_s >= SAY_EVERY_S:
            caller.told_s = now
            self._say_place(caller, self._position(caller))

    def _line(self, queue: str) -> Iterator[Waiting]:
        return (c for c in self._callers.values() if c.agent is None and c.caller.queue == queue)

    def _position(self, caller: Waiting) -> int:
        return next((n for n, c in enumerate(self._line(caller.caller.queue), 1) if c is caller), 1)

    def _match(self, caller: Waiting) -> bool:
        """Give the caller to an agent who is free; whoever waits longer was given to them before."""
        free = next((a for a in self._agents.values() if a.ready and a.caller is None and a.takes(caller.caller)), None)
        if free is not None:
            self._connect(free, caller)
        return free is not None

    def _serve(self, agent: SignedIn) -> None:
        if agent.ready and agent.caller is None:
            first = next((c for c in self._callers.values() if c.agent is None and agent.takes(c.caller)), None)
            if first is not None:
                return self._connect(agent, first)
        self._tell(agent, {"type": "waiting", "count": sum(1 for c in self._callers.values() if c.agent is None and agent.takes(c.caller))})

    def _connect(self, agent: SignedIn, caller: Waiting) -> None:
        agent.caller, agent.ready, caller.agent = caller, False, agent
        known, kept = caller.caller, tuple(caller.kept)
        caller.kept.clear()
        log.info("caller taken", call=known.call_id, queue=known.queue, channel=known.channel, agent=agent.agent.name,
                 waited_s=round(self._clock.monotonic_s() - caller.since_s))

        async def introduce() -> None:
            packet = await _off_the_loop(lambda: self._packet(known))
            await agent.agent.send({"type": "caller", **packet, "typed_while_waiting": list(kept)})

        agent.mailbox.post(introduce)

    def _part(self, agent: SignedIn) -> None:
        if agent.caller is not None:
            agent.caller.agent = None
            agent.caller = None

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

    def _say_place(self, caller: Waiting, place: int) -> None:
        known = caller.caller

        async def say() -> None:
            text = await _off_the_loop(lambda: self._words(known.call_id, place))
            if text and self.waits(known.call_id):
                await known.deliver(text)

        caller.mailbox.post(say)


async def _off_the_loop(function: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(function)


__all__ = ["TextAgent", "TextCaller", "TextDesk"]
