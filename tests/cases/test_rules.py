"""The rules without a server: stages, comparing, keeping, counting, and the fixed moment of an answer in virtual time."""

from __future__ import annotations

import itertools
from concurrent.futures import Executor, Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.cases.desk import CaseDesk
from ivr.cases.fake import CASES, NO_ANSWER, FakeSource
from ivr.cases.guesses import Guesses, GuessLimits
from ivr.cases.identity import belongs, complete
from ivr.cases.kept import MOST, KeptCases
from ivr.cases.source import CaseRecord
from ivr.cases.stages import OTHER, STAGES, stage_of
from ivr.errors import Unavailable
from ivr.ops.metrics import Metrics
from ivr.runtime.lookups import LOOKUPS
from ivr.runtime.slow_lookups import KEEP_S, QUEUED, SlowLookups
from ivr.sensitive import Sensitive
from ivr.store.db import Database
from ivr.store.shared import Shared
from ivr.store.sql_shared import sql_shared
from tests.contract.conftest import shared  # noqa: F401
from tests.rim.site import TUESDAY, StoppedClock

QUESTIONS = ("date_of_birth",)
RIGHT = {"receipt": "IOE0000000001", "date_of_birth": "1990-05-04"}
NOT_YOURS = {**RIGHT, "date_of_birth": "1990-05-05"}
NO_SUCH = {**RIGHT, "receipt": "IOE9999999999"}


# -- stages and comparing -----------------------------------------------------------------------------------------------

def test_every_stage_has_a_made_up_case() -> None:
    assert {stage_of(c.status_en) for c in CASES.values()} == set(STAGES)
    assert set(LOOKUPS["case_status"].values) == {*STAGES, "unknown"}


@given(st.text())
def test_words_that_are_not_known_are_no_guess(words: str) -> None:
    assert stage_of("zz " + words) == OTHER


def test_the_words_are_read_as_they_are_printed() -> None:
    assert stage_of(" Case  was APPROVED. ") == "decision_mailed" and stage_of("") == OTHER


@pytest.mark.parametrize("words", ["New Card Is Being Produced", "Card Is Being Produced", "Case Was Approved And My Decision Was Emailed",
                                   "Notice of Intent to Deny Was Sent", "Interview Was Scheduled To Be Rescheduled",
                                   "Case Is Being Actively Reviewed By USCIS", "Case Was Rejected Because It Was Improperly Filed"])
def test_nothing_is_told_that_has_not_happened(words: str) -> None:
    """No prompt fits: nothing was mailed yet, no evidence was asked for, nobody waits for an officer."""
    assert stage_of(words) == OTHER


@pytest.mark.parametrize(("given_answers", "right"), [
    (RIGHT, True), (NOT_YOURS, False), ({**RIGHT, "date_of_birth": ""}, False), ({"receipt": RIGHT["receipt"]}, False),
    ({**RIGHT, "a_number": "123"}, False), ({"date_of_birth": "1990-05-04"}, False)])
def test_every_answer_has_to_be_the_cases_own(given_answers: dict[str, str], right: bool) -> None:
    assert belongs(CASES[RIGHT["receipt"]], given_answers, QUESTIONS) is right
    assert belongs(None, given_answers, QUESTIONS) is False


def test_without_questions_nobody_is_verified() -> None:
    assert not complete(RIGHT, ()) and not belongs(CASES[RIGHT["receipt"]], RIGHT, ())


@given(st.dictionaries(st.sampled_from(["date_of_birth", "a_number", "zip"]), st.text(max_size=12), max_size=3))
def test_a_case_without_answers_is_nobodys(answers: dict[str, str]) -> None:
    nobodys = CaseRecord(Sensitive("IOE0000000001"))
    assert not belongs(nobodys, {"receipt": "IOE0000000001", **answers}, QUESTIONS)


# -- keeping ------------------------------------------------------------------------------------------------------------

def test_a_kept_case_is_its_calls_own_and_ends() -> None:
    kept, case = KeptCases(60), CASES["IOE0000000001"]
    kept.keep("CA1", "IOE0000000001", case, 0)
    kept.keep("CA1", "IOE9999999999", None, 0)
    assert kept.get("CA1", "IOE0000000001", 59) == (True, case) and kept.get("CA1", "IOE9999999999", 59) == (True, None)
    assert kept.get("CA2", "IOE0000000001", 1) == (False, None) and kept.get("CA1", "IOE0000000001", 60) == (False, None)


