"""What the intent model makes of an utterance, asked once a text. Called by `play`, for every run of a suite.

The model is the bundle's own, as the runtime would train it; a text that ten variants speak is classified once.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

from ivr.dialog import events as ev
from ivr.dialog import relay
from ivr.dialog.session import Session

KEPT = 5
"""Readings that the runtime puts into the event."""


class IntentModel(Protocol):
    def classify(self, text: str, language: str) -> ev.Classification: ...


class Rankings:
    def __init__(self, model: IntentModel):
        self._model = model
        self._known: dict[tuple[str, str], ev.Classification] = {}
        self.asked = 0
        """Times the model was really asked."""

    def understood(self, event: ev.Event, session: Session) -> ev.Event:
        """The event with the model's ranking where the runtime puts one in."""
        listen = session.last_listen
        if not isinstance(event, ev.SpeechHeard) or event.ranking or listen is None or not listen.ranked:
            return event
        words = relay.plain(event, session).text.reveal()
        if not words:
            return event
        said = self.of(words, session.language)
        return dataclasses.replace(event, ranking=said.ranking[:KEPT], decision=said.decision, offered=said.offered,
                                   language=event.language or session.language)

    def of(self, text: str, language: str) -> ev.Classification:
        known = self._known.get((text, language))
        if known is None:
            self.asked += 1
            known = self._known[text, language] = self._model.classify(text, language)
        return known
