"""`menu`: at most five keyed choices, by key or by voice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ivr.dialog import events as ev
from ivr.dialog.decision import ACCEPT, Bands, decide
from ivr.dialog.lexicon import fillers, says_one_of
from ivr.flow.registry import Params, node_kind

_END_SILENCE_MS = 500
"""A choice is a word or two, said without a pause."""


class Choice(Params):
    id: str = Field(description="Name of the choice; it is an outcome.")
    key: str = Field(pattern=r"^[1-9]$", description="Key that chooses it, quoted: \"1\" to \"9\" (0, * and # are reserved).")
    intents: tuple[str, ...] = Field((), description="Intents that choose it when spoken.")
    words: str | None = Field(None, description="Name of a word list in intents/<lang>.yaml that chooses it when spoken.")


class MenuParams(Params):
    prompt: str = Field(description="Prompt key that reads the choices, action before key.")
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=5, description="At most five choices.")
    reprompts: tuple[str, ...] = Field((), description="Prompt keys for the second and third try.")
    help: str = Field("help", description="Prompt key spoken when the caller asks for help.")
    retries: int | None = Field(None, ge=0, le=4, description="Failed tries before the node is left.")
    timeout_s: float | None = Field(None, ge=2, le=60, description="Silence in seconds before a reprompt.")


@node_kind
class Menu:
    """Reads up to five choices; the caller presses the key or says the choice."""

    name = "menu"
    Params = MenuParams
    DEFAULTED = ("silence", "no_match")

    def outcomes(self, params: MenuParams, flows: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(c.id for c in params.choices) + self.DEFAULTED

    def prompts(self, params: MenuParams) -> tuple[str, ...]:
        return (params.prompt, *params.reprompts, params.help)

    def enter(self, turn: Any) -> None:
        turn.say(turn.params.prompt)
        turn.listen(hints=self._hints(turn), end_silence_ms=_END_SILENCE_MS)

    def on(self, event: Any, turn: Any) -> None:
        choice = self._choice(event, turn)
        if choice:
            return turn.leave(choice)
        cause = "silence" if isinstance(event, ev.NoInput) else "no_match"
        turn.retry(cause, lambda tries: self._again(turn, cause, tries))

    def _choice(self, event: Any, turn: Any) -> str | None:
        if isinstance(event, ev.DigitsReceived):
            return next((c.id for c in turn.params.choices if c.key == event.digits.reveal()), None)
        if not isinstance(event, ev.SpeechHeard):
            return None
        if named := self.named(event, turn):
            return named
        top = event.ranking[0] if event.ranking else None
        own = turn.bundle.intents.get(top.intent) if top else None
        if top and decide(top, event.decision, Bands.of(own, turn.root.defaults.confidence)) == ACCEPT:
            return next((c.id for c in turn.params.choices if top.intent in c.intents), None)
        return None

    def named(self, event: ev.SpeechHeard, turn: Any) -> str | None:
        """The choice whose own words were said, without asking what else they might mean."""
        for choice in turn.params.choices:
            lists = turn.bundle.words.get(choice.words or "", {}).get(turn.language, ())
            if says_one_of(event.text.reveal(), lists, fillers(turn.bundle, turn.language)):
                return choice.id
        return None

    def _hints(self, turn: Any) -> tuple[str, ...]:
        lists = (turn.bundle.words.get(c.words or "", {}).get(turn.language, ()) for c in turn.params.choices)
        return tuple(p for phrases in lists for p in phrases)

    def _again(self, turn: Any, cause: str, tries: int) -> None:
        own = turn.params.reprompts
        prefix = "silence" if cause == "silence" else "reprompt"
        turn.say(own[min(tries, len(own)) - 1] if own else f"{prefix}_value_{min(tries, 2)}")
        turn.say(turn.params.prompt)
        turn.listen(hints=self._hints(turn), end_silence_ms=_END_SILENCE_MS)
