"""Half-duplex conversation with one text telephone. Pure: its clock is the number of frames it was fed.

    [idle]──say──▶[sending]──last character──▶[waiting]──first character──▶[caller types]──GA, SK or a pause──▶ turn
    [sending]──characters that are not ours──▶[caller types]      (the rest of what we had to say is dropped or kept)
    [waiting]──most of the time is over──▶ warn ──▶ over

We never send while the other side's carrier is there, and what is typed at any moment is kept for the next question.
Called by the media rim once for each frame of 20 ms; `outgoing` are the frames to be sent now.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean

import numpy as np

from ivr.sensitive import Sensitive
from ivr.telephony import tty_events as te
from ivr.telephony.baudot import CarrierFell, CarrierRose, CharacterReceived, Receiver
from ivr.telephony.tty_echo import EchoFilter
from ivr.telephony.tty_etiquette import TypedTurn
from ivr.telephony.tty_sending import FRAME_MS, TtySending
from ivr.telephony.tty_wait import TypistWait

TURNAROUND_MS = 400.0
"""Between the end of one side's carrier and the beginning of the other's: acoustic couplers need it."""
GIVEN_MS = 350.0
"""After GA, without another character: "GAS" is a word as well."""
SOFT_END_MS = 2500.0
"""Without carrier, after something was typed: people forget their GA."""
STUCK_MS = 8000.0
"""A carrier without a character for so long is a tone on the line, and does not keep us from answering."""
BAD_LINE = 0.05
"""Share of characters in doubt above which a turn is not acted upon (the usual bar of a TTY is 1 %)."""
LONG_ENOUGH = 12
"""Characters from which the share of doubtful ones means something."""


class TtyConversation:
    def __init__(self, *, baud: float = 45.45, unshift_on_space: bool = False, receiver: Receiver | None = None):
        """`receiver`: one that has listened to the line before (the detector's), so that no character is lost."""
        self._receiver = receiver or Receiver(expect_unshift_on_space=unshift_on_space)
        self._echo = EchoFilter()
        self._sending = TtySending(self._echo, baud=baud)
        self._wait = TypistWait()
        self._turn = TypedTurn()
        self._doubts: list[float] = []
        """Of the characters of the turn: the probability that each is another one."""
        self._interrupted = self._spoken_to = False
        self._told: list[te.TtyEvent] = []
        self._now_ms = 0.0
        self._last_character_ms = self._carrier_fell_ms = -10_000.0
        self._carrier = self._receiver.carrier
        self._carrier_rose_ms = 0.0 if self._carrier else -10_000.0

    # -- what the rim wants -------------------------------------------------------------------------------------

    def say(self, text: str, *, keep: bool = False) -> None:
        """Behind what is still to be sent. `keep`: not to be dropped when the caller types over it."""
        self._sending.say(text, keep=keep)

    def say_aloud(self, frames: Iterable[np.ndarray]) -> None:
        """The same in sound: frames of 160 int16 samples."""
        self._sending.say_aloud(frames)

    def drop(self) -> None:
        """What has not been begun is not to be said any longer, but for notices that must be read whole."""
        self._sending.drop()

    def hush(self) -> bool:
        """The caller has answered otherwise (by keys): stop what is being sent. True when the carrier still holds some of it."""
        sending = self._sending.is_on
        self._sending.stop(self._now_ms)
        self._sending.drop()
        return sending

    def hold_wait(self, held: bool) -> None:
        """While the caller speaks (VCO) no time passes, and we do not send."""
        self._spoken_to = held

    def expect(self, timeout_ms: float | None) -> None:
        """Wait so long for the caller, from the moment the last character is sent; None stops waiting."""
        self._wait.expect(timeout_ms)

    def typed_before(self, text: str) -> None:
        """What another ear has read of this caller already."""
        for character in text:
            self._typed(character, self._now_ms)

    @property
    def is_sending(self) -> bool:
        return self._sending.is_on or self._sending.has_more

    @property
    def now_ms(self) -> float:
        return self._now_ms

    @property
    def receiver(self) -> Receiver:
        return self._receiver

    # -- one frame ----------------------------------------------------------------------------------------------

    def hear(self, samples: np.ndarray, *, erased: bool = False) -> list[te.TtyEvent]:
        """The next 20 ms of the line: int16, 160 samples at 8 kHz; `erased` where the network lost or repeated them."""
        self._now_ms += FRAME_MS
        for event in self._receiver.feed(samples, erased=erased):
            self._received(event)
        told, self._told = self._told, []
        return [*told, *self._ended_turn(), *self._ended_sending(), *self._ended_wait()]

    def outgoing(self) -> list[np.ndarray]:
        """Frames that are to be sent now, in order; none while we are silent."""
        if not self._sending.is_on and self._sending.has_more and self._is_free():
            self._sending.begin(self._now_ms)
        return self._sending.frames(self._now_ms) if self._sending.is_on else []

    # -- hearing ------------------------------------------------------------------------------------------------

    def _received(self, event: CharacterReceived | CarrierRose | CarrierFell) -> None:
        match event:
            case CarrierRose():
                self._carrier, self._carrier_rose_ms = True, self._now_ms
            case CarrierFell():
                self._carrier, self._carrier_fell_ms = False, self._now_ms
            case CharacterReceived(text=text, confidence=confidence):
                self._read(text, 1.0 - confidence)

    def _read(self, character: str, doubt: float) -> None:
        """A character: of the caller, or our own coming back."""
        if self._sending.is_text:
            typed = self._echo.heard(character, self._now_ms)
        elif not self._sending.is_on and (self._interrupted or self._now_ms <= self._sending.sent_ms + TURNAROUND_MS):
            typed = self._echo.heard_after(character, self._now_ms)
        else:
            typed = character
        if typed and self._sending.is_on:
            self._interrupt()
        if typed:
            self._doubts.append(doubt)
        for each in typed:
            self._typed(each, self._now_ms)

    def _typed(self, character: str, at_ms: float) -> None:
        self._turn.add(character)
        self._last_character_ms = at_ms
        self._wait.anew()

    def _interrupt(self) -> None:
        """The caller types: stop at once. What must be read whole is sent on behind the turn."""
        self._interrupted = True
        self._told.append(te.SendingInterrupted())
        self._sending.stop(self._now_ms)

    # -- what has come to an end --------------------------------------------------------------------------------

    def _ended_turn(self) -> list[te.TtyEvent]:
        quiet_ms = self._now_ms - self._last_character_ms
        if not self._turn or self._sending.is_on:
            return []
        paused = not self._has_carrier() and quiet_ms >= SOFT_END_MS
        if not (paused or (self._turn.gives_turn and quiet_ms >= GIVEN_MS)):
            return []
        if not self._wait.is_on:
            return []  # nobody waits for it yet: it stays, and is the answer to the next question
        bad_line = len(self._turn) >= LONG_ENOUGH and bool(self._doubts) and fmean(self._doubts) > BAD_LINE
        self._doubts.clear()
        words, closing = self._turn.take()
        interrupted, self._interrupted = self._interrupted, False
        if not words and not closing:
            return [te.MoreTimeAsked()]
        self._wait.over()
        return [te.TurnTyped(Sensitive(words), closing, interrupted, bad_line)]

    def _ended_sending(self) -> list[te.TtyEvent]:
        if not self._sending.finished(self._now_ms):
            return []
        for character in self._echo.over():
            self._typed(character, self._now_ms)
        return [] if self._sending.has_more else [te.SendingDone()]

    def _ended_wait(self) -> list[te.TtyEvent]:
        """Only time in which the caller could have typed counts: none while we send, and a warning takes none of it."""
        if self.is_sending or self._turn or self._spoken_to or self._has_carrier():
            return []
        return self._wait.passed(FRAME_MS)

    # -- the line -----------------------------------------------------------------------------------------------

    def _is_free(self) -> bool:
        """Nobody sends, and the other side has had the time that it needs to hear us."""
        if self._spoken_to or self._has_carrier() or self._turn_under_way():
            return False
        return self._now_ms - self._carrier_fell_ms >= TURNAROUND_MS

    def _has_carrier(self) -> bool:
        return self._carrier and self._now_ms - max(self._last_character_ms, self._carrier_rose_ms) < STUCK_MS

    def _turn_under_way(self) -> bool:
        return bool(self._turn) and self._now_ms - self._last_character_ms < SOFT_END_MS
