"""Calls of transcripts on the production engine: what is heard, what the caller does, how it ends."""

from __future__ import annotations

import pytest

from ivr.dialog import actions as act
from ivr.dialog.events import Classification
from ivr.transcripts.keypad import keyed
from tests.transcripts.clinic import TableModel, clinic, transcript, written

MOVE = """\
turns:
  - hear: [welcome, why]
  - say: {en: move my appointment, es: cambiar mi cita}
  - hear: ask_day
  - press: "03202026"
  - hear: {read_back: day}
  - press: "1"
"""


def message(body: str, language: str = "en") -> str:
    failure = written(body, language).failure
    return failure.message if failure else ""


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_eligible_caller_reaches_the_queue(language: str) -> None:
    run = written(MOVE + "  - hear: transfer_announce\n"
                  "expect: {end: transfer, queue: desk, policy_rule: in-advance, promise: none}\n", language)
    assert run.failure is None
    assert run.session.language == language
    assert run.queue_ends == ("connected",)


def test_prompts_may_stand_between_but_the_order_may_not_change() -> None:
    assert message("turns:\n  - hear: why\n") == ""
    assert message("turns:\n  - hear: [why, welcome]\n") == '"welcome" is not heard here'


def test_what_was_heard_before_the_last_answer_is_gone() -> None:
    failure = written("turns:\n  - say: {en: when are you open, es: a qué hora abren}\n  - hear: welcome\n").failure
    assert failure is not None
    assert failure.turn == 2
    assert failure.expected == ("welcome",)
    assert [h.split(":")[0] for h in failure.heard] == ["hours", "open_now", "offer_text"]


def test_not_hear() -> None:
    body = "turns:\n  - say: {any: when are you open}\n  - not_hear: too_late\n  - not_hear: open_now\n"
    assert message(body) == '"open_now" is said here, and must not be'


def test_a_read_back_must_hold_the_value() -> None:
    assert message(MOVE.replace("{read_back: day}", "{read_back: cell}")) == 'slot "cell" is not being read back here'
    assert message(MOVE) == ""


def test_keys_beyond_what_is_asked_are_kept_for_the_next_question() -> None:
    run = written('turns:\n  - press: "92"\n  - hear: [keys, ask_day]\n  - press: "032020261"\n'
                  '  - hear: [confirm_date, transfer_announce]\n')
    assert run.failure is None
    assert [a.after.node for a in run.answers] == ["keys", "ask_day", "ask_day", "desk"]


@pytest.mark.parametrize(("max_digits", "keys", "digits", "rest"), [
    (1, "12", "1", "2"), (8, "03202026", "03202026", ""), (8, "0320#1", "0320", "1"), (8, "0320", "0320", ""), (8, "#", "#", ""),
    (8, "*1", "*", "1"), (8, "03*2", "03*2", ""), (10, "20255501431", "2025550143", "1")])
def test_keys_are_cut_as_the_media_path_cuts_them(max_digits: int, keys: str, digits: str, rest: str) -> None:
    assert keyed(act.Listen(1, "en", max_digits=max_digits), keys) == (digits, rest)


def test_how_the_queue_ends() -> None:
    body = MOVE + "  - queue: wait_too_long\n  - hear: offer_callback\n  - press: \"111\"\n  - hear: callback_made\n"
    assert message(body + "expect: {end: callback, promise: routine, due_by: 2026-04-21}\n") == ""
    assert message(body + "expect: {end: done, promise: routine}\n") == ""
    assert "due_by is not 2026-04-20" in message(body + "expect: {due_by: 2026-04-20}\n")
    assert message("turns:\n  - queue: left\n") == "the caller is in no queue"


def test_lookups_stand_in_and_the_real_predicate_answers_otherwise() -> None:
    assert message(MOVE + "expect: {queue: desk, vars: {when: future}}\n") == ""
    past = MOVE.replace("03202026", "03022026") + "  - hear: too_late\nexpect: {end: done, queue: none, vars: {when: past}}\n"
    assert message(past) == ""
    assert message("lookups: {date_vs_today: past}\n" + MOVE + "  - hear: too_late\nexpect: {queue: none}\n") == ""
    assert message("lookups: {date_vs_today: timeout}\n" + MOVE + "expect: {end: done, queue: none}\n") == ""


