"""Word lists, placeholders, values read aloud."""

from __future__ import annotations

import pytest

from ivr.dialog.language_guess import other_language
from ivr.dialog.lexicon import command_in, fold, leave_hints, leaves_line, yes_or_no
from ivr.dialog.render import render, static_prompts
from ivr.dialog.speakable import speakable
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive


@pytest.mark.parametrize(("text", "folded"), [("¿Sí, señor?", "si senor"), ("  That's  IT. ", "thats it"), ("a_b-c", "a b c"), ("", "")])
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(("text", "language", "answer"), [
    ("yes", "en", "yes"), ("Yeah, sure.", "en", "yes"), ("no thank you", "en", "no"), ("sí", "es", "yes"), ("si", "es", "yes"),
    ("claro que sí", "es", "yes"), ("no sé", "es", None), ("maybe", "en", None), ("", "en", None), ("sí", "en", "yes"),
    ("I said that I wanted the other one", "en", None)])
def test_yes_and_no(uscis: Bundle, text: str, language: str, answer: str | None) -> None:
    assert yes_or_no(uscis, text, language) == answer


@pytest.mark.parametrize(("text", "language", "command"), [
    ("repeat that please", "en", "repeat"), ("um, main menu", "en", "main_menu"), ("repita por favor", "es", "repeat"),
    ("operator", "en", "agent_request"), ("en español", "en", "switch_es"), ("english", "es", "switch_en"),
    ("the operator of my case was rude", "en", None), ("where is my case", "en", None), ("", "en", None)])
def test_commands_are_whole_utterances(uscis: Bundle, text: str, language: str, command: str | None) -> None:
    assert command_in(uscis, text, language) == command


@pytest.mark.parametrize(("text", "language"), [
    ("call me back", "en"), ("Could you please call me back?", "en"), ("um, I don't want to wait please", "en"), ("leave the line", "en"),
    ("main menu", "en"), ("goodbye", "en"), ("llámeme después, por favor", "es"), ("Ya no quiero esperar.", "es"),
    ("salir de la fila", "es"),
    ("que me devuelvan la llamada", "es"), ("menú principal", "es")])
def test_who_waits_may_say_that_they_wait_no_longer(uscis: Bundle, text: str, language: str) -> None:
    assert leaves_line(uscis, text, language)


@pytest.mark.parametrize(("text", "language"), [
    ("they said they would call me back tomorrow", "en"), ("repeat", "en"), ("yes", "en"), ("agent", "en"), ("", "en"),
    ("honey I do not want to wait for the bus", "en"), ("ya me llamaron ayer", "es"), ("un agente", "es"), ("call me back", "es")])
def test_who_talks_with_somebody_in_the_room_keeps_the_place(uscis: Bundle, text: str, language: str) -> None:
    assert not leaves_line(uscis, text, language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_recogniser_is_told_a_few_of_them_as_sentences(uscis: Bundle, language: str) -> None:
    hints = leave_hints(uscis, language)
    assert 1 < len(hints) < 5 and all(h[0].isupper() and h[-1] == "." and leaves_line(uscis, h, language) for h in hints)


def test_the_words_for_leaving_a_line_are_no_command_elsewhere(uscis: Bundle) -> None:
    assert command_in(uscis, "call me back", "en") is None
    assert command_in(uscis, "ya no quiero esperar", "es") is None


@pytest.mark.parametrize(("text", "present", "other"), [
    ("quiero saber de mi caso por favor", "en", "es"), ("where is my case please tell me", "es", "en"), ("sí", "en", None),
    ("no no no", "en", None), ("mi caso", "en", None), ("I want to change my address", "en", None)])
def test_only_clear_sentences_change_the_language(uscis: Bundle, text: str, present: str, other: str | None) -> None:
    assert other_language(uscis, text, present) == other


@pytest.mark.parametrize(("kind", "value", "language", "spoken"), [
    ("phone", "+12025550143", "en", "2 0 2, 5 5 5, 0 1 4 3"), ("date", "2026-03-20", "en", "Friday, March 20, 2026"),
    ("date", "2026-03-20", "es", "viernes, 20 de marzo de 2026"), ("receipt", "IOE0912345678", "en", "I O E, 0 9 1, 2 3 4, 5 6 7 8"),
    ("reference", "ACDEFGHJ", "en", "A C, D E, F G, H J"), ("email", "a.b@example.org", "en", "a . b at example dot org"),
    ("due_by", "2026-04-24T20:00:00-04:00", "en", "April 24, 2026"), ("other", "x", "en", "x"), ("date", "soon", "en", "soon")])
def test_values_are_read_in_a_way_that_can_be_followed(kind: str, value: str, language: str, spoken: str) -> None:
    assert speakable(kind, value, language) == spoken


def test_a_sensitive_value_marks_the_words_it_stands_in(uscis: Bundle) -> None:
    r = render(uscis, "offer_text", "en", "voice", slots={}, values={"number": Sensitive("+12025550143")})
    assert r.sensitive
    assert not r.static
    assert "0 1 4 3" in r.text


def test_facts_are_spoken_on_the_phone_and_written_in_a_text(uscis: Bundle) -> None:
    spoken = render(uscis, "case_status_spoken", "en", "voice", slots={}, values={})
    written = render(uscis, "link_case_status", "en", "sms", slots={}, values={})
    assert spoken.static
    assert "dot" in spoken.text
    assert "uscis.gov/casestatus" in written.text


def test_text_messages_fit_one_segment_and_say_how_to_stop(uscis: Bundle) -> None:
    for language in uscis.languages:
        for key, prompt in uscis.prompts[language].items():
            if "sms" in prompt.variants and key.startswith("link_"):
                text = render(uscis, key, language, "sms", slots={}, values={}).text
                assert len(text) <= 160, key
                assert "STOP" in text


def test_every_static_prompt_has_words(uscis: Bundle) -> None:
    items = static_prompts(uscis)
    assert len(items) > 100
    assert all(text and "{" not in text for _, _, text in items)
