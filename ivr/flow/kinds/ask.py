"""`ask`: an open question, answered in the caller's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import events as ev
from ivr.dialog.decision import ACCEPT, CONFIRM, REJECT, Bands, decide, topic_of
from ivr.dialog.lexicon import says_one_of
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
    """Asks an open question and listens for an intent. A sure answer is taken, a doubtful one confirmed, a topic that is
    out of scope is answered with whom to ask instead, and anything else is asked again in other words; after the last
    try the call goes on by keys. Any key pressed leads to the keys at once. The outcomes `other`, `silence`,
    `no_match`, `help` and `agent_request` have built-in meanings."""

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

    def resume(self, turn: Any) -> bool:
        """Ask again about what was doubtful, in the language that the call is in now."""
        doubtful = tuple(turn.memo.get("confirming", "").split())
        if doubtful:
            self._confirm(doubtful, turn)
        return bool(doubtful)

    def on(self, event: Any, turn: Any) -> None:
        doubtful = tuple(turn.memo.pop("confirming", "").split())
        if doubtful:
            chosen = _chosen(doubtful, event, turn)
            if chosen:
                return self._take(chosen, turn)
            if not isinstance(event, ev.SpeechHeard) or (yes_no_of(event, turn) and not self._corrects(doubtful, event, turn)):
                return self._failed("no_match", turn)
        if isinstance(event, ev.NoInput):
            return self._failed("silence", turn)
        if isinstance(event, ev.DigitsReceived):
            language = turn.params.language_keys.get(event.digits.reveal())
            if language:
                return self._in(language, turn)
            # Whoever presses a key at an open question wants keys.
            return turn.leave("no_match")
        self._heard(event, turn, in_doubt=bool(doubtful))

    def _in(self, language: str, turn: Any) -> None:
        """The caller chose a language by key: ask again in it; this is not a failed try."""
        if language in turn.bundle.languages and language != turn.language:
            turn.put(language=language)
            turn.say("language_switched")
        turn.say(turn.params.prompt)
        self._listen(turn)

    def _heard(self, event: ev.SpeechHeard, turn: Any, *, in_doubt: bool) -> None:
        best, verdict = _understood(event, turn)
        if verdict == ACCEPT:
            return self._take(best, turn)
        if verdict == CONFIRM and best in turn.bundle.intents:
            return self._confirm(tuple(i for i in event.offered if i in turn.bundle.intents)[:2] or (best,), turn)
        topic = turn.bundle.out_of_scope.get(topic_of(event.ranking))
        if topic and topic.answer:
            return self._answer(topic.answer, turn, in_doubt=in_doubt)
        self._failed("no_match", turn)

    def _corrects(self, doubtful: tuple[str, ...], event: ev.SpeechHeard, turn: Any) -> bool:
        """"No, my address": a no, and plainly another wish in the same breath."""
        best, verdict = _understood(event, turn)
        bare = (w for answer in ("yes", "no") for w in turn.bundle.commands.get(answer, {}).get(turn.language, ()))
        return verdict == ACCEPT and best not in doubtful and not says_one_of(event.text.reveal(), bare)

    def _confirm(self, intents: tuple[str, ...], turn: Any) -> None:
        """Did you want this, or: this or that?"""
        turn.memo["confirming"] = " ".join(intents)
        names = [turn.bundle.intents[i].name.get(turn.language, i) for i in intents]
        if len(names) == 1:
            turn.say("confirm_intent", intent=names[0])
        else:
            turn.say("confirm_two_intents", intent=names[0], other=names[1])
        turn.listen(expect="yes_no", ranked=True)  # "no, I want to ..." is an answer too

    def _answer(self, prompt: str, turn: Any, *, in_doubt: bool) -> None:
        """Something that this service does not do, and whom to call instead; then the question again."""
        if in_doubt:
            turn.say(prompt)
            return self._failed("no_match", turn)
        if turn.aside():
            turn.say(prompt)
            turn.say(turn.params.prompt)
            self._listen(turn)

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


def _understood(event: ev.SpeechHeard, turn: Any) -> tuple[str, str]:
    """The likeliest reading, and whether it is taken. Topics out of scope and commands are never an answer."""
    best = event.ranking[0] if event.ranking else None
    if best is None or best.intent.startswith("_"):
        return "", REJECT
    own = turn.bundle.intents.get(best.intent)
    return best.intent, decide(best, event.decision, Bands.of(own, turn.params, turn.root.defaults.confidence))


def _chosen(doubtful: tuple[str, ...], event: Any, turn: Any) -> str | None:
    """The intent that the answer to "did you want ...?" takes, or None."""
    if len(doubtful) == 1:
        return doubtful[0] if yes_no_of(event, turn) == "yes" else None
    if isinstance(event, ev.DigitsReceived):
        return dict(zip("12", doubtful, strict=True)).get(event.digits.reveal())
    if not isinstance(event, ev.SpeechHeard):
        return None
    for word, intent in zip(("first", "second"), doubtful, strict=True):
        if says_one_of(event.text.reveal(), turn.bundle.commands.get(word, {}).get(turn.language, ())):
            return intent
    best = event.ranking[0].intent if event.ranking else ""
    return best if best in doubtful else None
