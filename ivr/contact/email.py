"""Emails through SMTP. The Message-ID is derived from the promise's key: a mail that went out twice is one to its reader."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from ivr.contact.email_text import WayOut, compose, message_id
from ivr.errors import ConfigProblem, Unavailable

TIMEOUT_S = 15
Unsubscribe = Callable[[str, str], WayOut]
"""(address, language) -> the link and the words around it"""
__all__ = ["EmailSender", "compose", "message_id"]


class EmailSender:
    def __init__(self, smtp_url: str, mail_from: str, unsubscribe: Unsubscribe | None = None):
        """`smtp://[user:password@]host[:port]` (STARTTLS where offered; required with a password) or `smtps://`.
        `unsubscribe`: the way out for the receiver of a mail that nobody asked for in a call."""
        parts = urlsplit(smtp_url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigProblem("IVR_SMTP_URL has to look like smtp://user:password@host:587")
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._from, self._unsubscribe = mail_from, unsubscribe

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        way_out = None
        if self._unsubscribe and payload.get("purpose") == "notice":
            way_out = self._unsubscribe(payload["to"], payload.get("language", "en"))
        message = compose(key, payload, self._from, way_out)
        accepted = False
        try:
            with self._connect() as smtp:
                refused = smtp.send_message(message)
                accepted = True
                if refused:
                    raise Unavailable("the mail server refused the recipient", retryable=False, code="recipient")
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise _refused(code) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unavailable("the mail server takes no addresses with letters beyond ASCII", retryable=False,
                              code="smtputf8") from error
        except smtplib.SMTPResponseException as error:
            if not accepted:
                raise _refused(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            # Dropped after DATA: it may have been taken. The Message-ID makes a second copy harmless.
            if not accepted:
                raise Unavailable(f"the mail server did not answer: {type(error).__name__}", code="smtp") from error
        return message["Message-ID"]

    def find(self, key: str, payload: Mapping[str, Any], since: datetime) -> str | None:
        """SMTP cannot be asked; sending again under the same Message-ID is the way."""
        return None

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            elif self._user:
                smtp.close()
                raise Unavailable("the mail server offers no TLS, so no password is sent to it", retryable=False, code="tls")
        if self._user:
            smtp.login(self._user, self._password)
        return smtp


def _refused(code: int) -> Unavailable:
    """4xx is for later, 5xx is for good."""
    return Unavailable(f"the mail server answered {code}", retryable=400 <= code < 500, code=f"smtp_{code}")
