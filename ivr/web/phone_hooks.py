"""Webhooks of a telephone of staff and of the caller who is to meet it, two calls that share the key of one `phone_legs.Leg`:

    telephone   ring -> 1 -> take -> <Dial><Queue> -> bridging -> dialled        status: it has ended, or never came about
    caller      (stream ends) -> <Enqueue> -> wait ... -> ended -> what the flow says next, or the desk again

Each answer says where that call is to be now, by what the desk knows now; so a repetition, or a word that comes late, does no harm.
"""

from __future__ import annotations

from flask import Blueprint, request

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.errors import Conflict, MalformedRequest
from ivr.runtime.phone_legs import Leg
from ivr.runtime.services import Services
from ivr.runtime.turn_result import Delivery
from ivr.telephony import twiml
from ivr.telephony import webhook_form as forms
from ivr.web.access import WEBHOOK, declared
from ivr.web.agent_words import catalogue
from ivr.web.requests import Pairs
from ivr.web.webhooks import guarded

TAKE_KEY = "1"
PATIENCE_S = 2.0
LISTEN_S = 8.0
AGAIN_S, MOST_DIALS = 1.0, 12
"""The queue is there as soon as the caller is in it: until then it is dialled again, once a second."""
ROUND_S, SAY_EVERY_S = 2.0, 10
"""How long a round of waiting for the telephone lasts, and how often somebody is told that it takes a moment."""
LEFT_ALONE = frozenset({"hangup", "redirected", "redirected-from-bridged"})
"""Results of a queue after which nobody follows what is answered: gone, or moved by somebody else."""


def blueprint(services: Services) -> Blueprint:
    phone = Blueprint("phone_hooks", __name__)
    hooks = PhoneHooks(services)
    for name in ("ring", "take", "dialled", "bridging", "status", "wait", "ended"):
        path = f"/voice/phone/{name}"
        phone.add_url_rule(path, path, declared(WEBHOOK)(guarded(services, path, getattr(hooks, name))), methods=["POST"])
    return phone


class PhoneHooks:
    def __init__(self, services: Services):
        self._s = services

    # -- the telephone --------------------------------------------------------------------------------------------

    def ring(self, pairs: Pairs) -> str:
        """Somebody, or a mailbox, has picked up."""
        leg = self._s.desk.ringing(_key())
        if leg is None:
            return twiml.hangup([self._words(None, "gone")])
        listen = act.Listen(turn=1, language=self._language(leg), timeout_s=LISTEN_S, speech=False, max_digits=1)
        words = self._words(leg, "says")
        return twiml.gather([words], listen, action_url=self._url("take", leg.key))

    def take(self, pairs: Pairs) -> str:
        form, key = forms.gather_result(pairs), _key()
        if form.digits is None or form.digits.reveal() != TAKE_KEY:
            self._s.desk.phone_over(key)
            return twiml.hangup()
        queue = self._s.desk.phone_takes(key)
        return self._dial(queue, key, 1) if queue else twiml.hangup([self._words(None, "gone")])

    def dialled(self, pairs: Pairs) -> str:
        """Done with dialling the queue: the conversation is over, or the caller was not there yet."""
        key, times = _key(), _times()
        if ("DialCallStatus", "completed") in pairs:
            self._bridged(key)  # should the word before it have been lost
        queue = self._s.desk.queue_to_meet_in(key)
        if not queue or times >= MOST_DIALS:
            return twiml.hangup()
        if request.args.get("again"):
            return self._dial(queue, key, times)
        return twiml.patience([], AGAIN_S, f"{self._url('dialled', key)}&n={times + 1}&again=1")

    def bridging(self, pairs: Pairs) -> str:
        self._bridged(_key())
        return twiml.empty()

    def status(self, pairs: Pairs) -> str:
        if forms.call_status(pairs).terminal:
            self._s.desk.phone_over(_key())
        return twiml.empty()

    # -- the caller -----------------------------------------------------------------------------------------------

    def wait(self, pairs: Pairs) -> str:
        form = forms.queue_wait(pairs)
        leg, session = self._s.desk.leg_of(form.call_sid), self._s.turns.session(form.call_sid)
        if leg is None or leg.key != _key() or session is None:
            return twiml.leave_queue()
        told = self._s.one_moment(session.language) if (form.waited_s or 0) % SAY_EVERY_S < ROUND_S else None
        return twiml.waiting_room([told] if told else [], ROUND_S)

    def ended(self, pairs: Pairs) -> str:
        # A carrier that falls through behind `<Enqueue>` tells no result: nobody was reached.
        known = pairs if any(name == "QueueResult" for name, _ in pairs) else [*pairs, ("QueueResult", "error")]
        form, key = forms.queue_result(known), _key()
        self._s.desk.met_in(form.queue_sid)
        if form.result in LEFT_ALONE:
            return twiml.empty()
        talked = form.result == "bridged" and self._s.desk.phone_talk_ended(form.call_sid)
        if form.result != "bridged":
            self._s.desk.phone_over(key)

        def ended(session: Session) -> ev.Event | None:
            if session.transfer is None or (not talked and self._s.desk.has(form.call_sid)):
                return None  # over already, or at their place in the line
            return ev.QueueEnded(session.transfer.queue, "connected" if talked else "failed")

        result = self._s.turns.answer(form.call_sid, ended, delivery=_delivery(f"phone:{form.call_sid}:{key}"), render=self._s.voice.render,
                                      patience_s=PATIENCE_S)
        if result.answer is None:
            raise Conflict("the turn has no answer")
        return result.answer

    def _bridged(self, key: str) -> None:
        """Somebody is with the caller: a promised call that breaks off now has kept its promise."""
        call_id = self._s.desk.phone_bridged(key)
        session = self._s.turns.session(call_id) if call_id else None
        if session is not None and session.keeps is not None:
            self._s.callbacks.keeping.with_staff(session.keeps.attempt_id, True)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _dial(self, queue: str, key: str, times: int) -> str:
        return twiml.agent_dial_queue(queue, f"{self._url('dialled', key)}&n={times}", bridging_url=self._url("bridging", key))

    def _words(self, leg: Leg | None, label: str) -> act.Say:
        language = self._language(leg)
        return act.Say(label, catalogue("phone")[language][label], language)

    def _language(self, leg: Leg | None) -> str:
        wanted, known = leg.language if leg else "", catalogue("phone")
        return wanted if wanted in known else next(x for x in (self._s.bundles.current.default_language, "en") if x in known)

    def _url(self, what: str, key: str) -> str:
        return f"{self._s.public_url}/voice/phone/{what}?k={key}"


def _delivery(key: str) -> Delivery:
    return Delivery(key, request.headers.get("I-Twilio-Idempotency-Token") or None)


def _key() -> str:
    key = request.args.get("k", "")
    if not key:
        raise MalformedRequest("the address names no telephone", code="leg")
    return key


def _times() -> int:
    text = request.args.get("n", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else MOST_DIALS

