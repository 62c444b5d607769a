"""mu-law, A-law, WAV and resampling."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import IvrError, MalformedRequest
from ivr.speech import alaw, mulaw
from ivr.speech.resample import resample
from ivr.speech.wav import read_wav, write_mulaw, write_pcm16

pytestmark = pytest.mark.unit


@given(st.binary(max_size=500))
def test_mulaw_bytes_survive_decoding_and_encoding(data: bytes) -> None:
    negative_zero = data.replace(b"\x7f", b"\xff")  # the one pair of codes that mean the same
    assert mulaw.encode_pcm16(mulaw.decode_pcm16(data)) == negative_zero
    assert mulaw.encode(mulaw.decode(data)) == negative_zero


@given(st.lists(st.integers(-32768, 32767), max_size=200))
def test_mulaw_error_is_within_a_step(values: list[int]) -> None:
    samples = np.array(values, dtype=np.int16)
    back = mulaw.decode_pcm16(mulaw.encode_pcm16(samples)).astype(int)
    clipped = np.clip(samples.astype(int), -32635, 32635)
    assert np.all(np.abs(back - clipped) <= np.maximum(8, np.abs(clipped) // 16))


def test_mulaw_known_values() -> None:
    """From the G.711 table: full scale, zero, and the smallest step."""
    assert mulaw.decode_pcm16(bytes([0x00, 0x80, 0xFF, 0x7F, 0xFE, 0x7E])).tolist() == [-32124, 32124, 0, 0, 8, -8]


def test_alaw_known_values() -> None:
    assert (alaw.decode(bytes([0x2A, 0xAA, 0xD5, 0x55])) * 32768).tolist() == [-32256, 32256, 8, -8]


def test_encode_takes_what_is_too_loud_and_what_is_no_number() -> None:
    assert mulaw.encode(np.array([9.0, -9.0, np.nan], np.float32)) == bytes([0x80, 0x00, 0xFF])


@given(st.lists(st.floats(-1, 0.5, width=32), min_size=1, max_size=300), st.sampled_from([8000, 16000, 44100]))
def test_pcm16_wav_round_trip(values: list[float], rate: int) -> None:
    audio = read_wav(write_pcm16(np.array(values, np.float32), rate))
    assert audio.rate_hz == rate
    assert np.allclose(audio.samples, values, atol=1 / 32000)


@given(st.binary(min_size=1, max_size=300))
def test_mulaw_wav_round_trip(data: bytes) -> None:
    assert np.array_equal(read_wav(write_mulaw(data)).samples, mulaw.decode(data))


@given(st.binary(max_size=300))
def test_junk_is_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(IvrError):
        read_wav(data)


@given(st.data())
def test_a_damaged_wav_is_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(write_pcm16(np.linspace(-1, 0.9, 64, dtype=np.float32)))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, 60))] = data.draw(st.integers(0, 255))
    try:
        audio = read_wav(bytes(good[:data.draw(st.integers(0, len(good)))]))
    except IvrError:
        return
    assert audio.samples.dtype == np.float32 and np.all(np.abs(audio.samples) <= 1)


@pytest.mark.parametrize(("bits", "raw", "value"), [
    (8, bytes([192]), 0.5), (16, struct.pack("<h", 16384), 0.5), (24, b"\x00\x00\x40", 0.5),
    (32, struct.pack("<i", 1 << 30), 0.5),
])
def test_every_width_has_the_same_scale(bits: int, raw: bytes, value: float) -> None:
    assert read_wav(_wav(1, 1, 8000, bits, raw * 4)).samples.tolist() == [value] * 4


def test_channels_are_mixed() -> None:
    stereo = _wav(1, 2, 8000, 16, struct.pack("<hh", 16384, 0) * 3)
    assert read_wav(stereo).samples.tolist() == [0.25] * 3


@pytest.mark.parametrize("wav", [
    pytest.param(lambda: _wav(49, 1, 8000, 8, b"x" * 64), id="gsm"),
    pytest.param(lambda: _wav(1, 1, 4000, 16, b"x" * 64), id="rate"),
    pytest.param(lambda: _wav(1, 1, 8000, 16, b""), id="empty"),
    pytest.param(lambda: _wav(1, 1, 8000, 16, b"\0" * 16_001 * 10), id="too long"),
])
def test_what_is_not_supported_is_said(wav) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MalformedRequest):
        read_wav(wav(), max_seconds=9)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_resampling_keeps_the_tone_and_folds_nothing(rate: int) -> None:
    t = np.arange(rate) / rate
    inside = resample(np.sin(2 * np.pi * 1000 * t).astype(np.float32), rate, 8000)
    assert abs(inside.size - 8000) <= 1
    spectrum = np.abs(np.fft.rfft(inside[1000:7000]))
    assert abs(int(spectrum.argmax()) - 750) <= 1
    if rate > 12000:
        above = resample(np.sin(2 * np.pi * 5000 * t).astype(np.float32), rate, 8000)
        assert np.abs(above[200:-200]).max() < 0.05


def test_rates_outside_the_telephone_world_are_refused() -> None:
    with pytest.raises(MalformedRequest):
        resample(np.zeros(10, np.float32), 96000, 8000)


def _wav(tag: int, channels: int, rate: int, bits: int, body: bytes) -> bytes:
    width = channels * bits // 8
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * width, width, bits)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks
