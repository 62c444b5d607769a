"""Engine actions as the answer to a voice webhook: a media stream where there is local speech and room for one more,
`<Gather>` otherwise, a queue, or a goodbye.

The greeting of a stream is spoken by the stream itself: the webhook only opens it, with a one-time token, and leaves the
`<Redirect>` behind it that catches the call when the socket ends, for whatever reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from ivr.clock import Clock
from ivr.dialog import actions as act
from ivr.dialog.session import Session
from ivr.ids import digest, new_token
from ivr.runtime.phone_legs import Leg
from ivr.runtime.turn_result import Rendered, pending_of
from ivr.store.calls import StreamToken
from ivr.telephony import twiml

TOKEN_LIFE = timedelta(seconds=60)
_TURN = "@turn@"
"""Stands for the turn number in a kept document."""
KEPT_DOCUMENTS = 512
LOOK_EVERY_S = 1.0
"""Pause after which a caller who waits for a lookup comes back: spent on the carrier's side, by no thread of ours."""


def _new_document(says: tuple[act.Say, ...], listen: act.Listen, url: str) -> str:
    return twiml.gather(says, listen, action_url=url)


_kept_document = lru_cache(KEPT_DOCUMENTS)(_new_document)


class VoiceAnswers:
    def __init__(self, public_url: str, clock: Clock, may_stream: Callable[[Session], bool],
                 filler: Callable[[str], act.Say | None] = lambda language: None,
                 by_desk: Callable[[Session], bool] = lambda session: False, leg_of: Callable[[str], Leg | None] = lambda call_id: None):
        """`may_stream` decides per call: local recogniser loaded (text telephones need none), capacity left, stream not lost
        too often. `filler`: what is said while a lookup takes its time. `by_desk`: whether a handed-over call waits on our own
        stream, and not in the carrier's queue. `leg_of`: the telephone on which somebody of the staff has just taken the call."""
        self._filler, self._by_desk, self._leg_of = filler, by_desk, leg_of
        self._base = public_url.rstrip("/")
        self._clock, self._may_stream = clock, may_stream

    def render(self, session: Session, actions: Sequence[act.Action], look: int = 0) -> Rendered:
        """TwiML for what the engine asked for. Falls back to the session's own state when `actions` are empty. `look`: how often
        the caller came back to a lookup before."""
        says = [a for a in actions if isinstance(a, act.Say)]
        if pending_of(session):
            return Rendered(self._patience(session, says, look))
        last = actions[-1] if actions else None
        if session.status == "ended" or isinstance(last, act.Hangup):
            return Rendered(twiml.hangup(says))
        if session.channel == "tty" and session.transfer and self._may_stream(session):
            return self.stream(session)  # whoever types waits for somebody who types, and that is on the stream
        if session.transfer and (leg := self._leg_of(session.call_id)) is not None:
            return Rendered(self.meet(session.transfer, says, leg))
        if session.transfer and session.channel == "voice" and self._by_desk(session):
            return self.stream(session, says)
        if isinstance(last, act.Transfer) or session.transfer:
            return Rendered(self.enqueue(session, says))
        listen = last if isinstance(last, act.Listen) else session.last_listen
        if listen is None:
            return Rendered(twiml.hangup(says))
        if session.channel in ("voice", "tty") and self._may_stream(session):
            return self.stream(session)
        return Rendered(self._gather(tuple(says), listen))

    def _patience(self, session: Session, says: list[act.Say], look: int) -> str:
        filler = self._filler(session.language) if look == 0 else None
        url = f"{self._base}/voice/lookup?turn={session.turn}&look={session.version}.{look + 1}"
        return twiml.patience([*says, *([filler] if filler else [])], LOOK_EVERY_S, url)

    def _gather(self, says: tuple[act.Say, ...], listen: act.Listen) -> str:
        """The same question is asked on every call and differs in its turn number only. Words that hold a caller's value
        are never kept."""
        any_turn = dataclasses.replace(listen, turn=0)
        url = f"{self._base}/voice/gather?turn={_TURN}"
        make = _kept_document if all(s.static and not s.sensitive for s in says) else _new_document
        return make(says, any_turn, url).replace(_TURN, str(listen.turn))

    def stream(self, session: Session, says: Sequence[act.Say] = ()) -> Rendered:
        """`says`: what the carrier speaks before."""
        token = new_token()
        known_by = digest(token)
        # A call may need several streams in one turn; each end of one is a delivery of its own, and asks for the next.
        after = f"{self._base}/voice/after-stream?turn={session.turn}&s={known_by[:12]}"
        body = twiml.stream(self.media_url, {"token": token}, after, says)
        return Rendered(body, StreamToken(known_by, self._clock.now() + TOKEN_LIFE))

    def enqueue(self, session: Session, says: Sequence[act.Say]) -> str:
        transfer = session.transfer
        assert transfer is not None
        return twiml.enqueue(transfer, says=says, action_url=f"{self._base}/voice/queue?turn={session.turn}",
                             wait_url=f"{self._base}/voice/wait")

    def meet(self, transfer: act.Transfer, says: Sequence[act.Say], leg: Leg) -> str:
        """Into the queue that is made for the caller and the telephone of whoever has taken them."""
        meeting, base = dataclasses.replace(transfer, queue=leg.queue), f"{self._base}/voice/phone"
        return twiml.enqueue(meeting, says=says, action_url=f"{base}/ended?k={leg.key}", wait_url=f"{base}/wait?k={leg.key}")

    @property
    def media_url(self) -> str:
        """The public `wss://` (or `ws://`) address of the media socket."""
        parts = urlsplit(self._base)
        return urlunsplit(("wss" if parts.scheme == "https" else "ws", parts.netloc, parts.path + "/media", "", ""))
