"""The recogniser dies or hangs in the middle of a call: keys and the carrier's own recogniser, in the same turn."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from ivr.demo.audio_call import audio_call
from ivr.speech.recognizer import Expectation, Transcript
from tests.conftest import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.speech]
TUESDAY = datetime.fromisoformat("2026-03-10T10:05:00-04:00")


class Broken:
    """An engine that crashes on every utterance."""

    name = "whisper"

    def open(self, expectation: Expectation) -> Any:
        raise RuntimeError("native code has crashed")

    def close(self) -> None:
        return None


class Hung(Broken):
    """An engine that never comes back (until the test lets it)."""

    def __init__(self) -> None:
        self.released = threading.Event()

    def open(self, expectation: Expectation) -> Any:
        self.released.wait(60)
        return self

    def accept(self, samples: Any) -> None:
        return None

    def final(self) -> Transcript:
        return Transcript("", 0.0, self.name)


@pytest.mark.parametrize("engine", [Broken, Hung])
def test_the_call_goes_on_in_the_same_turn(engine: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_MODELS_DIR", str(ROOT / "var/models"))
    with audio_call(ROOT / "flows/uscis", at=TUESDAY) as call:
        call.begin()
        pool = call.services.recognition
        assert pool is not None
        broken = engine()
        pool.recognizer, whole = broken, pool.recognizer
        try:
            call.take("where is my case")
            assert call.call.leg is None, "the stream was given up"
            assert call.call.gathering, "and the same question asked again through the carrier"
            assert call.services.turns.session(call.call.sid).node == "why"
            turn = call.take("where is my case")
            assert "case stands" in " ".join(s["text"] for s in turn["system"])
            assert "ivr_degraded_total" in call.services.metrics.text().decode()
        finally:
            if isinstance(broken, Hung):
                broken.released.set()
            pool.recognizer = whole
        call.end()
