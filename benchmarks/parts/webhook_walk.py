"""The calls of the webhook benchmark: what the carrier posts, turn by turn, signed and ready to be sent. Pure.

A walk is one round through the reference flow by speech and keys that comes back to where it began, makes no promise and
moves the call on with every turn; so a call can be led through it several times.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from ivr.telephony.signature import sign_form

WALK: tuple[tuple[str, str], ...] = (
    ("SpeechResult", "can I talk to a person please"),     # why -> agent_choices
    ("SpeechResult", "something else"),                    # agent_choices -> why
    ("Digits", "9"),                                       # why -> keys
    ("SpeechResult", "my case"),                           # keys -> keys_case
    ("Digits", "4"),                                       # keys_case -> keys
    ("Digits", "5"),                                       # keys -> agent_choices
    ("Digits", "5"),                                       # agent_choices -> why
)
WALKS = 4
"""Rounds a call may go: its budget of turns ends behind them."""


@dataclass(frozen=True, slots=True)
class Signer:
    account: str
    token: str
    public_url: str

    def started(self, call: str) -> bytes:
        return self._request("/voice", call, 0, [("CallStatus", "ringing")])

    def answered(self, call: str, turn: int) -> bytes:
        """The answer to the call's `turn`-th question, 1 being the first."""
        name, value = WALK[(turn - 1) % len(WALK)]
        said = [(name, value), *([("Confidence", "0.91"), ("Language", "en-US")] if name == "SpeechResult" else [])]
        return self._request(f"/voice/gather?turn={turn}", call, turn, [("CallStatus", "in-progress"), *said])

    def _request(self, target: str, call: str, turn: int, more: list[tuple[str, str]]) -> bytes:
        pairs = [*_fields(self.account, call), *more]
        body = urlencode(pairs).encode()
        head = (f"POST {target} HTTP/1.1\r\nHost: ivr.example.org\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
                "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
                f"Content-Length: {len(body)}\r\nI-Twilio-Idempotency-Token: {call}-{turn}\r\n"
                f"X-Twilio-Signature: {sign_form(self.token, self.public_url + target, pairs)}\r\n\r\n")
        return head.encode() + body


def _fields(account: str, call: str) -> list[tuple[str, str]]:
    """What Twilio sends with every voice webhook."""
    place = [("City", "WASHINGTON"), ("State", "DC"), ("Zip", "20001"), ("Country", "US")]
    number, ours = "+12025550143", "+18005550100"
    return [("CallSid", call), ("AccountSid", account), ("ApiVersion", "2010-04-01"), ("Direction", "inbound"),
            ("From", number), ("Caller", number), ("To", ours), ("Called", ours), ("CallToken", "t" * 120),
            *((f"{who}{part}", value) for who in ("From", "Caller", "To", "Called") for part, value in place)]


def call_sid(group: str, number: int) -> str:
    """34 characters like Twilio's own; `group` (up to 8 hex digits) keeps the rounds apart."""
    return f"CA{group:0>8}{number:024x}"
