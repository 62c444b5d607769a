"""Listens on a voice call for a text telephone, from the first frame on, and knows our own invitation from one.

Owned by a `MediaCall`, on the event loop. Its clock is the number of frames.
"""

from __future__ import annotations

from functools import lru_cache

from ivr.dialog.render import render
from ivr.flow.model import Bundle
from ivr.speech import mulaw
from ivr.telephony.baudot import CharacterReceived, TtyDetector, transmit, typeable
from ivr.telephony.media_frames import FrameCutter
from ivr.telephony.tty_etiquette import GA, outgoing

INVITATION = "tty_invitation"
ECHO_MS = 1200
"""After our own tones their echo may come so late."""
_BYTES_PER_MS = 8
_FRAME_MS = 20


class TtyWatch:
    def __init__(self) -> None:
        self.detector = TtyDetector()
        self._frames = FrameCutter()
        self._ours_ms = 0.0
        """So long our own tones, or their echo, may still be heard."""
        self._ours = ""
        self._invited = False

    def heard(self, payload: bytes, gap_ms: int = 0) -> bool:
        """Whether a text telephone has been recognised by now."""
        found = False
        for samples, lost in self._frames.cut(payload, gap_ms):
            found = self.detector.feed(samples, erased=lost)
            if self._ours_ms > 0:
                found = self._not_ours(found)
        return found

    @property
    def text(self) -> str:
        """What it has typed so far."""
        return "".join(e.text for e in self.detector.received if isinstance(e, CharacterReceived))

    def invitation(self, bundle: Bundle, language: str) -> bytes:
        """The tones that ask a silent caller to type, once a call; empty when it was sent or the bundle has no words for it."""
        if self._invited or INVITATION not in bundle.prompts.get(language, {}):
            return b""
        self._invited = True
        text = outgoing([render(bundle, INVITATION, language, "tty", slots={}, values={}).text], GA).strip()
        tones = _tones(text)
        self._ours_ms, self._ours = len(tones) / _BYTES_PER_MS + ECHO_MS, _plain(typeable(text))
        self.detector = TtyDetector()
        return tones

    def _not_ours(self, found: bool) -> bool:
        """While our invitation may come back, a text telephone is one only if it says something else."""
        self._ours_ms -= _FRAME_MS
        said = _plain(self.text)
        if found and said and said not in self._ours:
            return True
        if self._ours_ms <= 0 and found:
            self.detector = TtyDetector()  # it was our echo, all of it
        return False


def _plain(text: str) -> str:
    return "".join(text.split())


@lru_cache(maxsize=8)
def _tones(text: str) -> bytes:
    return mulaw.encode_pcm16(transmit(text))
