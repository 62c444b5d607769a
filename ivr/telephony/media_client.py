"""The carrier's side of Media Streams: builds the messages Twilio sends, reads the ones it accepts. Pure.

Shapes follow Twilio's documented examples to the letter: counters are JSON strings, `sampleRate` and `channels` are
numbers, `connected` has no stream id, `dtmf.track` is `inbound_track`. Used by the emulator's media leg, and in tests
against `media_codec.MediaStream`. Knows no clock and no socket.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


@dataclass(frozen=True, slots=True)
class AudioSent:
    """The application sent audio to be played."""

    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MarkSent:
    name: str


@dataclass(frozen=True, slots=True)
class ClearSent:
    pass


@dataclass(frozen=True, slots=True)
class Violation:
    """The application broke the protocol. Twilio logs 31924/31950/31951 and drops the message."""

    reason: str


class MediaClient:
    """Counters and shapes of one stream. Not shared between threads without a lock."""

    def __init__(self, stream_sid: str, call_sid: str, account_sid: str):
        self.stream_sid = stream_sid
        self.call_sid = call_sid
        self.account_sid = account_sid
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        return _json({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str] | None = None) -> str:
        return self._frame("start", {"accountSid": self.account_sid, "streamSid": self.stream_sid,
                                     "callSid": self.call_sid, "tracks": ["inbound"],
                                     "mediaFormat": dict(MEDIA_FORMAT), "customParameters": dict(parameters or {})})

    def media(self, payload: bytes, timestamp_ms: int) -> str:
        self._chunk += 1
        return self._frame("media", {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(timestamp_ms),
                                     "payload": base64.b64encode(payload).decode("ascii")})

    def lost(self) -> None:
        """A media frame that the network ate: its numbers are used up."""
        self._chunk += 1
        self._sequence += 1

    def dtmf(self, digit: str) -> str:
        return self._frame("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        return self._frame("mark", {"name": name})

    def stop(self) -> str:
        return self._frame("stop", {"accountSid": self.account_sid, "callSid": self.call_sid})

    def _frame(self, event: str, body: Mapping[str, Any]) -> str:
        self._sequence += 1
        return _json({"event": event, "sequenceNumber": str(self._sequence), event: body,
                      "streamSid": self.stream_sid})

    def receive(self, data: str | bytes) -> AudioSent | MarkSent | ClearSent | Violation:
        """One message of the application. Never raises: Twilio does not hang up over a bad message, it logs it."""
        if not isinstance(data, str):
            return Violation("binary_frame")
        try:
            message = orjson.loads(data)
        except orjson.JSONDecodeError:
            return Violation("bad_json")
        if not isinstance(message, dict):
            return Violation("not_an_object")
        if message.get("streamSid") != self.stream_sid:
            return Violation("wrong_stream_sid" if message.get("streamSid") else "no_stream_sid")
        reader = _READERS.get(str(message.get("event")))
        return reader(message) if reader else Violation("unknown_event")


def _read_media(message: Mapping[str, Any]) -> AudioSent | Violation:
    body = message.get("media")
    payload = body.get("payload") if isinstance(body, dict) else None
    if not isinstance(payload, str):
        return Violation("no_payload")
    try:
        decoded = binascii.a2b_base64(payload, strict_mode=True)
    except (binascii.Error, ValueError):
        return Violation("bad_base64")
    return Violation("wav_header") if decoded[:4] == b"RIFF" else AudioSent(decoded)


def _read_mark(message: Mapping[str, Any]) -> MarkSent | Violation:
    body = message.get("mark")
    name = body.get("name") if isinstance(body, dict) else None
    return MarkSent(name) if isinstance(name, str) and name else Violation("malformed_mark")


def _read_clear(message: Mapping[str, Any]) -> ClearSent:
    return ClearSent()


def _json(message: Mapping[str, Any]) -> str:
    return orjson.dumps(message).decode("utf-8")


_READERS = {"media": _read_media, "mark": _read_mark, "clear": _read_clear}
