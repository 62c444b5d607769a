"""The recogniser dies or hangs in the middle of a call: keys and the carrier's own recogniser, in the same turn."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from ivr.demo.audio_call import AudioCall, audio_call
from ivr.speech.recognizer import Expectation, Transcript
from ivr.speech.recognizer_process import RecognizerProcess
from tests.conftest import ROOT
from tests.live.server import LiveServer
from tests.live.talk import Talk

pytestmark = [pytest.mark.faults, pytest.mark.speech]
PLAIN = "I never got my green card"
"""Heard alike wherever it begins; "where is my case" is a cave now and then."""
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


def engine_of(call: AudioCall) -> RecognizerProcess:
    pool = call.services.recognition
    assert pool is not None and isinstance(pool.recognizer, RecognizerProcess)
    return pool.recognizer


def strike(engine: RecognizerProcess, when: Callable[[], bool]) -> threading.Thread:
    """Kill the recogniser as soon as `when` holds."""
    def wait_and_kill() -> None:
        pause = threading.Event()
        while not when():
            pause.wait(0.002)
        pid = engine.pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=wait_and_kill, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(("how", "why"), [("stopped", "hung"), ("killed before", ""), ("killed at work", "died")])
def test_a_recogniser_that_hangs_or_dies_in_a_call(how: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real process, really stopped or killed: same turn, no silence, and recognition is back for the next call."""
    monkeypatch.setenv("IVR_MODELS_DIR", str(ROOT / "var/models"))
    with audio_call(ROOT / "flows/uscis", at=TUESDAY) as call:
        call.begin()
        engine, pool = engine_of(call), call.services.recognition
        assert pool is not None and engine.pid is not None
        first = engine.pid
        if how != "killed at work":
            os.kill(first, signal.SIGSTOP if how == "stopped" else signal.SIGKILL)
        else:
            strike(engine, lambda: pool.in_flight > 0)
        turn = call.take(PLAIN)
        if how == "killed before":  # back within a second or so: the caller may not have noticed anything
            assert turn["system"]
        else:
            assert call.call.leg is None and call.call.gathering, "the same question again, by keys and the carrier"
            assert call.services.turns.session(call.call.sid).node == "why"
        turn = call.take(PLAIN) if call.call.leg is None else turn
        assert turn["understood"]["intent"] == "non_delivery"
        assert engine.wait_usable(30) and engine.pid != first
        assert engine.restarts >= 1 and (not why or f'restarts_total{{why="{why}"}}' in call.services.metrics.text().decode())
        call.end()


def recogniser_of(server: LiveServer) -> int:
    """The server's recogniser process, found as an operator would: the child with that command line."""
    assert server.process is not None
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if "recognizer_worker" in Path(f"/proc/{child}/cmdline").read_text():
                return int(child)
    raise AssertionError("no recogniser process")


def ended(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(what: Callable[[], bool], timeout_s: float = 15) -> bool:
    pause = threading.Event()
    for _ in range(int(timeout_s / 0.02)):
        if what():
            return True
        pause.wait(0.02)
    return what()


@pytest.mark.parametrize("stopped", [False, True])
def test_the_recogniser_does_not_outlive_a_killed_server(new_server: Callable[..., LiveServer], stopped: bool) -> None:
    server = new_server()
    pid = recogniser_of(server)
    if stopped:
        os.kill(pid, signal.SIGSTOP)
    server.kill()
    assert wait_until(lambda: ended(pid))


def hears(server: LiveServer) -> bool:
    return requests.get(f"{server.url}/readyz", timeout=5).json().get("speech") == "ok"


def understood(server: LiveServer, speak: Callable[..., bytes], number: str) -> bool:
    """A whole call by voice; False when it went on by keys, since the next recogniser was still loading."""
    talk = Talk(server.carrier, speak, from_=number)
    talk.listen()
    talk.say("I never got my green card")
    if talk.leg.is_closed:
        return False
    talk.say("yes please")
    found = server.ledger.wait_until(lambda x: any(s.to == number for s in x.sms), 15)
    talk.leg.hangup()
    return found


def test_a_second_call_is_understood_again(new_server: Callable[..., LiveServer], speak: Callable[..., bytes]) -> None:
    """The recogniser is killed under one caller; the next caller speaks to its successor, in the same server."""
    server = new_server()
    talk = Talk(server.carrier, speak, from_="+12025550161")
    talk.listen()
    first = recogniser_of(server)
    os.kill(first, signal.SIGSTOP)
    talk.leg.play_mulaw(speak("I never got my green card"))
    assert talk.call.finish_stream(30) and talk.call.gathering
    assert wait_until(lambda: ended(first))
    talk.call.say("I never got my green card")
    assert not talk.call.ended, "the call goes on"
    assert wait_until(lambda: hears(server)), "it says so when it hears again"
    assert any(understood(server, speak, f"+1202555017{n}") for n in range(5)), "recognition is back within a few calls"
    last = recogniser_of(server)
    assert last != first and server.stop() == 0 and ended(last)
