"""Typed text becomes the event it is, in the words that the rest of the program reads."""

from __future__ import annotations

from datetime import date

import pytest

import ivr.dialog.slots  # noqa: F401
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.slots.base import SLOTS
from ivr.dialog.typed import answer_words, event_for, normalised
from ivr.dialog.typed_spelling import mended
from ivr.dialog.yes_no import said
from ivr.flow.model import Bundle

TODAY = date(2026, 3, 10)


def listen(expect: str = "text", max_digits: int = 1, language: str = "en") -> act.Listen:
    return act.Listen(7, language, expect=expect, max_digits=max_digits)


# -- which event it is -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "expect", "max_digits", "keys"), [
    ("1", "text", 1, "1"), ("1 GA", "yes_no", 1, "1"), (" 3. ", "text", 1, "3"), ("0", "text", 1, "0"), ("*", "text", 1, "*"),
    ("#", "digits", 10, "#"), ("12#", "digits", 10, "12"), ("202-555-0143", "phone", 10, "2025550143"),
    ("(202) 555 0143 GA", "phone", 10, "2025550143"), ("03102026", "date", 8, "03102026"), ("123 456 789", "a_number", 9, "123456789"),
    ("0912345678", "receipt", 13, "0912345678"), ("2", "text", 1, "2"),
])
def test_digits_are_keys_where_keys_fit(text: str, expect: str, max_digits: int, keys: str) -> None:
    event = event_for(text, listen(expect, max_digits))
    assert isinstance(event, ev.DigitsReceived)
    assert (event.digits.reveal(), event.turn) == (keys, 7)


@pytest.mark.parametrize(("text", "expect", "max_digits"), [
    ("12", "text", 1), ("3/10/2026", "date", 8), ("3 10 2026", "date", 8), ("3-10-2026", "date", 8), ("IOE0912345678", "receipt", 13),
    ("+1 202 555 0143", "phone", 10), ("09123456789123", "receipt", 13), ("I-485", "form", 4),
])
def test_what_keys_do_not_fit_is_words(text: str, expect: str, max_digits: int) -> None:
    event = event_for(text, listen(expect, max_digits))
    assert isinstance(event, ev.SpeechHeard)
    assert (event.confidence, event.turn) == (1.0, 7)


@pytest.mark.parametrize("text", ["", " ", "GA", "GA.", "...", "\n", "CARD XXX"])
def test_nothing_is_nothing(text: str) -> None:
    assert event_for(text, listen()) == ev.NoInput(7)


@pytest.mark.parametrize("text", ["SK", "SKSK", "SK SK", "GA OR SK", "GA TO SK"])
def test_the_last_word_of_a_call_stays(text: str) -> None:
    event = event_for(text, listen())
    assert isinstance(event, ev.SpeechHeard)
    assert event.text.reveal().lower() == "sk"


def test_a_very_long_text_is_cut() -> None:
    event = event_for("WORD " * 5000, listen())
    assert isinstance(event, ev.SpeechHeard)
    assert len(event.text.reveal()) <= 1000


