"""Telephones of staff that nobody has to ring: what was asked of them is a list."""

from __future__ import annotations

from ivr.errors import Unavailable
from ivr.sensitive import Sensitive
from tests.rim.text_people import Screen, Speaker

NUMBER = Sensitive("+12025550180")


class PretendedPhones:
    """`phone_legs.Phones`."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        """Keys, in order."""
        self.numbers: list[str] = []
        self.stopped: list[str] = []
        self.is_down = False

    def ring(self, number: Sensitive, key: str) -> str:
        if self.is_down:
            raise Unavailable("Twilio could not be reached", code="connect")
        self.rung.append(key)
        self.numbers.append(number.reveal())
        return f"CA-to-{key}"

    def clear(self, queue_sid: str) -> None:
        """Nothing is kept here."""

    def stop(self, sid: str) -> None:
        self.stopped.append(sid.removeprefix("CA-to-"))

    @property
    def open(self) -> list[str]:
        """Of the calls that were made and not ended by us."""
        return [key for key in self.rung if key not in self.stopped]


class PhoneScreen(Screen):
    """A member of staff who takes callers on a telephone."""

    def __init__(self, name: str = "eva", queues: tuple[str, ...] = (), languages: tuple[str, ...] = ()):
        super().__init__(name, queues, languages, speaks=False)
        self.phone, self.language = NUMBER, "en"


class Dialler(Speaker):
    """A caller of the carrier's, who can be brought to a telephone."""

    by_carrier = True

    def __init__(self, call_id: str, queue: str = "tier1", language: str = "en"):
        super().__init__(call_id, queue, language)
        self.let_go = 0

    async def meets_on_phone(self) -> None:
        self.let_go += 1
        await self.talks(None)
