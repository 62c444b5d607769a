"""Half-duplex conversation with one text telephone. Pure: its clock is the number of frames it was fed.

    [idle]──say──▶[sending]──last character──▶[waiting]──first character──▶[caller types]──GA, SK or a pause──▶ turn
    [sending]──characters that are not ours──▶[caller types]      (the rest of what we had to say is dropped or kept)
    [waiting]──most of the time is over──▶ warn ──▶ over

We never send while the other side's carrier is there, and what is typed at any moment is kept for the next question.
Called by the media rim once for each frame of 20 ms; `outgoing` are the frames to be sent now.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from ivr.sensitive import Sensitive
from ivr.telephony import tty_events as te
from ivr.telephony.baudot import CarrierFell, CarrierRose, CharacterReceived, Receiver, Transmitter, typeable
from ivr.telephony.tty_echo import EchoFilter
from ivr.telephony.tty_etiquette import TypedTurn

FRAME_MS = 20.0
LEAD_MS = 200.0
"""Frames sent ahead of the clock, so that a late one tears no character."""
FED_S = 0.8
"""What the transmitter is given ahead; the 300 ms of its closing mark are part of it."""
TURNAROUND_MS = 400.0
"""Between the end of one side's carrier and the beginning of the other's: acoustic couplers need it."""
GIVEN_MS = 350.0
"""After GA, without another character: "GAS" is a word as well."""
SOFT_END_MS = 2500.0
"""Without carrier, after something was typed: people forget their GA."""
STUCK_MS = 8000.0
"""A carrier without a character for so long is a tone on the line, and does not keep us from answering."""
WARN_SHARE = 0.7
"""Of a wait that must be over before the caller is told that it soon will be."""
BAD_LINE = 0.05
"""Share of characters in doubt above which a turn is not acted upon (the usual bar of a TTY is 1 %)."""
LONG_ENOUGH = 12
"""Characters from which the share of doubtful ones means something."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    text: str = ""
    keep: bool = False
    """A notice that must be read whole: after an interruption the rest is sent all the same."""
    sound: tuple[np.ndarray, ...] = ()
    """Frames of speech instead of text, for who hears us and types (HCO)."""


