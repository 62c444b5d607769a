"""Whoever says that they do not have it is not asked for it again."""

from __future__ import annotations

import pytest

from ivr.dialog.slots.lacking import lacks_it
from tests.unit.test_slots_collect import Caller

LACKS = {"en": ("I don't have it", "I don't know", "um, I don't have my receipt number with me", "I don't remember", "sorry, I lost it",
                "not sure", "I never got it", "I do not know it"),
         "es": ("no lo tengo", "no sé", "no me acuerdo", "ay, no lo tengo a la mano ahorita", "se me perdió", "no lo encuentro",
                "no tengo número de recibo", "perdí el papel")}
NOT = {"en": ("I don't know what that is", "what do you mean", "I don't have time to tell you the whole story of my case today",
              "no problem", "hello", ""),
       "es": ("no sé qué es eso", "¿cómo?", "no se oye", "no se escucha bien", "sí", "")}


@pytest.mark.parametrize(("language", "said"), [(k, s) for k, each in LACKS.items() for s in each])
@pytest.mark.parametrize("kind", ["receipt", "date", "a_number", "form", "phone", "email"])
def test_it_is_taken_for_an_answer(kind: str, language: str, said: str) -> None:
    caller = Caller(kind, language).says(said)
    assert caller.session.outcome == "refused", caller.heard


@pytest.mark.parametrize(("language", "said"), [(k, s) for k, each in NOT.items() for s in each])
def test_who_has_not_understood_is_asked_again(language: str, said: str) -> None:
    assert not lacks_it(said, language)


def test_a_value_in_the_same_breath_counts() -> None:
    assert Caller("phone").says("I don't know, 202 555 0143").session.outcome == ""
    assert Caller("date").says("not sure, I think March twentieth").session.outcome == ""
