"""What callers say about being written to and called: to which addresses, and which numbers they confirmed as read back. Pure.

Kept in the call, where the tripwire of `contact.targets` finds it, and told to the rim, which keeps it for later calls. Called by
the kinds that ask for it and by the commands.
"""

from __future__ import annotations

from ivr.dialog import actions as act
from ivr.dialog.turn_draft import TurnDraft
from ivr.sensitive import Sensitive


def agree(draft: TurnDraft, channel: str, address: Sensitive) -> None:
    """The caller said yes to messages to this address, which was just read back, for the rest of the call."""
    draft.slots[f"consent.{channel}"] = address
    _record(draft, channel, address, "yes")
    if channel == "sms":
        confirm_number(draft, address)


def disagree(draft: TurnDraft, channel: str, address: Sensitive) -> None:
    """The caller said no to messages to this address."""
    _record(draft, channel, address, "no")


def revoke(draft: TurnDraft, channel: str, address: Sensitive) -> None:
    """The caller wants no more messages there, now and in later calls, whatever was agreed to before."""
    draft.slots.pop(f"consent.{channel}", None)
    draft.actions.append(act.RecordConsent(channel, address, "revoked", "", draft.language))


def confirm_number(draft: TurnDraft, number: Sensitive) -> None:
    """The caller confirmed this number after it was read back: it may be called, and no other but their own."""
    known = draft.slots.get("confirmed.numbers")
    numbers = [*(known.reveal().split() if known else ()), number.reveal()]
    draft.slots["confirmed.numbers"] = Sensitive(" ".join(dict.fromkeys(numbers)))


def agreed(draft: TurnDraft, channel: str) -> str | None:
    """The address to which messages by this channel were agreed to, if any."""
    address = draft.slots.get(f"consent.{channel}")
    return address.reveal() if address else None


def _record(draft: TurnDraft, channel: str, address: Sensitive, answer: str) -> None:
    asked = draft.session.last_said[-1].key if draft.session.last_said else ""
    draft.actions.append(act.RecordConsent(channel, address, answer, asked, draft.language))