def test_few_are_kept() -> None:
    kept = KeptCases(60)
    for n in range(MOST + 10):
        kept.keep(f"CA{n}", "IOE0000000001", None, 0)
    assert not kept.get("CA9", "IOE0000000001", 1)[0] and kept.get("CA10", "IOE0000000001", 1)[0]
    kept.keep("CAx", "IOE0000000001", None, 60)
    assert not kept.get("CA10", "IOE0000000001", 0)[0], "what is over is forgotten when the next one comes"


# -- counting, on every store of the counters ------------------------------------------------------------------------------

def test_tries_are_limited_per_call_number_block_case_and_in_all(shared: Shared) -> None:  # noqa: F811
    now = TUESDAY
    told: list[str] = []
    limits = GuessLimits(tries_call=2, tries_number_day=3, tries_block_day=5, tries_case_day=4, tries_hour=9)
    guesses = Guesses(shared.counters, limits, lambda why, now: told.append(why))

    def tries(call: str, caller: str, receipt: str, n: int) -> list[str]:
        return [guesses.take(call, caller, receipt, now).full for _ in range(n)]

    assert tries("CA1", "+12025550111", "A", 3) == ["", "", "call"]
    assert tries("CA2", "+12025550111", "B", 2) == ["", "number"], "the number has three in a day"
    assert tries("CA3", "+12025550112", "C", 2) == ["", ""]
    assert tries("CA4", "+12025550113", "D", 1) == ["block"], "its neighbours count with it"
    assert tries("CA5", "+14155550113", "A", 2) == ["", ""], "case A had two before"
    assert tries("CA6", "+16175550113", "A", 1) == ["case"]
    assert tries("CA7", "+18085550113", "E", 2)[-1] == "everybody"
    assert told == ["block", "case", "everybody"]
    later = now + timedelta(days=2)
    assert guesses.take("CA8", "+12025550111", "A", later).allowed


def test_hidden_numbers_are_one_block(shared: Shared) -> None:  # noqa: F811
    guesses = Guesses(shared.counters, GuessLimits(tries_block_day=4))
    assert [guesses.take(f"CA{n}", "", f"R{n}", TUESDAY).full for n in range(6)] == ["", "", "", "", "block", "block"]


def test_what_is_given_back_was_never_tried(shared: Shared) -> None:  # noqa: F811
    guesses = Guesses(shared.counters, GuessLimits(tries_call=1, tries_number_day=1))
    for _ in range(5):
        taken = guesses.take("CA1", "+12025550111", "A", TUESDAY)
        assert taken.allowed
        guesses.give_back(taken, TUESDAY)


# -- the desk -----------------------------------------------------------------------------------------------------------

class NoCounters:
    def add(self, key: str, window_s: int, now: Any, by: int = 1) -> int:
        raise Unavailable("no counters")


def desk_of(folder: Path, clock: StoppedClock, source: Any, counters: Any = None, **limits: int) -> CaseDesk:
    counters = counters or sql_shared(Database(f"sqlite:///{folder / 'ivr.db'}")).counters
    return CaseDesk(source, Guesses(counters, GuessLimits(**limits)), clock, Metrics(), questions=QUESTIONS, give_up_s=8, verify_s=4,
                    keep_s=60)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(TUESDAY)


@pytest.fixture
def desk(tmp_path: Path, clock: StoppedClock) -> CaseDesk:
    return desk_of(tmp_path, clock, FakeSource())


def test_no_such_case_and_not_your_case_are_the_same_work(tmp_path: Path, clock: StoppedClock) -> None:
    for n, answers in enumerate((NOT_YOURS, NO_SUCH)):
        (tmp_path / str(n)).mkdir()
        counted: list[str] = []

        class Counting:
            def add(self, key: str, window_s: int, now: Any, by: int = 1) -> int:
                counted.append(key.partition(":")[0])  # noqa: B023
                return 1

        source = FakeSource()
        assert desk_of(tmp_path / str(n), clock, source, Counting()).verify("CA1", "+12025550111", answers) == "not_verified"
        assert source.asked == 1
        assert counted == ["verify.call", "verify.number", "verify.block", "verify.block", "verify.everybody", "verify.case"]


