"""Parts of a call on a media stream that need no sound: who waits, who is asked for patience, which key was pressed before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ivr.dialog import actions as act
from ivr.web import filler as fillers
from ivr.web.call_tasks import CallTasks
from ivr.web.filler import Filler
from ivr.web.input_timer import InputTimer
from ivr.web.keys_pressed import SAME_KEY_S, KeysPressed
from ivr.web.open_question import OpenQuestion

WORDS = act.Say("one_moment", "One moment.", "en")


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 10))


class Spoken:
    """Words take as long as `heard` says."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.sent: list[str] = []
        self.made = asyncio.Event()
        self.began = asyncio.Event()

    async def __call__(self, say: act.Say) -> None:
        self.begun.append(say.key)
        self.began.set()
        await self.made.wait()
        self.sent.append(say.key)


def of(spoken: Spoken, words: act.Say | None = WORDS) -> Filler:
    return Filler(lambda language: words, spoken, CallTasks(lambda error: None))


async def loop_turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fillers, "FILLER_AFTER_S", 0.0)


def test_an_answer_in_time_needs_no_plea() -> None:
    async def test() -> None:
        spoken = Spoken()
        filler = of(spoken)
        filler.soon("en")
        filler.answered()
        await loop_turns()
        assert spoken.begun == []

    run(test)


@pytest.mark.usefixtures("at_once")
def test_a_plea_that_is_not_yet_sent_does_not_follow_the_answer() -> None:
    async def test() -> None:
        spoken = Spoken()
        filler = of(spoken)
        filler.soon("en")
        await spoken.began.wait()
        filler.answered()
        spoken.made.set()
        await loop_turns()
        assert (spoken.begun, spoken.sent) == (["one_moment"], [])

    run(test)


@pytest.mark.usefixtures("at_once")
def test_who_was_asked_for_patience_is_not_asked_again_in_the_same_turn() -> None:
    async def test() -> None:
        spoken = Spoken()
        spoken.made.set()
        filler = of(spoken)
        filler.soon("en")
        await spoken.began.wait()
        await filler.now("en")
        assert spoken.begun == ["one_moment"]
        filler.answered()
        await filler.now("en")
        assert spoken.begun == ["one_moment"] * 2, "the next turn is another one"

    run(test)


def test_without_words_nothing_is_said() -> None:
    async def test() -> None:
        spoken = Spoken()
        await of(spoken, None).now("en")
        assert spoken.begun == []

    run(test)


def test_a_task_that_breaks_is_told_and_one_that_is_cancelled_is_not() -> None:
    async def test() -> None:
        broken: list[BaseException] = []
        tasks = CallTasks(broken.append)

        async def breaks() -> None:
            raise ValueError("so it goes")

        async def waits() -> None:
            await asyncio.Event().wait()

        tasks.start(breaks())
        waiting = tasks.start(waits())
        await loop_turns()
        tasks.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await loop_turns()
        assert [str(error) for error in broken] == ["so it goes"]

    run(test)


def test_one_timer_a_call_and_the_time_for_an_answer_counts_on_behind_it() -> None:
    async def test() -> None:
        happened: list[str] = []
        timer = InputTimer()
        timer.await_input(60.0, lambda: happened.append("silence"))
        timer.start(0.0, lambda: happened.append("keys"))
        await asyncio.sleep(0.01)
        assert happened == ["keys"], "in place of the silence"
        assert 0 < timer.input_left_s <= 60.0
        timer.start(0.0, lambda: happened.append("never"))
        timer.stop()
        await asyncio.sleep(0.01)
        assert happened == ["keys"]

    run(test)


@pytest.mark.parametrize(("digit", "after_s", "from_tone", "echo"), [
    ("1", SAME_KEY_S / 2, True, True), ("1", SAME_KEY_S / 2, False, False), ("2", SAME_KEY_S / 2, True, False),
    ("1", SAME_KEY_S * 2, True, False)])
def test_a_key_that_comes_twice_is_one_press(digit: str, after_s: float, from_tone: bool, echo: bool) -> None:
    keys = KeysPressed()
    assert not keys.is_echo("1", 10.0, from_tone=False)
    assert keys.is_echo(digit, 10.0 + after_s, from_tone=from_tone) is echo


def test_a_question_takes_speech_while_nothing_is_worked_out() -> None:
    question = OpenQuestion()
    assert not (question.takes_speech or question.may_be_interrupted), "nothing is asked yet"
    question.listen = act.Listen(1, "en")
    assert question.takes_speech and question.may_be_interrupted
    question.busy = True
    assert not question.takes_speech
    question.listen, question.busy = act.Listen(2, "en", speech=False, barge_in=False), False
    assert not (question.takes_speech or question.may_be_interrupted)
