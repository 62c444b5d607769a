"""A stream's payloads cut into frames of 20 ms, with a mark on those that the network lost. Pure. Called by the media rim."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ivr.speech import mulaw

FRAME = 160
"""Samples at 8 kHz: 20 ms."""
_FRAME_MS = 20
_SILENCE = np.zeros(FRAME, dtype=np.int16)


class FrameCutter:
    def __init__(self) -> None:
        self._rest = b""

    def cut(self, payload: bytes, gap_ms: int = 0) -> Iterator[tuple[np.ndarray, bool]]:
        """(int16 samples, lost) for each whole frame. `gap_ms` of audio is missing before the payload."""
        for _ in range(gap_ms // _FRAME_MS):
            yield _SILENCE, True
        data = self._rest + payload
        whole = len(data) - len(data) % FRAME
        self._rest = data[whole:]
        for at in range(0, whole, FRAME):
            yield mulaw.decode_pcm16(data[at:at + FRAME]), False
