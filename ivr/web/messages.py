"""Webhooks of text messages: what people write to us, and what became of what we wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, request

from ivr.contact import keywords
from ivr.contact.caps import for_auto_reply
from ivr.dialog.render import render
from ivr.errors import Conflict, Forbidden, IvrError, MalformedRequest
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.store.calls import Answer
from ivr.store.consent import Entry
from ivr.store.contact_counters import ContactCounters
from ivr.store.promised_calls import awaits_call
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.access import WEBHOOK, declared
from ivr.web.requests import Pairs, authentic_pairs

CONFIRM_ONCE_IN = timedelta(hours=24)
"""One confirmation of a STOP, and no second one within this time."""
log = logs.get("messages")


def blueprint(services: Services) -> Blueprint:
    sms = Blueprint("sms", __name__)
    hooks = MessageHooks(services)
    for path, function in {"/sms": hooks.inbound, "/sms/status": hooks.status}.items():
        sms.add_url_rule(path, path, declared(WEBHOOK)(_guarded(services, path, function)), methods=["POST"])
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
        self._counters = ContactCounters(services.db)

    def inbound(self, pairs: Pairs) -> str:
        """STOP and its like are honoured at once, with one confirmation; the answer to a repetition is the stored one."""
        form = forms.inbound_message(pairs)
        key = f"sms:{form.message_sid}"
        token = request.headers.get("I-Twilio-Idempotency-Token") or None
        known = self._s.calls.load(form.message_sid, key, token)
        if known.answer is not None:
            return known.answer
        body = self._reply(form)
        self._s.crash.reached("after_keyword_before_answer")
        try:
            with self._s.db.write() as connection:
                self._s.calls.answer(connection, form.message_sid, Answer(key, body, token), self._s.clock.now())
        except sa.exc.IntegrityError:
            return self._s.calls.load(form.message_sid, key).answer or body
        return body

    def _reply(self, form: forms.InboundMessage) -> str:
        number = form.from_.reveal()
        word = keywords.Asked(form.opt_out_type, "") if form.opt_out_type else keywords.asked(form.body.reveal())
        language = self._language(number, word)
        if word is None or self._answers_a_question(number, word):
            return self._talk(form, number, language)
        if word.what == "help":
            key = "help_sms"
        else:
            key = self._stop(number, language, form) if word.what == "stop" else self._start(number, language)
        # Where the carrier has answered already, two confirmations would be one too many.
        return self._words(key, language) if key and not form.opt_out_type else twiml.empty()

    def _answers_a_question(self, number: str, word: keywords.Asked) -> bool:
        """YES is a START to the carriers, and the answer to a question of ours where one was asked."""
        return word.what == "start" and self._s.sms_talks.going_on(number) is not None and not self._s.consents.revoked(number, "sms")

    def _talk(self, form: forms.InboundMessage, number: str, language: str) -> str:
        """A conversation, where the bundle has a line for them; else the automatic reply."""
        line = self._s.sms_talks.line(form.to)
        if line is None:
            return self._auto_reply(number, language)
        text = self._s.sms_talks.answer(line, number, form.body.reveal(), form.message_sid, language)
        return twiml.message(text) if text else twiml.empty()

    def _stop(self, number: str, language: str, form: forms.InboundMessage) -> str:
        """The prompt that confirms it; empty when it was confirmed within a day, or is nothing new."""
        self._s.sms_talks.stop(number)
        now = self._s.clock.now()
        confirm = not form.opt_out_type and not self._s.consents.confirmed_since(number, "sms", now - CONFIRM_ONCE_IN)
        news = self._s.consents.change(Entry(number, "sms", "revoked", "sms", language=language, confirmed=confirm), now)
        log.info("opted out", number=form.from_, news=news)
        if not (news and confirm):
            return ""
        self._s.metrics.consents.labels("sms", "revoked", "sms").inc()
        return "stop_confirmed_call" if awaits_call(self._s.db, number) else "stop_confirmed"

    def _start(self, number: str, language: str) -> str:
        self._s.consents.change(Entry(number, "sms", "resumed", "sms", language=language), self._s.clock.now())
        return "start_confirmed"

    def _auto_reply(self, number: str, language: str) -> str:
        """To anything else; seldom, since the other side may be a machine that answers ours."""
        if self._s.consents.revoked(number, "sms"):
            return twiml.empty()
        try:
            with self._s.db.write() as connection:
                self._counters.spend(connection, for_auto_reply(number, self._s.clock.now()))
        except (Conflict, sa.exc.IntegrityError):
            return twiml.empty()
        return self._words("sms_auto_reply", language)

    def _language(self, number: str, word: keywords.Asked | None) -> str:
        """The one of the word, or of the last dealings with this number; empty when neither tells."""
        languages = self._s.bundles.current.languages
        said = word.language if word and word.language in languages[1:] else ""  # STOP itself is said in every language
        known = said or self._s.consents.language_of(number)
        return known if known in languages else ""

    def _words(self, key: str, language: str) -> str:
        bundle = self._s.bundles.current
        parts = [render(bundle, key, lang, "sms", slots={}, values={}).text for lang in ([language] if language else bundle.languages)]
        return twiml.message("\n".join(dict.fromkeys(parts)))

    def status(self, pairs: Pairs) -> str:
        """What the carrier reports of a text of ours; the address, which it signed, names the promise."""
        form = forms.message_status(pairs)
        self._s.outcomes.reported(form.message_sid, request.args.get("key", ""), form.status, form.error_code)
        return twiml.empty()