@pytest.mark.parametrize("answers", [NOT_YOURS, NO_SUCH, {"receipt": RIGHT["receipt"]}, {}, {**RIGHT, "date_of_birth": " "}])
def test_no_case_detail_without_the_right_answers_in_the_same_question(desk: CaseDesk, answers: dict[str, str]) -> None:
    """The tripwire behind the flow's policy: also in a call that was verified a moment ago."""
    assert desk.verify("CA1", "+12025550143", RIGHT) == "verified"
    assert desk.status("CA1", answers) == "unknown" and desk.g28("CA1", "+12025550143", answers) == "unknown"
    assert desk.changed_on("CA1", answers) is None
    assert desk._metrics.registry.get_sample_value("ivr_case_refusals_total") == 3


def test_a_verified_caller_is_told_and_the_source_is_asked_once(tmp_path: Path, clock: StoppedClock) -> None:
    source = FakeSource()
    desk = desk_of(tmp_path, clock, source)
    assert desk.verify("CA1", "", RIGHT) == "verified" and desk.status("CA1", RIGHT) == "received" and source.asked == 1
    assert desk.status("CA2", RIGHT) == "received" and source.asked == 2, "another call asks anew"


@pytest.mark.parametrize(("receipt", "born", "caller", "value"), [
    ("WAC0000000004", "1979-07-19", "+12025550143", "on_file"), ("WAC0000000004", "1979-07-19", "+12025550144", "unknown"),
    ("WAC0000000004", "1979-07-19", "", "unknown"), ("IOE0000000001", "1990-05-04", "+12025550143", "absent")])
def test_only_the_representative_on_the_form(desk: CaseDesk, receipt: str, born: str, caller: str, value: str) -> None:
    assert desk.g28("CA1", caller, {"receipt": receipt, "date_of_birth": born}) == value


def test_a_right_answer_after_too_many_wrong_ones_is_locked(desk: CaseDesk) -> None:
    assert [desk.verify("CA1", "+12025550111", NOT_YOURS) for _ in range(4)] == ["not_verified"] * 3 + ["locked"]
    assert desk.verify("CA1", "+12025550111", RIGHT) == "locked"


def test_right_answers_are_not_counted(desk: CaseDesk) -> None:
    assert {desk.verify(f"CA{n}", "+12025550111", RIGHT) for n in range(20)} == {"verified"}


def test_without_counters_nobody_is_verified(tmp_path: Path, clock: StoppedClock) -> None:
    source = FakeSource()
    with pytest.raises(Unavailable):
        desk_of(tmp_path, clock, source, NoCounters()).verify("CA1", "", RIGHT)
    assert source.asked == 0


def test_what_could_not_be_checked_costs_no_try_and_opens_the_breaker(tmp_path: Path, clock: StoppedClock) -> None:
    source = FakeSource()
    desk = desk_of(tmp_path, clock, source, tries_call=1)
    for _ in range(9):
        with pytest.raises(Unavailable):
            desk.verify("CA1", "+12025550111", {**RIGHT, "receipt": NO_ANSWER})
    assert source.asked == 5, "then it is left alone"
    clock.advance(11)
    assert desk.verify("CA1", "+12025550111", RIGHT) == "verified", "one tries, and it is back"


def test_a_source_that_names_a_wait_is_left_alone_for_it(tmp_path: Path, clock: StoppedClock) -> None:
    class Busy(FakeSource):
        def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
            super().find(receipt, deadline_s)
            raise Unavailable("busy", retry_after_s=30, code="status_429")

    source = Busy()
    desk = desk_of(tmp_path, clock, source)
    for wait_s, asked in ((0, 1), (29, 1), (2, 2)):
        clock.advance(wait_s)
        with pytest.raises(Unavailable):
            desk.verify("CA1", "", RIGHT)
        assert source.asked == asked


# -- the moment of an answer, in virtual time ---------------------------------------------------------------------------------

