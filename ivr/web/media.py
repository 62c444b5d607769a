"""The `/media` WebSocket: who may open it, and the frames between the carrier and a `MediaCall`.

Before the upgrade: Twilio's signature over the public address, or our own Origin (a browser phone, which must then show
a one-time token that was made to stand for the signature). After it: `start` within five seconds, its token bound to the
call. Anything else is closed and counted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from ivr.access.network import network_of
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import IvrError
from ivr.ids import digest, new_call_id
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.turn_result import TurnResult
from ivr.telephony import media_events as me
from ivr.telephony.baudot import TtyDetector
from ivr.telephony.media_codec import MediaStream
from ivr.web.media_call import MediaCall
from ivr.web.media_person import PersonCall
from ivr.web.media_text import TextCall
from ivr.web.rate_limit import peer_of

START_WITHIN_S = 5.0
MAX_PENDING, MAX_PENDING_PER_PEER = 200, 50
UNSIGNED = "unsigned "
POLICY_VIOLATION, TRY_LATER = 1008, 1013

log = logs.get("media")


class MediaEndpoint:
    """ASGI application for one path."""

    def __init__(self, services: Services):
        self._s = services
        self._pending: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        allowed, provisional = self._may_upgrade(scope)
        peer = self._peer(scope, provisional)
        full = self._is_full(peer, provisional)
        if not allowed or full or self._s.streams.draining:
            log.warning("media socket refused", why="limit" if full else "draining" if allowed else "signature")
            await send({"type": "websocket.close", "code": TRY_LATER if allowed else POLICY_VIOLATION})
            return
        await send({"type": "websocket.accept"})
        await _Connection(self._s, receive, send, provisional, self._pending, peer).run()

    def _peer(self, scope: dict[str, Any], provisional: bool) -> str:
        """Whom a socket that has said nothing yet is counted against. Anybody can send our own Origin: those without the carrier's
        signature never take the places of those with one, who may all come through one proxy."""
        forwarded = ", ".join(v.decode("latin-1") for k, v in scope["headers"] if k.lower() == b"x-forwarded-for")
        peer = peer_of((scope.get("client") or ("?",))[0], forwarded, self._s.settings.proxy_hops)
        return f"{UNSIGNED if provisional else ''}{network_of(peer)}"

    def _is_full(self, peer: str, provisional: bool) -> bool:
        alike = sum(n for who, n in self._pending.items() if who.startswith(UNSIGNED) == provisional)
        return alike >= MAX_PENDING or self._pending[peer] >= MAX_PENDING_PER_PEER

    def _may_upgrade(self, scope: dict[str, Any]) -> tuple[bool, bool]:
        """(may connect, must show a token that stands for the signature)"""
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        settings = self._s.settings
        signature = headers.get("x-twilio-signature", "")
        if signature:
            return self._s.signatures.is_valid_upgrade(self._s.voice.media_url, signature,
                                                       headers.get("x-twilio-webhooks-signature-settings", "")), False
        if self._s.is_own_origin(headers.get("origin", ""), headers.get("host", "")):
            return True, True
        return not settings.media_require_signature, False


class _Connection:
    def __init__(self, services: Services, receive: Any, send: Any, provisional: bool, pending: Counter[str], peer: str):
        self._s, self._receive, self._asgi_send = services, receive, send
        self._provisional, self._pending, self._peer = provisional, pending, peer
        self._stream = MediaStream()
        self._call: MediaCall | TextCall | PersonCall = self._spoken_call()
        self._closed = False

    async def _send(self, text: str) -> None:
        if not self._closed and self._stream.can_send:
            await self._asgi_send({"type": "websocket.send", "text": text})

    async def close(self, code: int = 1000) -> None:
        if not self._closed:
            self._closed = True
            await self._asgi_send({"type": "websocket.close", "code": code})

    async def _became_text(self, result: TurnResult, heard: TtyDetector) -> None:
        """A text telephone was recognised on a voice line: the call goes on in text, where it stands."""
        spoken, self._call = self._call, self._text_call()
        await spoken.end()
        await self._call.switched(result, heard)

    async def _to_person(self, session: Session) -> bool:
        """The engine handed the call over, and all was said: True when it waits at our own desk."""
        if not self._s.waiting.by_desk(session):
            return False
        spoken, self._call = self._call, self._person_call()
        await spoken.end()
        await self._call.begin(session, again=False)
        return True

    async def _goes_on(self, result: TurnResult) -> None:
        """The desk is done with the call: the flow goes on."""
        waited, spoken = self._call, self._spoken_call()
        self._call = spoken
        await waited.end()
        await spoken.go_on(result)

    def _spoken_call(self) -> MediaCall:
        return MediaCall(self._s, self._stream, self._send, self.close, self._became_text, self._to_person)

    def _person_call(self) -> PersonCall:
        return PersonCall(self._s, self._stream, self._send, self.close, self._goes_on, by_carrier=not self._provisional)

    def _text_call(self) -> TextCall:
        return TextCall(self._s, self._stream, self._send, self.close)

    async def run(self) -> None:
        opened = ""
        try:
            opened = await self._start()
            while opened and not self._closed:
                if not await self._one_message():
                    break
        except (asyncio.CancelledError, OSError):
            raise
        except Exception as error:
            log.error("media connection failed", call=opened, exc_info=error)
            await self.close(1011)
        finally:
            await self._call.end()
            for reason, count in self._stream.counts.items():
                self._s.metrics.hostile.labels(reason).inc(count)
            if opened:
                self._s.streams.closed(opened)
                self._s.metrics.live.dec()

    async def _start(self) -> str:
        """Wait for `start` and adopt the call; '' when the socket was closed instead."""
        self._pending[self._peer] += 1
        try:
            started = await asyncio.wait_for(self._until_started(), START_WITHIN_S)
        except TimeoutError:
            started = None
        finally:
            self._pending[self._peer] -= 1
            self._pending += Counter()  # drops peers that are back at zero
        call_id = await self._s.in_thread(self._adopt, started) if started else ""
        if not call_id or not self._s.streams.opened(call_id):
            log.warning("media stream refused", why="token" if started else "no start")
            await self.close(POLICY_VIOLATION)
            return ""
        self._s.metrics.live.inc()
        session = await self._s.in_thread(self._s.turns.session, call_id)
        if session.channel == "tty":
            self._call = self._text_call()
        elif session.transfer is not None:
            self._call = self._person_call()
            await self._call.begin(session, again=True)
            return call_id
        await self._call.begin(session)
        return call_id

    async def _until_started(self) -> me.Started | None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self._closed = True
                return None
            for event in self._stream.receive(_payload(message)):
                if isinstance(event, me.Started):
                    return event
            if self._stream.closed_reason:
                return None

    def _adopt(self, started: me.Started) -> str:
        """The call this stream belongs to, or ''. Runs in a thread: it reads the store."""
        token = started.custom_parameters.get("token", "")
        redeemed = self._s.calls.redeem(digest(token), self._s.clock.now()) if token else None
        if redeemed is not None:
            call_id, stands_for_signature = redeemed
            if call_id != started.call_sid or (self._provisional and not stands_for_signature):
                return ""
            return call_id
        if self._provisional or self._s.settings.media_require_token:
            return ""
        call_id = started.call_sid or new_call_id()
        if self._s.turns.session(call_id) is None:
            self._s.turns.take(call_id, ev.CallStarted(call_id, line="main"))
        return call_id

    async def _one_message(self) -> bool:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._closed = True
            return False
        for event in self._stream.receive(_payload(message)):
            match event:
                case me.AudioReceived(payload=payload, gap_ms=gap_ms):
                    await self._call.on_audio(payload, gap_ms)
                case me.DigitPressed(digit=digit):
                    await self._call.on_digit(digit)
                case me.MarkReturned(name=name, cleared=cleared):
                    self._call.on_mark(name, cleared)
                case me.Stopped():
                    return False
        if self._stream.closed_reason:
            log.warning("media stream closed", why="hostile frames", call=self._call.call_id)
            await self.close(POLICY_VIOLATION)
            return False
        return True


def _payload(message: dict[str, Any]) -> str | bytes:
    text = message.get("text")
    return text if text is not None else message.get("bytes") or b""


__all__ = ["IvrError", "MediaEndpoint"]