def test_what_cannot_be_written_down() -> None:
    send = "turns:\n  - say: {any: when are you open}\n  - press: \"1\"\n"
    assert message(send + "  - hear: text_sent\nexpect: {message: link_hours, sms: link_hours}\n") == ""
    assert message("fails: [sms]\n" + send + "  - not_hear: text_sent\nexpect: {message: none}\n") == ""
    assert message("caller: {number: anonymous}\n" + "turns:\n  - say: {any: when are you open}\n  - hear: goodbye\n") == ""
    mail = "caller: {number: anonymous}\nturns:\n  - email: ana@example.org\n  - say: {any: when are you open}\n  - press: \"1\"\n"
    assert message(mail + "expect: {email: link_hours, message: link_hours}\n") == ""
    assert message(mail + "expect: {sms: link_hours}\n") == "sms is not link_hours"


def test_a_call_that_still_waits_has_not_ended() -> None:
    failure = written("turns:\n  - hear: why\nexpect: {end: done}\n").failure
    assert failure is not None
    assert failure.heard == ("end: (still waiting at main.why)",)
    assert message("turns:\n  - hear: why\n  - hangup: true\nexpect: {end: hangup}\n") == ""
    assert message("turns:\n  - hangup: true\n  - press: \"1\"\n") == "the caller goes on, and the call is over"


def test_words_that_are_said_anywhere_and_nowhere() -> None:
    body = "turns:\n  - say: {any: when are you open}\n"
    assert message(body + 'expect: {says: "nine to five", not_says: officer, not_heard: too_late}\n') == ""
    assert message(body + "expect: {says: officer}\n") == '"officer" is never said in the call'
    assert message(body + "expect: {not_says: nine to five}\n") == '"nine to five" is said in the call'
    assert message(body + "expect: {not_heard: [too_late, hours]}\n") == '"hours" is heard in the call'


def test_the_caller_speaks_the_language_that_the_call_is_in() -> None:
    body = "language: en\nturns:\n  - say: {en: spanish, es: español}\n  - hear: language_switched\n" \
           "  - say: {en: move my appointment, es: cambiar mi cita}\n  - hear: ask_day\nexpect: {language: es}\n"
    run = written(body)
    assert run.failure is None
    assert 'cambiar mi cita' in "".join(line.text for line in run.lines)


def test_heard_as_replaces_what_was_said() -> None:
    body = 'turns:\n  - say: {any: mumble}\n    heard_as: {confidence: 0.4, text: when are you open}\n  - hear: hours\n'
    run = written(body)
    assert run.failure is None
    assert getattr(run.answers[0].event, "confidence", None) == 0.4


def test_an_utterance_is_classified_once_and_only_where_the_runtime_would() -> None:
    from ivr.transcripts.suite import Wanted, run_all

    model = TableModel()
    body = MOVE + "variants: []\n"
    assert all(r.ok for r in run_all(clinic(), model, [transcript(body, "one"), transcript(body, "two")], Wanted()))
    assert model.asked == ["move my appointment", "cambiar mi cita"]


def test_the_same_call_is_the_same_to_the_last_letter() -> None:
    body = MOVE + '  - queue: left\n  - press: "111"\n'
    assert written(body) == written(body)


def test_a_fault_of_the_engine_is_a_finding_about_the_call() -> None:
    class Broken(TableModel):
        def classify(self, text: str, language: str) -> Classification:
            raise RuntimeError("no model")

    from ivr.transcripts.suite import Wanted, run_all

    (run, *_) = run_all(clinic(), Broken(), [transcript(MOVE)], Wanted(languages=("en",)))
    assert run.failure is not None
    assert run.failure.message == "the engine broke: RuntimeError: no model"
    assert run.failure.turn == 2
