"""The caller's end of a Media Streams call: a real WebSocket client that talks like Twilio.

Connects with a signed upgrade, sends `connected` and `start`, then one 20 ms frame every 20 ms of real time (silence
where nobody speaks), plays what the application sends on a playback clock, returns marks when their audio has been
played or was cleared, and records what the caller heard with the time of each byte. When the application closes,
`wait_closed` returns and the call's next verb can run.

Threads: one reads the socket, one paces frames; `_changed` guards everything they share. Waiting is on that
condition with a deadline, so tests need no sleeps.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from ivr.speech import mulaw
from ivr.speech.resample import resample
from ivr.speech.wav import read_wav
from ivr.telephony.media_client import AudioSent, ClearSent, MarkSent, MediaClient, Violation
from ivr.telephony.signature import SIGNATURE_HEADER, sign_form
from ivr.testing.caller_frames import FRAME_S, CallerFrames, Impairment
from ivr.testing.played_audio import Piece, PlayedAudio


class MediaLeg:
    def __init__(self, public_url: str, real_base: str, secret: str, *, account_sid: str, call_sid: str,
                 parameters: Mapping[str, str], impairment: Impairment | None = None, signed: bool = True,
                 open_timeout_s: float = 5.0):
        """`public_url` is what the TwiML said and what is signed; `real_base` is where the socket is."""
        self.violations: list[str] = []
        self.error_codes: list[int] = []
        """Twilio's stream errors, e.g. 31920 (no upgrade), 31931 (buffer full)."""
        self.close_code: int | None = None
        self._audio, self._frames = PlayedAudio(), CallerFrames(impairment or Impairment())
        self._client = MediaClient("MZ" + secrets.token_hex(16), call_sid, account_sid)
        self._changed = threading.Condition(threading.RLock())
        self._closed = False
        self._zero = time.monotonic()
        self._socket = self._open(public_url, real_base, secret if signed else "", open_timeout_s)
        self._threads: list[threading.Thread] = []
        if self._socket is not None:
            self._begin(parameters)

    # -- what the caller does

    def play_wav(self, wav: bytes) -> None:
        """Speak a recording (any WAV; resampled to 8 kHz). Returns at once; `wait_spoken` waits for its end."""
        sound = read_wav(wav)
        samples = sound.samples if sound.rate_hz == 8000 else resample(sound.samples, sound.rate_hz, 8000)
        self.play_mulaw(mulaw.encode(samples))

    def play_mulaw(self, audio: bytes) -> None:
        with self._changed:
            self._frames.say(audio)

    def press(self, keys: str) -> None:
        with self._changed:
            for key in keys:
                self._send(self._client.dtmf(key))

    def hangup(self) -> None:
        """`stop`, then the socket is closed by the carrier."""
        with self._changed:
            if self._closed:
                return
            self._send(self._client.stop())
            self._finish(None)
        if self._socket is not None:
            self._socket.close()
        self._join()

    def break_connection(self) -> None:
        """The network is gone: no `stop`, no closing handshake."""
        with self._changed:
            self._finish(None)
        if self._socket is not None:
            self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._join()

    def send_raw(self, data: str | bytes) -> None:
        """Anything at all, for hostile tests."""
        with self._changed:
            self._send(data)

    # -- what can be seen and waited for

    @property
    def now_s(self) -> float:
        """Seconds since the stream began."""
        return time.monotonic() - self._zero

    @property
    def is_closed(self) -> bool:
        with self._changed:
            return self._closed

    @property
    def pieces(self) -> list[Piece]:
        with self._changed:
            return list(self._audio.pieces)

    @property
    def marks_sent(self) -> int:
        """Marks the application has sent so far, played or not."""
        with self._changed:
            return self._audio.marks_sent

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Name and fate (played | cleared) of every mark returned."""
        with self._changed:
            return list(self._audio.marks)

    @property
    def clears(self) -> list[float]:
        """When the application emptied the buffer, seconds since the stream began."""
        with self._changed:
            return list(self._audio.clears)

    @property
    def heard(self) -> bytes:
        """mu-law audio the caller heard so far, without the silence in between."""
        with self._changed:
            return self._audio.heard(self.now_s)

    @property
    def first_audio_s(self) -> float | None:
        with self._changed:
            return self._audio.pieces[0].received_s if self._audio.pieces else None

    def wait_for(self, predicate: Callable[[MediaLeg], bool], timeout_s: float = 5.0) -> bool:
        """Block until `predicate(leg)` holds; tried on each message and each frame. False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self), timeout_s)

    def wait_for_audio(self, timeout_s: float = 5.0, *, after_s: float = -1.0) -> bool:
        """Until the application sends audio that arrived after `after_s` (take `now_s` before the caller's move)."""
        return self.wait_for(lambda leg: any(p.received_s > after_s for p in leg._audio.pieces) or leg._closed, timeout_s)

    def wait_until_quiet(self, timeout_s: float = 10.0, *, quiet_s: float = 0.5, after_s: float = -1.0) -> bool:
        """Until something arrived after `after_s`, it has all been played, and silence lasted `quiet_s`."""

        def quiet(leg: MediaLeg) -> bool:
            spoken = any(p.received_s > after_s for p in leg._audio.pieces)
            return leg._closed or (spoken and leg.now_s >= leg._audio.end_s + quiet_s)
        return self.wait_for(quiet, timeout_s)

    def wait_spoken(self, timeout_s: float = 10.0) -> bool:
        """Until the caller's own recording has been sent."""
        return self.wait_for(lambda leg: leg._frames.all_said or leg._closed, timeout_s)

    def wait_closed(self, timeout_s: float = 10.0) -> bool:
        closed = self.wait_for(lambda leg: leg._closed, timeout_s)
        if closed:
            self._join()
        return closed

    # -- the machinery

    def _open(self, public_url: str, real_base: str, secret: str, timeout_s: float):
        headers = {SIGNATURE_HEADER: sign_form(secret, public_url)} if secret else {}
        target = real_base.rstrip("/") + urlsplit(public_url).path
        try:
            return connect(target, additional_headers=headers, user_agent_header="Twilio.TmeWs/1.0", compression=None,
                           open_timeout=timeout_s, close_timeout=1, ping_interval=None, proxy=None, max_size=2**24,
                           legacy=True)
        except (InvalidHandshake, OSError, TimeoutError):
            self.error_codes.append(31920)
            self._closed = True
            return None

    def _begin(self, parameters: Mapping[str, str]) -> None:
        self._zero = time.monotonic()
        self._send(self._client.connected())
        self._send(self._client.start(parameters))
        for target in (self._read, self._pace):
            thread = threading.Thread(target=target, name=f"media-leg-{target.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _join(self) -> None:
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=3)

    def _send(self, data: str | bytes) -> None:
        if self._closed or self._socket is None:
            return
        try:
            self._socket.send(data)
        except (ConnectionClosed, OSError):
            self._finish(None)

    def _finish(self, code: int | None) -> None:
        self._closed = True
        self.close_code = self.close_code or code
        self._changed.notify_all()

    def _read(self) -> None:
        code = None
        try:
            for data in self._socket:
                with self._changed:
                    self._take(data)
                    self._changed.notify_all()
            code = self._socket.close_code
        except (ConnectionClosed, OSError) as problem:
            code = getattr(getattr(problem, "rcvd", None), "code", None)
        with self._changed:
            self._finish(code)

    def _take(self, data: str | bytes) -> None:
        event = self._client.receive(data)
        if isinstance(event, AudioSent):
            if not self._audio.arrived(event.payload, self.now_s):
                self.error_codes.append(31931)
        elif isinstance(event, MarkSent):
            self._audio.marked(event.name, self.now_s)
        elif isinstance(event, ClearSent):
            self._return(self._audio.cleared(self.now_s))
        elif isinstance(event, Violation):
            self.violations.append(event.reason)

    def _pace(self) -> None:
        """Absolute deadlines, so that a late frame does not make the next ones late."""
        deadline = self._zero
        while True:
            deadline += FRAME_S
            with self._changed:
                self._changed.wait_for(lambda: self._closed, max(0.0, deadline - time.monotonic()))
                if self._closed:
                    return
                self._tick()
                self._changed.notify_all()

    def _tick(self) -> None:
        self._return(self._audio.passed(self.now_s))
        frame = self._frames.next()
        if frame.lost:
            self._client.lost()
        else:
            self._send(self._client.media(frame.payload, frame.timestamp_ms))

    def _return(self, marks: list[str]) -> None:
        for name in marks:
            self._send(self._client.mark(name))
