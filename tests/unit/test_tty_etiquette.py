"""Turns on a text telephone: GA, SK, what is typed and what is sent."""

from __future__ import annotations

import pytest

from ivr.telephony.tty_etiquette import GA, SK, TypedTurn, closed, nothing_left, outgoing
from ivr.telephony.tty_greetings import is_greeting


@pytest.mark.parametrize(("typed", "words", "closing"), [
    ("CASE STATUS PLS GA", "CASE STATUS PLS", GA), ("case status ga", "case status", GA), ("YES GA.", "YES", GA), ("GA", "", GA),
    ("IOE0912345678GA", "IOE0912345678", GA), ("MY RECEIPT Q GA GA", "MY RECEIPT Q", GA), ("DOES YOGA COUNT", "DOES YOGA COUNT", ""),
    ("THE GAS BILL", "THE GAS BILL", ""), ("THX BYE SK", "THX BYE", SK), ("SKSK", "", SK), ("BYE SK SK", "BYE", SK),
    ("GA OR SK", "", SK), ("OK THX GA TO SK", "OK THX", SK), ("NO MORE SKSK .", "NO MORE", SK), ("I ASK", "I ASK", ""), ("", "", "")])
def test_closing_letters_end_a_turn_and_are_none_of_its_words(typed: str, words: str, closing: str) -> None:
    assert closed(typed) == (words, closing)


def test_what_is_struck_back_was_never_typed() -> None:
    turn = TypedTurn()
    for character in "\b\bCASR\bE 12\r\n34 GA":
        turn.add(character)
    assert turn.gives_turn
    assert turn.take() == ("CASE 12 34", GA)
    assert not turn
    assert turn.take() == ("", "")


@pytest.mark.parametrize(("texts", "closing", "sent"), [
    (["Your question?"], GA, "Your question? GA\r\n"), (["One.\nTwo.", "Three?"], GA, "One.\r\nTwo.\r\nThree? GA\r\n"),
    (["Goodbye."], SK, "Goodbye. SK\r\n"), (["TTY call? GA"], GA, "TTY call? GA\r\n"), ([], SK, SK), (["Wait."], "", "Wait.\r\n"),
    (["  ", "A\n\nB"], GA, "A\r\nB GA\r\n")])
def test_what_is_sent_ends_with_whose_turn_it_is(texts: list[str], closing: str, sent: str) -> None:
    assert outgoing(texts, closing) == sent


@pytest.mark.parametrize(("words", "language", "greeting"), [
    ("HELLO", "en", True), ("HI IS ANYONE THERE Q", "en", False), ("HELLO IS ANYBODY THERE", "en", True), ("BUENAS TARDES", "en", True),
    ("HOLA", "es", True), ("LLO", "en", True),
    ("LLO IS ANYBODY THERE", "en", True), ("TTY CALL", "en", True), ("CASE STATUS", "en", False), ("HELLO CASE STATUS PLS", "en", False),
    ("1", "en", False),
    ("", "en", False)])
def test_a_greeting_is_no_answer(words: str, language: str, greeting: bool) -> None:
    assert is_greeting(words, language) is greeting


def test_signs_alone_say_nothing() -> None:
    assert nothing_left(" . ,")
    assert not nothing_left("THX")
