"""Asking for a value: the rest of a number is asked for, corrections are taken in one turn, and nothing goes on for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.engine import step
from ivr.flow.load import bundle_from_files
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from tests import zoo

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
FLOW = """
schema: ivr.flow/v1
id: main
start: value
slots: {{value: {{type: {kind}, allow: [prompt]}}}}
nodes:
  value:
    collect: {{slot: value, type: {kind}, prompt: why, read_back: {read_back}}}
    to: {{ok: goodbye, refused: keys, failed: safe_landing}}
  keys: {{end: refused}}
  goodbye: {{end: done}}
  agent_request: {{end: agent}}
  safe_landing: {{end: failed}}
"""


ANY_DAY = {"en": "any day, whenever", "es": "cualquier día"}


@cache
def bundle_for(kind: str, read_back: str = "always") -> Bundle:
    files = zoo.files()
    kept = {name: data for name, data in files.items() if name.startswith(("prompts", "intents", "facts", "bundle"))}
    for language, phrases in ANY_DAY.items():
        kept[f"intents/{language}.yaml"] += f"\nwords:\n  any_day: [{phrases}]\n".encode()
    return bundle_from_files(kept | {"main.yaml": FLOW.format(kind=kind, read_back=read_back).encode()})


class Caller:
    def __init__(self, kind: str, language: str = "en", read_back: str = "always"):
        self.bundle = bundle_for(kind, read_back)
        self.session = sessions.fresh("CA1", self.bundle.hash)
        self.said: list[act.Say] = []
        self._send(ev.CallStarted("CA1", language=language))

    def _send(self, event: ev.Event) -> Caller:
        self.session, actions = step(self.bundle, self.session, event, NOW)
        self.said = [a for a in actions if isinstance(a, act.Say)]
        return self

    def says(self, text: str) -> Caller:
        return self._send(ev.SpeechHeard(self.session.turn, Sensitive(text)))

    def keys(self, digits: str) -> Caller:
        return self._send(ev.DigitsReceived(self.session.turn, Sensitive(digits)))

    def silent(self) -> Caller:
        return self._send(ev.NoInput(self.session.turn))

    @property
    def heard(self) -> list[str]:
        return [say.key for say in self.said]

    @property
    def words(self) -> str:
        return " ".join(s.text.reveal() if isinstance(s.text, Sensitive) else s.text for s in self.said)

    @property
    def value(self) -> str | None:
        slot = self.session.slots.get("value")
        return slot.reveal() if slot else None


def test_the_rest_of_a_number_is_asked_for_and_joined() -> None:
    caller = Caller("receipt").says("I O E zero nine one two")
    assert caller.heard == ["rest_value"]
    assert "I O E, 0 9 1, 2" in caller.words
    assert all(isinstance(s.text, Sensitive) or s.sensitive for s in caller.said)
    assert caller.says("three four five six seven eight").heard == ["confirm_receipt"]
    caller.says("yes")
    assert (caller.value, caller.session.outcome) == ("IOE0912345678", "done")


def test_asking_for_the_rest_spends_the_retry_budget() -> None:
    caller = Caller("receipt").says("IOE 09").says("1").says("2")
    assert (caller.session.status, caller.session.outcome) == ("ended", "failed")


def test_whoever_begins_anew_is_heard_from_the_beginning() -> None:
    caller = Caller("receipt").says("IOE 0912").says("IOE 0913 456 789")
    assert caller.heard == ["confirm_receipt"]
    assert caller.says("yes").value == "IOE0913456789"


def test_ten_digits_lack_their_letters_by_voice_or_keys() -> None:
    for answer in ("says", "keys"):
        caller = Caller("receipt").keys("0912345678")
        assert caller.heard == ["rest_letters"]
        getattr(caller, answer)({"says": "I as in India, O, E", "keys": "463"}[answer])
        assert caller.says("yes").value == "IOE0912345678"


def test_thirteen_keys_are_a_whole_receipt() -> None:
    assert Caller("receipt").keys("4630912345678").says("yes").value == "IOE0912345678"


def test_too_long_says_so_and_asks_again() -> None:
    caller = Caller("receipt").says("IOE 0912345678 99")
    assert caller.heard == ["reprompt_value_long", "why"]
    assert caller.says("IOE 0912345678").heard == ["confirm_receipt"]


def test_silence_after_a_part_does_not_forget_it() -> None:
    caller = Caller("receipt").says("IOE 0912").silent().says("345678")
    assert caller.heard == ["confirm_receipt"]


@pytest.mark.parametrize(("kind", "first", "correction", "value"), [
    ("date", "march fifth", "no, the twentieth", "2026-03-20"), ("date", "march fifth", "no, april", "2026-04-05"),
    ("date", "march fifth", "no, april sixth", "2026-04-06"), ("receipt", "IOE 0912345678", "no, it's W A C", "WAC0912345678"),
    ("receipt", "IOE 0912345678", "no, 5679", "IOE0912345679"), ("receipt", "IOE 0912345678", "no, EAC 2190012345", "EAC2190012345"),
    ("phone", "305 555 0143", "no, 0144", "+13055550144"), ("a_number", "A 210 555 123", "no, 124", "A210555124"),
    ("form", "I-130", "no, I-131", "I-131"), ("email", "maria at gmail dot com", "no, mario at gmail dot com", "mario@gmail.com")])
def test_a_correction_comes_in_the_same_breath_and_is_read_back(kind: str, first: str, correction: str, value: str) -> None:
    caller = Caller(kind).says(first).says(correction)
    assert caller.heard == [f"confirm_{kind}"]
    assert caller.value is None
    assert caller.says("yes").value == value


def test_no_to_a_date_in_numbers_offers_the_other_reading() -> None:
    caller = Caller("date", "es").says("3/4/1990")
    assert "3 de abril de 1990" in caller.words
    assert "4 de marzo de 1990" in caller.says("no").words
    assert caller.says("sí").value == "1990-03-04"


def test_no_after_both_readings_asks_anew() -> None:
    assert Caller("date", "es").says("3/4/1990").says("no").says("no").heard[-1] == "why"


def test_a_bare_no_to_the_read_back_asks_again_and_keeps_nothing() -> None:
    caller = Caller("receipt").says("IOE 0912345678").says("no")
    assert caller.heard[-1] == "why"
    assert caller.value is None


@pytest.mark.parametrize(("kind", "said", "value"), [("a_number", "A 87 654 321", "A087654321"), ("date", "3/4/1990", "1990-03-04")])
def test_a_value_in_doubt_is_read_back_even_where_none_is_wanted(kind: str, said: str, value: str) -> None:
    caller = Caller(kind, read_back="never").says(said)
    assert caller.heard == [f"confirm_{kind}"]
    assert caller.says("yes").value == value


def test_a_sure_value_needs_no_read_back_where_none_is_wanted() -> None:
    caller = Caller("a_number", read_back="never").says("A 210 555 123")
    assert (caller.value, caller.session.outcome) == ("A210555123", "done")


@pytest.mark.parametrize("said", ["no", "I don't have it, no"])
def test_whoever_says_no_does_not_have_it(said: str) -> None:
    caller = Caller("receipt").says("no")
    assert caller.session.outcome == "refused"


def test_an_address_by_keys() -> None:
    # a n a @ b . u s: each letter its key and its place, 1 with its place for a sign
    assert Caller("email").keys("2162211222118274").says("yes").value == "ana@b.us"


def test_what_was_understood_is_never_logged() -> None:
    caller = Caller("receipt").says("IOE 0912345")
    assert "0912345" not in repr(caller.session)
    assert "0912345" not in repr(caller.said)


def test_the_same_value_twice_does_not_go_on_for_ever() -> None:
    caller = Caller("receipt").says("IOE 0912345678")
    for _ in range(60):
        if caller.session.status == "ended":
            break
        caller.says("IOE 0912345678")
    assert caller.session.status == "ended"


@pytest.mark.parametrize(("language", "said"), [("en", "any day"), ("en", "um, whenever please"), ("es", "cualquier día")])
def test_words_of_the_authors_own_leave_a_value_out(language: str, said: str) -> None:
    caller = Caller("date", language, "always, without: any_day").says(said)
    assert (caller.session.outcome, caller.value) == ("refused", None)


def test_those_words_within_an_answer_are_no_refusal() -> None:
    caller = Caller("date", read_back="always, without: any_day").says("any day but april sixth 2026")
    assert caller.heard == ["confirm_date"]


def test_an_address_that_the_call_knows_is_not_asked_for_again() -> None:
    caller = Caller("email", read_back="always, known: true")
    assert caller.heard == ["why"]
    caller._send(ev.ContactGiven("email", Sensitive("ana@example.org")))
    assert caller.silent().session.outcome == "done", "typed on a page while it was asked for"
    assert Caller("email").says("no").session.outcome == "refused"