# -- sentences ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "language", "words"), [
    ("WHERE IS MY CASE Q GA", "en", "where is my case?"),
    ("PLS TELL ME ABT MY APPT THX", "en", "please tell me about my appointment thanks"),
    ("HOW R U", "en", "how are you"),
    ("CAN U TEXT ME UR NBR Q", "en", "can you text me your number?"),
    ("WHERE IS MY CASE Q PLS HELP ME", "en", "where is my case? please help me"),
    ("MY CARF XXX CARD DID NOT ARRIVE", "en", "my card did not arrive"),
    ("MY CARFXXX CARD DID NOT ARRIVE", "en", "my card did not arrive"),
    ("WRONG WORDS XXX XXXX MY CASE", "en", "my case"),
    ("I WNAT TO CHNAGE MY ADRESS", "en", "i want to change my address"),
    ("Q NECESITO X FAVOR XQ MI TRAMITE TB TARDA", "es", "que necesito por favor porque mi trámite también tarda"),
    ("CAMBIAR DIR PF", "es", "cambiar dirección por favor"),
    ("ESPAN~OL", "en", "español"),
    ("MY RECEIPT IS IOE0912345678 AND FORM I-485", "en", "my receipt is IOE0912345678 and form I-485"),
    ("A N A R U", "en", "a n a r u"),
    ("MY NAME IS CARDD STATSU", "en", "my name is cardd statsu"),
    ("Where is my Case", "en", "Where is my Case"),
    ("QUIERO CAMBIAR MI DIRECCION D CASA", "en", "quiero cambiar mi dirección de casa"),
])
def test_a_sentence_is_written_out(uscis: Bundle, text: str, language: str, words: str) -> None:
    event = event_for(text, listen(language=language), uscis)
    assert isinstance(event, ev.SpeechHeard)
    assert event.text.reveal() == words


def test_without_a_bundle_nothing_is_mended() -> None:
    assert normalised("I WNAT MY CARD PLS", "en") == "i wnat my card please"


@pytest.mark.parametrize("word", ["mother", "perdone", "tow", "jan", "I-485", "IOE0912345678", "ana@example.org", "twoo", "marhc"])
def test_words_that_are_not_mended(uscis: Bundle, word: str) -> None:
    assert mended([word], "en", uscis) == [word]
    assert mended([word], "es", uscis) == [word]


def test_another_language_has_no_say(uscis: Bundle) -> None:
    assert mended(["cases"], "en", uscis) == ["cases"]  # not the Spanish "clases"


@pytest.mark.parametrize(("wrong", "right", "language"), [
    ("adress", "address", "en"), ("appointmnet", "appointment", "en"), ("caard", "card", "en"), ("fingerprnt", "fingerprint", "en"),
    ("direcion", "dirección", "es"), ("targeta", "targeta", "es"), ("huelals", "huellas", "es"), ("tramitte", "trámite", "es"),
    ("esta", "esta", "es"), ("si", "si", "es"), ("tramite,", "trámite,", "es"),
])
def test_slips_of_the_fingers(uscis: Bundle, wrong: str, right: str, language: str) -> None:
    assert mended([wrong], language, uscis) == [right]


# -- values ------------------------------------------------------------------------------------------------------------

RECEIPTS = ["IOE0912345678", "IOE 091 234 5678", "IOE-091-234-5678", "I0E0912345678", "1OE0912345678", "IOEO912345678", "IOE O9I2345678",
            "ioe0912345678", "IOE 0912345678 THX", "MY RECEIPT IS IOE0912345678 PLS", "MI RECIBO ES IOE 0912345678 GRACIAS",
            "IOE0912345670 XXX IOE0912345678", "RECEIPT NR IOE0912345678", "lOE09I2345678"]
PHONES = ["202-555-0143", "(202) 555-0143", "202.555.0143", "1 202 555 0143", "+1 202 555 0143", "MY NR IS 202 555 0143",
          "2O2 555 O143", "CELL 202-555-0143 THX", "MI TEL ES 202-555-0143"]
ALIENS = ["A123456789", "A 123456789", "A-123-456-789", "A#123456789", "A NR 123456789", "AI23456789", "A 123 456 789 PLS",
          "MI NUM A ES 123456789"]
FORMS = ["I130", "I 130", "I-130", "I 13O", "l-130", "1-130", "FORM I130", "I130 PLS", "FORMULARIO I 130", "130"]
EMAILS = ["JOHN AT EXAMPLE DOT COM", "JOHN (AT) EXAMPLE (DOT) COM", "JOHN(AT)EXAMPLE.COM", "JOHN@EXAMPLE.COM",
          "JOHN ARROBA EXAMPLE PUNTO COM", "JOHN AT EXAMPLE.COM PLS", "JOHN<AT>EXAMPLE.COM", "JOHNXEXAMPLE.COM", "JOHN X EXAMPLE.COM",
          "JOHN AT EXAMPLE DOT COM GRACIAS"]
