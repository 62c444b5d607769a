"""What Twilio's error codes mean for us: try again, stop, or ask the operator. Pure data.

A code that is not listed is judged by its HTTP status. Called by `rest.py` for refused requests and by whoever reads
`MessageStatus.error_code` of a message that did not arrive.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    words: str
    retryable: bool = False
    opted_out: bool = False
    """The receiver revoked consent: record it at once and never send again."""
    hint: str | None = None


MEANINGS = {
    20003: Meaning("Twilio does not accept our credentials", retryable=True,
                   hint="check the account id and the AuthToken; nothing is lost meanwhile"),
    20404: Meaning("Twilio does not know this resource"),
    20429: Meaning("too many requests", retryable=True),
    20500: Meaning("Twilio had an internal error", retryable=True),
    20503: Meaning("Twilio is not available", retryable=True),
    21201: Meaning("no number to call was given"),
    21210: Meaning("our calling number is not verified", hint="buy or verify the number in the Twilio console"),
    21211: Meaning("the number is not valid"),
    21212: Meaning("our own number is not valid", hint="check the sending number in the settings"),
    21214: Meaning("the number cannot be reached"),
    21215: Meaning("calls to this country are switched off", hint="see the voice geographic permissions"),
    21220: Meaning("the call is not in progress any more"),
    21408: Meaning("messages to this country are switched off", hint="see the messaging geographic permissions"),
    21602: Meaning("the message has no text"),
    21603: Meaning("the message has no sender"),
    21604: Meaning("the message has no receiver"),
    21606: Meaning("our number cannot send messages to this one", hint="check the sending number in the settings"),
    21610: Meaning("the receiver has opted out", opted_out=True),
    21611: Meaning("the sending queue of our number is full", retryable=True),
    21612: Meaning("this pair of numbers cannot exchange messages"),
    21614: Meaning("the number is not a mobile number"),
    21617: Meaning("the message is too long"),
    30001: Meaning("the carrier's queue overflowed", retryable=True),
    30002: Meaning("the Twilio account is suspended", hint="see the Twilio console"),
    30003: Meaning("the phone is unreachable"),
    30004: Meaning("the receiver blocks messages"),
    30005: Meaning("the number is unknown or not in service"),
    30006: Meaning("the number is a landline"),
    30007: Meaning("the carrier filtered the message"),
    30008: Meaning("unknown error of the carrier", retryable=True),
    30034: Meaning("our number is not registered for this traffic", hint="finish the A2P 10DLC registration"),
    30450: Meaning("stopped by the SMS pumping guard"),
}


def meaning(code: int | None) -> Meaning | None:
    return MEANINGS.get(code) if code is not None else None
