"""The recogniser's own process, with a pretended engine in a real process: it answers, fails, hangs, dies and comes back."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ConfigProblem, Unavailable
from ivr.speech.pool import RecognizerPool
from ivr.speech.process_frames import expectation_from, read_frame, write_frame
from ivr.speech.recognizer import Expectation
from ivr.speech.recognizer_process import RecognizerProcess

pytestmark = pytest.mark.unit

# The real worker around an engine that answers with the number of samples; the form tells it how to misbehave.
_WORKER = """
import sys, time
from ivr.errors import ConfigProblem
from ivr.speech import recognizer_worker as worker
from ivr.speech.recognizer import Transcript

class Engine:
    name = "pretended"
    def languages(self): return ("en",)
    def open(self, expectation):
        self.form = expectation.form
        return self
    def accept(self, samples): self.size = samples.size
    def final(self):
        if self.form == "crash": raise ValueError("native")
        print("native code prints to standard output")
        return Transcript(f"{self.size}", 1.0, self.name)
    def close(self): pass

def choose(setting, models):
    if setting == "broken": raise ConfigProblem("no model", hint="fetch one", code="model_missing")
    return Engine()

worker.choose = choose
sys.exit(worker.main(sys.argv[1], "."))
"""


def start(how: str = "good") -> list[str]:
    return [sys.executable, "-c", _WORKER, how]


@pytest.fixture
def made() -> Iterator[Callable[..., RecognizerProcess]]:
    processes: list[RecognizerProcess] = []

    def make(told: list[str]) -> RecognizerProcess:
        processes.append(RecognizerProcess(start(), on_restart=told.append))
        return processes[-1]

    yield make
    for each in processes:
        each.close()


def ask(process: RecognizerProcess, form: str = "text", size: int = 800) -> str:
    utterance = process.open(Expectation("en", form))
    utterance.accept(np.zeros(size, np.float32))
    return utterance.final().text


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_answers_for_its_engine(made: Callable[..., RecognizerProcess]) -> None:
    process = made([])
    assert (process.name, process.languages(), process.usable) == ("pretended", ("en",), True)
    assert [ask(process, size=n) for n in (0, 800, 100_000)] == ["0", "800", "100000"]
    with pytest.raises(ConfigProblem):
        process.open(Expectation("xx"))


def test_requests_of_several_threads_do_not_mix(made: Callable[..., RecognizerProcess]) -> None:
    process, found = made([]), {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: ask(process, size=n)})) for n in range(1, 20)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found.keys() == set(range(1, 20))


def test_a_crash_in_the_engine_ends_one_request_only(made: Callable[..., RecognizerProcess]) -> None:
    process = made([])
    with pytest.raises(Unavailable) as raised:
        ask(process, "crash")
    assert raised.value.code == "speech_failed" and ask(process) == "800" and process.restarts == 0


@pytest.mark.parametrize(("sent", "why"), [(signal.SIGKILL, "died"), (signal.SIGSTOP, "hung")])
def test_it_comes_back_after(made: Callable[..., RecognizerProcess], sent: signal.Signals, why: str) -> None:
    told: list[str] = []
    process = made(told)
    first = process.pid
    assert first is not None
    os.kill(first, sent)
    with pytest.raises(Unavailable) as raised:
        ask(process, size=200_000)  # more than a pipe holds: the writer is stuck until the watchdog acts
        ask(process)
    assert raised.value.code == "speech_down"
    # A pipe that broke and the end of the process that had it are two news, the second some milliseconds later.
    assert any(told or threading.Event().wait(0.01) for _ in range(3000)), "nobody noticed"
    assert process.wait_usable(30) and ask(process) == "800"
    assert told == [why] and process.restarts == 1 and process.pid != first and gone(first)


def test_what_it_cannot_load_is_said_with_the_engines_words() -> None:
    with pytest.raises(ConfigProblem) as raised:
        RecognizerProcess(start("broken"))
    assert (raised.value.message, raised.value.hint, raised.value.code) == ("no model", "fetch one", "model_missing")


def test_a_command_that_is_no_recogniser_is_said() -> None:
    with pytest.raises(Unavailable, match="ended while it was loading"):
        RecognizerProcess([sys.executable, "-c", "pass"])


@pytest.mark.parametrize("sent", [None, signal.SIGINT, signal.SIGTERM, signal.SIGSTOP])
def test_closing_leaves_no_process(made: Callable[..., RecognizerProcess], sent: signal.Signals | None) -> None:
    process = made([])
    pid = process.pid
    assert pid is not None
    if sent is not None:
        os.kill(pid, sent)
    if sent in (signal.SIGINT, signal.SIGTERM):
        assert ask(process) == "800", "a signal meant for the server does not take the recogniser from its calls"
    process.close()
    assert gone(pid) and not process.usable


def test_the_pool_knows_whether_it_is_of_use(made: Callable[..., RecognizerProcess]) -> None:
    process = made([])
    pool = RecognizerPool(process, threads=1)
    assert pool.usable
    pool.close()
    assert not pool.usable


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())), st.binary(max_size=2000), st.integers(0, 3000))
def test_frames_come_out_as_they_went_in(head: dict, body: bytes, cut: int) -> None:  # type: ignore[type-arg]
    sink = io.BytesIO()
    write_frame(sink, head, body)
    whole = sink.getvalue()
    assert read_frame(io.BytesIO(whole)) == (head, body)
    if cut < len(whole):
        assert read_frame(io.BytesIO(whole[:cut])) is None


def test_an_expectation_survives_the_way() -> None:
    import dataclasses
    import json

    wanted = Expectation("es", "receipt", ("a", "b"), ("en",))
    assert expectation_from(json.loads(json.dumps(dataclasses.asdict(wanted)))) == wanted
