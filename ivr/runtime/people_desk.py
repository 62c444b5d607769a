"""Callers who wait for a member of staff, and the staff who take them: those who speak, and those who type on a text telephone, in
the web chat or by text, all in one line a queue.

Who may wait here, and for which queue, the flow's policy has decided: the engine asked for a `Transfer`, and the desk decides
nothing. Whose turn it is, `ivr.agents` decides; the desk says where somebody stands, brings the two together and carries their
lines and their voices. How it ended is told to the caller's side (`released`), which makes the `QueueEnded` of it.

Callers: the media path, text telephones, the web chat, the conversation by text. Agents: `/agent/socket` (a screen, where a caller
rings first) and `/agents/text` (a terminal, which takes what comes). Any thread may call.
"""

from __future__ import annotations

from typing import Any

from ivr.agents.presence import GONE_AFTER_S, Doing
from ivr.runtime.desk_phones import DeskPhones
from ivr.runtime.desk_staff import LOST_S
from ivr.runtime.people import DeskAgent, DeskCaller, Waiting
from ivr.runtime.ticking import Ticking

SAY_EVERY_S = 60.0
"""The waiting room says again where somebody stands."""
GRACE_S = 30.0
"""So long a caller waits on when the last agent of their queue is gone: a connection comes back sooner than a person."""
TICK_S = 1.0


class PeopleDesk(DeskPhones):
    def __init__(self, *args: Any, **kwargs: Any):
        """As `DeskPhones`."""
        super().__init__(*args, **kwargs)
        self._ticking = Ticking("desk-clock", TICK_S, self.tick)

    def start(self) -> None:
        self._ticking.start()

    def close(self) -> None:
        self._ticking.close()
        self._loop.close()

    def tick(self) -> None:
        """What time brings: rings that nobody answers, screens that are gone, places said again, waits that are too long."""
        now = self._now()
        with self._lock:
            self._staff_at(now)
            self._say_who_waits()
            waiting = [self._callers[t.call_id] for t in self._floor.line.in_order() if t.call_id in self._callers]
        longest = {c.caller.call_id: self._longest_s(c.caller.call_id) for c in waiting}
        with self._lock:
            for caller in waiting:
                if self._callers.get(caller.caller.call_id) is caller and self.waits(caller.caller.call_id):
                    self._waited(caller, now, longest[caller.caller.call_id])

    def settled(self, timeout_s: float = 5.0) -> bool:
        """Whether everybody has been told everything; waits for it."""
        while all(box.settled(timeout_s) for box in list(self._boxes)):
            if all(box.settled(0) for box in list(self._boxes)):  # what one told last may have given work to another
                return True
        return False

    def _staff_at(self, now: float) -> None:
        for agent in [a for a in self._agents.values() if a.answers]:
            post = self._floor.staff.posts[agent.id]
            if self._on_phone(agent):
                continue
            if now - post.seen_s >= GONE_AFTER_S or (agent.lost_s is not None and now - agent.lost_s >= LOST_S):
                self._tell(agent, {"type": "gone_silent"})
                self._signed_out(agent)
            elif post.doing is Doing.OFFERED and now - post.since_s >= self._rings_s(agent):
                self._declined(agent)

    def _say_who_waits(self) -> None:
        """To screens, whatever their agent does: somebody who is away may come back for a line that has become long. Terminals are
        told when their agent is ready."""
        for agent in [a for a in self._agents.values() if a.answers and a.lost_s is None]:
            if agent.waiting != self._wait_for(agent):
                self._say_waiting(agent)

    def _waited(self, caller: Waiting, now: float, longest_s: float) -> None:
        if self._floor.staff.takes(caller.place.ticket):
            caller.alone_s = None
        elif caller.alone_s is None:
            caller.alone_s = now
        alone = caller.alone_s is not None and now - caller.alone_s >= GRACE_S
        if alone or now - caller.since_s >= longest_s:
            self._forget(caller.caller.call_id)
            self._release(caller, "failed" if alone else "wait_too_long")
        elif now - caller.told_s >= SAY_EVERY_S:
            self._say_place(caller)


__all__ = ["DeskAgent", "DeskCaller", "PeopleDesk"]
