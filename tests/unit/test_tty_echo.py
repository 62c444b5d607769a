"""Our own text coming back, and a typist who interrupts it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.tty_echo import EchoFilter

PACE_MS = 176.0
TEXTS = st.text("ETAOINSHRDLU 123?", min_size=3, max_size=60)


def _sending(text: str) -> EchoFilter:
    echo = EchoFilter()
    for n, character in enumerate(text):
        echo.sends(character, PACE_MS * n)
    return echo


@given(TEXTS, st.floats(0, 1000), st.data())
def test_an_echo_never_interrupts_however_many_of_its_characters_are_lost(text: str, delay_ms: float, data: st.DataObject) -> None:
    echo = _sending(text)
    kept = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    for n, character in enumerate(text):
        if kept[n]:
            assert echo.heard(character, PACE_MS * (n + 1) + delay_ms) == ""
    assert echo.over() == ""


def test_two_characters_that_are_not_ours_interrupt_and_are_kept() -> None:
    echo = _sending("AAAAAAAAAAAA")
    assert echo.heard("A", 300.0) == ""
    assert echo.heard("Y", 500.0) == ""
    assert echo.heard("E", 700.0) == "YE"


def test_one_misread_character_of_our_own_does_not() -> None:
    echo = _sending("ABCDEFGH")
    assert [echo.heard(c, 400.0 + 176 * n) for n, c in enumerate("ABXDEF")] == [""] * 6
    assert echo.over() == ""


def test_what_comes_last_and_is_not_ours_begins_the_answer() -> None:
    echo = _sending("NOW GA")
    echo.heard("Y", 1100.0)
    assert echo.over() == "Y"
    assert echo.over() == ""


def test_on_a_line_without_echo_everything_was_typed_even_what_we_happen_to_send() -> None:
    echo = _sending("THIS IS A LONG TEXT THAT NOBODY READS")
    typed = ""
    for n, character in enumerate("CASE STATUS"):
        typed += echo.heard(character, 3000.0 + 176 * n) if not typed else echo.heard_after(character, 3000.0 + 176 * n)
    assert typed == "CASE STATUS"


def test_what_is_left_of_the_echo_is_not_taken_for_typing() -> None:
    echo = _sending("ABCDEFGHIJKLM")
    for n in range(6):
        assert echo.heard("ABCDEF"[n], 400.0 + 176 * n) == ""
    assert (echo.heard("Z", 1500.0), echo.heard("Y", 1600.0)) == ("", "ZY")
    assert (echo.heard_after("G", 1700.0), echo.heard_after("X", 1800.0)) == ("", "X")
