"""Webhooks of text messages: what people write to us, and what became of what we wrote."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, request

from ivr.errors import Forbidden, IvrError, MalformedRequest
from ivr.ops import logs
from ivr.runtime.last_words import LastWords
from ivr.runtime.services import Services
from ivr.store.calls import Answer
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.requests import Pairs, authentic_pairs

_FAILED = {"failed", "undelivered"}
log = logs.get("messages")


def blueprint(services: Services) -> Blueprint:
    sms = Blueprint("sms", __name__)
    hooks = MessageHooks(services)
    for path, function in {"/sms": hooks.inbound, "/sms/status": hooks.status}.items():
        sms.add_url_rule(path, path, _guarded(services, path, function), methods=["POST"])
    return sms


def _guarded(services: Services, path: str, function: Callable[[Pairs], str]) -> Callable[[], Response]:
    def view() -> Response:
        try:
            body, status = function(authentic_pairs(request, services.signatures, services.public_url)), 200
        except Forbidden:
            body, status = twiml.empty(), 403
        except MalformedRequest:
            body, status = twiml.empty(), 400
        except (IvrError, sa.exc.SQLAlchemyError) as error:
            # Nobody is on a line here: Twilio tries again on 503 where that is configured.
            log.error("message webhook failed", route=path, exc_info=error)
            body, status = twiml.empty(), 503
        services.metrics.webhooks.labels(path, str(status)).inc()
        return Response(body, status, content_type="text/xml; charset=utf-8")

    return view


class MessageHooks:
    def __init__(self, services: Services):
        self._s = services
        self._words = LastWords(services.bundles.current)

    def inbound(self, pairs: Pairs) -> str:
        """STOP and its like are honoured at once, with one confirmation; the answer to a repetition is the stored one."""
        form = forms.inbound_message(pairs)
        key = f"sms:{form.message_sid}"
        known = self._s.calls.load(form.message_sid, key, request.headers.get("I-Twilio-Idempotency-Token"))
        if known.answer is not None:
            return known.answer
        word = form.opt_out_type.lower() if form.opt_out_type else forms.keyword(form.body.reveal())
        body = self._reply(form, word)
        now = self._s.clock.now()
        try:
            with self._s.db.write() as connection:
                token = request.headers.get("I-Twilio-Idempotency-Token") or None
                self._s.calls.answer(connection, form.message_sid, Answer(key, body, token), now)
        except sa.exc.IntegrityError:
            return self._s.calls.load(form.message_sid, key).answer or body
        return body

    def _reply(self, form: forms.InboundMessage, word: str | None) -> str:
        number = form.from_.reveal()
        if word == "stop":
            self._s.promises.opt_out(number, "sms", "sms_stop", self._s.clock.now())
            log.info("opted out", number=form.from_)
        elif word == "start":
            self._s.promises.opt_in(number)
        if form.opt_out_type:
            return twiml.empty()  # the carrier has answered already; two confirmations would be one too many
        keys = {"stop": "stop_confirmed", "start": "start_confirmed", "help": "help_sms"}
        if word is None and self._s.promises.opted_out(number):
            return twiml.empty()
        return twiml.message(self._words.text(keys.get(word or "", "sms_auto_reply"), "sms"))

    def status(self, pairs: Pairs) -> str:
        form = forms.message_status(pairs)
        if form.status in _FAILED:
            self._s.promises.report(form.message_sid, "failed", self._s.clock.now(), f"provider {form.error_code or ''}")
        return twiml.empty()
