"""`collect`: fill a typed slot, with read-back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from ivr.dialog import events as ev
from ivr.dialog.lexicon import fillers, says_one_of
from ivr.dialog.slots.base import NOTHING, SLOTS, Reading, read_keys
from ivr.dialog.slots.corrections import corrected_value
from ivr.dialog.slots.day_side import WRONG_SIDE, fits, on_side
from ivr.dialog.slots.lacking import lacks_it
from ivr.dialog.speakable import partly
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.registry import Params, node_kind
from ivr.sensitive import Sensitive

SlotType = Literal["receipt", "form", "date", "phone", "a_number", "email", "zip", "yes_no"]
_WRONG = {"too_long": "reprompt_value_long", "unknown_form": "reprompt_value_wrong", "unknown_prefix": "reprompt_value_wrong",
          "no_such_day": "reprompt_value_wrong", "not_a_number": "reprompt_value_wrong", "abroad": "reprompt_value_wrong",
          "premium": "reprompt_value_wrong", "toll_free": "reprompt_value_wrong", "no_such_zip": "reprompt_value_wrong"}
"""What is wrong with a value -> what is said before the question is asked for the second time."""


class CollectParams(Params):
    slot: str = Field(description="Slot to fill, declared under `slots`.")
    type: SlotType = Field(description="Kind of value, which decides the grammar and the keys.")
    prompt: str = Field(description="Prompt key of the question.")
    reprompts: tuple[str, ...] = Field((), description="Prompt keys for the second and third try.")
    read_back: Literal["always", "never"] = Field("always", description="Whether the value is read back for a yes.")
    confirm_prompt: str | None = Field(None, description="Prompt key of the read-back; default: confirm_<type>.")
    help: str = Field("help", description="Prompt key spoken when the caller asks for help.")
    without: str | None = Field(None, description="Name of a word list in intents/<lang>.yaml that leaves by `refused` when said, such as "
                                                  "\"any day\"; a no and the pound key do so everywhere.")
    day: Literal["any", "past", "to_come"] = Field("any", description="Which days a date can be, today included: a day of birth is `past`, "
                                                                      "one that would suit is `to_come`.")
    wrong_day: str = Field("", description="Prompt key said before the question is asked again when `day` does not allow the day that was "
                                           "understood; default: reprompt_value_wrong.")
    known: bool = Field(False, description="Leaves an email address that this call knows already as it is, and goes on by `ok`.")
    retries: int | None = Field(None, ge=0, le=4, description="Failed tries before the node is left by `failed`.")
    timeout_s: float | None = Field(None, ge=2, le=60, description="Silence in seconds before a reprompt.")


@node_kind
class Collect:
    """Asks for one value (date, receipt number, telephone number, yes or no ...) by voice or keys and reads it back.
    What was understood of a longer number is kept, and the rest is asked for; that spends a try, like every question.
    `refused` means that the caller does not have it or will not say; `failed` that it could not be understood. For
    `yes_no` the outcomes `yes` and `no` replace `ok`."""

    name = "collect"
    Params = CollectParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: CollectParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("yes", "no", "failed") if params.type == "yes_no" else ("ok", "refused", "failed")

    def prompts(self, params: CollectParams) -> tuple[str, ...]:
        keys = [params.prompt, *params.reprompts, params.help, *([params.wrong_day] if params.wrong_day else ())]
        if params.read_back == "always" and params.type != "yes_no":
            keys.append(params.confirm_prompt or f"confirm_{params.type}")
        return tuple(keys)

    def enter(self, turn: Any) -> None:
        # What was said to an earlier asking is no answer to this one, whichever way the node is left.
        turn.slots.pop(turn.params.slot, None)
        if self._knows(turn):
            return turn.leave("ok")
        turn.say(turn.params.prompt)
        self._listen(turn)

    def on(self, event: Any, turn: Any) -> None:
        if turn.params.type == "yes_no":
            return self._on_yes_no(event, turn)
        if "value" in turn.memo:
            return self._on_read_back(event, turn)
        if self._knows(turn):
            return turn.leave("ok")  # typed on a page while it was asked for
        if isinstance(event, ev.DigitsReceived) and event.digits.reveal() == "#":
            return turn.leave("refused")  # the key for "I do not have it"
        if self._does_without(event, turn):
            return turn.leave("refused")
        self._take(self._read(event, turn), event, turn)

    def _on_yes_no(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer:
            turn.slots[turn.params.slot] = Sensitive(answer)
            return turn.leave(answer)
        self._failed(event, turn)

    # -- the value was read back --------------------------------------------------------------------------------

    def _on_read_back(self, event: Any, turn: Any) -> None:
        value, answer = turn.memo["value"], yes_no_of(event, turn)
        if answer == "yes":
            turn.slots[turn.params.slot] = Sensitive(value)
            if turn.params.type == "email":
                turn.put(email=Sensitive(value))  # read back and confirmed: from now on this caller can be written to
            return turn.leave("ok")
        reading = self._correction(event, turn, value)
        if reading.usable and reading.value != value:
            # "No, the twentieth": the correction comes in the same breath.
            return self._read_back(turn, reading)
        if answer is None and reading.status != "incomplete":
            return turn.retry("failed", lambda tries: self._say_back(turn, value))
        other = turn.memo.pop("other", "")
        turn.memo.pop("value")
        if other and answer == "no":
            return turn.retry("failed", lambda tries: self._read_back(turn, Reading("ok", other)))
        self._failed(event, turn, reading)

    def _correction(self, event: Any, turn: Any, value: str) -> Reading:
        """What is said instead of yes: the whole value again, or the part of it that was wrong."""
        if not isinstance(event, ev.SpeechHeard):
            return NOTHING
        reading = self._read(event, turn)
        if reading.usable:
            return reading
        found = corrected_value(turn.params.type, value, event.text.reveal(), turn.language, turn.today())
        return Reading("ok", found) if found and fits(found, _side(turn), turn.today()) else reading

    # -- the value was asked for --------------------------------------------------------------------------------

    def _read(self, event: Any, turn: Any) -> Reading:
        kind, known = SLOTS[turn.params.type], {"heard": turn.memo.get("heard", ""), "values": _values(turn)}
        if isinstance(event, ev.DigitsReceived):
            return on_side(lambda today: read_keys(kind, event.digits.reveal(), today, **known), _side(turn), turn.today())
        if isinstance(event, ev.SpeechHeard):
            return on_side(lambda today: kind.spoken(event.text.reveal(), turn.language, today, **known), _side(turn), turn.today())
        return NOTHING

    @staticmethod
    def _knows(turn: Any) -> bool:
        return bool(turn.params.known and turn.params.type == "email" and turn.get("email"))

    @staticmethod
    def _does_without(event: Any, turn: Any) -> bool:
        lists = turn.bundle.words.get(turn.params.without or "", {}).get(turn.language, ())
        return isinstance(event, ev.SpeechHeard) and says_one_of(event.text.reveal(), lists, fillers(turn.bundle, turn.language))

    def _take(self, reading: Reading, event: Any, turn: Any) -> None:
        if not reading.usable:
            if reading.status == "none" and has_none(event, turn):
                return turn.leave("refused")
            return self._failed(event, turn, reading)
        # A value in doubt is read back whatever the author wrote: a zero put in front, a day that could be the month.
        if turn.params.read_back == "always" or reading.problem or turn.params.type == "email":
            return self._read_back(turn, reading)
        turn.slots[turn.params.slot] = Sensitive(reading.value)
        turn.leave("ok")

    def _read_back(self, turn: Any, reading: Reading) -> None:
        turn.memo.pop("heard", None)
        turn.memo["value"] = reading.value
        if reading.other:
            turn.memo["other"] = reading.other
        self._say_back(turn, reading.value)

    def _say_back(self, turn: Any, value: str) -> None:
        turn.say(turn.params.confirm_prompt or f"confirm_{turn.params.type}", **{turn.params.type: Sensitive(value)})
        turn.listen(expect="yes_no")

    def resume(self, turn: Any) -> bool:
        """Read the value back again, in the language that the call is in now."""
        value = turn.memo.get("value", "")
        if value:
            self._say_back(turn, value)
        return bool(value)

    # -- asked again --------------------------------------------------------------------------------------------

    def _failed(self, event: Any, turn: Any, reading: Reading = NOTHING) -> None:
        cause = "silence" if isinstance(event, ev.NoInput) else "reprompt"
        turn.retry("failed", lambda tries: self._again(turn, cause, tries, reading))

    def _again(self, turn: Any, cause: str, tries: int, reading: Reading) -> None:
        if reading.status == "incomplete" and reading.heard:
            turn.memo["heard"] = reading.heard
            return self._ask_rest(turn, reading)
        if reading.status == "invalid":
            turn.memo.pop("heard", None)
        own = turn.params.reprompts
        default = yes_no_again(tries) if turn.params.type == "yes_no" else f"{cause}_value_{min(tries, 2)}"
        named = _WRONG.get(reading.problem, default) if tries == 1 else default
        if reading.problem == WRONG_SIDE:
            named, own = turn.params.wrong_day or "reprompt_value_wrong", ()
        turn.say(own[min(tries, len(own)) - 1] if own else named)
        turn.say(turn.params.prompt)
        self._listen(turn)

    def _ask_rest(self, turn: Any, reading: Reading) -> None:
        """Says what was understood and asks for what is missing, never for all of it again."""
        key = "rest_letters" if reading.problem == "no_prefix" else "rest_value"
        heard = partly(turn.params.type, reading.heard, turn.language, turn.get("channel"))
        turn.say(key, heard=Sensitive(heard))
        self._listen(turn)

    def _listen(self, turn: Any) -> None:
        if turn.params.type == "yes_no":
            return turn.listen(expect="yes_no")
        kind = SLOTS[turn.params.type]
        turn.listen(expect=kind.expect, max_digits=kind.max_digits)


def has_none(event: Any, turn: Any) -> bool:
    """Whether the caller has said that they do not have it or will not say: by a no, or in as many words."""
    if not isinstance(event, ev.SpeechHeard):
        return False
    return yes_no_of(event, turn) == "no" or lacks_it(event.text.reveal(), turn.language, fillers(turn.bundle, turn.language))


def _side(turn: Any) -> str:
    return str(turn.params.day) if turn.params.type == "date" else "any"


def _values(turn: Any) -> tuple[str, ...]:
    """The closed list that the author gave the slot."""
    return tuple(getattr(turn.flow.slots.get(turn.params.slot), "values", ()))
