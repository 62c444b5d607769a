"""The six ways of making a call again: each finds its way, finds what is wrong, and says when it means nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from ivr.flow.load import bundle_from_files
from ivr.transcripts.model import Run
from ivr.transcripts.suite import Wanted, run_all
from ivr.transcripts.variants.closed_hours import sunday_before
from tests.transcripts.clinic import TableModel, clinic, clinic_files, runs, transcript

MOVE = """\
turns:
  - hear: why
  - say: {en: move my appointment, es: cambiar mi cita}
  - hear: ask_day
  - say: {en: March twentieth, es: veinte de marzo}
  - hear: {read_back: day}
  - say: {en: "yes", es: "sí"}
expect: {end: transfer, queue: desk}
"""
LATE = MOVE.replace("March twentieth", "March second").replace("veinte de marzo", "dos de marzo").replace(
    "end: transfer, queue: desk", "end: done, queue: none")


def said(run: Run) -> list[str]:
    return [line.text for line in run.lines if line.who == "caller"]


def with_line(body: str, line: str) -> str:
    return body + line + "\n"


# -- keys_only ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("language", ["en", "es"])
def test_keys_lead_where_words_lead(language: str) -> None:
    run = runs(MOVE, "keys_only", language=language)["keys_only"]
    assert run.failure is None
    assert said(run) == ["[keys 9]", "[keys 2]", "[keys 03202026]", "[keys 1]"]


def test_a_flow_without_keys_is_found_out() -> None:
    files = clinic_files()
    wired = b"silence: %s, no_match: %s}\n  keys:"
    assert wired % (b"keys", b"keys") in files["main.yaml"]
    files["main.yaml"] = files["main.yaml"].replace(wired % (b"keys", b"keys"), wired % (b"goodbye", b"goodbye"))
    bundle = bundle_from_files(files)
    (_, run) = run_all(bundle, TableModel(), [transcript(MOVE)], Wanted(("keys_only",), ("en",)))
    assert run.failure is not None
    assert (run.failure.message, run.failure.turn) == ("no keys lead where these words lead", 2)


def test_two_answers_that_end_at_the_same_question_are_told_apart_by_what_is_heard() -> None:
    body = "turns:\n  - say: {any: when are you open}\n  - hear: [hours, offer_text]\n"
    run = runs(body, "keys_only")["keys_only"]
    assert run.failure is None
    assert said(run)[:2] == ["[keys 9]", "[keys 1]"]


def test_the_agent_command_has_its_key() -> None:
    run = runs("turns:\n  - say: {en: agent, es: agente}\n  - hear: [no_agents, keys]\n", "keys_only")["keys_only"]
    assert run.failure is None
    assert said(run)[0] == "[keys 0]"


def test_keys_cannot_be_misunderstood() -> None:
    run = runs("turns:\n  - say: {any: mumble}\n  - hear: reprompt_1\n", "keys_only")["keys_only"]
    assert run.not_applicable == "turn 1 says something that is not understood at once, which keys cannot do"
    assert runs('turns:\n  - press: "9"\n', "keys_only")["keys_only"].not_applicable == "the caller says nothing in this call anyway"


# -- low_confidence -----------------------------------------------------------------------------------------------------

def test_a_doubtful_request_is_confirmed() -> None:
    run = runs(MOVE, "low_confidence")["low_confidence"]
    assert run.failure is None
    assert "confirm_intent" in [line.key for line in run.lines]
    assert said(run)[:2] == ['"move my appointment"', '"yes"']


def test_without_a_request_there_is_nothing_to_doubt() -> None:
    run = runs('turns:\n  - press: "9"\n  - press: "1"\n', "low_confidence")["low_confidence"]
    assert run.not_applicable == "no request is made in the caller's own words"


# -- silence_once -------------------------------------------------------------------------------------------------------

def test_one_silence_at_every_question_changes_nothing() -> None:
    run = runs(MOVE, "silence_once")["silence_once"]
    assert run.failure is None
    assert said(run).count("[says nothing]") == 3
    assert {"silence_1", "silence_value_1"} <= {line.key for line in run.lines}


def test_the_same_words_again_are_a_finding() -> None:
    files = clinic_files()
    files["main.yaml"] = files["main.yaml"].replace(b"ask: {prompt: why,", b"ask: {prompt: why, reprompts: [why],")
    files["main.yaml"] = files["main.yaml"].replace(b"welcome: {say: welcome, next: why}", b"welcome: {set: {reason: none}, next: why}")
    files["main.yaml"] = files["main.yaml"].replace(b"  hours: {say: [", b"  hours: {say: [welcome, ")
    body = "turns:\n  - say: {en: move my appointment, es: cambiar mi cita}\n  - hear: ask_day\n"
    (_, run) = run_all(bundle_from_files(files), TableModel(), [transcript(body)], Wanted(("silence_once",), ("en",)))
    assert run.failure is not None
    assert run.failure.message == "silence is answered by the very same words"


def test_a_question_that_does_not_wait_is_left_alone() -> None:
    run = runs("turns:\n  - silence: true\n  - hear: silence_1\n  - hangup: true\n", "silence_once")["silence_once"]
    assert run.not_applicable == "no question of this call waits a second time"


# -- closed_hours -------------------------------------------------------------------------------------------------------

def test_a_call_that_the_hours_decide_needs_a_word_of_its_own() -> None:
    run = runs(MOVE, "closed_hours")["closed_hours"]
    assert run.not_applicable == "main.desk depends on the hours, and the test says nothing of this variant"


def test_a_call_that_does_not_depend_on_the_hours_is_the_same_on_a_sunday() -> None:
    run = runs(LATE, "closed_hours")["closed_hours"]
    assert run.failure is None
    assert not run.not_applicable


def test_with_an_end_alone_the_caller_accepts_what_is_offered() -> None:
    run = runs(with_line(MOVE, "variants: [{closed_hours: {expect: {end: callback, promise: routine}}}]"))["closed_hours"]
    assert run.failure is None
    wrong = runs(with_line(MOVE, "variants: [{closed_hours: {expect: {end: transfer}}}]"))["closed_hours"]
    assert wrong.failure is not None
    assert wrong.failure.message == "end is not transfer"


def test_turns_of_its_own_take_over_where_it_says() -> None:
    body = MOVE.replace("expect:", "  - hear: transfer_announce\nexpect:") + """\
