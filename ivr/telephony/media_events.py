"""What a Media Streams socket can say, as typed events. Pure data, made by `media_codec.py` for the media rim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MediaEvent:
    """Base of all events of a stream."""


@dataclass(frozen=True, slots=True)
class Connected(MediaEvent):
    protocol: str = "Call"
    version: str = ""


@dataclass(frozen=True, slots=True)
class Started(MediaEvent):
    stream_sid: str
    call_sid: str
    account_sid: str
    custom_parameters: Mapping[str, str] = field(repr=False)
    """The TwiML's `<Parameter>` values; may hold a one-time token, so never shown."""
    encoding: str = "audio/x-mulaw"
    sample_rate: int = 8000


@dataclass(frozen=True, slots=True)
class AudioReceived(MediaEvent):
    payload: bytes = field(repr=False)
    """Raw mu-law, 8 kHz mono, any length: 8 bytes are one millisecond."""
    timestamp_ms: int
    """Milliseconds since the stream began. Not a multiple of 20 and not from 0, necessarily."""
    gap_ms: int = 0
    """Audio lost just before this payload, from the timestamps; 0 when there is none. At most 10 s."""


@dataclass(frozen=True, slots=True)
class DigitPressed(MediaEvent):
    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MarkReturned(MediaEvent):
    """A mark of ours came back: everything sent before it was played, or thrown away by a clear."""

    name: str
    epoch: int
    cleared: bool
    """True when the mark is older than our last clear. A mark that was played while the clear was under way
    also counts as cleared: the two cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Stopped(MediaEvent):
    pass


@dataclass(frozen=True, slots=True)
class Hostile(MediaEvent):
    """A frame that broke the rules. It changed nothing but the counters."""

    reason: str
