"""Tests that are wrong in themselves: every mistake at its place, all in one run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.transcripts.reading import read_test
from tests.transcripts.clinic import HEAD, clinic, transcript


def problems(text: str) -> list[tuple[int, str, str]]:
    test, found = read_test(text.encode(), "tests/x.yaml", clinic())
    assert test is None
    return [(p.line, p.code, p.message) for p in found]


def test_all_mistakes_in_one_run() -> None:
    found = problems(HEAD + """\
line: mane
turns:
  - hear: welcom
  - say: {en: hello}
  - hear: {read_back: date}
  - not_hear: nothing
expect: {end: dune, queue: tier2, promise: soon, policy_rule: nobody, language: fr, message: letter, vars: {mood: good}}
lookups: {date_vs_today: tomorrow, weather: fine}
variants: [{closed_hours: {from: bye, turns: [{hear: hmm}]}}]
never_in_logs: [shoe_size]
""")
    assert [(line, code) for line, code, _ in found] == [
        (4, "E-REF"), (6, "E-REF"), (7, "E-LANG"), (8, "E-REF"), (9, "E-REF"), *[(10, "E-REF")] * 7, *[(11, "E-REF")] * 2,
        *[(12, "E-REF")] * 2, (13, "E-REF")]
    assert found[2][2] == 'the caller has no words in "es"'


@pytest.mark.parametrize(("turn", "words"), [
    ("{hear: why, press: \"1\"}", "exactly one of"), ("{press: \"x\"}", "not keys"), ("{shout: loud}", "shout"),
    ("{hear: why, heard_as: {confidence: 0.4}}", "heard_as"), ("{queue: lost}", "queue"), ("{press: 1_0}", "1_0")])
def test_a_turn_that_is_none(turn: str, words: str) -> None:
    found = problems(HEAD + f"turns:\n  - {turn}\n")
    assert [line for line, _, _ in found] == [5]
    assert words in found[0][2]


@pytest.mark.parametrize("at", ["2026-13-10T10:05:00", "2026-03-10T10:05:00 Mars/Olympus", "tomorrow"])
def test_a_moment_that_is_none(at: str) -> None:
    assert [line for line, _, _ in problems(f"schema: ivr.test/v1\ntest: x\nat: {at}\nturns: [{{hear: why}}]\n")] == [3]


@pytest.mark.parametrize("at", ["2026-03-10T10:05:00 America/New_York", "2026-03-10T10:05:00", "2026-03-10T10:05", "2026-03-10T14:05:00Z",
                                "2026-03-10T10:05:00-04:00", "2026-03-10T09:05:00 America/Chicago"])
def test_moments(at: str) -> None:
    test, found = read_test(f"schema: ivr.test/v1\ntest: x\nat: {at}\nturns: [{{hear: why}}]\n".encode(), "tests/a/x.yaml", clinic())
    assert found == []
    assert test is not None
    assert (test.at, test.name) == (datetime(2026, 3, 10, 14, 5, tzinfo=UTC), "a/x")


def test_not_yaml_and_nothing() -> None:
    assert problems("")[0][1] == "E-SCHEMA"
    assert problems("a: [")[0][1] == "E-YAML"


def test_languages() -> None:
    assert transcript("turns: [{hear: why}]\n").languages == ("en", "es")
    assert transcript("language: es\nturns: [{say: hola}]\n").languages == ("es",)
