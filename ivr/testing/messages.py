"""Text messages at the emulated carrier: the sending state machine, opt-outs, inbound messages and their replies.

States move only when a test says so (`settle`), so that callbacks come when, how often and in which order the test
wants. Shared by the REST fake and the carrier.
"""

from __future__ import annotations

import secrets
import threading
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime

from ivr.testing.ledger import Ledger, Sms
from ivr.testing.webhook_sender import DeliveryFailed, WebhookSender

_STOP = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
_START = frozenset(("START", "YES", "UNSTOP"))
_HELP = frozenset(("HELP", "INFO"))
NEXT = {"queued": ("sending", "sent", "failed"), "sending": ("sent", "failed"), "sent": ("delivered", "undelivered"),
        "accepted": ("queued", "failed")}


@dataclass
class Message:
    sid: str
    to: str
    from_: str
    body: str
    status_callback: str
    made: datetime
    status: str = "queued"
    error_code: int | None = None
    direction: str = "outbound-api"
    history: list[str] = field(default_factory=lambda: ["queued"])


class Messages:
    def __init__(self, sender: WebhookSender, account_sid: str, ledger: Ledger):
        self._sender = sender
        self._account_sid = account_sid
        self._ledger = ledger
        self._lock = threading.Lock()
        self._by_sid: dict[str, Message] = {}
        self.opted_out: set[tuple[str, str]] = set()
        """Pairs (our number, their number): consent is per sending number."""
        self.errors: list[tuple[int, str]] = []
        """Twilio error codes of answers to inbound messages."""
        self.advanced_opt_out = False
        """With it on, Twilio's Advanced Opt-Out names the keyword in the webhook (`OptOutType`)."""

    def create(self, to: str, from_: str, body: str, status_callback: str = "", via: str = "rest") -> Message:
        message = Message("SM" + secrets.token_hex(16), to, from_, body, status_callback, self._ledger.now())
        with self._lock:
            self._by_sid[message.sid] = message
        self._ledger.add("sms", Sms(to, from_, body, message.sid, message.made, via))
        return message

    def get(self, sid: str) -> Message | None:
        with self._lock:
            return self._by_sid.get(sid)

    def listed(self) -> list[Message]:
        """Newest first, as Twilio lists them."""
        with self._lock:
            return list(self._by_sid.values())[::-1]

    def settle(self, sid: str, *statuses: str, error_code: int | None = None, repeat: int = 1) -> None:
        """Move a message through `statuses` and send a callback for each; `repeat` sends each so many times.

        An impossible order of states is a mistake of the test. To imitate callbacks that overtake each other, move the
        message first and call `callback` for the states in the order wanted.
        """
        message = self._by_sid[sid]
        for status in statuses:
            if status not in NEXT.get(message.status, ()):
                raise ValueError(f"a message that is {message.status} does not become {status}")
            message.status = status
            message.history.append(status)
            if status in ("failed", "undelivered"):
                message.error_code = error_code or 30008
            for _ in range(repeat):
                self.callback(sid, status)

    def callback(self, sid: str, status: str) -> None:
        """One status callback, whatever the message's state is."""
        message = self._by_sid[sid]
        if not message.status_callback:
            return
        params = [("MessageSid", sid), ("MessageStatus", status), ("SmsSid", sid), ("SmsStatus", status),
                  ("AccountSid", self._account_sid), ("ApiVersion", "2010-04-01"), ("From", message.from_),
                  ("To", message.to)]
        if status in ("failed", "undelivered"):
            params.append(("ErrorCode", str(message.error_code or 30008)))
        try:
            self._sender.send("sms-status", message.status_callback, params)
        except DeliveryFailed:
            return  # Twilio gives up too; the delivery is in the ledger

    def inbound(self, url: str, body: str, to: str, from_: str) -> list[str]:
        """Default keyword handling answers by itself and still posts to the application."""
        kind = _keyword(body)
        replies = self._default_handling(kind, to, from_)
        sid = "SM" + secrets.token_hex(16)
        params = [("ToCountry", "US"), ("ToState", ""), ("SmsMessageSid", sid), ("NumMedia", "0"), ("ToCity", ""),
                  ("FromZip", ""), ("SmsSid", sid), ("FromState", ""), ("SmsStatus", "received"), ("FromCity", ""),
                  ("Body", body), ("FromCountry", "US"), ("To", to), ("ToZip", ""), ("NumSegments", "1"),
                  ("MessageSid", sid), ("AccountSid", self._account_sid), ("From", from_),
                  ("ApiVersion", "2010-04-01")]
        if self.advanced_opt_out and kind:
            params.append(("OptOutType", kind))
        try:
            answer = self._sender.send("sms", url, params)
        except DeliveryFailed:
            return replies
        return replies + self._twiml_replies(answer.body, to, from_)

    def _default_handling(self, kind: str, to: str, from_: str) -> list[str]:
        if kind == "STOP":
            self.opted_out.add((to, from_))
            words = "You have successfully been unsubscribed."
        elif kind == "START":
            self.opted_out.discard((to, from_))
            words = "You have successfully been re-subscribed."
        else:
            return []
        self._ledger.add("sms", Sms(from_, to, words, "SM" + secrets.token_hex(16), self._ledger.now(), "carrier"))
        return [words]

    def _twiml_replies(self, document: bytes, to: str, from_: str) -> list[str]:
        """`<Message>` of the answer; a receiver who opted out gets none (21610)."""
        if not document.strip():
            return []
        try:
            root = ET.fromstring(document)
        except ET.ParseError as problem:
            self.errors.append((12100, str(problem)))
            return []
        replies = []
        for element in root.iter("Message"):
            body = element.find("Body")
            text = "".join((element if body is None else body).itertext())
            if (to, from_) not in self.opted_out:
                self.create(from_, to, text, via="twiml")
                replies.append(text)
        return replies


def _keyword(body: str) -> str:
    word = body.strip().upper()
    for kind, words in (("STOP", _STOP), ("START", _START), ("HELP", _HELP)):
        if word in words:
            return kind
    return ""
