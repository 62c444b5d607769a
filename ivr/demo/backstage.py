"""A pretended carrier and mail server for a machine that has neither: what the product sends really goes over REST and
SMTP, to two small servers on loopback, and shows up in their ledger.

Used only where the settings name no Twilio account and no mail server; real ones are never replaced.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from pydantic import SecretStr

from ivr.config import Settings
from ivr.testing.carrier import Carrier
from ivr.testing.ledger import Ledger
from ivr.testing.mail_sink import MailSink
from ivr.testing.rest_fake import RestFake
from ivr.testing.serve import serve
from ivr.testing.transport import HttpTransport, Transport

DEMO_NUMBER = "+18005550100"
LONGEST_PAUSE_S = 2.0


class Backstage:
    """`settings` are the given ones, completed by what was started here."""

    def __init__(self, settings: Settings, transport: Transport | None = None, port: int | None = None):
        self.ledger = Ledger()
        self.carrier: Carrier | None = None
        self._closers: list[Any] = []
        more: dict[str, Any] = {}
        if not settings.twilio_account_sid:
            more |= self._start_carrier(settings, transport, port)
        if settings.smtp_url is None:
            sink = MailSink(self.ledger)
            sink.start()
            self._closers.append(sink.stop)
            more |= {"smtp_url": SecretStr(f"smtp://{sink.host}:{sink.port}")}
        self.settings = settings.model_copy(update=more)

    def _start_carrier(self, settings: Settings, transport: Transport | None, port: int | None) -> dict[str, Any]:
        base = f"http://{settings.host}:{settings.port if port is None else port}"
        token = settings.tokens()[0] if settings.tokens() else secrets.token_hex(16)
        account = "AC" + secrets.token_hex(16)
        self.carrier = Carrier(transport or HttpTransport(base), account, token, self.ledger,
                               public_url=settings.public_url or base, pauses=_paused)
        url, stop = serve(RestFake(self.carrier))
        self._closers.append(stop)
        return {"twilio_account_sid": account, "twilio_auth_token": SecretStr(token), "twilio_api_base": url,
                "twilio_from": settings.twilio_from or DEMO_NUMBER}

    def close(self) -> None:
        for close in reversed(self._closers):
            close()


def _paused(seconds: float) -> None:
    """The short pauses in which something is looked up are taken; nobody wants to sit through those of a waiting room."""
    if seconds <= LONGEST_PAUSE_S:
        time.sleep(seconds)
