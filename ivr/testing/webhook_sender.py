"""Delivers webhooks the way Twilio does, and badly when told to: signed over the public URL, with an idempotency token
that is constant over the retries of one delivery, repeated, timed out, or signed with another spelling of the port.

Every delivery is a row of the ledger. Used by the carrier for calls and by the message store for texts.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from ivr.telephony.signature import SETTINGS_HEADER, SIGNATURE_HEADER, sign_form
from ivr.testing.ledger import Ledger, Webhook
from ivr.testing.transport import Answer, NoAnswer, Pairs, Transport

TOKEN_HEADER = "I-Twilio-Idempotency-Token"
ANSWER_TIMEOUT_S = 15.0
"""Twilio's whole patience for one webhook, connecting included."""


@dataclass
class Faults:
    """Switches of a test. All off by default."""

    repeat: int = 0
    """Extra deliveries of every webhook, same token; the last answer is the one used."""
    time_outs: Counter[str] = field(default_factory=Counter)
    """By kind: how many of the next deliveries reach the application, whose answer then comes too late."""
    retry_timed_out: bool = False
    """Deliver a timed-out webhook again with the same token (as with `rp=rt`); otherwise the fallback URL is asked."""
    signed_port: str = ""
    """with | without: sign the URL as if the default port had been written, or as if no port had."""
    forged: bool = False
    """Sign with a wrong secret."""
    status_order: str = "in_order"
    """in_order | reversed: hold a call's status callbacks until it ends and send them last to first."""
    duplicate_status: bool = False
    """Send every status callback twice, as two deliveries with two tokens."""


class DeliveryFailed(Exception):
    """No usable answer. `code` is Twilio's: 11205 no answer in time, 11200 an HTTP error."""

    def __init__(self, code: int, url: str):
        super().__init__(f"{code} at {url}")
        self.code = code
        self.url = url


class WebhookSender:
    def __init__(self, transport: Transport, secret: str, ledger: Ledger, faults: Faults | None = None,
                 shared_key: tuple[str, str] | None = None):
        self.transport = transport
        self.ledger = ledger
        self.faults = faults or Faults()
        self._secret = secret
        self._shared_key = shared_key
        """Id and secret of a shared webhook key: sign with SHA-256 and say so."""

    def send(self, kind: str, url: str, params: Pairs, method: str = "POST") -> Answer:
        """One webhook with its repeats and retries. Raises DeliveryFailed."""
        token = secrets.token_hex(16)
        attempt, answer = 0, None
        while answer is None:
            attempt += 1
            late = self.faults.time_outs[kind] > 0
            if late:
                self.faults.time_outs[kind] -= 1
            answer = self._deliver(kind, url, params, method, token, attempt, late)
            if answer is None and not self.faults.retry_timed_out:
                raise DeliveryFailed(11205, url)
        for _ in range(self.faults.repeat):
            attempt += 1
            answer = self._deliver(kind, url, params, method, token, attempt, late=False) or answer
        if answer.status >= 300:
            raise DeliveryFailed(11200, url)
        return answer

    def replay(self, row: Webhook) -> Answer | None:
        """An old POST of the ledger once more, byte for byte: fields, signature and token. None when nobody answers."""
        return self._deliver(row.kind, row.url, list(row.params), "POST", row.token, row.attempt + 1, late=False)

    def _deliver(self, kind: str, url: str, params: Pairs, method: str, token: str, attempt: int,
                 late: bool) -> Answer | None:
        target, form = url.partition("#")[0], params
        if method == "GET":
            target, form = f"{target}{'&' if '?' in target else '?'}{urlencode(params)}", []
        try:
            answer = self.transport.send(method, target, form, self._headers(target, form, token), ANSWER_TIMEOUT_S)
        except NoAnswer:
            answer = None
        self.ledger.add("webhooks", Webhook(
            kind, target, token, attempt, 0 if late or answer is None else answer.status, tuple(params),
            answer.body if answer else b"", self.ledger.now()))
        if answer is None and not late:
            raise DeliveryFailed(11205, url)
        return None if late else answer

    def _headers(self, url: str, form: Pairs, token: str) -> dict[str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "Accept": "*/*",
                   "User-Agent": "TwilioProxy/1.1", TOKEN_HEADER: token}
        signed = _port(url, self.faults.signed_port)
        secret, algorithm = self._secret, "sha1"
        if self._shared_key:
            key_id, secret = self._shared_key
            algorithm, headers[SETTINGS_HEADER] = "sha256", f"key={key_id},algorithm=HMAC_SHA256"
        if self.faults.forged:
            secret = "not-the-secret"
        headers[SIGNATURE_HEADER] = sign_form(secret, signed, form, algorithm=algorithm)
        return headers


def _port(url: str, spelling: str) -> str:
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    host, _, port = place.partition(":")
    if spelling == "without" and port:
        return url.replace(parts.netloc, f"{user}{at}{host}", 1)
    if spelling == "with" and not port:
        default = {"https": 443, "wss": 443}.get(parts.scheme, 80)
        return url.replace(parts.netloc, f"{user}{at}{host}:{default}", 1)
    return url
