"""What there is to learn from: phrases with their labels and languages, from a bundle or a file. Pure.

Labels are the bundle's intents, `_oos.<topic>` for its topics that are out of scope, and `_cmd.<command>` for commands said
in other words than the bundle's. A call for a person is the intent of that name where the bundle has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.dialog.decision import COMMAND, OUT_OF_SCOPE
from ivr.flow.model import Bundle

_AGENT = "agent_request"
_COMMANDS = frozenset({"repeat", "main_menu", "help", "goodbye"})
_SWITCH = "switch_"


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    label: str
    language: str
    text: str


def is_out_of_scope(label: str) -> bool:
    return label == OUT_OF_SCOPE or label.startswith(f"{OUT_OF_SCOPE}.")


def is_command(label: str) -> bool:
    return label.startswith(COMMAND)


def phrases_of(bundle: Bundle) -> tuple[Phrase, ...]:
    """All of them, in an order that does not depend on the files' order. A phrase that is given to one label in two languages
    counts once."""
    found: dict[tuple[str, str], Phrase] = {}
    for phrase in sorted(set(_all(bundle))):
        found.setdefault((phrase.label, phrase.text), phrase)
    return tuple(found.values())


def _all(bundle: Bundle) -> Iterator[Phrase]:
    for intent in bundle.intents.values():
        yield from _each(intent.id, intent.phrases)
    for name, topic in bundle.out_of_scope.items():
        yield from _each(f"{OUT_OF_SCOPE}.{name}", topic.phrases)
    if bundle.intents:
        for name, lists in bundle.commands.items():
            if name == _AGENT and _AGENT in bundle.intents:
                yield from _each(_AGENT, lists)
            elif name in _COMMANDS or name.startswith(_SWITCH):
                yield from _each(f"{COMMAND}{name}", lists)


def _each(label: str, by_language: Mapping[str, Iterable[str]]) -> Iterator[Phrase]:
    for language, texts in by_language.items():
        yield from (Phrase(label, language, text) for text in texts)
