"""Twilio's webhooks: request -> event -> turn -> TwiML. No rule about calls lives here.

Each route names the natural key of its delivery, so that a repetition gets the stored answer, byte for byte, and has no
second effect. Whatever goes wrong, a caller who may be on the line gets TwiML.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Blueprint, Response, request

from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import Conflict, Forbidden, IvrError, MalformedRequest
from ivr.ops import logs
from ivr.runtime.last_words import LastWords
from ivr.runtime.services import Services
from ivr.runtime.turn import Delivery
from ivr.sensitive import Sensitive
from ivr.store.calls import LinesBusy
from ivr.store.statuses import TERMINAL
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.requests import Pairs, authentic_pairs

QUEUE_OUTCOMES = {"bridged": "connected", "leave": "left", "hangup": "left", "queue-full": "wait_too_long",
                  "redirected": "connected", "error": "failed", "system-error": "failed"}
_ENDED = {"completed": "hangup", "busy": "busy", "failed": "failed", "no-answer": "no_answer", "canceled": "canceled"}
log = logs.get("webhooks")


def blueprint(services: Services) -> Blueprint:
    voice = Blueprint("voice", __name__)
    hooks = VoiceHooks(services)
    routes: dict[str, Callable[[Pairs], str]] = {
        "/voice": hooks.started, "/voice/gather": hooks.gathered, "/voice/after-stream": hooks.after_stream,
        "/voice/status": hooks.status, "/voice/queue": hooks.queue_ended, "/voice/wait": hooks.waiting,
        "/voice/fallback": hooks.fallback}
    for path, function in routes.items():
        voice.add_url_rule(path, path, guarded(services, path, function), methods=["POST", "GET"])
    return voice


def guarded(services: Services, path: str, function: Callable[[Pairs], str]) -> Callable[[], Response]:
    """Authenticity, errors as TwiML, figures: the same around every voice route."""

    def view() -> Response:
        try:
            body, status = function(authentic_pairs(request, services.signatures, services.public_url)), 200
        except Forbidden:
            log.warning("webhook refused", route=path, why="signature")
            body, status = services.last_words.problem(), 403
        except MalformedRequest as error:
            log.warning("webhook malformed", route=path, why=error.code)
            body, status = services.last_words.problem(), 400
        except IvrError as error:
            log.error("webhook failed", route=path, exc_info=error)
            body, status = services.last_words.problem(), 200
        except Exception as error:
            # The last resort: the caller hears where to go instead, whatever broke.
            log.error("webhook crashed", route=path, exc_info=error)
            body, status = services.last_words.problem(), 200
        services.metrics.webhooks.labels(path, str(status)).inc()
        return Response(body, status, content_type="text/xml; charset=utf-8")

    return view


class VoiceHooks:
    def __init__(self, services: Services):
        self._s = services

    @property
    def last_words(self) -> LastWords:
        return self._s.last_words

    def started(self, pairs: Pairs) -> str:
        form = forms.voice_started(pairs)
        line = self._s.bundles.for_new_call(form.call_sid).line_for(form.to)
        textable = form.from_ is not None and self._s.contact_rules.textable(form.from_.reveal())
        event = ev.CallStarted(form.call_sid, line.name, line.channel, form.from_, textable,
                               line.language or self._s.first_language)
        try:
            answer = self._take(form.call_sid, lambda s: event if s.status == "fresh" else None, f"start:{form.call_sid}")
        except LinesBusy as busy:
            self._s.metrics.lines_busy.inc()
            log.warning("call not taken", call=form.call_sid, why=busy.message)
            return self.last_words.busy()
        if self._s.statuses.of(form.call_sid) in TERMINAL:
            self._end_at_once(form.call_sid)
        return answer

    def _end_at_once(self, call_sid: str) -> None:
        """The first word of the call came behind its last one: nobody is on the line, and nothing else would ever end it."""
        session = self._s.turns.session(call_sid)
        if session is not None and session.status == "live":
            self._s.turns.take(call_sid, ev.CallEnded("hangup"))

    def gathered(self, pairs: Pairs) -> str:
        form, turn = forms.gather_result(pairs), _turn()
        event: ev.Event
        if form.digits is not None:
            event = ev.DigitsReceived(turn, form.digits)
        elif form.speech is not None:
            event = ev.SpeechHeard(turn, form.speech, 1.0 if form.confidence is None else form.confidence)
        else:
            event = ev.NoInput(turn)
        return self._take(form.call_sid, lambda s: event, f"gather:{form.call_sid}:{turn}")

    def after_stream(self, pairs: Pairs) -> str:
        """The media socket is closed: done with it, or lost? The session knows."""
        call_sid, turn = forms.voice_started(pairs).call_sid, _turn()

        def lost(session: Session) -> ev.Event | None:
            if session.status != "live" or session.waiting != "input":
                return None
            self._s.streams.lost(call_sid)
            return ev.StreamLost()

        return self._take(call_sid, lost, f"after-stream:{call_sid}:{turn}")

    def queue_ended(self, pairs: Pairs) -> str:
        # A carrier that falls through behind `<Enqueue>` tells no result: the wait is over and nobody was reached.
        known = pairs if any(name == "QueueResult" for name, _ in pairs) else [*pairs, ("QueueResult", "error")]
        form, turn = forms.queue_result(known), _turn()

        def ended(session: Session) -> ev.Event | None:
            if session.transfer is None:
                return None
            queue = self._s.bundles.get(session.bundle_hash).queues.get(session.transfer.queue)
            outcome = QUEUE_OUTCOMES.get(form.result, "failed")
            if outcome == "left" and queue and (form.waited_s or 0) >= queue.max_wait_s:
                outcome = "wait_too_long"
            return ev.QueueEnded(session.transfer.queue, outcome)

        return self._take(form.call_sid, ended, f"queue:{form.call_sid}:{turn}")

    def waiting(self, pairs: Pairs) -> str:
        """One round of the waiting room: never only music, the position each time."""
        form = forms.queue_wait(pairs)
        session = self._s.turns.session(form.call_sid)
        if session is None or session.transfer is None:
            return twiml.leave_queue()
        bundle = self._s.bundles.get(session.bundle_hash)
        queue = bundle.queues.get(session.transfer.queue)
        if queue and (form.waited_s or 0) >= queue.max_wait_s:
            return twiml.leave_queue()
        say = self.last_words.say(bundle, session.transfer.waiting, session, position=str(form.position or 1))
        return twiml.waiting_room([say], WAIT_ROUND_S)

    def status(self, pairs: Pairs) -> str:
        form = forms.call_status(pairs)
        now = self._s.clock.now()
        sequence = 0 if form.sequence_number is None else form.sequence_number
        if self._s.statuses.apply(form.call_sid, sequence, form.status, now) and form.terminal \
                and self._s.turns.session(form.call_sid) is not None:
            self._s.turns.take(form.call_sid, ev.CallEnded(_ENDED.get(form.status, "hangup")))
            self._s.text_desk.leave(form.call_sid)
        return twiml.empty()

    def fallback(self, pairs: Pairs) -> str:
        """Twilio could not get an answer from us: hours, web addresses, goodbye. Never a person."""
        return self.last_words.fallback()

    def _take(self, call_sid: str, event_for: Callable[[Session], ev.Event | None], key: str) -> str:
        delivery = Delivery(key, request.headers.get("I-Twilio-Idempotency-Token") or None)
        result = self._s.turns.answer(call_sid, event_for, delivery=delivery, render=self._s.voice.render)
        if result.answer is None:
            raise Conflict("the turn has no answer")
        return result.answer


_TURN = re.compile(r"turn=([0-9]{1,6})(?:&|$)")
WAIT_ROUND_S = 30.0
"""Pause between two rounds of the waiting room."""


def _turn() -> int:
    # The address is ours and signed: `turn=N`, or `turn=N&empty=1` behind a `<Gather>`.
    found = _TURN.match(request.environ.get("QUERY_STRING", ""))
    if found is None:
        raise MalformedRequest("the address has no turn number", code="turn")
    return int(found[1])


__all__ = ["Sensitive", "VoiceHooks", "blueprint"]
