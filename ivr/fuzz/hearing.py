"""What a call would have recognised and understood of a sound at its opening question: its own ear, recogniser, hints, bands.

Called by `ivr nlu fuzz` and the benchmark of spoken sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivr.dialog.decision import Bands, decide
from ivr.flow.model import Bundle
from ivr.fuzz.damage import Hear, Line, Understand, Understood
from ivr.fuzz.sentences import Sentence
from ivr.nlu.base import IntentModel
from ivr.speech.listener import CallListener, UtteranceEnded
from ivr.speech.recognizer import Expectation, Recognizer
from ivr.speech.vocabulary import likely_phrases
from ivr.testing.babble import babble
from ivr.testing.speakers import babblers, speakers

_ROOM_S = 30
END_SILENCE_MS = 600


def line_for(languages: Sequence[str], models_dir: Path, snr_db: float, loss: float, seed: int) -> Line:
    """All installed voices of these languages, and a room in which others talk."""
    return Line({lang: tuple(speakers(lang, models_dir).values()) for lang in languages},
                {lang: babble(babblers(lang), _ROOM_S * 8000, seed) for lang in languages}, snr_db, loss)


def ear(bundle: Bundle, engine: Recognizer) -> Hear:
    """The first text that a call would have taken for an answer."""
    hints = {lang: likely_phrases(bundle, lang) for lang in bundle.languages}

    def hear(sound: bytes, language: str) -> str:
        listener = CallListener(end_silence_ms=END_SILENCE_MS)
        for event in listener.feed(sound) + listener.flush():
            if isinstance(event, UtteranceEnded):
                utterance = engine.open(Expectation(language, "text", hints[language]))
                utterance.accept(event.samples)
                if text := utterance.final().text:
                    return text
        return ""

    return hear


def understanding(bundle: Bundle, model: IntentModel) -> Understand:
    """What the opening question makes of a text, the bundle's own bands included."""
    def understand(text: str, language: str) -> Understood:
        said = model.classify(text, language)
        best = said.ranking[0]
        return Understood(best.intent, decide(best, said.decision, Bands.of(bundle.intents.get(best.intent))), said.offered)

    return understand


def one_each(sentences: Sequence[Sentence]) -> list[Sentence]:
    """The first sentence of every intent in every language."""
    return list({(s.language, s.intent): s for s in reversed(sentences)}.values())[::-1]
