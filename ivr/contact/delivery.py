"""What to do next about a message, by the carrier's word on it. One table; pure.

Called when a provider refuses a message, and when it reports later that one did not arrive. A text that cannot arrive goes
by email where the caller gave an address (requirement V19); nothing is ever chased more than once.
"""

from __future__ import annotations

from dataclasses import dataclass

_RANK = {"accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3, "delivered": 4, "undelivered": 4, "failed": 4,
         "canceled": 4, "read": 5, "receiving": 1, "received": 4, "partially_delivered": 3}
"""How far a message has come. Reports overtake each other, so only a higher rank is news and an end is never left."""
LOST = frozenset({"undelivered", "failed", "canceled"})
AGAIN_AFTER_S = 900
"""A phone that is switched off or out of reach is tried once more after a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Next:
    again: bool = False
    """Try once more, later; what fails then goes on as if this were False."""
    email: bool = True
    """Send it by email instead, where there is an address."""
    never: bool = False
    """This channel does not reach the address: not to be tried for any later promise either."""
    revoked: bool = False
    """The receiver does not want it: recorded as a revocation, by the provider's word."""
    alarm: str = ""
    """Name of the alarm for staff: the fault is ours to mend."""


_NEVER, _AGAIN = Next(never=True), Next(again=True)
NEXT: dict[str, Next] = {
    "revoked": Next(),                                   # our own record, found at the last gate
    "21610": Next(revoked=True),                         # the carrier's record of a STOP
    "21211": _NEVER, "21614": _NEVER, "21612": _NEVER,   # no such number, not a mobile, not from ours to there
    "21408": Next(alarm="texts_region"),                 # region switched off in the account
    "21606": Next(alarm="texts_sender"), "21212": Next(alarm="texts_sender"), "21603": Next(alarm="texts_sender"),
    "30001": _AGAIN, "30003": _AGAIN, "30008": _AGAIN,   # queue overflow, unreachable now, unknown
    "30002": Next(alarm="texts_account"), "20003": Next(alarm="texts_account"),
    "30004": _NEVER, "30005": _NEVER, "30006": _NEVER,   # blocked, unknown number, landline
    "30007": Next(alarm="texts_filtered"),
    "30034": Next(alarm="texts_registration"),
    "30450": Next(alarm="texts_pumping"),
    "smtp_550": Next(email=False, never=True), "smtp_551": Next(email=False, never=True),
    "smtp_553": Next(email=False, never=True), "recipient": Next(email=False, never=True),
    "smtp_535": Next(email=False, alarm="email_login"), "tls": Next(email=False, alarm="email_tls"),
}
OTHER = Next()


def next_step(code: str) -> Next:
    return NEXT.get(code, OTHER)


def is_news(known: str, reported: str) -> bool:
    """Whether a report changes what is known. Two different ends: the first one stands."""
    return _RANK.get(reported, 0) > _RANK.get(known, -1)
