"""Webhooks of promised calls: the greeting, the key that was pressed, the machine that answered, the queue, the end.

    answer -> greeting -> choice: 1 queue, 2 another day, 9 called off    machine -> message after the beep    status -> the next step
                                  └─ at our own desk (`called_back`) where somebody is there for them, else at the carrier

A person is who presses a key: no machine does, so what the carrier thinks of who answered decides about the message on the
tape and never about the way to an agent. Each address holds the call's own random id; repeats change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request

from ivr.contact.callbacks.model import REACHED
from ivr.dialog import actions as act
from ivr.dialog.render import render
from ivr.errors import MalformedRequest, Unavailable
from ivr.ops import logs
from ivr.runtime.callbacks.door import queue_for
from ivr.runtime.callbacks.ending import result_of_status
from ivr.runtime.callbacks.situation import Situation
from ivr.runtime.callbacks.words import first_missed
from ivr.runtime.services import Services
from ivr.runtime.waiting_room import PAUSE_S, Standing, round_after, without_ways_out, words
from ivr.store.callback_calls import CallbackCall
from ivr.store.calls import LinesBusy
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.access import WEBHOOK, declared
from ivr.web.called_back import to_desk
from ivr.web.requests import Pairs
from ivr.web.webhooks import guarded

KEYS = {"1": "connect", "2": "later", "9": "cancel"}
ASKED_TIMES = 2
QUEUE_RESULTS = {"bridged": REACHED, "redirected": REACHED, "hangup": "hung_up"}
MACHINE, FAX = "machine_end", "fax"
GREETING, CONNECTING, LATER, OFF = "callback_greeting", "callback_connecting", "callback_later", "callback_off"
LATER_IN_LINE = "callback_later_in_line"
NO_AGENT, FIRST_TAPE, LAST_TAPE = "callback_no_agent", "voicemail_second_try", "voicemail_last_try"
log = logs.get("outbound")


def blueprint(services: Services) -> Blueprint:
    outbound = Blueprint("outbound", __name__)
    hooks = OutboundHooks(services)
    for name in ("answer", "choice", "machine", "status", "queue", "wait"):
        path = f"/voice/callback/{name}"
        outbound.add_url_rule(path, path, declared(WEBHOOK)(guarded(services, path, getattr(hooks, name))), methods=["POST"])
    return outbound


@dataclass(frozen=True, slots=True)
class OnTheLine:
    call: CallbackCall
    s: Situation


class OutboundHooks:
    def __init__(self, services: Services):
        self._s, self._office = services, services.callbacks

    # -- who answered -------------------------------------------------------------------------------------------

    def answer(self, pairs: Pairs) -> str:
        form = forms.voice_started(pairs)
        line = self._line()
        if line is None:
            return twiml.hangup()
        self._office.calls.heard(line.call.attempt_id, call_sid=form.call_sid)
        return self._ask(line, 1)

    def choice(self, pairs: Pairs) -> str:
        form, line = forms.gather_result(pairs), self._line()
        if line is None:
            return twiml.hangup()
        chosen = KEYS.get(form.digits.reveal() if form.digits else "")
        if chosen is None:
            times = _number("n")
            return self._ask(line, times + 1) if times < ASKED_TIMES else twiml.hangup([self._words(line, "goodbye")])
        self._office.calls.heard(line.call.attempt_id, choice=chosen)
        self._s.crash.reached("callback_after_choice")
        if chosen == "connect":
            return self._connect(line, form.call_sid)
        return twiml.hangup([self._words(line, _later(line.s) if chosen == "later" else OFF)])

    def machine(self, pairs: Pairs) -> str:
        """The carrier's judgement, when the machine's greeting is over. The message replaces whatever the call was doing."""
        answered_by = next((value for name, value in pairs if name == "AnsweredBy"), "")
        line = self._line()
        if line is None or line.call.choice:
            return twiml.empty()
        if answered_by == FAX:
            # A text telephone is easily taken for a fax: it is not hung up on by a rule, a person looks after it.
            self._office.calls.heard(line.call.attempt_id, answered_by=FAX)
        elif answered_by.startswith(MACHINE):
            self._leave_message(line)
        return twiml.empty()

    def _leave_message(self, line: OnTheLine) -> None:
        sid = line.call.call_sid
        last = line.call.round >= line.s.rules.rounds.max
        key = LAST_TAPE if last else first_missed(line.s) or FIRST_TAPE
        if sid is None or self._office.rest is None:
            return
        # Noted before: the end of the call may be told while the carrier still answers us.
        self._office.calls.heard(line.call.attempt_id, answered_by="machine")
        self._s.crash.reached("callback_before_tape")
        try:
            self._office.rest.update_call(sid, twiml.hangup([self._words(line, key)]))
        except Unavailable as error:
            log.warning("no message left on the machine", key=line.s.key, why=error.code)
            self._office.calls.heard(line.call.attempt_id, answered_by=None)  # then it is written instead

    # -- to an agent --------------------------------------------------------------------------------------------

    def _connect(self, line: OnTheLine, call_sid: str) -> str:
        s, now = line.s, self._s.clock.now()
        if self._s.turns.session(call_sid) is not None:
            return to_desk(self._s, line.call, s, None, call_sid)  # asked again, or back from a broken stream
        opened = queue_for(s.bundle, s.spec.name, s.payload, s.language, now)
        if opened is None:
            self._s.metrics.refused.inc()
            log.error("policy refused at the door of a promised call", key=s.key, policy=s.payload.get("policy", ""))
            self._office.calls.heard(line.call.attempt_id, result="no_agent")
            return twiml.hangup([self._words(line, NO_AGENT)])
        queue, rule = opened
        if self._s.waiting.takes_called_back(call_sid, s.bundle, queue.name, s.language):
            try:
                return to_desk(self._s, line.call, s, queue, call_sid)
            except LinesBusy as busy:
                log.warning("a promised call goes to the carrier's queue", key=s.key, why=busy.message)
        transfer = act.Transfer(queue.name, s.payload["policy"], rule, s.language, s.payload.get("context", {}))
        return twiml.enqueue(transfer, says=[self._words(line, CONNECTING)], action_url=self._url("queue", line),
                             wait_url=self._url("wait", line) + f"&q={queue.name}")

    def wait(self, pairs: Pairs) -> str:
        """One round of the waiting room: the position each time, and out of it when it takes too long."""
        form, line = forms.queue_wait(pairs), self._line()
        queue = line.s.bundle.queues.get(request.args.get("q", "")) if line else None
        if line is None or queue is None or (form.waited_s or 0) >= queue.max_wait_s:
            return twiml.leave_queue()
        place = form.position or 1
        self._s.queue_figures.waits(queue.name, form.call_sid)
        standing = Standing(place, self._s.queue_figures.expected_s(queue.name, place), round_after(form.waited_s or 0))
        told = [self._words(line, key, **values) for key, values in words(without_ways_out(queue), "queue_wait", standing)]
        return twiml.waiting_room(told, PAUSE_S)

    def queue(self, pairs: Pairs) -> str:
        known = pairs if any(name == "QueueResult" for name, _ in pairs) else [*pairs, ("QueueResult", "error")]
        form, line = forms.queue_result(known), self._line()
        if line is None:
            return twiml.hangup()
        result = QUEUE_RESULTS.get(form.result, "no_agent")
        self._office.calls.heard(line.call.attempt_id, result=result)
        if result == REACHED:
            # The talk is over; the end of the call says it once more and changes nothing.
            self._office.endings.end(line.call.attempt_id, REACHED, self._s.clock.now())
            return twiml.hangup()
        return twiml.hangup([self._words(line, NO_AGENT)])

    # -- the end ------------------------------------------------------------------------------------------------

    def status(self, pairs: Pairs) -> str:
        form = forms.call_status(pairs)
        call = self._office.calls.get(request.args.get("a", ""))
        if call is None:
            return twiml.empty()
        if call.call_sid is None:
            self._office.calls.heard(call.attempt_id, call_sid=form.call_sid)
        if form.terminal:
            self._s.crash.reached("callback_before_end")
            self._office.endings.end(call.attempt_id, result_of_status(form.status, call), self._s.clock.now(), call_sid=form.call_sid)
        return twiml.empty()

    # -- parts --------------------------------------------------------------------------------------------------

    def _line(self) -> OnTheLine | None:
        """The call that this address belongs to, while it is under way and its promise still stands."""
        attempt_id = request.args.get("a", "")
        if not attempt_id:
            raise MalformedRequest("the address names no call", code="attempt")
        call = self._office.calls.get(attempt_id)
        row = self._s.promises.get(call.key) if call and call.state == "placed" else None
        if call is None or row is None or row["state"] not in ("sending", "unknown", "calling"):
            return None
        return OnTheLine(call, self._office.situations.of(row))

    def _ask(self, line: OnTheLine, times: int) -> str:
        listen = act.Listen(turn=times, language=line.s.language, timeout_s=8.0, speech=False, max_digits=1)
        return twiml.gather([self._words(line, GREETING)], listen, action_url=f"{self._url('choice', line)}&n={times}")

    def _words(self, line: OnTheLine, key: str, **values: str) -> act.Say:
        s = line.s
        text = render(s.bundle, key, s.language, "voice", slots={}, values={"reference": s.reference, **values}).text
        return act.Say(key, text, s.language)

    def _url(self, what: str, line: OnTheLine) -> str:
        return f"{self._s.public_url}/voice/callback/{what}?a={line.call.attempt_id}"


def _later(s: Situation) -> str:
    own = s.rules.in_line and LATER_IN_LINE in s.bundle.prompts.get(s.bundle.default_language, {})
    return LATER_IN_LINE if own else LATER


def _number(name: str) -> int:
    text = request.args.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else ASKED_TIMES
