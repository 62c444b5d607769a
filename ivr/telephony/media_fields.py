"""Bounded reading of the JSON of a media frame. Pure. Raises `Broken` with a short reason and nothing else.

Twilio writes its counters as JSON strings and the sample rate as a number; other carriers mix them: both are read.
Called by `media_codec.py`.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

MAX_FRAME = 64 * 1024
"""Characters of one text frame."""
MAX_PAYLOAD = 8 * 1024
"""Decoded bytes of one media frame: about one second, fifty times what Twilio sends."""
MAX_PARAMETERS = 100
MAX_PARAMETER = 500
"""Characters of a parameter's name and value together (Twilio's own limit)."""
MAX_MARK_NAME = 200
MAX_CHUNK = 10**9
MAX_TIMESTAMP_MS = 10**9
"""Eleven days; a call lasts four hours at most unless the account was changed."""


class Broken(Exception):
    """A frame broke a rule. Caught in `MediaStream.receive`, never seen outside."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


def mapping(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = message.get(name)
    if not isinstance(value, dict):
        raise Broken(f"{name}_not_an_object")
    return value


def text(message: Mapping[str, Any], name: str, limit: int, *, required: bool = True) -> str:
    value = message.get(name)
    if value is None or value == "":
        if required:
            raise Broken(f"no_{name}")
        return ""
    if not isinstance(value, str):
        raise Broken(f"{name}_not_text")
    if len(value) > limit:
        raise Broken(f"{name}_too_long")
    return value


def count(message: Mapping[str, Any], name: str, limit: int) -> int:
    """A whole number from 0 to `limit`, as a number or as decimal digits in a string."""
    value = message.get(name)
    if isinstance(value, str) and len(value) <= 12 and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int:
        raise Broken(f"bad_{name}")
    if not 0 <= value <= limit:
        raise Broken(f"{name}_out_of_range")
    return value


def audio(media: Mapping[str, Any]) -> bytes:
    payload = media.get("payload")
    if not isinstance(payload, str) or not payload:
        raise Broken("no_payload")
    if len(payload) > MAX_PAYLOAD * 4 // 3 + 4:
        raise Broken("payload_too_long")
    try:
        decoded = binascii.a2b_base64(payload, strict_mode=True)
    except (binascii.Error, ValueError):
        raise Broken("bad_base64") from None
    if len(decoded) > MAX_PAYLOAD:
        raise Broken("payload_too_long")
    if not decoded:
        raise Broken("no_payload")
    return decoded


def media_format(start: Mapping[str, Any]) -> tuple[str, int]:
    """Encoding and rate. Media Streams carries mu-law at 8 kHz mono only; another one would be decoded as noise."""
    shape = mapping(start, "mediaFormat")
    encoding, rate = text(shape, "encoding", 64), count(shape, "sampleRate", 192_000)
    if encoding != "audio/x-mulaw" or rate != 8000:
        raise Broken("wrong_format")
    if "channels" in shape and count(shape, "channels", 16) != 1:
        raise Broken("wrong_format")
    return encoding, rate


def parameters(start: Mapping[str, Any]) -> Mapping[str, str]:
    if start.get("customParameters") is None:
        return MappingProxyType({})
    values = mapping(start, "customParameters")
    if len(values) > MAX_PARAMETERS:
        raise Broken("too_many_parameters")
    for name, value in values.items():
        if not isinstance(value, str):
            raise Broken("parameter_not_text")
        if len(name) + len(value) > MAX_PARAMETER:
            raise Broken("parameter_too_long")
    return MappingProxyType(dict(values))
