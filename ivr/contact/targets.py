"""Where a call may send or call at all: the caller's own number, or one that was read back and confirmed in this call. Pure.

The flow's nodes ask for all of this. This is the tripwire behind them, at the edge where rows are written: a number that came
from anywhere else is refused, whatever path led there. Transfers go to queues of the configuration only, by their type.
"""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog.session import Session

CONFIRMED = "confirmed.numbers"
"""Slot with the numbers that were read back and confirmed, separated by blanks; written by `dialog.agreements`."""


def why_not(action: act.SendMessage | act.MakePromise, session: Session) -> str:
    """Empty when the target is one of this call's own."""
    if isinstance(action, act.MakePromise):
        return "" if {n.reveal() for n in action.numbers} <= confirmed_numbers(session) else "unconfirmed_number"
    to = action.to.reveal()
    if action.channel == "sms" and to not in confirmed_numbers(session):
        return "unconfirmed_number"
    if action.channel == "sms" and _agreed(session, "sms") != to:
        return "no_consent"
    if action.channel == "email" and to not in _addresses(session):
        return "unconfirmed_address"
    return ""


def confirmed_numbers(session: Session) -> set[str]:
    said = session.slots.get(CONFIRMED)
    numbers = set(said.reveal().split()) if said else set()
    return numbers | ({session.caller_number.reveal()} if session.caller_number else set())


def _addresses(session: Session) -> set[str]:
    return {a for a in (session.email.reveal() if session.email else None, _agreed(session, "email")) if a}


def _agreed(session: Session, channel: str) -> str | None:
    slot = session.slots.get(f"consent.{channel}")
    return slot.reveal() if slot else None
