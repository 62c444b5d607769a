"""WAV files from and to bytes. Pure: the caller reads and writes files.

`read_wav` takes what recorders, telephone switches and browsers write: PCM of 8, 16, 24 or 32 bits, 32-bit float,
mu-law and A-law, any number of channels (mixed to one). Whatever else it is given, it raises `MalformedRequest` and
nothing else. The size is bounded before anything is unpacked.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from ivr.errors import MalformedRequest
from ivr.speech import alaw, mulaw
from ivr.speech.resample import MAX_HZ, MIN_HZ

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_NAMES = {2: "ADPCM", 17: "IMA ADPCM", 49: "GSM 6.10", 85: "MP3"}


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Mono sound."""

    samples: np.ndarray
    """float32, -1..1."""
    rate_hz: int

    @property
    def seconds(self) -> float:
        return self.samples.size / self.rate_hz


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def read_wav(data: bytes, *, max_seconds: float = 1800.0) -> Audio:
    """The sound in a WAV file, mixed to mono. A file cut short gives what is there."""
    fmt, body = _chunks(bytes(data))
    usable = len(body) - len(body) % fmt.frame_bytes
    if not usable:
        raise _bad("the WAV file holds no samples")
    if usable / fmt.frame_bytes / fmt.rate_hz > max_seconds:
        raise _bad(f"the recording is longer than {max_seconds:.0f} seconds", "cut it into shorter files")
    samples = _unpack(body[:usable], fmt)
    if fmt.channels > 1:
        samples = samples.reshape(-1, fmt.channels).mean(axis=1, dtype=np.float32)
    return Audio(samples, fmt.rate_hz)


def write_pcm16(samples: np.ndarray, rate_hz: int = 8000) -> bytes:
    """A 16-bit mono WAV file of float samples in -1..1."""
    pcm = np.clip(np.rint(np.nan_to_num(samples) * 32768.0), -32768, 32767).astype("<i2").tobytes()
    return _file(_PCM, rate_hz, 16, pcm)


def write_mulaw(data: bytes, rate_hz: int = 8000) -> bytes:
    """A mu-law mono WAV file around bytes that are mu-law already."""
    return _file(_MULAW, rate_hz, 8, data)


def _chunks(data: bytes) -> tuple[_Format, bytes]:
    if len(data) < 12 or data[:4] not in (b"RIFF", b"RIFX") or data[8:12] != b"WAVE":
        raise _bad("this is not a WAV file (no RIFF/WAVE header)", "convert it to 16-bit PCM WAV")
    if data[:4] == b"RIFX":
        raise _bad("big-endian WAV (RIFX) is not supported", "convert it to 16-bit PCM WAV")
    fmt: _Format | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8:at + 8 + size]
        if name == b"fmt ":
            fmt = _format(body)
        elif name == b"data":
            if fmt is None:
                raise _bad("the WAV file has samples before its format")
            return fmt, body
        at += 8 + size + (size & 1)
    raise _bad("the WAV file has no samples" if fmt else "the WAV file has no format chunk")


def _format(body: bytes) -> _Format:
    if len(body) < 16:
        raise _bad("the WAV file's format chunk is cut short")
    tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = struct.unpack_from("<H", body, 24)[0]
    allowed = {_PCM: (8, 16, 24, 32), _FLOAT: (32,), _ALAW: (8,), _MULAW: (8,)}
    if tag not in allowed:
        raise _bad(f"the WAV file is coded as {_NAMES.get(tag, f'format {tag}')}", "convert it to 16-bit PCM or mu-law")
    if bits not in allowed[tag]:
        raise _bad(f"{bits} bits a sample is not supported", "convert it to 16-bit PCM or mu-law")
    if not 1 <= channels <= 8:
        raise _bad(f"{channels} channels is not supported, expected 1 to 8")
    if not MIN_HZ <= rate <= MAX_HZ:
        raise _bad(f"sample rate {rate} Hz is outside 8000-48000 Hz", "save the recording at 8, 16 or 48 kHz")
    return _Format(tag, channels, rate, bits)


def _unpack(body: bytes, fmt: _Format) -> np.ndarray:
    if fmt.tag == _MULAW:
        return mulaw.decode(body)
    if fmt.tag == _ALAW:
        return alaw.decode(body)
    if fmt.tag == _FLOAT:
        return np.clip(np.nan_to_num(np.frombuffer(body, "<f4")), -1.0, 1.0).astype(np.float32)
    if fmt.bits == 8:  # 8-bit PCM alone is unsigned
        return ((np.frombuffer(body, np.uint8).astype(np.float32) - 128.0) / 128.0).astype(np.float32)
    if fmt.bits == 24:
        wide = np.zeros((len(body) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(body, np.uint8).reshape(-1, 3)
        return (wide.reshape(-1).view("<i4") / 2147483648.0).astype(np.float32)
    return (np.frombuffer(body, f"<i{fmt.bits // 8}") / float(1 << (fmt.bits - 1))).astype(np.float32)


def _file(tag: int, rate_hz: int, bits: int, body: bytes) -> bytes:
    width = bits // 8
    fmt = struct.pack("<HHIIHHH", tag, 1, rate_hz, rate_hz * width, width, bits, 0)
    fact = struct.pack("<4sII", b"fact", 4, len(body) // width) if tag != _PCM else b""
    pad = b"\0" * (len(body) & 1)
    chunks = (struct.pack("<4sI", b"fmt ", len(fmt)) + fmt + fact
              + struct.pack("<4sI", b"data", len(body)) + body + pad)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(chunks), b"WAVE") + chunks


def _bad(message: str, hint: str | None = None) -> MalformedRequest:
    return MalformedRequest(message, hint=hint, code="audio")
