"""The server side of Twilio Media Streams: text frames to events, audio to text frames. Pure, in the manner of h11.

`receive` never raises, whatever the peer sends: a frame that breaks the rules becomes `Hostile(reason)`, is counted in
`counts`, and changes nothing else. After `HOSTILE_LIMIT` of them `closed_reason` is set and the rim closes the socket.
The `send_*` half raises `Bug`, because a wrong call there is ours. Knows no clock and no socket.

Twilio returns every waiting mark when the buffer is cleared, so a mark alone does not say "played". We number our
clears (the epoch) and send marks as `e{epoch}:name`: a mark of an older epoch was cleared. Called by the media rim.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from ivr.errors import Bug
from ivr.telephony.media_events import (
    AudioReceived,
    Connected,
    DigitPressed,
    Hostile,
    MarkReturned,
    MediaEvent,
    Started,
    Stopped,
)
from ivr.telephony.media_fields import (
    MAX_CHUNK,
    MAX_FRAME,
    MAX_MARK_NAME,
    MAX_PARAMETER,
    MAX_PARAMETERS,
    MAX_TIMESTAMP_MS,
    Broken,
    audio,
    count,
    mapping,
    media_format,
    parameters,
    text,
)
from ivr.telephony.playback import BYTES_PER_MS

HOSTILE_LIMIT = 50
FORGIVEN = frozenset({"out_of_order"})
"""Counted and reported, but not held against the peer: carriers are known to reorder frames."""

MAX_CHUNK_LEAP = 15_000
"""Five minutes of 20 ms frames. A larger leap is no loss, and believing it would drop every honest frame after it."""
MAX_GAP_MS = 10_000
MIN_GAP_MS = 20
"""Timestamps wobble by a few milliseconds; less than one frame is not a loss."""
MAX_PENDING_MARKS = 1_000
MAX_OUTBOUND_BYTES = 600_000 * BYTES_PER_MS
"""Twilio throws buffered audio beyond ten minutes away (error 31931)."""

__all__ = ["FORGIVEN", "HOSTILE_LIMIT", "MAX_CHUNK", "MAX_FRAME", "MAX_MARK_NAME", "MAX_PARAMETER", "MAX_PARAMETERS",
           "MAX_TIMESTAMP_MS", "MediaStream"]


class MediaStream:
    """One stream. Not shared between tasks."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """Hostile frames by reason."""
        self.closed_reason: str | None = None
        """Set once the peer has used up our patience: the rim must close the socket."""
        self.stream_sid = ""
        self.epoch = 0
        """Number of clears sent."""
        self._connected = False
        self._stopped = False
        self._chunk = 0
        self._expected_ms: int | None = None
        self._pending: Counter[str] = Counter()
        self._spent = 0

    @property
    def can_send(self) -> bool:
        """True between `Started` and `Stopped`."""
        return bool(self.stream_sid) and not self._stopped and self.closed_reason is None

    # -- from the carrier

    def receive(self, data: str | bytes) -> list[MediaEvent]:
        """One WebSocket message to events. A binary message is hostile: the protocol is text."""
        try:
            message = self._parse(data)
            handler = _HANDLERS.get(text(message, "event", 64))
            if handler is None:
                raise Broken("unknown_event")
            return [handler(self, message)]
        except Broken as broken:
            return [self._hostile(broken.reason)]

    def _parse(self, data: object) -> Mapping[str, Any]:
        if self.closed_reason is not None:
            raise Broken("after_close")
        if not isinstance(data, str):
            raise Broken("binary_frame")
        if len(data) > MAX_FRAME:
            raise Broken("frame_too_long")
        try:
            message = orjson.loads(data)
        except orjson.JSONDecodeError:
            raise Broken("bad_json") from None
        if not isinstance(message, dict):
            raise Broken("not_an_object")
        if self._stopped:
            raise Broken("after_stop")
        return message

    def _hostile(self, reason: str) -> Hostile:
        self.counts[reason] += 1
        if reason not in FORGIVEN:
            self._spent += 1
            if self._spent >= HOSTILE_LIMIT and self.closed_reason is None:
                self.closed_reason = f"{self._spent} frames broke the protocol, the last one: {reason}"
        return Hostile(reason)

    def _on_connected(self, message: Mapping[str, Any]) -> MediaEvent:
        if self._connected or self.stream_sid:
            raise Broken("connected_twice")
        event = Connected(text(message, "protocol", 64, required=False), text(message, "version", 64, required=False))
        self._connected = True
        return event

    def _on_start(self, message: Mapping[str, Any]) -> MediaEvent:
        if self.stream_sid:
            raise Broken("start_twice")
        start = mapping(message, "start")
        encoding, rate = media_format(start)
        event = Started(stream_sid=text(start if "streamSid" in start else message, "streamSid", 255),
                        call_sid=text(start, "callSid", 255), account_sid=text(start, "accountSid", 255),
                        custom_parameters=parameters(start), encoding=encoding, sample_rate=rate)
        if text(message, "streamSid", 255, required=False) not in ("", event.stream_sid):
            raise Broken("wrong_stream")
        self.stream_sid = event.stream_sid
        return event

    def _on_media(self, message: Mapping[str, Any]) -> MediaEvent:
        self._must_be_ours(message, "media_before_start")
        media = mapping(message, "media")
        if text(media, "track", 32, required=False) not in ("", "inbound"):
            raise Broken("wrong_track")
        chunk, at_ms = count(media, "chunk", MAX_CHUNK), count(media, "timestamp", MAX_TIMESTAMP_MS)
        payload = audio(media)
        if chunk <= self._chunk:
            raise Broken("out_of_order")
        if chunk - self._chunk > MAX_CHUNK_LEAP:
            raise Broken("chunk_leap")
        self._chunk = chunk
        return AudioReceived(payload, at_ms, self._gap(at_ms, len(payload)))

    def _gap(self, at_ms: int, size: int) -> int:
        """Lost milliseconds before this payload. Wobble is carried over, not corrected, so that it cannot add up."""
        expected = at_ms if self._expected_ms is None else self._expected_ms
        gap = at_ms - expected
        if abs(gap) >= MIN_GAP_MS:
            expected = at_ms
        self._expected_ms = expected + size // BYTES_PER_MS
        return min(gap, MAX_GAP_MS) if gap >= MIN_GAP_MS else 0

    def _on_dtmf(self, message: Mapping[str, Any]) -> MediaEvent:
        self._must_be_ours(message, "dtmf_before_start")
        digit = text(mapping(message, "dtmf"), "digit", 8)
        if len(digit) != 1 or digit not in "0123456789*#ABCD":
            raise Broken("bad_digit")
        return DigitPressed(digit)

    def _on_mark(self, message: Mapping[str, Any]) -> MediaEvent:
        self._must_be_ours(message, "mark_before_start")
        wire = text(mapping(message, "mark"), "name", MAX_MARK_NAME + 24)
        if not self._pending[wire]:
            raise Broken("unknown_mark")
        self._pending -= Counter((wire,))
        epoch, _, name = wire[1:].partition(":")
        return MarkReturned(name, int(epoch), cleared=int(epoch) < self.epoch)

    def _on_stop(self, message: Mapping[str, Any]) -> MediaEvent:
        self._must_be_ours(message, "stop_before_start")
        self._stopped = True
        return Stopped()

    def _must_be_ours(self, message: Mapping[str, Any], before_start: str) -> None:
        if not self.stream_sid:
            raise Broken(before_start)
        if text(message, "streamSid", 255, required=False) not in ("", self.stream_sid):
            raise Broken("wrong_stream")

    # -- to the carrier

    def send_media(self, audio_bytes: bytes) -> str:
        """Raw mu-law of any length; whole phrases are best, Twilio plays them in order."""
        if audio_bytes[:4] == b"RIFF":
            raise Bug("a WAV file was given to the stream, expected raw mu-law samples without a header")
        if len(audio_bytes) > MAX_OUTBOUND_BYTES:
            raise Bug("more than ten minutes of audio in one message, expected a phrase")
        return self._out("media", media={"payload": base64.b64encode(audio_bytes).decode("ascii")})

    def send_mark(self, name: str) -> str:
        if not 0 < len(name) <= MAX_MARK_NAME:
            raise Bug(f"a mark name has {len(name)} characters, expected 1 to {MAX_MARK_NAME}")
        wire = f"e{self.epoch}:{name}"
        frame = self._out("mark", mark={"name": wire})
        if len(self._pending) >= MAX_PENDING_MARKS:
            self._pending.pop(next(iter(self._pending)))
        self._pending[wire] += 1
        return frame

    def send_clear(self) -> str:
        """Empty Twilio's buffer. Marks sent before this will come back as cleared."""
        frame = self._out("clear")
        self.epoch += 1
        return frame

    def _out(self, event: str, **body: Any) -> str:
        if not self.can_send:
            raise Bug(f"cannot send {event}: the stream is not open", hint="ask can_send first")
        return orjson.dumps({"event": event, "streamSid": self.stream_sid, **body}).decode("utf-8")


_HANDLERS = {"connected": MediaStream._on_connected, "start": MediaStream._on_start, "media": MediaStream._on_media,
             "dtmf": MediaStream._on_dtmf, "mark": MediaStream._on_mark, "stop": MediaStream._on_stop}
