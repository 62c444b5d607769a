"""`send`: a text or an email, after a clear yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from ivr.dialog import actions as act
from ivr.dialog import agreements
from ivr.dialog import events as ev
from ivr.dialog.render import render
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.kinds import email_question
from ivr.flow.registry import Params, node_kind
from ivr.sensitive import Sensitive

SENT = "sent.messages"
"""Slot with the messages this call has sent, by key, separated by blanks."""
END_TEXTS_KEY = "9"
"""At the offer of a text: no texts any more, to this number, from anybody here."""


class SendParams(Params):
    message: str = Field(description="Message key in the prompts; needs the variants of every channel in `by`.")
    by: tuple[Literal["sms", "email"], ...] = Field(("sms", "email"), min_length=1, description="Channels in order of preference.")
    offer: str = Field("offer_text", description="Prompt key that asks whether a text may be sent.")
    offer_email: str = Field("offer_email", description="Prompt key that asks whether an email may be sent.")
    consent: Literal["ask", "given"] = Field(
        "ask", description="`given` uses the yes that the caller gave to the same channel earlier in this call.")
    sent: str = Field("text_sent", description="Prompt key spoken once the text is written down.")
    sent_email: str = Field("email_sent", description="Prompt key spoken once the email is written down.")
    already: str = Field("text_already_sent", description="Prompt key spoken when this call has sent the same message already.")
    refused: str = Field("text_refused", description="Prompt key spoken when a text cannot be sent; an email is offered next.")
    help: str = Field("help_text_offer", description="Prompt key spoken when the caller asks for help at this question.")
    ask_email: bool = Field(False, description="Offers an email where no text can be sent, and asks for the address.")
    offer_by_email: str = Field("offer_link_by_email", description="Prompt key that offers an email before the address is known.")
    email_prompt: str = Field("ask_email_address", description="Prompt key that asks for the address; it is read back by `offer_email`.")
    also: bool = Field(False, description="Sends it although this call has sent another message already: one link a call is the rule.")


@node_kind
class Send:
    """Offers a link by text (or email), asks for a clear yes in this call, writes the message down durably and only
    then says that it is on its way. One message a call: the same one is not sent twice, and another one only where the
    node says `also`. Key 9 at the offer of a text ends all texts. Leaves by `declined` when the caller does not want it, by
    `failed` when there is neither a number that takes texts nor an address, when it could not be written down, or when
    this call has sent its one message."""

    name = "send"
    Params = SendParams
    DEFAULTED: tuple[str, ...] = ()
    asks_to_write = True

    def outcomes(self, params: SendParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("sent", "declined", "failed")

    def prompts(self, params: SendParams) -> tuple[str, ...]:
        keys = [params.already]
        if "sms" in params.by:
            keys += [params.offer, params.sent, params.refused, params.help, "texts_stopped"]
        if "email" in params.by:
            keys += [params.offer_email, params.sent_email]
        if params.ask_email:
            keys += [params.offer_by_email, params.email_prompt]
        return tuple(keys)

    def enter(self, turn: Any) -> None:
        if turn.params.message in self._sent(turn):
            turn.say(turn.params.already)
            return turn.leave("sent")
        if self._sent(turn) and not turn.params.also:
            return turn.leave("failed")
        self._offer(turn, [c for c in turn.params.by if self._address(turn, c)], said_no=False)

    def on(self, event: Any, turn: Any) -> None:
        if isinstance(event, (ev.EffectRecorded, ev.EffectFailed)):
            return self._written(event, turn)
        if turn.memo.get("stage"):
            return self._ask(turn) if email_question.on(event, turn) else None
        if self._ends_texts(event, turn):
            agreements.revoke(turn, "sms", turn.get("caller_number"))
            turn.put(textable=False)
            turn.say("texts_stopped")
            return self._offer(turn, turn.memo["rest"].split(), said_no=True)
        answer = yes_no_of(event, turn)
        if answer == "yes":
            if "address" in turn.memo:
                turn.put(email=Sensitive(turn.memo["address"]))
            agreements.agree(turn, turn.memo["channel"], self._address(turn, turn.memo["channel"]))
            return self._write_down(turn)
        if answer == "no" and "address" in turn.memo:
            return turn.retry("declined", lambda tries: email_question.ask_again(turn))
        if answer == "no":
            agreements.disagree(turn, turn.memo["channel"], self._address(turn, turn.memo["channel"]))
            return self._offer(turn, turn.memo["rest"].split(), said_no=True)
        # No clear yes is a no: nothing is sent without consent given in this call.
        turn.retry("declined", lambda tries: self._again(turn, tries))

    def _written(self, event: Any, turn: Any) -> None:
        channel = turn.memo["channel"]
        if isinstance(event, ev.EffectRecorded):
            turn.slots[SENT] = Sensitive(" ".join([*self._sent(turn), turn.params.message]))
            turn.say(turn.params.sent if channel == "sms" else turn.params.sent_email)
            return turn.leave("sent")
        if channel == "sms":
            turn.say(turn.params.refused)
        turn.put(tries=0)
        self._offer(turn, turn.memo["rest"].split(), said_no=False)

    @staticmethod
    def _ends_texts(event: Any, turn: Any) -> bool:
        return turn.memo["channel"] == "sms" and isinstance(event, ev.DigitsReceived) and event.digits.reveal() == END_TEXTS_KEY

    @staticmethod
    def _sent(turn: Any) -> list[str]:
        said = turn.slots.get(SENT)
        return said.reveal().split() if said else []

    def _address(self, turn: Any, channel: str) -> Any:
        if channel == "sms":
            return turn.get("caller_number") if turn.get("textable") else None
        return Sensitive(turn.memo["address"]) if "address" in turn.memo else turn.get("email")

    def _offer(self, turn: Any, channels: list[str], *, said_no: bool) -> None:
        if not channels and not said_no and email_question.may_begin(turn):
            return email_question.begin(turn)
        if not channels:
            return turn.leave("declined" if said_no else "failed")
        turn.memo.update(channel=channels[0], rest=" ".join(channels[1:]))
        agreed = agreements.agreed(turn, channels[0]) if turn.params.consent == "given" else None
        if agreed == self._address(turn, channels[0]).reveal():
            return self._write_down(turn)
        if turn.params.consent == "given" and agreed is None:
            # Nobody was ever asked: the proof rules this out, and if it is wrong nothing is sent.
            return turn.leave("failed")
        self._ask(turn)

    def _again(self, turn: Any, tries: int) -> None:
        turn.say(yes_no_again(tries))
        self._ask(turn)

    def _ask(self, turn: Any) -> None:
        channel = turn.memo["channel"]
        address = self._address(turn, channel)
        if channel == "sms":
            turn.say(turn.params.offer, number=address)
        else:
            turn.say(turn.params.offer_email, email=address)
        turn.listen(expect="yes_no")

    def _write_down(self, turn: Any) -> None:
        channel = turn.memo["channel"]
        message = render(turn.bundle, turn.params.message, turn.language, channel, slots=turn.slots, values={})
        mail = turn.get("email") if channel == "sms" else None
        instead = render(turn.bundle, turn.params.message, turn.language, "email", slots=turn.slots, values={}) if mail else None
        turn.effect(act.SendMessage(turn.effect_key("message"), channel, self._address(turn, channel), turn.params.message,
                                    message.text, message.subject, turn.language, mail, instead.subject if instead else "",
                                    instead.text if instead else ""))
