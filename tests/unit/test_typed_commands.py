"""What people who type say in shorthand, how long a text telephone waits, and voice and hearing carry-over."""

from __future__ import annotations

import pytest

from ivr.dialog import actions as act
from ivr.dialog.patience import TTY_LEAST_S, unhurried
from ivr.dialog.typed import event_for
from ivr.dialog.typed_commands import typed_command
from ivr.flow.model import Bundle
from tests.unit.test_engine import Caller


@pytest.fixture
def typist(uscis: Bundle) -> Caller:
    return Caller(uscis, line="tty", channel="tty")


def types(caller: Caller, text: str) -> Caller:
    assert caller.session.last_listen is not None
    return caller.send(event_for(text, caller.session.last_listen, caller.bundle))


@pytest.mark.parametrize(("text", "command"), [
    ("PLS REPEAT GA", "repeat"), ("RPT", "repeat"), ("XXX", "repeat"), ("REPITA PF", "repeat"), ("MENU", "main_menu"), ("SK", "goodbye"),
    ("SKSK", "goodbye"), ("GA OR SK", "goodbye"), ("THX BYE SK", "goodbye"), ("HD", "more_time"), ("HOLD PLS", "more_time"),
    ("UN MOMENTO", "more_time"), ("ESPAN~OL", "switch_es"), ("ESPANOL PF", "switch_es"), ("HELP", "help"), ("VCO", "vco"),
    ("VCO PLS", "vco"),
    ("VOICE CARRY OVER GA", "vco"), ("HCO PF", "hco"), ("HEARING CARRY OVER", "hco"), ("VCO OFF", "text_only"),
])
def test_shorthand_is_understood(uscis: Bundle, text: str, command: str) -> None:
    event = event_for(text, act.Listen(1, "en"), uscis)
    assert typed_command(event.text.reveal(), "tty") == command


def test_not_on_a_voice_line_and_carry_over_only_on_a_text_telephone() -> None:
    assert typed_command("rpt", "voice") is None
    assert typed_command("vco", "chat") is None
    assert typed_command("menu", "chat") == "main_menu"


@pytest.mark.parametrize(("text", "mode", "said"), [("VCO PLS", "vco", "tty_vco"), ("HCO GA", "hco", "tty_hco")])
def test_carry_over_is_confirmed_and_kept_and_costs_nothing(typist: Caller, text: str, mode: str, said: str) -> None:
    before, asked = typist.session, [s.key for s in typist.session.last_said]
    after = types(typist, text).session
    assert after.tty_mode == mode
    assert typist.heard == [said, *asked]
    assert (after.frames, after.tries, after.commands_left) == (before.frames, before.tries, before.commands_left)
    types(typist, "VCO OFF")
    assert typist.session.tty_mode == ""
    assert typist.heard[0] == "tty_switched"


def test_who_hears_gets_words_for_the_ear(uscis: Bundle, typist: Caller) -> None:
    types(types(typist, "HCO"), "HELP")
    spoken = next(a for a in typist.actions if isinstance(a, act.Say))
    assert spoken.text == uscis.prompts["en"][spoken.key].variants["voice"]


def test_more_time_does_not_ask_again(typist: Caller) -> None:
    before = typist.session
    after = types(typist, "HD").session
    assert typist.heard == ["tty_more_time"]
    assert (after.frames, after.tries, after.commands_left) == (before.frames, before.tries, before.commands_left)
    assert typist.session.last_said == before.last_said
    assert types(typist, "RPT").heard == [s.key for s in before.last_said]


def test_a_text_telephone_waits_four_times_as_long(uscis: Bundle, typist: Caller) -> None:
    spoken, typed = Caller(uscis).last, typist.last
    assert isinstance(spoken, act.Listen)
    assert isinstance(typed, act.Listen)
    assert typed.timeout_s == max(TTY_LEAST_S, 4 * spoken.timeout_s)
    assert typed.inter_digit_s == 4 * spoken.inter_digit_s
    assert (typed.expect, typed.max_digits, typed.hints) == (spoken.expect, spoken.max_digits, spoken.hints)


@pytest.mark.parametrize("timeout_s", [2.0, 6.0, 10.0, 60.0])
def test_never_less_than_half_a_minute_nor_longer_than_a_call_bears(timeout_s: float) -> None:
    assert 30.0 <= unhurried(act.Listen(1, "en", timeout_s=timeout_s), "tty", relay=False).timeout_s <= 240.0
    assert unhurried(act.Listen(1, "en", timeout_s=timeout_s), "chat", relay=False).timeout_s == timeout_s


def test_the_choice_that_was_offered_wins_over_shorthand(uscis: Bundle, typist: Caller) -> None:
    types(typist, "3")
    assert typist.session.node == "keys"
    types(types(typist, "1"), "BACK")
    assert typist.session.node == "keys"
