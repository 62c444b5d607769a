"""`ask`: an open question, answered in the caller's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import events as ev
from ivr.dialog.yes_no import yes_no_of
from ivr.flow.registry import Params, node_kind


class AskParams(Params):
    prompt: str = Field(description="Prompt key of the question.")
    intents: tuple[str, ...] = Field(min_length=1, description="Intents that this question takes; each is an outcome.")
    reprompts: tuple[str, ...] = Field((), description="Prompt keys for the second and third try; default: reprompt_1, reprompt_2.")
    help: str = Field("help", description="Prompt key spoken when the caller asks for help.")
    accept: float | None = Field(None, ge=0, le=1, description="Probability at which an intent is taken without a question.")
    confirm: float | None = Field(None, ge=0, le=1, description="Probability from which 'did you want ...?' is asked.")
    language_keys: dict[str, str] = Field(
        default_factory=dict, description="Key -> language: what this question's greeting offers, such as \"2\": es.")
    retries: int | None = Field(None, ge=0, le=4, description="Failed tries before the node is left.")
    timeout_s: float | None = Field(None, ge=2, le=60, description="Silence in seconds before a reprompt.")


@node_kind
class Ask:
    """Asks an open question and listens for an intent. A sure answer is taken, a doubtful one confirmed, anything
    else is asked again in other words; after the last try the call goes on by keys. Any key pressed leads to the keys
    at once. The outcomes `other`, `silence`, `no_match`, `help` and `agent_request` have built-in meanings."""

    name = "ask"
    Params = AskParams
    DEFAULTED = ("other", "silence", "no_match", "help", "agent_request")

    def outcomes(self, params: AskParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        own = tuple(i for i in params.intents if i not in self.DEFAULTED)
        return own + self.DEFAULTED

    def prompts(self, params: AskParams) -> tuple[str, ...]:
        return (params.prompt, *params.reprompts, params.help)

    def enter(self, turn: Any) -> None:
        turn.say(turn.params.prompt)
        self._listen(turn)

    def on(self, event: Any, turn: Any) -> None:
        doubtful = turn.memo.pop("confirming", None)
        if doubtful:
            answer = yes_no_of(event, turn)
            if answer == "yes":
                return self._take(doubtful, turn)
            if answer == "no" or not isinstance(event, ev.SpeechHeard):
                return self._failed("no_match", turn)
        if isinstance(event, ev.NoInput):
            return self._failed("silence", turn)
        if isinstance(event, ev.DigitsReceived):
            language = turn.params.language_keys.get(event.digits.reveal())
            if language:
                return self._in(language, turn)
            # Whoever presses a key at an open question wants keys.
            return turn.leave("no_match")
        self._heard(event, turn)

    def _in(self, language: str, turn: Any) -> None:
        """The caller chose a language by key: ask again in it; this is not a failed try."""
        if language in turn.bundle.languages and language != turn.language:
            turn.put(language=language)
            turn.say("language_switched")
        turn.say(turn.params.prompt)
        self._listen(turn)

    def _heard(self, event: ev.SpeechHeard, turn: Any) -> None:
        best = event.ranking[0] if event.ranking else None
        if best is None or best.intent.startswith("_"):
            return self._failed("no_match", turn)
        accept, confirm = self._bands(best.intent, turn)
        if best.probability >= accept:
            return self._take(best.intent, turn)
        if best.probability >= confirm and best.intent in turn.bundle.intents:
            turn.memo["confirming"] = best.intent
            name = turn.bundle.intents[best.intent].name
            turn.say("confirm_intent", intent=name.get(turn.language, best.intent))
            return turn.listen(expect="yes_no", ranked=True)  # "no, I want to ..." is an answer too
        self._failed("no_match", turn)

    def _bands(self, intent: str, turn: Any) -> tuple[float, float]:
        """Accept and confirm thresholds: the intent's own, else the node's, else the flow's."""
        own, node, flow = turn.bundle.intents.get(intent), turn.params, turn.root.defaults.confidence
        accept = next(v for v in (own and own.accept, node.accept, flow.accept) if v is not None)
        confirm = next(v for v in (own and own.confirm, node.confirm, flow.confirm) if v is not None)
        return accept, confirm

    def _take(self, intent: str, turn: Any) -> None:
        turn.leave(intent if intent in turn.node.to else "other")

    def _failed(self, cause: str, turn: Any) -> None:
        turn.retry(cause, lambda tries: self._again(turn, cause, tries))

    def _again(self, turn: Any, cause: str, tries: int) -> None:
        own = turn.params.reprompts
        prefix = "silence" if cause == "silence" else "reprompt"
        turn.say(own[min(tries, len(own)) - 1] if own else f"{prefix}_{min(tries, 2)}")
        self._listen(turn)

    def _listen(self, turn: Any) -> None:
        names = (turn.bundle.intents[i].name.get(turn.language, "") for i in turn.params.intents if i in turn.bundle.intents)
        turn.listen(hints=tuple(n for n in names if n))
