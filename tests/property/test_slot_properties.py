"""Laws of spoken values: what is said in any of many ways is read back as it was meant, and never as something else."""

from __future__ import annotations

import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ivr.dialog.slots  # noqa: F401
from ivr.dialog.slots.base import SLOTS
from ivr.dialog.slots.form import KNOWN_FORMS
from ivr.dialog.slots.receipt import KEYS, PREFIXES
from ivr.dialog.speakable import speakable

TODAY = date(2026, 3, 10)
LANGUAGES = st.sampled_from(["en", "es"])
STATUSES = ("ok", "incomplete", "ambiguous", "invalid", "none")

def words(text: str) -> list[str]:
    return text.split()


def spelled(text: str) -> dict[str, list[str]]:
    """`I: eye / India` lines -> letter -> what it is called; the letter itself first."""
    rows = [line.partition(":") for line in text.strip().splitlines()]
    return {letter.strip(): [letter.strip(), *(w.strip() for w in names.split("/"))] for letter, _, names in rows}


DIGITS = {"en": words("zero one two three four five six seven eight nine"),
          "es": words("cero uno dos tres cuatro cinco seis siete ocho nueve")}
TEENS = {"en": words("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
         "es": words("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve")}
TENS = {"en": words("twenty thirty forty fifty sixty seventy eighty ninety"),
        "es": words("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")}
LETTERS = {"en": spelled("""
    I: eye / i as in India / India
    O: oh / o as in Oscar
    E: ee / e as in Edward
    A: ay / a for apple
    C: see / sea / c as in Charlie
    W: double u / double you / whiskey
    L: el / Lima
    N: en / n as in Nancy
    S: ess / s as in Sam
    R: are / ar / r as in Robert
    M: em / m as in Mary
    B: bee / be / Bravo
    Y: why / y as in yellow"""), "es": spelled("""
    I: y / i latina / i de India
    O: o / o de oso
    E: e / e de España
    A: a / a de Ana
    C: ce / se / c de casa
    W: doble u / uve doble / doble ve
    L: ele / l de Luis
    N: ene / n de Nancy
    S: ese / s de sol
    R: erre / ere / r de Rosa
    M: eme / m de María
    B: be / ve / b de burro
    Y: i griega / y griega / ye""")}
FILLERS = {"en": ["", "", "um ", "it's ", "my number is ", "let me see, ", "okay, it is "],
           "es": ["", "", "eh ", "es ", "mi número es el ", "a ver, ", "bueno, es "]}


def say_two(pair: str, language: str) -> str:
    if pair[0] == "0":
        return f"{DIGITS[language][0]} {DIGITS[language][int(pair[1])]}"
    if pair[0] == "1":
        return TEENS[language][int(pair[1])]
    ten = TENS[language][int(pair[0]) - 2]
    if pair[1] == "0":
        return ten
    return f"{ten}{' y ' if language == 'es' else ' '}{DIGITS[language][int(pair[1])]}"


@st.composite
def said_digits(draw: st.DrawFn, digits: str, language: str) -> str:
    """Digits as words, pairs, numerals, groups, doubles, in any mixture of pieces."""
    out, i = [], 0
    while i < len(digits):
        style = draw(st.sampled_from(["word", "word", "numeral", "pair", "group", "double"]))
        rest = digits[i:]
        if style == "double" and len(rest) > 1 and rest[0] == rest[1]:
            out.append(("doble " if language == "es" else "double ") + DIGITS[language][int(rest[0])])
            i += 2
        elif style == "pair" and len(rest) > 1 and (i + 2 == len(digits) or rest[1] != "0" or rest[0] in "01"):
            out.append(say_two(rest[:2], language) + ",")
            i += 2
        elif style == "group":
            size = draw(st.integers(1, 4))
            out.append(rest[:size])
            i += min(size, len(rest))
        else:
            out.append(rest[0] if style == "numeral" else DIGITS[language][int(rest[0])])
            i += 1
    # A ten in front of a lone digit word would be heard as one number, by people too.
    return " ".join(_kept_apart(out, language))


def _kept_apart(pieces: list[str], language: str) -> list[str]:
    tens, joint = {f"{t}," for t in TENS[language]}, "then" if language == "en" else "luego"
    out: list[str] = []
    for piece in pieces:
        if out and out[-1] in tens:
            out.append(joint)
        out.append(piece)
    return out


@st.composite
def said_receipts(draw: st.DrawFn) -> tuple[str, str, str]:
    language = draw(LANGUAGES)
    prefix, digits = draw(st.sampled_from(PREFIXES)), draw(st.text("0123456789", min_size=10, max_size=10))
    letters = draw(st.sampled_from([prefix, " ".join(prefix), "-".join(prefix)])) if draw(st.booleans()) else " ".join(
        draw(st.sampled_from(LETTERS[language][letter])) for letter in prefix)
    filler, end = draw(st.sampled_from(FILLERS[language])), draw(st.sampled_from(["", ".", ",", " thanks", " gracias"]))
    return language, f"{filler}{letters}{draw(st.sampled_from([' ', ', ']))}{draw(said_digits(digits, language))}{end}", prefix + digits


@given(said_receipts())
def test_a_receipt_said_in_any_way_is_that_receipt(said: tuple[str, str, str]) -> None:
    language, text, value = said
    reading = SLOTS["receipt"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", value), text


@given(st.sampled_from(PREFIXES), st.text("0123456789", min_size=10, max_size=10), LANGUAGES, st.integers(0, 12), st.booleans(),
       st.booleans())
def test_a_symbol_lost_or_doubled_is_never_another_receipt(prefix: str, digits: str, language: str, at: int, double: bool,
                                                           in_words: bool) -> None:
    symbols = [*prefix, *(DIGITS[language][int(d)] if in_words else d for d in digits)]
    symbols[at:at + 1] = [symbols[at]] * 2 if double else []
    reading = SLOTS["receipt"].spoken(" ".join(symbols), language, TODAY)
    assert reading.value in ("", prefix + digits), symbols


@given(st.text("0123456789", min_size=9, max_size=9), LANGUAGES, st.data())
def test_an_alien_number_said_in_any_way_is_that_number(digits: str, language: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["A ", "", "A number ", "um A "])) + data.draw(said_digits(digits, language))
    reading = SLOTS["a_number"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", f"A{digits}"), text


@given(st.text("0123456789", min_size=9, max_size=9), LANGUAGES, st.integers(0, 8), st.booleans())
def test_a_digit_lost_or_doubled_is_never_a_sure_alien_number(digits: str, language: str, at: int, double: bool) -> None:
    symbols = list(digits)
    symbols[at:at + 1] = [digits[at]] * 2 if double else []
    reading = SLOTS["a_number"].spoken("A " + " ".join(symbols), language, TODAY)
    assert not reading.value or reading.problem == "padded"


@given(st.sampled_from(["202", "305", "213", "787"]), st.text("0123456789", min_size=4, max_size=4), LANGUAGES, st.data())
def test_a_telephone_number_said_in_any_way_is_that_number(area: str, line: str, language: str, data: st.DataObject) -> None:
    digits = f"{area}555{line}"
    text = data.draw(st.sampled_from(["", "1 ", "um "])) + data.draw(said_digits(digits, language))
    reading = SLOTS["phone"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", f"+1{digits}"), text


MONTHS = {"en": words("January February March April May June July August September October November December"),
          "es": words("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre")}


def say_year(year: int, language: str, in_words: bool) -> str:
    if not in_words:
        return str(year)
    rest = year % 100
    if language == "es":
        return f"{'mil novecientos' if year < 2000 else 'dos mil'} {say_small(rest, 'es') if rest else ''}".strip()
    if 2000 <= year < 2010:
        return f"two thousand {DIGITS['en'][rest] if rest else ''}".strip()
    century = say_two(str(year // 100), "en")
    return f"{century} {say_two(f'{rest:02d}', 'en').replace('zero', 'oh')}" if rest else f"{century} hundred"


def say_small(n: int, language: str) -> str:
    return say_two(f"{n:02d}", language) if n > 9 else DIGITS[language][n]


def say_day(day: int, language: str, in_words: bool) -> str:
    return say_small(day, language) if in_words else str(day)


@given(st.dates(date(1910, 1, 1), date(2049, 12, 31)), LANGUAGES, st.booleans(), st.booleans(), st.sampled_from(["dmy", "mdy"]))
def test_a_date_said_by_month_name_is_that_date(day: date, language: str, day_words: bool, year_words: bool, order: str) -> None:
    month, year = MONTHS[language][day.month - 1], say_year(day.year, language, year_words)
    number = say_day(day.day, language, day_words)
    of = " de " if language == "es" else " of "
    text = f"{number}{of}{month}{of if language == 'es' else ' '}{year}" if order == "dmy" else f"{month} {number}, {year}"
    reading = SLOTS["date"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", day.isoformat()), text


@given(st.dates(date(1910, 1, 1), date(2049, 12, 31)), LANGUAGES, st.sampled_from("/-. "))
def test_a_date_in_numbers_is_that_date_or_says_that_it_may_be_another(day: date, language: str, sign: str) -> None:
    parts = (day.day, day.month) if language == "es" else (day.month, day.day)
    reading = SLOTS["date"].spoken(sign.join(f"{n:02d}" for n in (*parts, day.year)), language, TODAY)
    doubtful = language == "es" and day.day <= 12 and day.day != day.month
    assert (reading.value, reading.status) == (day.isoformat(), "ambiguous" if doubtful else "ok")


@given(st.integers(-400, 400), LANGUAGES)
def test_days_counted_from_today(n: int, language: str) -> None:
    text = {"en": f"in {n} days" if n > 0 else f"{-n} days ago", "es": f"en {n} días" if n > 0 else f"hace {-n} días"}[language]
    assert SLOTS["date"].spoken(text, language, TODAY).value == (TODAY + timedelta(days=n)).isoformat()


NAMES = st.sampled_from(["maria", "john", "ana", "lopez", "smith", "rosa", "will", "pepe"])


@given(st.lists(NAMES, min_size=1, max_size=3), st.sampled_from([".", "_", "-", ""]),
       st.sampled_from(["gmail.com", "example.org", "yahoo.com.mx"]), st.integers(0, 99), LANGUAGES, st.booleans())
def test_an_address_said_in_words_or_spelled_is_that_address(names: list[str], sign: str, domain: str, n: int, language: str,
                                                             by_letters: bool) -> None:
    signs = {"en": {".": "dot", "_": "underscore", "-": "dash", "": "", "@": "at"},
             "es": {".": "punto", "_": "guion bajo", "-": "guion", "": "", "@": "arroba"}}[language]
    local = sign.join(names) + str(n)
    said = f" {signs[sign]} ".join(" ".join(name) if by_letters else name for name in names)
    text = f"{said} {n} {signs['@']} {domain.replace('.', f' {signs[chr(46)]} ')}"
    reading = SLOTS["email"].spoken(text, language, TODAY)
    assert (reading.status, reading.value) == ("ok", f"{local}@{domain}"), text


VALUES = {"receipt": st.builds("{}{}".format, st.sampled_from(PREFIXES), st.text("0123456789", min_size=10, max_size=10)),
          "a_number": st.builds("A{}".format, st.text("0123456789", min_size=9, max_size=9)), "form": st.sampled_from(KNOWN_FORMS),
          "date": st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(date.isoformat),
          "phone": st.builds("+1202555{}".format, st.text("0123456789", min_size=4, max_size=4)), "yes_no": st.sampled_from(["yes", "no"]),
          "email": st.builds("{}@example.org".format, st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12))}


@given(st.sampled_from(sorted(VALUES)), LANGUAGES, st.data())
def test_a_value_is_read_as_itself(name: str, language: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[name])
    assert SLOTS[name].spoken(value, language, TODAY).value == value


@given(st.sampled_from(["receipt", "a_number", "phone", "date"]), LANGUAGES, st.data())
def test_what_is_read_back_is_understood_again(name: str, language: str, data: st.DataObject) -> None:
    """A caller who repeats the read-back says the same value."""
    value = data.draw(VALUES[name])
    assert SLOTS[name].spoken(speakable(name, value, language), language, TODAY).value == value


@given(VALUES["receipt"], st.integers(1, 12), LANGUAGES)
def test_two_halves_are_one_receipt(value: str, cut: int, language: str) -> None:
    if cut < 3:
        return
    first = SLOTS["receipt"].spoken(value[:cut], language, TODAY)
    assert (first.status, first.heard) == ("incomplete", value[:cut])
    second = SLOTS["receipt"].spoken(" ".join(value[cut:]), language, TODAY, heard=first.heard)
    assert second.value in ("", value)
    begun = value[3:cut]
    if not (len(begun) >= 3 and value[cut:].startswith(begun)):
        assert second.value == value


@given(st.sampled_from(sorted(KEYS)), st.text("0123456789", min_size=10, max_size=10))
def test_keys_make_the_same_receipt_in_one_go_or_in_two(letters: str, digits: str) -> None:
    whole = SLOTS["receipt"].keyed(letters + digits, TODAY)
    part = SLOTS["receipt"].keyed(digits, TODAY)
    assert part.heard == digits
    assert whole.value == SLOTS["receipt"].keyed(letters, TODAY, heard=part.heard).value == KEYS[letters] + digits


@given(st.sampled_from(sorted(SLOTS)), st.text(max_size=300), LANGUAGES, st.text("0123456789ABIOE@.", max_size=14))
def test_no_text_breaks_a_slot(name: str, text: str, language: str, heard: str) -> None:
    for reading in (SLOTS[name].spoken(text, language, TODAY), SLOTS[name].spoken(text, language, TODAY, heard=heard)):
        assert reading.status in STATUSES
        assert reading.status != "ok" or reading.value
        assert not (reading.value and reading.status in ("incomplete", "invalid", "none"))


_PIECES = ["no wait", "double", "hundred", "mil", "to", "oh", "y", "and", "as in", "arroba", "dot", "marzo", "march", "I", "E", "9", "si",
           "at", "perdón", "thousand", "no", "de", "one second", "punto", "<no>", "m", "-", "@", "."]


@pytest.mark.parametrize("name", sorted(SLOTS))
@pytest.mark.parametrize("language", ["en", "es"])
@given(data=st.data())
def test_hostile_text_is_read_in_linear_work(name: str, language: str, data: st.DataObject) -> None:
    """Thousands of any words are no more work than the first of them: everything behind is not looked at."""
    text = " ".join(data.draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=4)) * 3000)[:10_000]
    assert SLOTS[name].spoken(text, language, TODAY).status in STATUSES
