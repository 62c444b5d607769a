"""What a process has of the carrier's account and of the mail server: who sends, and the telephones of the staff.

Without an account there is nothing of it, and what needs it says so. Called once by `runtime.services` and `callbacks.office`.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.clock import Clock
from ivr.config import Settings
from ivr.contact.email import EmailSender
from ivr.contact.gate import Gate
from ivr.contact.senders import Senders
from ivr.contact.sms import SmsSender
from ivr.flow.model import Bundle
from ivr.runtime.agent_phones import CarrierPhones
from ivr.runtime.message_outcomes import MessageOutcomes
from ivr.runtime.way_out import WaysOut
from ivr.store.consent import Consents
from ivr.store.db import Database
from ivr.telephony.rest import TwilioRest


def rest_of(settings: Settings) -> TwilioRest | None:
    if not (settings.twilio_account_sid and settings.twilio_auth_token):
        return None
    return TwilioRest(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), settings.twilio_api_base)


def senders_of(settings: Settings, public_url: str, db: Database, clock: Clock, bundle: Callable[[], Bundle],
               outcomes: MessageOutcomes) -> Senders:
    """Channel -> sender, each behind the gate; `bundle`: whose words the way out of the list is told in."""
    out = Senders()
    if (rest := rest_of(settings)) is not None:
        out["sms"] = SmsSender(rest, settings.twilio_from, f"{public_url}/sms/status")
    if settings.smtp_url:
        out["email"] = EmailSender(settings.smtp_url.get_secret_value(), settings.mail_from, WaysOut(db, clock, public_url, bundle))
    consents = Consents(db)
    return {channel: Gate(channel, sender, consents, outcomes) for channel, sender in out.items()}


def phones_of(settings: Settings, public_url: str) -> CarrierPhones | None:
    """A messaging service (MG...) can send, but is no number that a telephone could be called from."""
    rest = rest_of(settings)
    if rest is None or not settings.twilio_from or settings.twilio_from.startswith("MG"):
        return None
    return CarrierPhones(rest, settings.twilio_from, public_url)
