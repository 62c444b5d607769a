"""Conversations in writing that the engine handed over, over all servers: one process holds each of them at its desk, one where a
member of staff can take it if there is any, and carries their lines from the rows to that desk.

Which server a browser or the carrier asks next is nobody's choice; so what is written is a row first, and whoever holds the
conversation reads it there. A process that dies loses its hold after a while, and another one takes the conversation over.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ivr.dialog.session import Session
from ivr.errors import Unavailable
from ivr.ids import new_token
from ivr.ops import logs
from ivr.runtime.ticking import Ticking
from ivr.runtime.written_callers import ChatCaller, SmsCaller

if TYPE_CHECKING:
    from ivr.runtime.services import Services

HOLD_S, TICK_S = 15.0, 1.0
ABSENT_S = 120.0
"""A window on a page that asks for nothing any more for so long is closed: nobody waits there for a person."""
AGENTS, WINDOWS = "text-agents", "chat-windows"
"""Rooms of who is there: members of staff with what they take, and windows whose caller waits."""
log = logs.get("handovers")


class Handovers:
    def __init__(self, services: Services):
        self._s, self._rows = services, services.text_rows
        self.me = new_token()[:16]
        self._lock = threading.RLock()
        self._read: dict[str, int] = {}
        """Conversation held here -> last line that its desk was told."""
        self._shown: set[str] = set()
        self._ticking = Ticking("handovers", TICK_S, self.tick)

    # -- coming and going ---------------------------------------------------------------------------------------

    def begin(self, session: Session) -> None:
        """The engine has just handed it over."""
        self._hold(session, again=False)

    def go_on(self, session: Session) -> None:
        """It was handed over before; nothing where somebody holds it."""
        if session.transfer is not None and not self._s.desk.has(session.call_id):
            self._hold(session, again=True)

    def over(self, call_id: str) -> None:
        """The desk is done with it, or the caller."""
        with self._lock:
            self._read.pop(call_id, None)
        self._rows.let_go(call_id)

    def forward(self, call_id: str) -> None:
        """What the caller wrote since, to the desk that holds them."""
        with self._lock:
            if call_id not in self._read:
                return
            for line in self._rows.after(call_id, self._read[call_id]):
                self._read[call_id] = line.seq
                if line.who == "caller":
                    self._s.desk.typed(call_id, line.text)

    def window_seen(self, call_id: str) -> None:
        try:
            self._s.shared.presence.seen(WINDOWS, call_id, ABSENT_S, self._s.clock.now())
        except Unavailable:
            log.warning("nobody can be told apart from a closed window", call=call_id)

    def talks(self, call_id: str) -> bool:
        """Whether a member of staff has taken it, here or elsewhere."""
        desk = self._s.desk
        return desk.talks(call_id) if desk.has(call_id) else self._rows.count(call_id, "agent") > 0

    # -- time ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._ticking.start()

    def close(self) -> None:
        """Another process may take over at once."""
        self._ticking.close()
        with self._lock:
            self._show(set())
            self._rows.release(self.me)

    def tick(self) -> None:
        self.show_agents()
        self._keep()
        for call_id in self._rows.unheld(self._s.clock.now()):
            session = self._s.turns.session(call_id)
            if session is None or session.transfer is None:
                self.over(call_id)
            else:
                self.go_on(session)

    def show_agents(self) -> None:
        """Tell the other processes whom our members of staff take."""
        with self._lock:
            # Skills only where there are some: servers of the release before read three parts.
            self._show({"|".join((self.me, ",".join(a.queues), ",".join(a.languages), *([",".join(a.skills)] if a.skills else ())))
                        for a in self._s.desk.agents})

    def _keep(self) -> None:
        """Hold on to what is held here, tell the desk what is new, and let go of what is over."""
        now = self._s.clock.now()
        with self._lock:
            held = self._rows.held(self.me, now, HOLD_S) if self._read else set()
            here = list(self._read)
        windows = self._windows() if here else None
        for call_id in here:
            session = self._s.turns.session(call_id)
            if call_id not in held or session is None or session.transfer is None:
                self._s.desk.leave(call_id)
                with self._lock:
                    self._read.pop(call_id, None)
            elif not self._s.desk.has(call_id):
                self.go_on(session)  # it was released, and the turn behind it failed
            elif session.channel == "chat" and windows is not None and call_id not in windows:
                self._s.texts.leave_queue(call_id)
            else:
                self.forward(call_id)

    # -- parts --------------------------------------------------------------------------------------------------

    def _hold(self, session: Session, *, again: bool) -> None:
        if session.transfer is None:
            return
        if self._only_elsewhere(session):
            self._rows.hand_over(session.call_id)
            return
        if not self._rows.claim(session.call_id, self.me, self._s.clock.now(), HOLD_S):
            return
        with self._lock:
            self._read[session.call_id] = self._rows.last(session.call_id)
        make = SmsCaller if session.channel == "sms" else ChatCaller
        self._s.desk.join(make(self._s, session), again=again)

    def _only_elsewhere(self, session: Session) -> bool:
        """Whether members of staff who take such callers are signed in at other processes only."""
        assert session.transfer is not None
        queue, language = session.transfer.queue, session.language
        known = self._s.bundles.get(session.bundle_hash).queues.get(queue)
        skills = known.skills if known else ()
        if self._s.desk.serves(queue, language, skills):
            return False
        try:
            there = self._s.shared.presence.who(AGENTS, self._s.clock.now())
        except Unavailable:
            return False
        others = [[*m.split("|"), ""][:4] for m in there if not m.startswith(self.me)]
        return any((not queues or queue in queues.split(",")) and (not languages or language in languages.split(","))
                   and set(skills) <= set(can.split(",")) for _, queues, languages, can in others)

    def _windows(self) -> set[str] | None:
        try:
            return set(self._s.shared.presence.who(WINDOWS, self._s.clock.now()))
        except Unavailable:
            return None

    def _show(self, members: set[str]) -> None:
        presence = self._s.shared.presence
        try:
            for member in members:
                presence.seen(AGENTS, member, HOLD_S, self._s.clock.now())
            for member in self._shown - members:
                presence.gone(AGENTS, member)
            self._shown = members
        except Unavailable:
            log.warning("other servers do not know who is signed in here")