class Later(Executor):
    """Runs what it was given when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting.append(lambda: fn(*args, **kwargs))
        return Future()

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


RESULTS = ("verified", "not_verified", "locked", "error")


@pytest.mark.parametrize(("result", "takes_s"), list(itertools.product(RESULTS, (0.0, 0.001, 1.9, 3.999))))
def test_an_identity_is_answered_at_one_moment_whatever_it_is(clock: StoppedClock, result: str, takes_s: float) -> None:
    later = Later()
    slow = SlowLookups(clock, executor=later)
    begun = clock.monotonic_s()
    pending = slow.ask(("L", ()), lambda: (result, {}), give_up_s=8, fixed_s=4.0)
    clock.advance(takes_s)
    later.run()
    clock.time = TUESDAY + timedelta(seconds=3.99999)
    assert slow.wait(pending, clock.monotonic_s()) is None and not slow.ready("L")
    clock.time = TUESDAY + timedelta(seconds=4)
    assert slow.wait(pending, clock.monotonic_s()) == (result, {}) and slow.ready("L") and clock.monotonic_s() == begun + 4


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("looked_at", [4.0, 4.5, 7.0])
def test_what_is_known_later_is_a_timeout_whenever_one_looks(clock: StoppedClock, result: str, looked_at: float) -> None:
    later = Later()
    slow = SlowLookups(clock, executor=later)
    pending = slow.ask(("L", ()), lambda: (result, {}), give_up_s=8, fixed_s=4.0)
    clock.advance(4.001 if looked_at > 4 else 3.0)
    if looked_at > 4:
        later.run()
    clock.time = TUESDAY + timedelta(seconds=looked_at)
    assert slow.wait(pending, clock.monotonic_s()) == ("timeout", {})


def test_others_are_answered_when_they_are_known_and_given_up_at_eight_seconds(clock: StoppedClock) -> None:
    later = Later()
    slow = SlowLookups(clock, executor=later)
    first = slow.ask(("A", ()), lambda: ("received", {"x": "1"}), give_up_s=8)
    later.run()
    assert slow.wait(first, clock.monotonic_s()) == ("received", {"x": "1"})
    second = slow.ask(("B", ()), lambda: ("received", {}), give_up_s=8)
    clock.advance(7.9)
    assert slow.wait(second, clock.monotonic_s()) is None
    clock.advance(0.1)
    later.run()
    assert slow.wait(second, clock.monotonic_s()) == ("timeout", {}), "and nobody asks for somebody who has gone"


def test_a_question_is_asked_once_however_often_a_turn_is_worked_out(clock: StoppedClock) -> None:
    later, asked = Later(), []
    slow = SlowLookups(clock, executor=later)
    for _ in range(3):
        pending = slow.ask(("A", (("receipt", "X"),)), lambda: (str(asked.append(1)), {}), give_up_s=8)
        later.run()
    assert len(asked) == 1 and slow.wait(pending, 0.0) == ("None", {})
    slow.ask(("A", (("receipt", "Y"),)), lambda: (str(asked.append(1)), {}), give_up_s=8)
    later.run()
    assert len(asked) == 2, "other words are another question"
    clock.advance(8 + KEEP_S)
    slow.ask(("A", (("receipt", "X"),)), lambda: (str(asked.append(1)), {}), give_up_s=8)
    later.run()
    assert len(asked) == 3


def test_a_crowd_is_told_at_once_that_it_cannot_be_checked(clock: StoppedClock) -> None:
    later = Later()
    slow = SlowLookups(clock, threads=2, executor=later)
    crowd = [slow.ask((f"L{n}", ()), lambda: ("received", {}), give_up_s=8) for n in range(2 * QUEUED + 1)]
    assert [slow.wait(p, 0.0) for p in crowd] == [None] * (2 * QUEUED) + [("error", {})]
    later.run()
    assert slow.wait(crowd[0], 0.0) == ("received", {})
    slow.ask(("next", ()), lambda: ("received", {}), give_up_s=8)
    assert len(later.waiting) == 1


def test_few_threads_of_callers_wait(clock: StoppedClock) -> None:
    slow = SlowLookups(clock, seats=1, executor=Later())
    pending = slow.ask(("A", ()), lambda: ("received", {}), give_up_s=8)
    assert slow._seats.acquire(blocking=False)
    assert slow.wait(pending, None) == ("timeout", {}), "no seat: it could not be checked"
    assert slow.wait(pending, clock.monotonic_s() + 2) is None, "who can come back does"
