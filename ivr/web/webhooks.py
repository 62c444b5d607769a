"""Twilio's webhooks: request -> event -> turn -> TwiML. No rule about calls lives here.

Each route names the natural key of its delivery, so that a repetition gets the stored answer, byte for byte, and has no
second effect. Whatever goes wrong, a caller who may be on the line gets TwiML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import Conflict, Forbidden, IvrError, MalformedRequest
from ivr.ops import logs
from ivr.runtime.last_words import LastWords
from ivr.runtime.services import Services
from ivr.runtime.turn_result import Delivery, Rendered
from ivr.runtime.waiting_room import LEAVE_KEY, PAUSE_S, Standing, may_leave, round_after, says, waits_in
from ivr.sensitive import Sensitive
from ivr.store.calls import LinesBusy
from ivr.store.statuses import TERMINAL
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.access import WEBHOOK, declared
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
        "/voice/lookup": hooks.looked_again, "/voice/status": hooks.status, "/voice/queue": hooks.queue_ended, "/voice/wait": hooks.waiting,
        "/voice/fallback": hooks.fallback}
    for path, function in routes.items():
        voice.add_url_rule(path, path, declared(WEBHOOK)(guarded(services, path, function)), methods=["POST", "GET"])
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

    def looked_again(self, pairs: Pairs) -> str:
        """The caller was told to wait while another system is asked, and is back."""
        call_sid, (since, look) = forms.voice_started(pairs).call_sid, _look()

        def render(session: Session, actions: Sequence[act.Action]) -> Rendered:
            # Another version waits for the next lookup: its looks are counted anew.
            return self._s.voice.render(session, actions, look if session.version == since else 0)

        result = self._s.turns.go_on(call_sid, delivery=_delivery(f"lookup:{call_sid}:{since}:{look}"), render=render,
                                     patience_s=LOOK_S, give_up=look >= MOST_LOOKS)
        if result.answer is None:
            raise Conflict("the turn has no answer")
        return result.answer

    def after_stream(self, pairs: Pairs) -> str:
        """The media socket is closed: done with it, or lost? The session knows."""
        call_sid, turn = forms.voice_started(pairs).call_sid, _turn()

        def lost(session: Session) -> ev.Event | None:
            if session.keeps and session.transfer and not self._s.desk.has(call_sid):
                self._s.streams.lost(call_sid)  # it was to bring them to the desk, and did not: not for ever
            if session.status != "live" or session.waiting != "input":
                return None
            self._s.streams.lost(call_sid)
            return ev.StreamLost()

        return self._take(call_sid, lost, f"after-stream:{call_sid}:{turn}:{request.args.get('s', '')[:16]}")

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

        self._count_wait(form.call_sid, form.result, form.waited_s)
        return self._take(form.call_sid, ended, f"queue:{form.call_sid}:{turn}")

    def _count_wait(self, call_sid: str, result: str, waited_s: int | None) -> None:
        """For the figures of the line. A repetition finds the wait over and counts nothing."""
        session = self._s.turns.session(call_sid)
        if session is None or session.transfer is None:
            return
        queue, taken = session.transfer.queue, result == "bridged"
        self._s.queue_figures.over(queue, call_sid, taken=taken)
        if taken and waited_s is not None:
            self._s.metrics.queue_wait.labels(queue, session.language).observe(waited_s)

    def waiting(self, pairs: Pairs) -> str:
        """One round of the waiting room: never only music, the position each time."""
        form = forms.queue_wait(pairs)
        session = self._s.turns.session(form.call_sid)
        if session is None or session.transfer is None:
            return twiml.leave_queue()
        bundle = self._s.bundles.get(session.bundle_hash)
        queue, name, waited_s = waits_in(bundle, session), session.transfer.queue, form.waited_s or 0
        pressed = may_leave(queue) and ("Digits", LEAVE_KEY) in pairs
        if pressed or (queue and waited_s >= queue.max_wait_s):
            return twiml.leave_queue()
        if form.position is None and any(name == "Digits" for name, _ in pairs):
            return twiml.waiting_room([], 1.0)  # another key: no place comes with it, so the next round says it
        self._s.queue_figures.waits(name, form.call_sid)
        place = form.position or 1
        standing = Standing(place, self._s.queue_figures.expected_s(name, place), round_after(waited_s))
        said = says(bundle, queue, session.transfer.waiting, standing, session.language, session.channel, session.slots)
        return twiml.waiting_room(said, PAUSE_S, key_url=f"{self._s.public_url}/voice/wait" if may_leave(queue) else "")

    def status(self, pairs: Pairs) -> str:
        form = forms.call_status(pairs)
        now = self._s.clock.now()
        sequence = 0 if form.sequence_number is None else form.sequence_number
        if self._s.statuses.apply(form.call_sid, sequence, form.status, now) and form.terminal \
                and self._s.turns.session(form.call_sid) is not None:
            self._s.turns.take(form.call_sid, ev.CallEnded(_ENDED.get(form.status, "hangup")))
            self._s.desk.leave(form.call_sid)
        return twiml.empty()

    def fallback(self, pairs: Pairs) -> str:
        """Twilio could not get an answer from us: hours, web addresses, goodbye. Never a person."""
        return self.last_words.fallback()

    def _take(self, call_sid: str, event_for: Callable[[Session], ev.Event | None], key: str) -> str:
        result = self._s.turns.answer(call_sid, event_for, delivery=_delivery(key), render=self._s.voice.render, patience_s=PATIENCE_S)
        if result.answer is None:
            raise Conflict("the turn has no answer")
        return result.answer


def _delivery(key: str) -> Delivery:
    return Delivery(key, request.headers.get("I-Twilio-Idempotency-Token") or None)


PATIENCE_S = 2.0
"""So long the caller hears nothing while another system is asked; then that they are asked to wait."""
LOOK_S = 0.5
"""Behind an answer the next question often follows, and is answered at once from what is kept."""
MOST_LOOKS = 12
"""A caller who came back so often hears that it could not be checked, even when servers took turns and none of them knows how
long it has been."""
_LOOK = re.compile(r"turn=[0-9]{1,6}&look=([0-9]{1,6})\.([0-9]{1,2})$")
_TURN = re.compile(r"turn=([0-9]{1,6})(?:&|$)")


def _turn() -> int:
    # The address is ours and signed: `turn=N`, or `turn=N&empty=1` behind a `<Gather>`.
    found = _TURN.match(request.environ.get("QUERY_STRING", ""))
    if found is None:
        raise MalformedRequest("the address has no turn number", code="turn")
    return int(found[1])


def _look() -> tuple[int, int]:
    found = _LOOK.match(request.environ.get("QUERY_STRING", ""))
    if found is None:
        raise MalformedRequest("the address has no number of looks", code="look")
    return int(found[1]), int(found[2])


__all__ = ["Sensitive", "VoiceHooks", "blueprint"]
