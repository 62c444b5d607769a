"""`collect`: fill a typed slot, with read-back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from ivr.dialog import events as ev
from ivr.dialog.slots.base import NOTHING, SLOTS, Reading, read_keys
from ivr.dialog.yes_no import yes_no_again, yes_no_of
from ivr.flow.registry import Params, node_kind
from ivr.sensitive import Sensitive

SlotType = Literal["receipt", "form", "date", "phone", "a_number", "email", "yes_no"]


class CollectParams(Params):
    slot: str = Field(description="Slot to fill, declared under `slots`.")
    type: SlotType = Field(description="Kind of value, which decides the grammar and the keys.")
    prompt: str = Field(description="Prompt key of the question.")
    reprompts: tuple[str, ...] = Field((), description="Prompt keys for the second and third try.")
    read_back: Literal["always", "never"] = Field("always", description="Whether the value is read back for a yes.")
    confirm_prompt: str | None = Field(None, description="Prompt key of the read-back; default: confirm_<type>.")
    help: str = Field("help", description="Prompt key spoken when the caller asks for help.")
    retries: int | None = Field(None, ge=0, le=4, description="Failed tries before the node is left by `failed`.")
    timeout_s: float | None = Field(None, ge=2, le=60, description="Silence in seconds before a reprompt.")


@node_kind
class Collect:
    """Asks for one value (date, receipt number, telephone number, yes or no ...) by voice or keys and reads it back.
    `refused` means that the caller does not have it or will not say; `failed` that it could not be understood. For
    `yes_no` the outcomes `yes` and `no` replace `ok`."""

    name = "collect"
    Params = CollectParams
    DEFAULTED: tuple[str, ...] = ()

    def outcomes(self, params: CollectParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return ("yes", "no", "failed") if params.type == "yes_no" else ("ok", "refused", "failed")

    def prompts(self, params: CollectParams) -> tuple[str, ...]:
        keys = [params.prompt, *params.reprompts, params.help]
        if params.read_back == "always" and params.type != "yes_no":
            keys.append(params.confirm_prompt or f"confirm_{params.type}")
        return tuple(keys)

    def enter(self, turn: Any) -> None:
        turn.say(turn.params.prompt)
        self._listen(turn)

    def on(self, event: Any, turn: Any) -> None:
        if turn.params.type == "yes_no":
            return self._on_yes_no(event, turn)
        if "value" in turn.memo:
            return self._on_read_back(event, turn)
        if isinstance(event, ev.DigitsReceived) and event.digits.reveal() == "#":
            return turn.leave("refused")  # the key for "I do not have it"
        self._take(self._read(event, turn), event, turn)

    def _on_yes_no(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer:
            turn.slots[turn.params.slot] = Sensitive(answer)
            return turn.leave(answer)
        self._failed(event, turn)

    def _on_read_back(self, event: Any, turn: Any) -> None:
        answer = yes_no_of(event, turn)
        if answer == "yes":
            turn.slots[turn.params.slot] = Sensitive(turn.memo["value"])
            return turn.leave("ok")
        reading = self._read(event, turn) if isinstance(event, ev.SpeechHeard) else NOTHING
        if reading.status == "ok":
            # "No, the twentieth": the correction comes in the same breath.
            return self._take(reading, event, turn)
        if answer is None:
            return turn.retry("failed", lambda tries: self._read_back(turn, turn.memo["value"]))
        turn.memo.pop("value")
        self._failed(event, turn)

    def _read(self, event: Any, turn: Any) -> Reading:
        kind = SLOTS[turn.params.type]
        if isinstance(event, ev.DigitsReceived):
            return read_keys(kind, event.digits.reveal(), turn.today())
        if isinstance(event, ev.SpeechHeard):
            return kind.spoken(event.text.reveal(), turn.language, turn.today())
        return NOTHING

    def _take(self, reading: Reading, event: Any, turn: Any) -> None:
        if reading.status != "ok":
            if isinstance(event, ev.SpeechHeard) and yes_no_of(event, turn) == "no":
                return turn.leave("refused")
            return self._failed(event, turn)
        if turn.params.read_back == "always":
            return self._read_back(turn, reading.value)
        turn.slots[turn.params.slot] = Sensitive(reading.value)
        turn.leave("ok")

    def _read_back(self, turn: Any, value: str) -> None:
        turn.memo["value"] = value
        secret = Sensitive(value)
        turn.say(turn.params.confirm_prompt or f"confirm_{turn.params.type}", **{turn.params.type: secret})
        turn.listen(expect="yes_no")

    def _failed(self, event: Any, turn: Any) -> None:
        cause = "silence" if isinstance(event, ev.NoInput) else "reprompt"
        turn.retry("failed", lambda tries: self._again(turn, cause, tries))

    def _again(self, turn: Any, cause: str, tries: int) -> None:
        own = turn.params.reprompts
        default = yes_no_again(tries) if turn.params.type == "yes_no" else f"{cause}_value_{min(tries, 2)}"
        turn.say(own[min(tries, len(own)) - 1] if own else default)
        turn.say(turn.params.prompt)
        self._listen(turn)

    def _listen(self, turn: Any) -> None:
        if turn.params.type == "yes_no":
            return turn.listen(expect="yes_no")
        kind = SLOTS[turn.params.type]
        turn.listen(expect=kind.expect, max_digits=kind.max_digits)
