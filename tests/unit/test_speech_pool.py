"""The bounded pool and early recognition, with a recogniser that waits until it is told to go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech.engines import choose, decide
from ivr.speech.pool import RecognizerPool
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.speculation import EarlyTranscriber

pytestmark = pytest.mark.unit
SOUND = np.arange(800, dtype=np.float32)
OTHER = np.ones(900, np.float32)


class Gate:
    """Recognises a sound as its length, once the gate is open."""

    name = "gate"

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.begun = 0
        self.closed = False
        self.error: Exception | None = None

    def languages(self) -> tuple[str, ...]:
        return ("en",)

    def open(self, expectation: Expectation) -> Gate:
        return self

    def accept(self, samples: np.ndarray) -> None:
        self._size = samples.size

    def partial(self) -> str:
        return ""

    def final(self) -> Transcript:
        self.begun += 1
        size = self._size
        assert self.opened.wait(20)
        if self.error:
            raise self.error
        return Transcript(str(size), 1.0, self.name)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


def test_a_sound_becomes_a_text_and_the_loop_stays_free(gate: Gate) -> None:
    async def run() -> str:
        pool = RecognizerPool(gate, threads=1)
        task = asyncio.create_task(pool.transcribe(SOUND, Expectation(), 10))
        while not gate.begun:
            await asyncio.sleep(0)
        gate.opened.set()
        text = (await task).text
        pool.close()
        return text

    assert asyncio.run(run()) == "800" and gate.closed


def test_past_its_capacity_it_refuses_at_once(gate: Gate) -> None:
    async def run() -> None:
        pool = RecognizerPool(gate, threads=1, queue_limit=1)
        waiting = [asyncio.create_task(pool.transcribe(SOUND, Expectation(), 10)) for _ in range(2)]
        await asyncio.sleep(0)
        assert pool.in_flight == 2 and pool.load == 1
        with pytest.raises(Unavailable) as raised:
            await pool.transcribe(SOUND, Expectation(), 10)
        assert raised.value.code == "speech_busy"
        gate.opened.set()
        assert [t.text for t in await asyncio.gather(*waiting)] == ["800", "800"]
        assert (await pool.transcribe(SOUND, Expectation(), 10)).text == "800"
        pool.close()

    asyncio.run(run())


def test_a_hung_engine_times_out_and_keeps_its_place(gate: Gate) -> None:
    async def run() -> None:
        pool = RecognizerPool(gate, threads=1, queue_limit=0)
        with pytest.raises(Unavailable) as late:
            await pool.transcribe(SOUND, Expectation(), 0.01)
        with pytest.raises(Unavailable) as full:
            await pool.transcribe(SOUND, Expectation(), 0.01)
        assert (late.value.code, full.value.code) == ("speech_timeout", "speech_busy")
        gate.opened.set()
        while pool.in_flight:
            await asyncio.sleep(0)
        assert (await pool.transcribe(SOUND, Expectation(), 10)).text == "800"
        pool.close()

    asyncio.run(run())


def test_a_crash_of_the_engine_is_unavailable_and_not_a_crash(gate: Gate) -> None:
    gate.error = RuntimeError("native trouble")
    gate.opened.set()

    async def run() -> str:
        pool = RecognizerPool(gate, threads=1)
        with pytest.raises(Unavailable) as raised:
            await pool.transcribe(SOUND, Expectation(), 10)
        pool.close()
        return raised.value.code

    assert asyncio.run(run()) == "speech_failed"


@pytest.mark.parametrize(("at_end", "resumed", "decodes"), [(SOUND, False, 1), (OTHER, False, 2), (SOUND, True, 2)])
def test_an_early_result_is_used_for_the_same_sound_only(gate: Gate, at_end: np.ndarray, resumed: bool, decodes: int) -> None:
    gate.opened.set()

    async def run() -> str:
        pool = RecognizerPool(gate, threads=1)
        early = EarlyTranscriber(pool)
        early.paused(SOUND, Expectation())
        while gate.begun == 0 or pool.in_flight:
            await asyncio.sleep(0)
        if resumed:
            early.resumed()
        text = (await early.ended(at_end, Expectation(), 10)).text
        pool.close()
        return text

    assert asyncio.run(run()) == str(at_end.size) and gate.begun == decodes


@pytest.mark.parametrize(("resumed", "told"), [(False, ["800"]), (True, [])])
def test_an_early_result_is_told_while_the_caller_is_silent(gate: Gate, resumed: bool, told: list[str]) -> None:
    heard: list[str] = []

    async def run() -> None:
        pool = RecognizerPool(gate, threads=1)
        early = EarlyTranscriber(pool)
        early.paused(SOUND, Expectation(), told=lambda t: heard.append(t.text))
        while gate.begun == 0:
            await asyncio.sleep(0)
        if resumed:
            early.resumed()
        gate.opened.set()
        while pool.in_flight:
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        assert (await early.ended(SOUND, Expectation(), 10)).text == "800"
        pool.close()

    asyncio.run(run())
    assert heard == told


def test_a_busy_pool_begins_nothing_early(gate: Gate) -> None:
    async def run() -> int:
        pool = RecognizerPool(gate, threads=1, queue_limit=1)
        first = asyncio.create_task(pool.transcribe(OTHER, Expectation(), 10))
        await asyncio.sleep(0)
        early = EarlyTranscriber(pool)
        early.paused(SOUND, Expectation())
        await asyncio.sleep(0)
        busy = pool.in_flight
        gate.opened.set()
        await first
        assert (await early.ended(SOUND, Expectation(), 10)).text == "800"
        pool.close()
        return busy

    assert asyncio.run(run()) == 1


def models(folder: Path, *names: str) -> Path:
    for name in names:
        if name == "whisper-base":
            (folder / name).mkdir(parents=True)
            (folder / name / "model.bin").write_bytes(b"x")
        else:
            for part in ("am", "conf"):
                (folder / name / part).mkdir(parents=True)
    return folder


@pytest.mark.parametrize(("installed", "engine", "word"), [
    ((), "twilio", "ivr models fetch whisper"), (("whisper-base",), "whisper", "no Vosk model for en and es"),
    (("whisper-base", "vosk-en"), "whisper", "no Vosk model for es"), (("vosk-en", "vosk-es"), "vosk", "streaming"),
    (("whisper-base", "vosk-en", "vosk-es"), "vosk", "streaming"), (("vosk-en",), "twilio", "no Vosk model for es"),
])
def test_the_automatic_choice_and_its_reason(tmp_path: Path, installed: tuple[str, ...], engine: str, word: str) -> None:
    decision = decide("auto", models(tmp_path, *installed))
    assert decision.name == engine and word in decision.reason


def test_a_set_engine_that_is_not_installed_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match="ivr models fetch whisper"):
        choose("whisper", tmp_path)
    with pytest.raises(ConfigProblem, match="expected auto, vosk, whisper, twilio"):
        choose("siri", tmp_path)


def test_twilio_has_no_local_speech(tmp_path: Path) -> None:
    engine = choose("twilio", tmp_path)
    assert engine.name == "twilio" and engine.local is False  # type: ignore[attr-defined]
    with pytest.raises(Unavailable) as raised:
        engine.open(Expectation())
    assert raised.value.code == "speech_remote" and not raised.value.retryable
