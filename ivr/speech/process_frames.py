"""What goes through the pipes between the server and its recogniser process: a JSON head, then raw bytes.

    4 bytes length of the head | 4 bytes length of the body | head | body       (lengths big-endian)

Kinds of head: requests `{"id", "expectation"}` with float32 samples as body; answers `{"id", "transcript"}` or
`{"id", "error"}`; `{"ready"}` once the model is loaded; `{"alive"}` four times a second. Nothing is pickled: what comes
out of the process that runs native code is data and no more. Called by both ends.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Protocol

from ivr.speech.recognizer import Expectation, Transcript

_LENGTHS = struct.Struct(">II")
MAX_BYTES = 64 * 1024 * 1024
"""Longer frames are not ours: the pipe is broken. Half an hour of speech fits."""


class Sink(Protocol):
    def write(self, data: bytes, /) -> Any: ...

    def flush(self) -> Any: ...


def write_frame(sink: Sink, head: dict[str, Any], body: bytes = b"") -> None:
    """One frame, whole. Blocks while the other end does not read."""
    text = json.dumps(head).encode()
    sink.write(_LENGTHS.pack(len(text), len(body)) + text)
    if body:
        sink.write(body)
    sink.flush()


def read_frame(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None when the other end is gone, also in the middle of a frame."""
    lengths = source.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_size, body_size = _LENGTHS.unpack(lengths)
    if head_size + body_size > MAX_BYTES:
        return None
    head, body = source.read(head_size), source.read(body_size)
    if len(head) < head_size or len(body) < body_size:
        return None
    return json.loads(head), body


def expectation_from(data: dict[str, Any]) -> Expectation:
    """Inverse of `dataclasses.asdict`, after JSON has made lists of the tuples."""
    return Expectation(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def transcript_from(data: dict[str, Any]) -> Transcript:
    return Transcript(**{**data, "alternatives": tuple(data["alternatives"])})
