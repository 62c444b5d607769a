"""From the key of a promised call to our own desk: a session of its own, which waits on a media stream like any other caller.

What follows comes by the ordinary ways: the stream and the webhook behind it, the carrier's queue where there is no stream to be
had, and the status of the call. Called by the webhook of the key.
"""

from __future__ import annotations

from flask import request

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import Conflict
from ivr.flow.model_queues import Queue
from ivr.runtime.callbacks.keeping import beginning
from ivr.runtime.callbacks.situation import Situation
from ivr.runtime.services import Services
from ivr.runtime.turn_result import Delivery
from ivr.store.callback_calls import PLACED, CallbackCall


def to_desk(services: Services, call: CallbackCall, s: Situation, queue: Queue | None, call_sid: str) -> str:
    """`queue`: where a call begins to wait; None for one that does already. Raises LinesBusy."""

    def begins(session: Session) -> ev.Event | None:
        return beginning(s, call, queue, call_sid) if session.status == "fresh" and queue is not None else None

    delivery = Delivery(f"called-back:{call.attempt_id}", request.headers.get("I-Twilio-Idempotency-Token") or None)
    result = services.turns.answer(call_sid, begins, delivery=delivery, render=services.voice.render, bundle_hash=s.bundle.hash)
    if result.answer is None:
        raise Conflict("the turn has no answer")
    _end_if_over(services, call, call_sid)
    return result.answer


def _end_if_over(services: Services, call: CallbackCall, call_sid: str) -> None:
    """The call's last word came before this one: nobody is on the line, and nothing else would ever end it."""
    now = services.callbacks.calls.get(call.attempt_id)
    session = services.turns.session(call_sid) if now is None or now.state != PLACED else None
    if session is not None and session.status == "live":
        services.turns.take(call_sid, ev.CallEnded("hangup"))