TYPED = [*(("receipt", t, "IOE0912345678") for t in RECEIPTS), *(("phone", t, "+12025550143") for t in PHONES),
         *(("a_number", t, "A123456789") for t in ALIENS), *(("form", t, "I-130") for t in FORMS),
         *(("email", t, "john@example.com") for t in EMAILS)]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("kind", "text", "value"), TYPED, ids=lambda x: str(x))
def test_typed_values(kind: str, text: str, value: str, language: str) -> None:
    words = answer_words(text, language, SLOTS[kind].expect)
    reading = SLOTS[kind].spoken(words, language, TODAY)
    assert (reading.usable, reading.value) == (True, value)


@pytest.mark.parametrize(("text", "language", "value"), [
    ("3/20/2026", "en", "2026-03-20"), ("03/20/2026", "es", "2026-03-20"), ("MAR 20 2026", "en", "2026-03-20"),
    ("20 MAR 2026", "en", "2026-03-20"),
    ("MAR202026", "en", "2026-03-20"), ("20-MAR-2026", "es", "2026-03-20"), ("20 D MARZO", "es", "2026-03-20"),
    ("20 DE MARZO D 2026", "es", "2026-03-20"),
    ("TMW", "en", "2026-03-11"), ("MANANA", "es", "2026-03-11"), ("MARCH 20 PLS", "en", "2026-03-20"), ("2026-03-20", "en", "2026-03-20"),
])
def test_typed_dates(text: str, language: str, value: str) -> None:
    reading = SLOTS["date"].spoken(answer_words(text, language, "date"), language, TODAY)
    assert (reading.status, reading.value) == ("ok", value)


@pytest.mark.parametrize("text", ["3/10/2026", "03-10-2026", "3 10 2026"])
def test_a_day_that_could_be_the_month_is_asked_about(text: str) -> None:
    spanish = SLOTS["date"].spoken(answer_words(text, "es", "date"), "es", TODAY)
    assert (spanish.status, {spanish.value, spanish.other}) == ("ambiguous", {"2026-03-10", "2026-10-03"})
    english = SLOTS["date"].spoken(answer_words(text, "en", "date"), "en", TODAY)
    assert english.problem == "day_or_month"


@pytest.mark.parametrize(("text", "kind"), [("IOE09123456OI9", "receipt"), ("ZZZ0912345678", "receipt"), ("OLIVIO", "receipt"),
                                            ("ALLIO", "a_number"), ("MAX EXAMPLE COM", "email"), ("JOHN DOE", "email")])
def test_what_leaves_a_doubt_is_no_value(text: str, kind: str) -> None:
    assert not SLOTS[kind].spoken(answer_words(text, "en", SLOTS[kind].expect), "en", TODAY).usable


YES = ["Y", "YS", "YEP", "OK", "YES", "YES PLS", "SI", "SI PF", "K", "Y PLS", "YES GA"]
NO = ["N", "NO", "NOPE", "NO THX", "NO GRACIAS", "N PLS"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("text", "answer"), [*((t, "yes") for t in YES), *((t, "no") for t in NO)])
def test_yes_and_no(uscis: Bundle, text: str, answer: str, language: str) -> None:
    event = event_for(text, listen("yes_no", language=language), uscis)
    assert isinstance(event, ev.SpeechHeard)
    assert said(uscis, event.text.reveal(), language) == answer


def test_one_letter_is_an_answer_only_where_yes_or_no_was_asked(uscis: Bundle) -> None:
    assert said(uscis, "y", "en") is None
    assert event_for("S", listen("yes_no", language="es"), uscis).text.reveal() == "sí"
    assert said(uscis, event_for("S", listen("yes_no"), uscis).text.reveal(), "en") is None
