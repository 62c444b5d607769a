"""What a carrier plays to the caller of one media stream: a buffer that the application fills, marks and empties. Pure.

Times are seconds since the stream began. Owned by a `MediaLeg`, which brings the messages and returns the marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BYTES_PER_S = 8000
MAX_BUFFER_S = 600.0
"""Twilio discards what does not fit into ten minutes of playback (31931)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Audio as the caller heard it."""

    start_s: float
    """Seconds since the stream began at which its first byte was played."""
    received_s: float
    """Seconds since the stream began at which the frame arrived."""
    payload: bytes = field(repr=False)

    def until(self, now_s: float) -> bytes:
        """The part that had been played by then."""
        return self.payload[:max(0, int((now_s - self.start_s) * BYTES_PER_S))]


class PlayedAudio:
    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.marks: list[tuple[str, str]] = []
        """Name and fate (played | cleared) of every mark that is due back."""
        self.clears: list[float] = []
        self.end_s = 0.0
        """When all of it will have been played."""
        self._pending: list[tuple[float, str]] = []

    @property
    def marks_sent(self) -> int:
        return len(self.marks) + len(self._pending)

    def heard(self, now_s: float) -> bytes:
        return b"".join(piece.until(now_s) for piece in self.pieces)

    def arrived(self, payload: bytes, now_s: float) -> bool:
        """False where the buffer is full, and the audio lost."""
        start = max(now_s, self.end_s)
        if start - now_s > MAX_BUFFER_S:
            return False
        self.pieces.append(Piece(start, now_s, payload))
        self.end_s = start + len(payload) / BYTES_PER_S
        return True

    def marked(self, name: str, now_s: float) -> None:
        """Behind everything that has arrived."""
        self._pending.append((max(self.end_s, now_s), name))

    def passed(self, now_s: float) -> list[str]:
        """The marks that have been played by now and not been returned."""
        due = []
        while self._pending and self._pending[0][0] <= now_s:
            due.append(self._back(self._pending.pop(0)[1], "played"))
        return due

    def cleared(self, now_s: float) -> list[str]:
        """The rest of the buffer is thrown away, and every waiting mark comes back."""
        self.clears.append(now_s)
        self.pieces = [Piece(p.start_s, p.received_s, kept) for p in self.pieces if (kept := p.until(now_s))]
        self.end_s = min(self.end_s, now_s)
        pending, self._pending = self._pending, []
        return [self._back(name, "played" if due <= now_s else "cleared") for due, name in pending]

    def _back(self, name: str, fate: str) -> str:
        self.marks.append((name, fate))
        return name
