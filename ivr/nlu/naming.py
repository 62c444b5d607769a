"""What `ivr nlu classify` calls an answer: the bundle's intents by their ids, everything else by plain names. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.dialog.decision import ACCEPT, COMMAND, REJECT, Bands, decide
from ivr.dialog.events import Classification
from ivr.dialog.lexicon import command_in, fillers, says_one_of
from ivr.dialog.yes_no import said as said_yes_or_no
from ivr.flow.model import Bundle
from ivr.nlu.phrases import is_out_of_scope

NOT_OURS = "out_of_scope"
_SWITCHES = {"switch_en": "english", "switch_es": "spanish"}
_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Named:
    intent: str
    decision: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()


def exact(bundle: Bundle, text: str, language: str) -> Named | None:
    """A yes, a no or a command in just the bundle's words; the calls read these before they ask a model."""
    drop = fillers(bundle, language)
    for answer in ("yes", "no"):
        if says_one_of(text, bundle.commands.get(answer, {}).get(language, ()), drop):
            return Named(answer, ACCEPT, 1.0)
    command = command_in(bundle, text, language)
    return Named(_command(command), ACCEPT, 1.0) if command else None


def named(bundle: Bundle, text: str, language: str, said: Classification) -> Named:
    """What a call would make of the model's answer, the bundle's own bands included."""
    best = said.ranking[0]
    decision = decide(best, said.decision, Bands.of(bundle.intents.get(best.intent)))
    if decision != ACCEPT and (answer := said_yes_or_no(bundle, text, language)):
        return Named(answer, ACCEPT, 1.0)
    rest = [(_name(h.intent), round(h.probability, 4)) for h in said.ranking]
    if decision == REJECT:
        sure = best.probability if is_out_of_scope(best.intent) else 1 - best.probability
        return Named(NOT_OURS, REJECT, round(sure, 4), tuple(r for r in rest if r[0] != NOT_OURS)[:_ALTERNATIVES])
    return Named(rest[0][0], decision, rest[0][1], tuple(rest[1:_ALTERNATIVES + 1]))


def _name(label: str) -> str:
    if is_out_of_scope(label):
        return NOT_OURS
    return _command(label.removeprefix(COMMAND)) if label.startswith(COMMAND) else label


def _command(name: str) -> str:
    return name if name == "agent_request" else f"cmd_{_SWITCHES.get(name, name)}"
