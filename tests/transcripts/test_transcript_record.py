"""A recorded call is a transcript that passes; a call with somebody's data is not recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.dialog import events as ev
from ivr.errors import IvrError
from ivr.sensitive import Sensitive
from ivr.transcripts.made_up import require_harmless_keys, require_harmless_words, require_made_up
from ivr.transcripts.model import AS_WRITTEN, Run, Variant
from ivr.transcripts.play import Stage, play
from ivr.transcripts.ranking import Rankings
from ivr.transcripts.reading import read_test
from ivr.transcripts.record import recorded
from ivr.transcripts.touched import Touched
from tests.transcripts.clinic import TableModel, clinic, written

AT = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
CALLS = {
    "transfer": 'turns:\n  - silence: true\n  - say: {any: move my appointment}\n  - press: "03202026"\n  - press: "1"\n'
                '  - queue: left\n  - press: "111"\n',
    "message": 'turns:\n  - email: ana@example.org\n  - say: {any: when are you open}\n  - press: "2"\n  - press: "1"\n',
    "hang_up": 'turns:\n  - press: "9"\n  - hangup: true\n',
    "stood_in": 'lookups: {date_vs_today: error}\nturns:\n  - press: "92"\n  - press: "03202026"\n  - press: "1"\n',
    "refused": 'fails: [sms]\nturns:\n  - say: {any: when are you open}\n  - press: "1"\n',
    "hidden": 'caller: {number: anonymous}\nturns:\n  - press: "91"\n',
}


def again(text: str) -> Run:
    bundle = clinic()
    test, problems = read_test(text.encode(), "tests/recorded.yaml", bundle)
    assert test is not None, problems
    return play(Stage(bundle, Touched(bundle), Rankings(TableModel())), test, Variant(AS_WRITTEN), test.languages[0], None)


def log_of(run: Run) -> list[tuple[datetime, ev.Event]]:
    """Every event of the call as the store has it, those that the world answered included."""
    from ivr.dialog import session as sessions
    from ivr.dialog.engine import step
    from ivr.transcripts.world import World

    world = World(run.test.lookups, run.test.fails)
    session, log = sessions.fresh(run.session.call_id, clinic().hash), []
    for at, event in run.events:
        pending = [event]
        while pending:
            current = pending.pop(0)
            session, actions = step(clinic(), session, current, at)
            log.append((at, current))
            pending += [e for e in (world.answer(a, clinic(), at) for a in actions) if e is not None]
    return log


@pytest.mark.parametrize("name", sorted(CALLS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_recorded_call_passes_and_is_the_same_call(name: str, language: str) -> None:
    run = written(CALLS[name], language)
    assert run.failure is None
    text = recorded(clinic(), log_of(run), "recorded")
    copy = again(text)
    assert copy.failure is None, (copy.failure, text)
    assert copy.session.outcome == (run.session.outcome or "hangup")
    assert (copy.session.vars, copy.session.frames) == (run.session.vars, run.session.frames)
    assert [type(e) for e in copy.effects] == [type(e) for e in run.effects]


def test_what_a_recording_looks_like() -> None:
    run = written(CALLS["transfer"])
    assert recorded(clinic(), log_of(run), "moved") == """\
schema: ivr.test/v1
test: "moved"
at: 2026-03-10T10:05:00 America/New_York
line: main
language: en
caller: {number: "+12025550143"}
turns:
  - hear: [welcome, why]
  - silence: true
  - hear: silence_1
  - say: "move my appointment"
  - hear: ask_day
  - press: "03202026"
  - hear: {read_back: day}
  - press: "1"
  - hear: transfer_announce
  - queue: left
  - hear: offer_callback
  - press: "1"
  - hear: confirm_callback_number
  - press: "1"
  - hear: [callback_made, goodbye]
expect: {end: transfer, queue: desk, promise: routine, policy_rule: in-advance, language: en}
variants: []     # leave this line out to call it again by keys, with doubt, in silence, closed, from a TTY and by relay
"""


def test_a_real_number_is_not_recorded() -> None:
    log = [(AT, ev.CallStarted("CA1", caller_number=Sensitive("+12024561414"), textable=True))]
    with pytest.raises(IvrError, match="the caller's number could be a real person's") as refused:
        recorded(clinic(), log, "x")
    assert "2024561414" not in str(refused.value)


def test_a_number_that_was_only_said_is_not_recorded() -> None:
    log = [(AT, ev.CallStarted("CA1")), (AT + timedelta(seconds=4), ev.SpeechHeard(1, Sensitive("I am at 202 456 1414")))]
    with pytest.raises(IvrError, match="what the caller said"):
        recorded(clinic(), log, "x")


def test_no_call_no_recording() -> None:
    with pytest.raises(IvrError, match="no call"):
        recorded(clinic(), [], "x")


@pytest.mark.parametrize(("kind", "value", "fine"), [
    ("phone", "+12025550143", True), ("phone", "2025550199", True), ("phone", "+12024561414", False), ("phone", "+12025551234", False),
    ("email", "ana@example.org", True), ("email", "a@mail.example.com", True), ("email", "ana@uscis.gov", False),
    ("email", "ana@notexample.org", False), ("receipt", "IOE1234567890", True), ("receipt", "IOE0000012345", True),
    ("receipt", "IOE0912384756", False), ("a_number", "A123456789", True), ("a_number", "A087654321", False),
    ("date", "2026-03-20", True), ("yes_no", "yes", True)])
def test_what_is_plainly_made_up(kind: str, value: str, fine: bool) -> None:
    if fine:
        require_made_up("it", kind, value)
    else:
        with pytest.raises(IvrError):
            require_made_up("it", kind, value)


def test_words_and_keys_are_looked_at_by_what_was_asked() -> None:
    today = date(2026, 3, 10)
    require_harmless_words("two zero two five five five zero one four three", "phone", "en", today)
    require_harmless_words("where is my case", "text", "en", today)
    require_harmless_keys("03202026", "date")
    with pytest.raises(IvrError):
        require_harmless_words("two zero two four five six one four one four", "phone", "en", today)
    with pytest.raises(IvrError):
        require_harmless_keys("2024561414", "phone")
