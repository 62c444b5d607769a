"""What is heard while we send: our own text coming back, or a typist who interrupts. Pure.

Lines send part of our tones back within a second, and the receiver reads them as characters. An echo says what we said,
in the same order and a little later; anything else was typed. Called by the TTY conversation.
"""

from __future__ import annotations

from collections import deque

MAX_DELAY_MS = 1500.0
"""An echo that comes later is another sender: our own lead is 200 ms, satellite hops take 600 ms both ways."""
EARLY_MS = 350.0
"""The time of sending is an estimate, good to two characters."""
STRANGE = 2
"""Characters in a row that we did not send make an interruption. One alone may be our own, misread."""


ECHOES = 0.5
"""Share of what we sent that must have come back for the line to be one that echoes. Of letters typed at random fewer match."""


class EchoFilter:
    """One transmission of ours after the other; `begin` before each."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._sent: deque[tuple[str, float]] = deque()
        self._heard: list[str] = []
        """Everything since the beginning, echoes included: on a line without echo all of it was typed."""
        self._strange = 0
        self._matched = self._gone = 0
        self._delay_ms, self._stopped_ms = 0.0, float("inf")

    def sends(self, character: str, at_ms: float) -> None:
        """This character, as the wire carries it, will be on the line then; in the order of sending."""
        self._sent.append((character, at_ms))

    def heard(self, character: str, at_ms: float) -> str:
        """The characters that were typed over our text, as soon as it is sure that somebody types; '' until then."""
        ours = self._is_echo(character, at_ms)
        self._heard.append(character)
        self._strange = 0 if ours else self._strange + 1
        return self._typed() if self._strange >= STRANGE else ""

    def heard_after(self, character: str, at_ms: float) -> str:
        """The interruption is known, we have stopped: what is left of the echo is dropped, the rest was typed."""
        late = at_ms > self._stopped_ms + self._delay_ms + EARLY_MS
        return "" if self._echoes and not late and self._is_echo(character, at_ms) else character

    def stopped(self, at_ms: float) -> None:
        """We send no more: what was to be sent later never will be, and echoes end soon."""
        self._stopped_ms = at_ms
        while self._sent and self._sent[-1][1] > at_ms:
            self._sent.pop()

    def over(self) -> str:
        """We have sent everything: what was heard last and was none of ours is the beginning of an answer."""
        return self._typed() if self._strange else ""

    @property
    def _echoes(self) -> bool:
        return self._matched >= ECHOES * max(1, self._matched + self._gone)

    def _is_echo(self, character: str, at_ms: float) -> bool:
        """Whether it is the next one of those that may come back now; the ones before it were lost on the way."""
        while self._sent and at_ms - self._sent[0][1] > MAX_DELAY_MS:
            self._sent.popleft()
            self._gone += 1
        for place, (sent, sent_ms) in enumerate(self._sent):
            if sent_ms > at_ms + EARLY_MS:
                return False
            if sent == character:
                for _ in range(place + 1):
                    self._sent.popleft()
                self._delay_ms = at_ms - sent_ms
                self._matched, self._gone = self._matched + 1, self._gone + place
                return True
        return False

    def _typed(self) -> str:
        typed = "".join(self._heard[-self._strange:] if self._echoes else self._heard)
        self._heard.clear()
        self._strange = 0
        return typed