class TtyConversation:
    def __init__(self, *, baud: float = 45.45, unshift_on_space: bool = False, receiver: Receiver | None = None):
        """`receiver`: one that has listened to the line before (the detector's), so that no character is lost."""
        self._receiver = receiver or Receiver(expect_unshift_on_space=unshift_on_space)
        self._transmitter = Transmitter(baud=baud)
        self._echo = EchoFilter()
        self._turn = TypedTurn()
        self._doubts: list[float] = []
        """Of the characters of the turn: the probability that each is another one."""
        self._queue: deque[Outgoing] = deque()
        self._letters: deque[str] = deque()
        """What the transmitter has not been given yet of the text that is being sent."""
        self._sending: Outgoing | None = None
        self._sound: Iterator[np.ndarray] = iter(())
        self._all_out = True
        self._interrupted = self._spoken_to = False
        self._told: list[te.TtyEvent] = []
        self._now_ms = self._sent_ms = 0.0
        self._last_character_ms = self._carrier_fell_ms = -10_000.0
        self._carrier = self._receiver.carrier
        self._carrier_rose_ms = 0.0 if self._carrier else -10_000.0
        self._wait_ms: float | None = None
        self._waited_ms = 0.0
        self._warned = False

    # -- what the rim wants -------------------------------------------------------------------------------------

    def say(self, text: str, *, keep: bool = False) -> None:
        """Behind what is still to be sent. `keep`: not to be dropped when the caller types over it."""
        if text.strip():
            self._queue.append(Outgoing(text, keep))

    def say_aloud(self, frames: Iterable[np.ndarray]) -> None:
        """The same in sound: frames of 160 int16 samples."""
        if sound := tuple(frames):
            self._queue.append(Outgoing(sound=sound))

    def drop(self) -> None:
        """What has not been begun is not to be said any longer, but for notices that must be read whole."""
        self._queue = deque(x for x in self._queue if x.keep)

    def hush(self) -> bool:
        """The caller has answered otherwise (by keys): stop what is being sent. True when the carrier still holds some of it."""
        sending = self._sending is not None
        self._stop()
        self.drop()
        return sending

    def hold_wait(self, held: bool) -> None:
        """While the caller speaks (VCO) no time passes, and we do not send."""
        self._spoken_to = held

    def expect(self, timeout_ms: float | None) -> None:
        """Wait so long for the caller, from the moment the last character is sent; None stops waiting."""
        self._wait_ms = timeout_ms
        self._wait_anew()

    def typed_before(self, text: str) -> None:
        """What another ear has read of this caller already."""
        for character in text:
            self._typed(character, self._now_ms)

    @property
    def is_sending(self) -> bool:
        return self._sending is not None or bool(self._queue)

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
        if self._sending is None and not self._begin():
            return []
        self._sent_ms = max(self._sent_ms, self._now_ms)
        frames = []
        while self._sent_ms < self._now_ms + LEAD_MS:
            self._feed()
            frame = next(self._sound, None) if self._sending and self._sending.sound else self._transmitter.frame()
            if frame is None:
                self._all_out = True
                break
            frames.append(frame)
            self._sent_ms += FRAME_MS
        return frames

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
        if self._sending is None and (self._interrupted or self._now_ms <= self._sent_ms + TURNAROUND_MS):
            typed = self._echo.heard_after(character, self._now_ms)
        elif self._sending is None or self._sending.sound:
            typed = character
        else:
            typed = self._echo.heard(character, self._now_ms)
        if typed and self._sending is not None:
            self._interrupt()
        if typed:
            self._doubts.append(doubt)
        for each in typed:
            self._typed(each, self._now_ms)

    def _typed(self, character: str, at_ms: float) -> None:
        self._turn.add(character)
        self._last_character_ms = at_ms
        self._wait_anew()

    def _wait_anew(self) -> None:
        self._waited_ms, self._warned = 0.0, False

    def _interrupt(self) -> None:
        """The caller types: stop at once. What must be read whole is sent on behind the turn."""
        self._interrupted = True
        self._told.append(te.SendingInterrupted())
        self._stop()

    def _stop(self) -> None:
        if self._sending is None:
            return
        self._echo.stopped(self._now_ms)
        rest = self._transmitter.clear() + "".join(self._letters)
        self._letters.clear()
        while self._transmitter.frame() is not None:
            pass  # the character under way and its closing mark: the carrier's buffer is emptied, so nobody would hear it whole
        kept, self._sending = self._sending.keep, None
        self.drop()
        if kept and rest:
            self._queue.appendleft(Outgoing(rest, True))

    # -- what has come to an end --------------------------------------------------------------------------------

    def _ended_turn(self) -> list[te.TtyEvent]:
        quiet_ms = self._now_ms - self._last_character_ms
        if not self._turn or self._sending is not None:
            return []
        paused = not self._has_carrier() and quiet_ms >= SOFT_END_MS
        if not (paused or (self._turn.gives_turn and quiet_ms >= GIVEN_MS)):
            return []
        if self._wait_ms is None:
            return []  # nobody waits for it yet: it stays, and is the answer to the next question
        bad_line = len(self._turn) >= LONG_ENOUGH and bool(self._doubts) and fmean(self._doubts) > BAD_LINE
        self._doubts.clear()
        words, closing = self._turn.take()
        interrupted, self._interrupted = self._interrupted, False
        if not words and not closing:
            return [te.MoreTimeAsked()]
        self._wait_ms = None
        return [te.TurnTyped(Sensitive(words), closing, interrupted, bad_line)]

    def _ended_sending(self) -> list[te.TtyEvent]:
        if self._sending is None or not self._all_out or self._now_ms < self._sent_ms:
            return []
        self._sending = None
        for character in self._echo.over():
            self._typed(character, self._now_ms)
        return [] if self._queue else [te.SendingDone()]

    def _ended_wait(self) -> list[te.TtyEvent]:
        """Only time in which the caller could have typed counts: none while we send, and a warning takes none of it."""
        if self._wait_ms is None or self.is_sending or self._turn or self._spoken_to or self._has_carrier():
            return []
        self._waited_ms += FRAME_MS
        if self._waited_ms >= self._wait_ms:
            self._wait_ms = None
            return [te.WaitOver()]
        if not self._warned and self._waited_ms >= self._wait_ms * WARN_SHARE:
            self._warned = True
            return [te.TimeRunningOut()]
        return []

    # -- sending ------------------------------------------------------------------------------------------------

    def _begin(self) -> bool:
        """The next of what is to be said, if the line is free."""
        if not self._queue or self._spoken_to or self._has_carrier() or self._turn_under_way():
            return False
        if self._now_ms - self._carrier_fell_ms < TURNAROUND_MS:
            return False
        self._sending = self._queue.popleft()
        self._sent_ms, self._all_out = self._now_ms, False
        self._sound = iter(self._sending.sound)
        if self._sending.sound:
            return True
        self._letters.extend(typeable(self._sending.text))
        self._echo.begin()
        return True

    def _feed(self) -> None:
        """A few characters at a time, so that it is known when each of them is on the line."""
        while self._letters and (ahead_s := self._transmitter.remaining_s) < FED_S:
            character = self._letters.popleft()
            self._transmitter.send(character)
            self._echo.sends(character, self._sent_ms + ahead_s * 1000)

    def _has_carrier(self) -> bool:
        return self._carrier and self._now_ms - max(self._last_character_ms, self._carrier_rose_ms) < STUCK_MS

    def _turn_under_way(self) -> bool:
        return bool(self._turn) and self._now_ms - self._last_character_ms < SOFT_END_MS
