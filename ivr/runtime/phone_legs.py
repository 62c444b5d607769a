"""Calls to the telephones of staff, one for each caller who rings there: which are there, and how the carrier is asked for them.

    [ringing]──1──▶[taken]──the carrier connects──▶[bridged]

`DeskPhones` asks with its lock held, and decides what a leg is worth; what the carrier does, it does in the leg's own mailbox, behind
whatever was asked of it before. A leg is gone from here as soon as it is of no use; the call itself is ended behind that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ivr.errors import Unavailable
from ivr.ids import new_token
from ivr.ops import logs
from ivr.runtime.desk_core import off_the_loop
from ivr.runtime.mailboxes import Mailbox
from ivr.sensitive import Sensitive

PHONE_RINGS_S = 40
"""Whole seconds from the first ring to the key: a telephone is found, picked up and listened to."""
RINGING, TAKEN, BRIDGED = "ringing", "taken", "bridged"
log = logs.get("desk")


class Phones(Protocol):
    """The effects. Called on no event loop of a line; raise Unavailable."""

    def ring(self, number: Sensitive, key: str) -> str:
        """Call this number; the carrier's id of the call. `key` comes back with each of its webhooks."""

    def stop(self, sid: str) -> None:
        """End that call; nothing for one that is over."""

    def clear(self, queue_sid: str) -> None:
        """Take away a queue in which two have met."""


@dataclass
class Leg:
    """The call to one member of staff about one caller."""

    key: str
    agent_id: str
    call_id: str
    """The caller's."""
    mailbox: Mailbox
    language: str = ""
    """That the member of staff reads: what their telephone says is said in it."""
    state: str = RINGING
    sid: str = ""

    @property
    def queue(self) -> str:
        """The carrier's queue in which the two meet."""
        return f"agent-{self.call_id}"[:64]


class PhoneLegs:
    def __init__(self, phones: Phones | None, mailbox: Callable[[], Mailbox], not_rung: Callable[[str], None]):
        """Without `phones` nobody can be rung. `not_rung`: told the key of a leg that the carrier did not take."""
        self._phones, self._mailbox, self._not_rung = phones, mailbox, not_rung
        self._legs: dict[str, Leg] = {}

    def get(self, key: str) -> Leg | None:
        return self._legs.get(key)

    def pop(self, key: str) -> Leg | None:
        """Its call is over."""
        return self._legs.pop(key, None)

    def of_caller(self, call_id: str) -> Leg | None:
        """Of a caller who has pressed nothing but is to meet somebody on a telephone."""
        return next((leg for leg in self._legs.values() if leg.call_id == call_id and leg.state != RINGING), None)

    def of_agent(self, agent_id: str) -> Leg | None:
        return next(iter(self.all_of(agent_id)), None)

    def all_of(self, agent_id: str) -> list[Leg]:
        return [leg for leg in self._legs.values() if leg.agent_id == agent_id]

    def ring(self, agent_id: str, call_id: str, language: str, number: Sensitive) -> None:
        leg = Leg(new_token(), agent_id, call_id, self._mailbox(), language)
        self._legs[leg.key] = leg
        leg.mailbox.post(lambda: self._dial(leg, number))

    def stop(self, leg: Leg) -> None:
        self._legs.pop(leg.key, None)
        leg.mailbox.post(lambda: self._hang_up(leg))

    def clear(self, queue_sid: str) -> None:
        """The carrier has done with this queue, which was made for one conversation."""
        if self._phones is not None and queue_sid:
            self._mailbox().post(lambda: self._clear(queue_sid))

    # -- without the lock: the carrier is asked ------------------------------------------------------------------------

    async def _dial(self, leg: Leg, number: Sensitive) -> None:
        phones = self._phones
        if phones is None or leg.key not in self._legs:
            return
        try:
            leg.sid = await off_the_loop(lambda: phones.ring(number, leg.key))
        except Unavailable as error:
            log.warning("a phone was not rung", call=leg.call_id, why=error.code)
            self._not_rung(leg.key)

    async def _hang_up(self, leg: Leg) -> None:
        phones = self._phones
        if phones is None or not leg.sid:
            return
        try:
            await off_the_loop(lambda: phones.stop(leg.sid))
        except Unavailable as error:
            log.warning("the call to a phone was not ended", call=leg.call_id, why=error.code)

    async def _clear(self, queue_sid: str) -> None:
        phones = self._phones
        assert phones is not None
        try:
            await off_the_loop(lambda: phones.clear(queue_sid))
        except Unavailable as error:
            log.warning("a queue of the carrier's is left behind", queue=queue_sid, why=error.code)
