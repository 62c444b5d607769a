"""A conversation and a text telephone with nothing between them but mu-law and, where asked for, an echo."""

from __future__ import annotations

from collections import deque

import numpy as np

from ivr.speech import mulaw
from ivr.telephony import tty_events as te
from ivr.telephony.baudot import CharacterReceived, Receiver, Transmitter
from ivr.telephony.tty_conversation import TtyConversation
from ivr.telephony.tty_sending import FRAME_MS

SILENCE = np.zeros(160, dtype=np.int16)


class Line:
    """Time is the number of frames. `events` are the conversation's, `shown` what the telephone shows."""

    def __init__(self, talk: TtyConversation | None = None, *, echo_gain: float = 0.0, echo_frames: int = 6, baud: float = 45.45):
        self.talk = talk or TtyConversation()
        self.keyboard = Transmitter(baud=baud)
        self.screen = Receiver()
        self.events: list[tuple[float, te.TtyEvent]] = []
        self.shown = ""
        self.both_sent_ms = 0.0
        """Time in which both sides sent."""
        self._carrier: deque[np.ndarray] = deque()
        self._echo: deque[np.ndarray] = deque([SILENCE] * echo_frames)
        self._gain = echo_gain

    @property
    def now_ms(self) -> float:
        return self.talk.now_ms

    def tick(self) -> list[te.TtyEvent]:
        typed = self.keyboard.frame()
        heard = self._carrier.popleft() if self._carrier else SILENCE
        self._echo.append((heard * self._gain).astype(np.int16))
        back = self._echo.popleft()
        into = back if typed is None else np.clip(typed.astype(np.int32) + back, -32000, 32000).astype(np.int16)
        if typed is not None and heard.any():
            self.both_sent_ms += FRAME_MS
        events = self.talk.hear(mulaw.decode_pcm16(mulaw.encode_pcm16(into)))
        for event in events:
            self.events.append((self.now_ms, event))
            if isinstance(event, te.SendingInterrupted):
                self._carrier.clear()
        self._carrier.extend(self.talk.outgoing())
        read = "".join(e.text for e in self.screen.feed(heard) if isinstance(e, CharacterReceived))
        self.shown += read if typed is None else ""
        return events

    def run(self, seconds: float) -> list[te.TtyEvent]:
        return [event for _ in range(int(seconds * 1000 / FRAME_MS)) for event in self.tick()]

    def until(self, kind: type, seconds: float = 120.0) -> te.TtyEvent:
        for _ in range(int(seconds * 1000 / FRAME_MS)):
            for event in self.tick():
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} in {seconds} s; shown: {self.shown!r}, events: {self.events}")

    def type(self, text: str) -> None:
        """Typed from now on, whatever else is on the line."""
        self.keyboard.send(text)
