"""What callers of the reference bundles hear and get: lengths, order of words, languages, sources of facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow.check import check
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle, Prompt

ROOT = Path(__file__).parents[2]
BUNDLES = ("starter", "uscis")
# GSM 03.38 basic set: anything else makes a text of 160 characters into one of 70.
GSM7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
           "abcdefghijklmnopqrstuvwxyzäöñüà")
LONGEST = {"reference": "WX43-AB67", "due_by": {"en": "September 30, 2026", "es": "30 de septiembre de 2026"}}
MAX_QUESTION_WORDS = 32
# Menus may be longer than one breath: they can be interrupted at any word.
MENU_PROMPTS = {"keys", "keys_case", "keys_appointment", "agent_choices", "welcome"}


@pytest.fixture(params=BUNDLES)
def bundle(request: pytest.FixtureRequest) -> Bundle:
    return load_bundle(ROOT / "flows" / request.param)


def spoken(bundle: Bundle, language: str, text: str) -> str:
    return re.sub(r"\{fact\.(\w+)\}", lambda m: bundle.facts[m[1]].spoken.get(language, bundle.facts[m[1]].value), text)


def written(bundle: Bundle, language: str, text: str) -> str:
    text = re.sub(r"\{fact\.(\w+)\}", lambda m: bundle.facts[m[1]].value, text)
    return text.replace("{reference}", str(LONGEST["reference"])).replace("{due_by}", dict(LONGEST["due_by"])[language])


def questions(bundle: Bundle) -> Iterator[tuple[str, Prompt]]:
    """Prompts after which the call listens."""
    keys = set()
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            if node.kind in ("ask", "menu", "collect"):
                keys |= {node.params.prompt, *node.params.reprompts}
            elif node.kind == "send":
                keys |= {node.params.offer, node.params.offer_email}
            elif node.kind == "promise":
                keys |= {node.params.offer, node.params.number_prompt, node.params.confirm_number}
    for language, prompts in bundle.prompts.items():
        yield from ((language, prompts[key]) for key in sorted(keys))


def test_nothing_to_complain_about(bundle: Bundle):
    assert check(bundle, datetime(2026, 3, 10, tzinfo=UTC)) == []


def test_a_question_fits_in_one_breath(bundle: Bundle):
    too_long = [(lang, p.key, n) for lang, p in questions(bundle) if p.key not in MENU_PROMPTS
                and (n := len(spoken(bundle, lang, p.variants["voice"]).split())) > MAX_QUESTION_WORDS]
    assert too_long == []


def test_the_action_comes_before_the_key(bundle: Bundle):
    """ "For hours, press 1", never "press 1 for hours"."""
    wrong = [(lang, p.key) for lang, prompts in bundle.prompts.items() for p in prompts.values()
             if re.search(r"(?i)(press|oprima) \d (for|to|para)\b(?! (yes|sí) (and|y) )", p.variants.get("voice", ""))
             and p.key != "not_understood_yes_no"]
    assert wrong == []


def test_a_text_is_one_message_that_says_who_sends_it(bundle: Bundle):
    for language, prompts in bundle.prompts.items():
        for prompt in prompts.values():
            if "sms" in prompt.variants:
                text = written(bundle, language, prompt.variants["sms"])
                assert len(text) <= 160, (language, prompt.key, len(text))
                assert set(text) <= GSM7, (language, prompt.key, set(text) - GSM7)
                assert text.startswith(("USCIS: ", "Green Street Library: ", "Biblioteca Green Street: ")), prompt.key
                assert "STOP" in text or prompt.key == "stop_confirmed", (language, prompt.key)


def test_numbers_and_addresses_stand_in_the_facts():
    """One audited place: a prompt has no web address, telephone number or duration of its own."""
    for bundle in (load_bundle(ROOT / "flows" / name) for name in BUNDLES):
        for prompts in bundle.prompts.values():
            for prompt in prompts.values():
                for text in prompt.variants.values():
                    assert not re.search(r"\d{2,}|\.gov|www\.", text), (prompt.key, text)


def test_spanish_is_not_english(bundle: Bundle):
    same = [key for key, p in bundle.prompts["en"].items() if bundle.prompts["es"][key].variants == p.variants]
    assert same == []


def test_spanish_addresses_the_caller_with_usted(bundle: Bundle):
    informal = re.compile(r"(?i)\b(tú|tu|tus|te|contigo|puedes|quieres|tienes|dime|presiona|oprime)\b")
    found = {k: informal.findall(p.variants.get("voice", "")) for k, p in bundle.prompts["es"].items()}
    assert {k: v for k, v in found.items() if v} == {}


def test_every_fact_has_a_source_and_a_review_date(bundle: Bundle):
    assert [n for n, f in bundle.facts.items() if not f.source or not f.review_by] == []


def test_every_intent_has_enough_phrases():
    uscis = load_bundle(ROOT / "flows" / "uscis")
    assert len(uscis.intents) == 8
    for intent in uscis.intents.values():
        for language in uscis.languages:
            phrases = intent.phrases[language]
            assert len(set(phrases)) == len(phrases) >= 20, (intent.id, language)


def test_no_phrase_belongs_to_two_intents(bundle: Bundle):
    seen: dict[str, str] = {}
    for intent in (*bundle.intents.values(), *bundle.out_of_scope.values()):
        for phrase in [p for group in intent.phrases.values() for p in group]:
            assert seen.setdefault(phrase.lower(), intent.id) == intent.id


def test_only_a_policy_opens_a_queue():
    uscis = load_bundle(ROOT / "flows" / "uscis")
    for node in uscis.flows["main"].nodes.values():
        if node.kind in ("transfer", "promise"):
            assert node.params.policy in uscis.policy.entries
        places = uscis.flows["main"].defaults.places
        assert uscis.flows["main"].nodes[places["safe_landing"]].kind == "say"


def test_the_wait_is_announced_before_every_transfer():
    """R10: you may have to wait, try the online tools first."""
    uscis = load_bundle(ROOT / "flows" / "uscis")
    nodes = uscis.flows["main"].nodes
    for node in nodes.values():
        if node.kind == "transfer":
            before = [n for n in nodes.values() if any(t.go == node.id for t in n.to.values())]
            assert before
            assert all("live_help_wait" in [i.prompt for i in n.params.items] for n in before)
