"""Laws of typed text: twice is once, no value is ever touched, no text breaks it."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.relay import own_words
from ivr.dialog.typed import event_for, normalised
from ivr.dialog.typed_words import ABBREVIATIONS
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.fuzz.typist import typed
from tests.examples import examples

ROOT = Path(__file__).parents[2]
LANGUAGES = st.sampled_from(["en", "es"])


@cache
def bundle() -> Bundle:
    return load_bundle(ROOT / "flows" / "uscis")


@cache
def phrases() -> list[tuple[str, str]]:
    return sorted((language, p) for i in bundle().intents.values() for language, own in i.phrases.items() for p in own)


@cache
def words() -> list[str]:
    known = {w for _, p in phrases() for w in p.split()} | {w for own in ABBREVIATIONS.values() for w in own}
    return sorted({*known, "XXX", "GA", "Q", "N~", "?", "R", "U", "X", "D", "SK"})


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Words of the bundle, shorthand and noise, in any case."""
    some = draw(st.lists(st.one_of(st.sampled_from(words()), st.text("abcdeinorstxqu", min_size=1, max_size=9)), max_size=12))
    said = " ".join(some)
    return draw(st.sampled_from([said, said.upper(), said.capitalize()]))


VALUES = st.one_of(
    st.from_regex(r"(IOE|WAC|MSC)[0-9]{10}", fullmatch=True),
    st.from_regex(r"[a-z]{2,8}(\.[a-z]{1,5})?@[a-z]{3,9}\.(com|org)", fullmatch=True),
    st.from_regex(r"[01]?[0-9]/[0-3]?[0-9]/20[0-9]{2}", fullmatch=True), st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]", fullmatch=True),
    st.from_regex(r"A[0-9]{8,9}", fullmatch=True), st.from_regex(r"[0-9]{3}-[0-9]{3}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"[IN]-?[0-9]{3}[A-Z]?", fullmatch=True), st.from_regex(r"[0-9]{1,6}", fullmatch=True))


@given(sentences(), LANGUAGES)
@settings(max_examples=examples(400), deadline=None)
def test_twice_is_once(text: str, language: str) -> None:
    for known in (bundle(), None):
        once = normalised(text, language, known)
        assert normalised(once, language, known) == once


@given(sentences(), VALUES, sentences(), LANGUAGES)
@settings(max_examples=examples(300), deadline=None)
def test_no_value_is_touched(before: str, value: str, after: str, language: str) -> None:
    kept = f"{before} {value} {after.replace('XXX', '').replace('xxx', '').replace('Xxx', '')}"
    # A word Q behind it is the question mark of text telephones.
    assert value in [word.rstrip("?") for word in normalised(kept, language, bundle()).split()]


@given(sentences(), LANGUAGES)
@settings(max_examples=examples(300), deadline=None)
def test_digits_come_out_as_they_went_in(text: str, language: str) -> None:
    said = f"{text} 4071"
    assert [c for c in normalised(said, language, bundle()) if c.isdigit()] == [c for c in said if c.isdigit()]


@given(st.text(max_size=80), st.sampled_from(["text", "yes_no", "digits", "date", "receipt", "phone", "email", "form", "a_number"]),
       st.integers(1, 13), LANGUAGES)
@settings(max_examples=examples(500), deadline=None)
def test_every_text_is_some_event(text: str, expect: str, max_digits: int, language: str) -> None:
    event = event_for(text, act.Listen(3, language, expect=expect, max_digits=max_digits), bundle())
    assert event.turn == 3
    if isinstance(event, ev.DigitsReceived):
        assert 1 <= len(event.digits.reveal()) <= max_digits
        assert set(event.digits.reveal()) <= set("0123456789*#")
    if isinstance(event, ev.SpeechHeard):
        assert event.text.reveal().strip()


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_phrase_without_a_slip_keeps_its_words(data: st.DataObject) -> None:
    """What needs no mending is not mended: capitals off, accents back, and the same letters."""
    language, phrase = data.draw(st.sampled_from(phrases()))
    said = normalised(typed(phrase, language, random.Random(0), typo_every=10**9), language, bundle())
    assert said == normalised(said, language, bundle())
    plain = normalised(phrase.upper(), language, bundle())
    assert plain.replace("'", "").split() == normalised(plain, language, bundle()).replace("'", "").split()


@given(st.text(max_size=120), LANGUAGES)
@settings(max_examples=examples(300), deadline=None)
def test_nothing_an_operator_says_breaks_it(text: str, language: str) -> None:
    assert len(own_words(text, language)) <= len(text) + 20
