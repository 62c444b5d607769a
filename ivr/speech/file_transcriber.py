"""A recording through the same ear as a call: mu-law at 8 kHz, tones out, voice detector, endpointing, recogniser.

Called by `ivr transcribe` and the recognition benchmark, so that what they show is what a caller gets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ivr.speech import forms, mulaw
from ivr.speech.listener import CallListener, UtteranceEnded
from ivr.speech.recognizer import Expectation, Recognizer, Transcript
from ivr.speech.resample import to_8k
from ivr.speech.wav import Audio

END_SILENCE_MS = 1000
"""Longer than on a call: nobody waits for a file, and a sentence cut in two is understood less well."""
EXACT_FORMS = frozenset({"receipt"})
"""Forms of which only a whole value is told: half a receipt number is worth nothing to who asked for one."""


@dataclass(frozen=True, slots=True)
class FileTranscript:
    text: str = field(repr=False)
    """All utterances joined by a space (digits: joined without). Where a receipt number is expected, that number or nothing."""
    confidence: float
    """Mean of the utterances, weighted by their length; 0 without speech."""
    speech_ms: int
    cpu_ms: float
    """CPU time of this process for the whole file."""
    engine: str


def transcribe_audio(audio: Audio, recognizer: Recognizer, expectation: Expectation) -> FileTranscript:
    """What is said in a recording. Needs a recogniser that works on this machine."""
    cpu = time.process_time()
    listener = CallListener(end_silence_ms=END_SILENCE_MS)
    payload = mulaw.encode(to_8k(audio.samples, audio.rate_hz))
    ended = [e for e in listener.feed(payload) + listener.flush() if isinstance(e, UtteranceEnded)]
    heard = [(e.speech_ms, _recognise(recognizer, e, expectation)) for e in ended]
    said = [(ms, t) for ms, t in heard if t.text]
    speech_ms = sum(ms for ms, _ in heard)
    weight = sum(ms for ms, _ in said)
    confidence = sum(ms * t.confidence for ms, t in said) / weight if weight else 0.0
    text = _text([t for _, t in said], expectation)
    return FileTranscript(text, round(confidence, 4), speech_ms, round(1000 * (time.process_time() - cpu), 1),
                          recognizer.name)


def _text(said: list[Transcript], expectation: Expectation) -> str:
    if expectation.form == "digits":
        return "".join(t.text for t in said)
    whole = " ".join(t.text for t in said)
    if expectation.form not in EXACT_FORMS:
        return whole
    # A slow caller's number may be cut in two; a quick one's may come with a sentence before it.
    readings = [whole, *(r for t in said for r in (t.text, *t.alternatives))]
    values = (forms.value(expectation.form, r, expectation.language) for r in readings)
    return next((v for v in values if v), "")


def _recognise(recognizer: Recognizer, ended: UtteranceEnded, expectation: Expectation) -> Transcript:
    utterance = recognizer.open(expectation)
    utterance.accept(ended.samples)
    return utterance.final()
