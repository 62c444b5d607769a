"""Kinds that take an answer to an open or keyed question: ask, menu. Pure."""

from __future__ import annotations

from ivr.proof.place import Place
from ivr.proof.rules.registry import rule


@rule("ask")
def ask(place: Place) -> None:
    params = place.params
    place.go(place.enter, place.waiting("ask"), "said", says=[params.prompt])
    for tries in range(place.retries + 1):
        asked, doubtful = place.waiting("ask", tries), place.waiting("confirm", tries)
        _taken(place, asked, "intent")
        place.go(asked, doubtful, "doubt", says=["confirm_intent", "confirm_two_intents"])
        place.retry("ask", tries, "silence", "silence")
        place.retry("ask", tries, "no_match", "unclear")
        place.leave(asked, "no_match", "any_key")
        if params.language_keys:
            place.go(asked, asked, "language_key", says=[params.prompt])
        # A doubtful intent is taken on a yes; whatever else is said instead is heard as a new answer.
        _taken(place, doubtful, "intent")
        place.go(doubtful, doubtful, "doubt")
        for event in ("no", "silence"):
            place.retry("confirm", tries, "no_match", event, to_stage="ask")


def _taken(place: Place, source: int, event: str) -> None:
    for intent in (i for i in place.bundle.intents if i in place.node.to):
        place.leave(source, intent, event, intent)
    others = set(place.bundle.intents) - set(place.node.to)
    if others:
        place.leave(source, "other", event, min(others))


@rule("menu")
def menu(place: Place) -> None:
    place.go(place.enter, place.waiting("menu"), "said", says=[place.params.prompt])
    for tries in range(place.retries + 1):
        asked = place.waiting("menu", tries)
        for choice in place.params.choices:
            place.leave(asked, choice.id, "key", choice.key)
        place.retry("menu", tries, "silence", "silence", says=[place.params.prompt])
        place.retry("menu", tries, "no_match", "unclear", says=[place.params.prompt])