variants:
  - closed_hours:
      from: transfer_announce
      turns:
        - hear: offer_callback
        - press: "2"
        - hear: goodbye
      expect: {end: done, promise: none}
"""
    run = runs(body)["closed_hours"]
    assert run.failure is None
    assert [t.number for t in run.turns] == list(range(1, 10))


@pytest.mark.parametrize(("line", "why"), [("at: 2026-03-08T10:00:00 America/New_York", "the test takes place outside the hours already")])
def test_closed_already(line: str, why: str) -> None:
    test = dataclasses.replace(transcript(LATE), at=datetime(2026, 3, 8, 14, tzinfo=UTC))
    (_, run) = run_all(clinic(), TableModel(), [test], Wanted(("closed_hours",), ("en",)))
    assert run.not_applicable == why


def test_the_sunday_before_at_the_same_time_of_day() -> None:
    moved = sunday_before(clinic(), datetime(2026, 3, 10, 14, 5, tzinfo=UTC))
    assert moved.isoformat() == "2026-03-08T10:05:00-04:00"


# -- tty ----------------------------------------------------------------------------------------------------------------

def test_words_for_a_tty_are_broken_into_its_lines() -> None:
    files = clinic_files()
    files["prompts/en.yaml"] = files["prompts/en.yaml"].replace(
        b'  ask_day: "On what date is it?"', b'  ask_day: {voice: "On what date is it?", tty: "' + b"word " * 14 + b'GA"}')
    (_, run) = run_all(bundle_from_files(files), TableModel(), [transcript(MOVE)], Wanted(("tty",), ("en",)))
    assert run.failure is None


def test_a_tty_call_hears_the_same_prompts() -> None:
    run = runs(MOVE, "tty")["tty"]
    assert run.session.channel == "tty"
    assert run.failure is None or {h.split(": ")[1][:10] for h in run.failure.heard} == {"a TTY line"}


# -- relay --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("language", ["en", "es"])
def test_a_relay_operator_announces_and_takes_long(language: str) -> None:
    run = runs(MOVE, "relay", language=language)["relay"]
    assert run.failure is None
    assert said(run)[0].startswith(('"this is a relay', '"esta es una llamada'))
    assert said(run)[1:3] == ["[says nothing]"] * 2
    assert said(run).count("[says nothing]") == 6
    assert said(run)[3].startswith(('"the caller says ', '"la persona dice '))
    assert run.session.relay


def test_a_caller_who_is_silent_on_purpose_is_not_relayed() -> None:
    run = runs('turns:\n  - silence: true\n  - press: "9"\n', "relay")["relay"]
    assert "silent on purpose" in run.not_applicable


# -- of all of them -----------------------------------------------------------------------------------------------------

def test_without_the_key_every_variant_runs_and_with_none_no_one() -> None:
    assert len(runs(MOVE)) == 7
    assert list(runs(with_line(MOVE, "variants: []"))) == ["as written"]
    assert list(runs(with_line(MOVE, "variants: [tty, relay]"))) == ["as written", "tty", "relay"]


def test_a_variant_that_is_asked_for_has_to_apply() -> None:
    run = runs('turns:\n  - press: "9"\nvariants: [keys_only]\n')["keys_only"]
    assert run.failure is not None
    assert run.failure.message == "the test asks for keys_only, which does not apply: the caller says nothing in this call anyway"


def test_variants_are_not_made_of_a_call_that_fails() -> None:
    made = runs(MOVE.replace("hear: why", "hear: goodbye"))
    assert made.pop("as written").failure is not None
    assert {run.not_applicable for run in made.values()} == {"the call as written fails"}


def test_runs_in_several_processes_are_the_same() -> None:
    tests = [transcript(MOVE, f"t{n}") for n in range(4)]
    wanted = Wanted(("keys_only",), ("en",))
    alone, shared = run_all(clinic(), TableModel(), tests, wanted), run_all(clinic(), TableModel(), tests, wanted, jobs=2)
    assert [(r.test.name, r.variant, r.session) for r in alone] == [(r.test.name, r.variant, r.session) for r in shared]
