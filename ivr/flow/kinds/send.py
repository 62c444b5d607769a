"""`send`: a text or an email, after a clear yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.render import render
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.registry import Params, node_kind


class SendParams(Params):
    message: str = Field(description="Message key in the prompts; needs the variants of every channel in `by`.")
    by: tuple[Literal["sms", "email"], ...] = Field(("sms", "email"), min_length=1, description="Channels in order of preference.")
    offer: str = Field("offer_text", description="Prompt key that asks whether a text may be sent.")
    offer_email: str = Field("offer_email", description="Prompt key that asks whether an email may be sent.")
    consent: Literal["ask", "given"] = Field(
        "ask", description="`given` uses the yes that the caller gave to the same channel earlier in this call.")
    sent: str = Field("text_sent", description="Prompt key spoken once the text is written down.")
    sent_email: str = Field("email_sent", description="Prompt key spoken once the email is written down.")


@node_kind
class Send:
    """Offers a link by text (or email), asks for a clear yes in this call, writes the message down durably and only
    then says that it is on its way. Leaves by `declined` when the caller does not want it, by `failed` when there is
    neither a number that takes texts nor an address, or when it could not be written down."""

    name = "send"
    Params = SendParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: SendParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("sent", "declined", "failed")

    def prompts(self, params: SendParams) -> tuple[str, ...]:
        keys = []
        if "sms" in params.by:
            keys += [params.offer, params.sent]
        if "email" in params.by:
            keys += [params.offer_email, params.sent_email]
        return tuple(keys)

    def enter(self, turn: Any) -> None:
        self._offer(turn, [c for c in turn.params.by if self._address(turn, c)], said_no=False)

    def on(self, event: Any, turn: Any) -> None:
        if isinstance(event, ev.EffectRecorded):
            turn.say(turn.params.sent if turn.memo["channel"] == "sms" else turn.params.sent_email)
            return turn.leave("sent")
        if isinstance(event, ev.EffectFailed):
            return turn.leave("failed")
        answer = yes_no_of(event, turn)
        if answer == "yes":
            turn.agree(turn.memo["channel"], self._address(turn, turn.memo["channel"]))
            return self._write_down(turn)
        if answer == "no":
            rest = [c for c in turn.memo["rest"].split() if c]
            return self._offer(turn, rest, said_no=True)
        # No clear yes is a no: nothing is sent without consent given in this call.
        turn.retry("declined", lambda tries: self._again(turn, tries))

    def _address(self, turn: Any, channel: str) -> Any:
        if channel == "sms":
            return turn.get("caller_number") if turn.get("textable") else None
        return turn.get("email")

    def _offer(self, turn: Any, channels: list[str], *, said_no: bool) -> None:
        if not channels:
            return turn.leave("declined" if said_no else "failed")
        turn.memo.update(channel=channels[0], rest=" ".join(channels[1:]))
        agreed = turn.agreed(channels[0]) if turn.params.consent == "given" else None
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
        turn.effect(act.SendMessage(turn.effect_key("message"), channel, self._address(turn, channel), turn.params.message,
                                    message.text, message.subject, turn.language))
