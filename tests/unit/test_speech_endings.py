"""Whole answers end an utterance at once, open ones never; sounds of listening are no answers."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.dialog.actions import Listen
from ivr.flow.model import Bundle
from ivr.speech import forms
from ivr.speech.endings import ends_at_once, is_backchannel
from ivr.speech.recognizer import Transcript

pytestmark = pytest.mark.unit
TODAY = date(2026, 3, 10)


def question(expect: str, language: str = "en", hints: tuple[str, ...] = (), max_digits: int = 1) -> Listen:
    return Listen(1, language, expect=expect, hints=hints, max_digits=max_digits)


@pytest.mark.parametrize(("listen", "words", "whole"), [
    (question("receipt"), "I-O-E-0-9-1-2-3-4-5-6-7-8", True), (question("receipt"), "I-O-E-0-9-1-2-3-4-5-6-7", False),
    (question("receipt"), "I-O-E", False), (question("phone"), "202 555 0156", True), (question("phone"), "202 555", False),
    (question("a_number"), "A 123 456 789", True), (question("a_number"), "A 12 345 678", False),
    (question("date"), "March 20, 2026", True), (question("date"), "March 20", False),
    (question("digits", max_digits=4), "1234", True), (question("digits", max_digits=4), "123", False),
    (question("digits"), "1", False), (question("yes_no"), "Yes.", True), (question("yes_no"), "Yes, please.", True),
    (question("yes_no"), "No.", False), (question("yes_no"), "Yes, but I moved to another town", False),
    (question("yes_no", "es"), "Sí.", True), (question("yes_no", "es"), "No.", False),
    (question("text", hints=("case status", "office hours")), "Office hours.", True),
    (question("text", hints=("case status", "office hours")), "Office", False), (question("text"), "Where is my case?", False),
    (question("email"), "john at example dot com", False), (question("form"), "I-90", False),
])
def test_which_answers_end_at_once(uscis: Bundle, listen: Listen, words: str, whole: bool) -> None:
    assert ends_at_once(uscis, listen, words, TODAY) is whole


@pytest.mark.parametrize(("listen", "words", "backchannel"), [
    (question("text"), "Uh-huh.", True), (question("text"), "Mhm.", True), (question("text"), "Okay, okay.", True),
    (question("text", "es"), "Ajá.", True), (question("text", "es"), "Sí.", True), (question("text"), "", False),
    (question("text"), "Okay, where is my case?", False), (question("text"), "No.", False), (question("text"), "Agent.", False),
    (question("text", hints=("okay",)), "Okay.", False), (question("yes_no"), "Yes.", False), (question("yes_no"), "Mhm.", True),
    (question("yes_no", "es"), "Sí.", False), (question("receipt"), "Okay.", True), (question("receipt"), "I O E 0", False),
])
def test_which_words_only_show_that_somebody_listens(uscis: Bundle, listen: Listen, words: str, backchannel: bool) -> None:
    assert is_backchannel(uscis, listen, words) is backchannel


def test_the_first_reading_that_is_a_value_is_taken() -> None:
    heard = Transcript("I-O-E-0-9-1-2-3-4-5-6-7", 0.9, "x", alternatives=("nothing", "I O E 0 9 1 2 3 4 5 6 7 8", "E-A-C-1"))
    best = forms.chosen(heard, "receipt", "en")
    assert best.text == "I O E 0 9 1 2 3 4 5 6 7 8" and best.alternatives[0] == heard.text and best.confidence == 0.9
    assert forms.chosen(heard, "text", "en") == heard
    assert forms.value("receipt", best.text, "en") == "IOE0912345678" and forms.value("receipt", heard.text, "en") == ""
