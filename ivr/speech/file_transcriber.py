"""A recording through the same ear as a call: mu-law at 8 kHz, tones out, voice detector, endpointing, recogniser.

Called by `ivr transcribe` and the recognition benchmark, so that what they show is what a caller gets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ivr.speech import mulaw
from ivr.speech.listener import CallListener, UtteranceEnded
from ivr.speech.recognizer import Expectation, Recognizer, Transcript
from ivr.speech.resample import to_8k
from ivr.speech.wav import Audio

END_SILENCE_MS = 1000
"""Longer than on a call: nobody waits for a file, and a sentence cut in two is understood less well."""


@dataclass(frozen=True, slots=True)
class FileTranscript:
    text: str = field(repr=False)
    """All utterances joined by a space (digits: joined without)."""
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
    text = ("" if expectation.form == "digits" else " ").join(t.text for _, t in said)
    return FileTranscript(text, round(confidence, 4), speech_ms, round(1000 * (time.process_time() - cpu), 1),
                          recognizer.name)


def _recognise(recognizer: Recognizer, ended: UtteranceEnded, expectation: Expectation) -> Transcript:
    utterance = recognizer.open(expectation)
    utterance.accept(ended.samples)
    return utterance.final()
