"""Calls through a relay operator: recognised at any turn, given time, never hung up on, and understood as the caller."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.relay import announces, own_words
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from tests.unit.test_engine import Caller

ANNOUNCED = [
    "this is a relay service call", "hello, this is California Relay operator 4321", "this is communications assistant 1234",
    "CA number 5512, have you received a relay call before?", "I am calling through 711", "this is a video relay call",
    "hi, I am a sign language interpreter with video relay", "esta es una llamada del servicio de retransmisión",
    "le habla el operador de relevo número 12", "asistente de comunicaciones 411", "soy intérprete de lengua de señas",
]
NOT_ANNOUNCED = [
    "I need a sign language interpreter for my interview", "necesito un intérprete de señas para mi cita", "my case", "7 1 1",
    "two zero two seven one one zero one four three", "siete uno uno", "my WAC receipt number", "relevant documents",
    "I have a new attorney",
]


def listened(caller: Caller) -> act.Listen:
    assert isinstance(caller.last, act.Listen)
    return caller.last


@pytest.fixture
def caller(uscis: Bundle) -> Caller:
    return Caller(uscis)


@pytest.fixture
def relayed(caller: Caller) -> Caller:
    return caller.says("this is relay operator 4321, have you received a relay call before?")


@pytest.mark.parametrize("words", ANNOUNCED)
def test_an_operator_is_recognised(uscis: Bundle, words: str) -> None:
    assert announces(uscis, words)


@pytest.mark.parametrize("words", NOT_ANNOUNCED)
def test_nobody_else_is(uscis: Bundle, words: str) -> None:
    assert not announces(uscis, words)


def test_a_bundle_adds_words_of_its_own(uscis: Bundle) -> None:
    bundle = dataclasses.replace(uscis, commands={**uscis.commands, "relay": {"en": ("Bay State line",), "es": ("línea de Bay State",)}})
    assert announces(bundle, "operator of the bay state line speaking")
    assert not announces(uscis, "operator of the bay state line speaking")


def test_the_announcement_is_thanked_for_and_costs_nothing(caller: Caller) -> None:
    before, asked = caller.session, caller.heard
    caller.says("this is relay operator 4321")
    after = caller.session
    assert after.relay
    assert caller.heard == ["relay_welcome", *asked]
    assert (after.tries, after.commands_left, after.frames) == (before.tries, before.commands_left, before.frames)
    assert after.answers == before.answers


def test_from_then_on_everything_takes_twice_as_long(caller: Caller) -> None:
    before = listened(caller)
    after = listened(caller.says("this is relay operator 4321"))
    assert (after.timeout_s, after.inter_digit_s) == (2 * before.timeout_s, 2 * before.inter_digit_s)
    assert after.end_silence_ms >= 1200
    assert not after.barge_in
    again = listened(caller.says("what", "_oos"))
    assert (again.timeout_s, again.end_silence_ms) == (after.timeout_s, after.end_silence_ms)
    assert listened(caller.says("repeat")).timeout_s == after.timeout_s


def test_a_second_operator_spends_an_aside(relayed: Caller) -> None:
    left = relayed.session.commands_left
    relayed.says("this is a new relay operator, number 12")
    assert relayed.session.commands_left == left - 1
    assert "relay_welcome" not in relayed.heard


def test_silence_asks_again_in_other_words_until_the_bound_of_the_call(relayed: Caller) -> None:
    where, question = relayed.session.frames, {s.key for s in relayed.session.last_said}
    heard = []
    for _ in range(relayed.session.cycles_left - 1):
        relayed.silent()
        assert relayed.session.frames == where
        assert relayed.session.tries == 0
        assert question <= set(relayed.heard)
        heard.append(tuple(relayed.heard))
    assert all(one != two for one, two in pairwise(heard))
    relayed.silent()
    assert relayed.session.frames != where  # the safe landing


def test_an_operator_who_asks_us_to_wait_is_waited_for(relayed: Caller) -> None:
    before = relayed.session
    after = relayed.says("one moment please").session
    assert relayed.heard == ["tty_more_time"]
    assert (after.frames, after.tries, after.commands_left) == (before.frames, before.tries, before.commands_left)


def test_go_ahead_alone_is_no_yes(uscis: Bundle, relayed: Caller) -> None:
    relayed.says("the caller would like to check the case status, go ahead", "case_status")
    assert listened(relayed).expect == "yes_no"
    where = relayed.session.frames
    relayed.says("go ahead")
    assert relayed.session.frames == where
    assert not relayed.effects
    relayed.says("the caller says no, go ahead")
    assert relayed.session.frames != where


@pytest.mark.parametrize(("words", "language", "own"), [
    ("the caller would like to know where her case is, go ahead", "en", "where my case is"),
    ("The caller's asking if he is eligible", "en", "if I am eligible"),
    ("he is asking about his green card", "en", "my green card"),
    ("my client wants to change their address, go ahead please", "en", "change my address"),
    ("she says yes, go ahead", "en", "yes"),
    ("the caller says: my wife lost her card, go ahead", "en", "my wife lost her card"),
    ("the caller says her receipt number is IOE0912345678. GA", "en", "my receipt number is IOE0912345678"),
    ("go ahead", "en", ""),
    ("I want to check my case", "en", "I want to check my case"),
    ("yes", "en", "yes"),
    ("la persona quiere saber dónde está su caso, adelante", "es", "dónde está mi caso"),
    ("ella quiere cambiar su dirección", "es", "cambiar mi dirección"),
    ("el cliente pregunta por su tarjeta, siga", "es", "mi tarjeta"),
    ("la señora dice que sí", "es", "sí"),
    ("adelante", "es", ""),
    ("quiero cambiar mi dirección", "es", "quiero cambiar mi dirección"),
])
def test_the_third_person_is_taken_off(words: str, language: str, own: str) -> None:
    assert own_words(words, language) == own
    assert own_words(own, language) == own


def test_nothing_changes_for_anybody_else(caller: Caller) -> None:
    caller.says("he says my case go ahead", "case_status")
    assert not caller.session.relay


def test_who_types_needs_no_operator(uscis: Bundle) -> None:
    caller = Caller(uscis, line="tty", channel="tty").says("relay operator")
    assert not caller.session.relay


def test_it_is_stored_and_old_sessions_load(relayed: Caller) -> None:
    stored = sessions.to_json(relayed.session)
    assert sessions.from_json(stored).relay
    old = {k: v for k, v in stored.items() if k not in ("relay", "tty_mode")}
    assert sessions.from_json(old) == dataclasses.replace(relayed.session, relay=False)


def test_the_event_keeps_what_was_really_said(relayed: Caller) -> None:
    heard = ev.SpeechHeard(1, Sensitive("the caller says yes"))
    assert ev.from_json(ev.to_json(heard)) == heard
