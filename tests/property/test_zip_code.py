"""ZIP codes as they are spoken, keyed, typed and corrected, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.dialog.slots.base import SLOTS, read_keys
from ivr.dialog.slots.corrections import corrected_value
from ivr.dialog.slots.zip_code import FIRST, LAST
from ivr.dialog.speakable import partly, speakable

TODAY = date(2026, 3, 10)
ZIP = SLOTS["zip"]
CODES = st.integers(int(FIRST), int(LAST)).map(lambda n: f"{n:05d}")
DIGITS = {"en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
          "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")}
LANGUAGES = st.sampled_from(["en", "es"])
BEFORE = {"en": ["", "it's ", "my zip code is ", "uh ", "the zip is, um, "],
          "es": ["", "es el ", "mi código postal es ", "eh ", "el código es, este, "]}


@given(CODES, LANGUAGES, st.data())
def test_digit_by_digit(code: str, language: str, data: st.DataObject) -> None:
    said = data.draw(st.sampled_from(BEFORE[language])) + " ".join(DIGITS[language][int(c)] for c in code)
    assert ZIP.spoken(said, language, TODAY).value == code


@given(CODES, LANGUAGES)
def test_as_it_is_read_back_and_as_it_is_typed(code: str, language: str) -> None:
    for text in (code, speakable("zip", code, language), f"{code[:3]} {code[3:]}", f"{code}-1234", f"zip: {code}."):
        assert ZIP.spoken(text, language, TODAY).value == code, text
    assert read_keys(ZIP, code, TODAY).value == code


@given(CODES, LANGUAGES, st.integers(2, 4))
def test_a_part_is_kept_and_the_rest_is_asked_for(code: str, language: str, cut: int) -> None:
    first = ZIP.spoken(" ".join(code[:cut]), language, TODAY)
    assert (first.status, first.heard) == ("incomplete", code[:cut])
    assert partly("zip", first.heard, language) == " ".join(code[:cut])
    rest = " ".join(DIGITS[language][int(c)] for c in code[cut:])
    assert ZIP.spoken(rest, language, TODAY, heard=first.heard).value == code
    assert ZIP.spoken(" ".join(code), language, TODAY, heard=first.heard).value == code, "said again, whole"


@given(CODES, LANGUAGES, st.integers(0, 99))
def test_the_end_is_corrected(code: str, language: str, end: int) -> None:
    last = f"{end:02d}"
    assume(not code.startswith(last))
    said = " ".join(DIGITS[language][int(c)] for c in last)
    can_be = FIRST <= code[:3] + last <= LAST
    assert corrected_value("zip", code, said, language, TODAY) == (code[:3] + last if can_be else "")


@given(st.text("0123456789", max_size=12))
def test_keys_give_a_code_that_there_can_be_or_none(keys: str) -> None:
    reading = ZIP.keyed(keys, TODAY)
    assert reading.status in ("ok", "incomplete", "invalid")
    assert (reading.status == "ok") is (len(keys) in (5, 9) and FIRST <= keys[:5] <= LAST)


@pytest.mark.parametrize(("language", "said", "value"), [
    ("en", "nine oh two ten", "90210"), ("en", "one double oh oh one", "10001"), ("en", "nine zero zero one two", "90012"),
    ("en", "oh two one three nine", "02139"), ("en", "ten thousand one", "10001"),
    ("en", "one oh oh oh one dash one two three four", "10001"),
    ("es", "cero cinco", ""),
    ("en", "seven seven oh... no wait, seven seven zero five four", "77054"), ("en", "sixty six oh forty four", "66044"),
    ("es", "noventa mil doce", "90012"), ("es", "nueve cero cero doce", "90012"), ("es", "treinta y tres uno veinticinco", "33125"),
    ("es", "es el setenta y siete cero cincuenta y cuatro", "77054"), ("es", "cero dos uno tres nueve", "02139"),
    ("en", "I live in Chicago", ""), ("es", "vivo en Chicago", ""), ("en", "zero zero one two three", ""),
    ("en", "no", ""), ("es", "no sé", "")])
def test_forms_that_callers_use(language: str, said: str, value: str) -> None:
    assert ZIP.spoken(said, language, TODAY).value == value


def test_the_rest_may_begin_like_the_part_that_was_understood() -> None:
    assert ZIP.spoken("zero five zero", "en", TODAY, heard="05").value == "05050"
    assert ZIP.spoken("zero five one two", "en", TODAY, heard="05").heard == "0512", "begun anew, and cut short again"
