"""`promise`: a callback or a service request, written down before it is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import actions as act
from ivr.dialog import agreements, doors
from ivr.dialog import events as ev
from ivr.dialog.render import render
from ivr.dialog.slots import phone
from ivr.dialog.slots.base import NOTHING, Reading, read_keys
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.calendar import due_by
from ivr.flow.kinds.collect import has_none
from ivr.flow.registry import Params, node_kind
from ivr.sensitive import Sensitive


class PromiseParams(Params):
    promise: str = Field(description="Name of the promise in callbacks.yaml.")
    policy: str = Field(description="Policy entry that must be true.")
    reason: str = Field(description="Variable that holds the reason.")
    context: tuple[str, ...] = Field((), description="Variables and slots handed on.")
    offer: str = Field("offer_callback", description="Prompt key that asks whether to make it; empty where the caller has said so already.")
    number_prompt: str = Field("ask_callback_number", description="Prompt key that asks for a telephone number.")
    confirm_number: str = Field("confirm_callback_number", description="Prompt key that offers the caller's own number.")
    second: str = Field("", description="Prompt key that asks for one more number, such as one at the office; empty asks for none.")
    confirm_second: str = Field("", description="Prompt key that reads the second number back; empty takes `confirm_number`.")
    made: str = Field("callback_made", description="Prompt key with reference and deadline, spoken once it is written down.")


@node_kind
class Promise:
    """Makes a callback or a service request under its own policy: asks, confirms one number (email is offered, not
    required), asks for a second one where the node says so, writes it down durably and then reads the reference number and the
    deadline twice."""

    name = "promise"
    Params = PromiseParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: PromiseParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("promised", "no_contact", *(("declined",) if params.offer else ()), "failed")

    def prompts(self, params: PromiseParams) -> tuple[str, ...]:
        more = (params.second, params.confirm_second or params.confirm_number) if params.second else ()
        offer = (params.offer,) if params.offer else ()
        return (*offer, params.number_prompt, params.confirm_number, *more, params.made)

    def enter(self, turn: Any) -> None:
        if self._rule(turn) is None or not doors.may_touch(turn, turn.params.context) or not self._has_place(turn):
            return turn.leave("failed")
        if not turn.params.offer:
            return self._contact(turn)
        self._go(turn, "offer")

    def on(self, event: Any, turn: Any) -> None:
        if isinstance(event, ev.EffectFailed) and "reference" not in turn.memo:
            return turn.leave("failed")
        if isinstance(event, (ev.EffectRecorded, ev.EffectFailed)):
            # Once the promise itself is written down, a confirmation that could not be is no reason to take it back.
            return self._written(event, turn)
        getattr(self, f"_on_{turn.memo['stage']}")(event, turn)

    def _has_place(self, turn: Any) -> bool:
        """The flow leads here from a wait only; a call that an older program let wait has nothing to keep."""
        return not turn.bundle.promises[turn.params.promise].in_line or bool(turn.get("place"))

    def _rule(self, turn: Any) -> Any:
        return doors.opened(turn, turn.params.policy, "promise", turn.params.promise)

    # -- the questions, one method a stage ----------------------------------------------------------------------

    def _ask(self, turn: Any) -> None:
        stage = turn.memo["stage"]
        if stage == "number":
            turn.say(turn.params.number_prompt)
            return turn.listen(expect="phone", max_digits=10)
        if stage == "second":
            turn.say(turn.params.second)
            return turn.listen(expect="phone", max_digits=10)
        if stage == "offer":
            turn.say(turn.params.offer)
        elif stage == "confirm2":
            turn.say(turn.params.confirm_second or turn.params.confirm_number, number=Sensitive(turn.memo["second"]))
        else:
            turn.say(turn.params.confirm_number, number=Sensitive(turn.memo["number"]))
        turn.listen(expect="yes_no")

    def _on_offer(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer == "no":
            return turn.leave("declined")
        if answer is None:
            return turn.retry("declined", lambda tries: self._again(turn, tries))
        self._contact(turn)

    def _contact(self, turn: Any) -> None:
        """The number from which the caller calls, where it can be called, else one that they say."""
        caller = turn.get("caller_number")
        if caller and phone.check(caller.reveal()).status == "ok":
            return self._go(turn, "confirm", number=caller.reveal())
        self._go(turn, "number")

    def _on_confirm(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer == "yes":
            agreements.agree(turn, "sms", Sensitive(turn.memo["number"]))
            return self._go(turn, "second") if turn.params.second else self._write_down(turn)
        if answer == "no":
            return self._go(turn, "number")
        turn.retry("no_contact", lambda tries: self._again(turn, tries))

    def _on_number(self, event: Any, turn: Any) -> None:
        if isinstance(event, ev.DigitsReceived) and event.digits.reveal() == "#":
            return turn.leave("no_contact")  # the key for "I do not have it"
        number = _number_in(event, turn)
        if number:
            return self._go(turn, "confirm", number=number)
        if _declines(event, turn):
            return turn.leave("no_contact")
        turn.retry("no_contact", lambda tries: self._number_again(turn, f"{_cause(event)}_value_{min(tries, 2)}"))

    # -- the second number: whatever happens there, the promise itself is made

    def _on_second(self, event: Any, turn: Any) -> None:
        number = _number_in(event, turn)
        pound = isinstance(event, ev.DigitsReceived) and event.digits.reveal() == "#"
        if pound or number == turn.memo["number"] or (not number and _declines(event, turn)):
            return self._write_down(turn)
        if number:
            return self._go(turn, "confirm2", second=number)
        self._without(turn, lambda tries: self._number_again(turn, f"{_cause(event)}_value_{min(tries, 2)}"))

    def _on_confirm2(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer == "yes":
            agreements.confirm_number(turn, Sensitive(turn.memo["second"]))
            turn.memo["both"] = "yes"
            return self._write_down(turn)
        if answer == "no":
            return self._go(turn, "second")
        self._without(turn, lambda tries: self._again(turn, tries))

    def _without(self, turn: Any, again: Any) -> None:
        tries = turn.get("tries") + 1
        turn.put(tries=tries)
        if tries > turn.retries:
            return self._write_down(turn)
        again(tries)

    def _number_again(self, turn: Any, reprompt: str) -> None:
        turn.say(reprompt)
        self._ask(turn)

    def _go(self, turn: Any, stage: str, **memo: str) -> None:
        turn.memo.update(stage=stage, **memo)
        self._ask(turn)

    def _again(self, turn: Any, tries: int) -> None:
        turn.say(yes_no_again(tries))
        self._ask(turn)

    # -- writing it down ----------------------------------------------------------------------------------------

    def _write_down(self, turn: Any) -> None:
        spec = turn.bundle.promises[turn.params.promise]
        rule = self._rule(turn)
        if rule is None:  # a policy that asks for the hour can turn false while the caller thinks
            return turn.leave("failed")
        numbers = [turn.memo["number"], *([turn.memo["second"]] if "both" in turn.memo else ())]
        deadline = due_by(turn.bundle.calendar, spec.due_within, turn.now)
        turn.effect(act.MakePromise(
            turn.effect_key(spec.kind), spec.kind, spec.name, turn.vars.get(turn.params.reason, turn.params.reason), rule.id,
            turn.language, numbers=tuple(Sensitive(n) for n in numbers), email=turn.get("email"),
            context=turn.context(turn.params.context), due_by=deadline.isoformat(), policy=turn.params.policy,
            variables=dict(turn.vars), urgent=spec.due_within.endswith("h"), place=dict(turn.get("place")) if spec.in_line else {}))

    def _written(self, event: Any, turn: Any) -> None:
        """The promise is on disk. Its confirmations are written down next, then it is spoken."""
        if "reference" not in turn.memo:
            turn.memo.update(reference=event.reference, due_by=event.due_by, link=event.link,
                             todo=" ".join(c for c in ("sms", "email") if self._confirmable(turn, c)))
        todo = turn.memo["todo"].split()
        if todo:
            turn.memo["todo"] = " ".join(todo[1:])
            return self._confirm_by(turn, todo[0])
        turn.say(turn.params.made, barge_in=False, reference=turn.memo["reference"], due_by=turn.memo["due_by"],
                 number=Sensitive(turn.memo["number"]))
        turn.leave("promised")

    def _confirmable(self, turn: Any, channel: str) -> bool:
        if channel not in turn.bundle.promises[turn.params.promise].confirm:
            return False
        if channel == "email":
            return turn.get("email") is not None
        caller = turn.get("caller_number")
        return bool(turn.get("textable") and caller and caller.reveal() == turn.memo["number"])

    def _confirm_by(self, turn: Any, channel: str) -> None:
        key = turn.bundle.promises[turn.params.promise].confirm[channel]
        values = {name: turn.memo[name] for name in ("reference", "due_by", "link")}
        message = render(turn.bundle, key, turn.language, channel, slots=turn.slots, values=values)
        address = turn.get("email") if channel == "email" else Sensitive(turn.memo["number"])
        turn.effect(act.SendMessage(turn.effect_key("message"), channel, address, key, message.text, message.subject,
                                    turn.language))


def _number_in(event: Any, turn: Any) -> str:
    """A whole number, said or keyed; empty where there was none."""
    reading = _read(event, turn)
    return reading.value if reading.status == "ok" else ""


def _declines(event: Any, turn: Any) -> bool:
    """No number, and none begun: a no, or "I don't have one"."""
    return _read(event, turn).status == "none" and has_none(event, turn)


def _read(event: Any, turn: Any) -> Reading:
    if isinstance(event, ev.DigitsReceived):
        return read_keys(phone.PHONE, event.digits.reveal(), turn.today())
    if isinstance(event, ev.SpeechHeard):
        return phone.parse_spoken(event.text.reveal(), turn.language, turn.today())
    return NOTHING


def _cause(event: Any) -> str:
    return "silence" if isinstance(event, ev.NoInput) else "reprompt"
