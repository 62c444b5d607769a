"""Asking for an email address where no text can be sent (requirement V19): offered, taken down, and read back before it is used.

Two of the stages of `send`, in a file of their own. The read-back is the node's own offer, which names the address; a no to it
means that the address was misheard, and asks for it again. Pure.
"""

from __future__ import annotations

from typing import Any

from ivr.dialog import events as ev
from ivr.dialog.slots.base import NOTHING, SLOTS, read_keys
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.kinds.collect import has_none
from ivr.sensitive import Sensitive

WANT, ADDRESS = "want_email", "email_address"


def may_begin(turn: Any) -> bool:
    params = turn.params
    return params.ask_email and "email" in params.by and params.consent == "ask" and not turn.get("email") \
        and "address" not in turn.memo and turn.memo.get("stage") is None


def begin(turn: Any) -> None:
    turn.put(tries=0)
    turn.memo["stage"] = WANT
    turn.say(turn.params.offer_by_email)
    turn.listen(expect="yes_no")


def on(event: Any, turn: Any) -> bool:
    """The answer at one of the two stages; True once the address is known and the node can offer it."""
    if turn.memo["stage"] == WANT:
        _wanted(event, turn)
        return False
    return _told(event, turn)


def ask_again(turn: Any) -> None:
    """The address was read back, and was wrong."""
    turn.memo.pop("address", None)
    ask(turn)


def ask(turn: Any) -> None:
    turn.memo["stage"] = ADDRESS
    turn.say(turn.params.email_prompt)
    turn.listen(expect="email", max_digits=SLOTS["email"].max_digits)


def _wanted(event: Any, turn: Any) -> None:
    answer = yes_no_of(event, turn)
    if answer == "yes":
        turn.put(tries=0)
        return ask(turn)
    if answer == "no":
        return turn.leave("declined")
    turn.retry("declined", lambda tries: _want_again(turn, tries))


def _want_again(turn: Any, tries: int) -> None:
    turn.say(yes_no_again(tries))
    turn.say(turn.params.offer_by_email)
    turn.listen(expect="yes_no")


def _told(event: Any, turn: Any) -> bool:
    kind, reading = SLOTS["email"], NOTHING
    if isinstance(event, ev.DigitsReceived):
        if event.digits.reveal() == "#":
            turn.leave("failed")  # the key for "I do not have it"
            return False
        reading = read_keys(kind, event.digits.reveal(), turn.today())
    elif isinstance(event, ev.SpeechHeard):
        reading = kind.spoken(event.text.reveal(), turn.language, turn.today())
    if reading.usable:
        turn.put(tries=0)
        turn.memo.pop("stage")
        turn.memo.update(channel="email", rest="", address=Sensitive(reading.value).reveal())
        return True
    if reading.status == "none" and has_none(event, turn):
        turn.leave("failed")
        return False
    cause = "silence" if isinstance(event, ev.NoInput) else "reprompt"
    turn.retry("failed", lambda tries: _told_again(turn, f"{cause}_value_{min(tries, 2)}"))
    return False


def _told_again(turn: Any, reprompt: str) -> None:
    turn.say(reprompt)
    ask(turn)
