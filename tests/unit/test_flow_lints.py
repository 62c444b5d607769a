"""Each lint finds its mistake, at its place, and says nothing about the good words beside it."""

from __future__ import annotations

import pytest

from ivr.flow.lints import (
    LINTS,
    articles,
    channels,
    consent,
    facts,
    greeting,
    lint,
    menus,
    personal,
    questions,
    repair,
    speech,
    style,
    text_lines,
    texts,
    times,
    typed_words,
)
from ivr.flow.lints import translations as tr
from ivr.flow.lints.facts import KINDS
from tests.bundle_edits import HARBOR, STARTER, Edit, bundle_of

EN, ES = "prompts/en.yaml", "prompts/es.yaml"
MANY = "word " * 40
BUSY = "Mondays are our busiest day."
"""A prompt that stands alone: nothing listens after it."""
BUSY_ES = "Los lunes recibimos más llamadas."


def both(en: tuple[str, str], es: tuple[str, str]) -> list[Edit]:
    return [(EN, *en), (ES, *es)]


def end_of(key: str, words: str) -> list[Edit]:
    """Prompt `key` says something else in English."""
    return [(EN, key, words)]


BROKEN = {
    "raw phone": (facts.raw_values, end_of(BUSY, "Call 800-375-5283 on Mondays."), "E-FACT", '"800-375-5283"'),
    "raw duration": (facts.raw_values, [(ES, "recibimos más llamadas", "espere dos días hábiles")], "E-FACT", "duration"),
    "unused fact": (facts.unused_facts, [("facts.yaml", "  notice:", "  parking: {value: Lot 5}\n  notice:")], "E-UNREACH", '"parking"'),
    "untranslated": (tr.untranslated, [(ES, BUSY_ES, BUSY)], "E-LANG", '"monday"'),
    "lopsided tty": (tr.lopsided_variants, [(ES, ', tty: "DOLOR 1, CAMBIAR VISITA 2, CUENTA 3"', "")], "E-LANG", "tty"),
    "unspoken": (channels.unspoken_prompts,
                 both((f'monday: "{BUSY}"', "monday: {chat: Mondays are busy.}"),
                      ('monday: "Los lunes recibimos más llamadas."', "monday: {chat: Los lunes hay más.}")), "E-CHANNEL", '"monday"'),
    "tty question": (channels.tty_lines, [(EN, "DID U WANT {intent} Q", "DID U WANT TO ASK US ABOUT {intent} OR ABOUT SOMETHING ELSE Q")],
                     "E-CHANNEL", "one line of 60"),
    "tty answer": (channels.tty_lines, [(EN, BUSY, "We are busy. " * 30)], "E-CHANNEL", "6 lines"),
    "only by text": (channels.only_by_text, [("main.yaml", "by: [sms, email]", "by: [sms]"), ("policy.yaml", "email_link, ", "")],
                     "W-UX", "V19"),
    "press on a text telephone": (typed_words.voice_words, [(EN, "TOOTHACHE 1, MOVE", "PRESS 1 FOR A TOOTHACHE, MOVE")], "W-UX", '"PRESS"'),
    "say on a text telephone": (typed_words.voice_words, [(ES, "ESCRIBA POCAS PALABRAS", "DIGA POCAS PALABRAS")], "W-UX", '"DIGA"'),
    "words of a chat": (text_lines.words_of_conversations, [("bundle.yaml", "channel: tty", "channel: chat")], "E-REF", '"chat_ended"'),
    "words of a talk by text": (text_lines.words_of_conversations, [("bundle.yaml", "channel: tty", "channel: sms")], "E-REF",
                                '"sms_more"'),
    "spoken words in chat": (typed_words.voice_words, [("bundle.yaml", "channel: tty", "channel: chat")], "W-UX", "on chat"),
    "letters for a voice": (typed_words.voice_words, [(EN, "TOOTHACHE 1, MOVE", "A T M 1, MOVE")], "W-UX", '"A T M"'),
    "a word that loses its tilde": (typed_words.voice_words, [(ES, "MMDDAAAA", "MES DIA AÑO")], "W-UX", "ANO"),
    "long text": (texts.long_texts,
        [(EN, "your visits are at https", "all your visits and what you should bring to them, with prices, is at "
                                      "this address which is always up to date, see https")], "E-CHANNEL", "160"),
    "text with odd letter": (texts.long_texts,
        [(ES, "le llegan otra vez los mensajes que pida.", "recibirá otra vez los mensajes que pida en "
                                                 "una llamada.")], "E-CHANNEL", "á"),
    "anonymous text": (texts.anonymous_texts,
        [(EN, 'sms: "Harbor Dental: your visits', 'sms: "Hello there: your visits')], "E-CHANNEL", "who"),
    "text without stop": (texts.anonymous_texts, [(EN, "{fact.site} Reply STOP to end.", "{fact.site}")], "E-CHANNEL", "no more"),
    "slot in prompt": (personal.placed_values,
                       both(("We go on in English.", "We go on, {slot.cell}."), ("Seguimos en español.", "Seguimos, {slot.cell}.")),
                       "E-PII", '"cell"'),
    "slot in text": (personal.placed_values, both(("your visits are at", "on {slot.day} at"), ("sus visitas en", "el {slot.day} en")),
                     "E-PII", "sms"),
    "context": (personal.handed_on, [("main.yaml", "context: [reason, swollen]", "context: [reason, cell]")], "E-PII", '"cell"'),
    "trust by hand": (personal.trusted_by_hand, [
        ("verify.yaml", "values: [match, no_match]}\n    to: {match:", "values: [patient, nobody], result: verified}\n    to: {patient:"),
        ("verify.yaml", "no_match: stranger, timeout", "nobody: stranger, timeout")], "E-PII", "verified"),
    "slot in address": (personal.in_addresses,
                        both(("It stands at {fact.site}.", "It stands at {fact.site}{slot.is_swollen}."),
                             ("La encuentra en {fact.site}.", "La encuentra en {fact.site}{slot.is_swollen}.")), "E-PII", "address"),
    "offer": (consent.offers_without_number,
              [("main.yaml", "by: [sms, email]}", "by: [sms, email], offer: online}")], "E-CONSENT", '"online"'),
    "unannounced text": (consent.unannounced_confirmations,
        [(EN, "May we call and text you at", "May we call you at")], "E-CONSENT", "text"),
    "shared phrase": (speech.shared_phrases, [("intents/es.yaml", "tengo dolor de muelas", "Cuánto  debo")], "E-ASR", '"toothache"'),
    "shared words": (speech.shared_words, [("main.yaml", 'key: "2", intents: [move_visit]', 'key: "2", words: money')], "E-ASR", '"move"'),
    "hidden phrase": (speech.hidden_by_commands, [("intents/en.yaml", "my tooth hurts", "start over")], "E-ASR", "main_menu"),
    "hidden word": (speech.hidden_by_commands, [("intents/es.yaml", "dinero", "ayuda")], "E-ASR", "help"),
    "two commands": (speech.hidden_by_commands, [("intents/en.yaml", "[main menu, start over]", "[main menu, repeat]")], "E-ASR", "repeat"),
    "late round": (times.rounds_after_closing, [("callbacks.yaml", '"16:30"', '"17:00"')], "E-TIME", "18:30"),
    "late notice": (times.impossible_notices, [("callbacks.yaml", "5 business_days", "24h..48h")], "E-TIME", "48 hours"),
    "backward notice": (times.impossible_notices, [("callbacks.yaml", "1..2 business", "2..1 business")], "E-TIME", "backwards"),
    "no article": (articles.intents_without_article, [
        ("knowledge/en.yaml", "  bill:\n    title: A bill\n    say: The office writes to you about it.\n", ""),
        ("knowledge/es.yaml", "  bill:\n    title: Una factura\n    say: La oficina le escribe sobre ella.\n", "")], "E-UNREACH", "bill"),
    "never open": (times.never_open, [("calendar.yaml", "*", "timezone: UTC\nweek: {mon: closed}\n")], "E-TIME", "no opening"),
    "long question": (questions.long_questions, [(EN, "What else can I do for you?", f"{MANY}?")], "W-UX", "V01"),
    "question not last": (questions.question_last, [(EN, "What else can I do for you?", f"What else? {MANY}")], "W-UX", "V01"),
    "uncounted digits": (questions.uncounted_digits, [(EN, "Say or key in its ten digits, with", "Say it, with")], "W-UX", "V11"),
    "impatient flow": (questions.short_patience, [("main.yaml", "number_timeout_s: 10", "number_timeout_s: 6")], "W-UX", "V13"),
    "impatient node": (questions.short_patience, [("verify.yaml", "prompt: patient_phone}", "prompt: patient_phone, timeout_s: 6}")],
                       "W-UX", "V13"),
    "long greeting": (greeting.long_greetings, [(EN, BUSY, f"Mondays. {MANY}")], "W-UX", "V02"),
    "nameless": (greeting.nameless_greetings, [(EN, "Harbor Dental, automated line.", "The automated line.")], "W-UX", "name"),
    "no machine": (greeting.nameless_greetings, [(EN, "Harbor Dental, automated line.", "Harbor Dental.")], "W-UX", "automated"),
    "key not read": (menus.unread_keys, [(EN, " For a bill, press 3.", "")], "W-UX", "key 3"),
    "strange key": (menus.unread_keys, [(EN, " For a bill, press 3.", " For a bill, press 3. To end, press 7.")], "W-UX", "key 7"),
    "keys out of order": (menus.unread_keys,
                          [(EN, "For a toothache, press 1. To move a visit, press 2.",
                            "To move a visit, press 2. For a toothache, press 1.")],
                          "W-UX", "2, 1, 3"),
    "choices out of order": (menus.unread_keys, [("main.yaml", 'pain, key: "1"', 'pain, key: "4"')], "W-UX", "4, 2, 3"),
    "key not in tty": (menus.unread_keys, [(EN, "MOVE A VISIT 2, BILL 3", "MOVE A VISIT 2")], "W-UX", "tty"),
    "key before action": (menus.key_before_action, [(EN, "For a toothache, press 1.", "Press 1 for a toothache.")], "W-UX", "V03"),
    "other keys": (menus.other_keys,
        [(ES, "muelas, oprima 1. Para cambiar una visita, oprima 2.", "muelas, oprima 2. Para cambiar una visita, "
                                       "oprima 1.")], "W-UX", "V04"),
    "same words": (repair.same_words_again,
        [(EN, "I still cannot hear you. Please use the keypad.", "I did not hear anything. Take your time!")],
                   "W-UX", '"silence_1"'),
    "blame": (repair.blame, [(ES, "Disculpe, no le entendí.", "Respuesta incorrecta.")], "W-UX", "incorrecta"),
    "long refusal": (repair.long_refusals, [(EN, "Our nurses talk", f"{MANY}{MANY} Our nurses talk")], "W-UX", "V15"),
    "long goodbye": (repair.long_goodbyes, [(EN, "Thank you for calling.", MANY)], "W-UX", "V14"),
    "familiar": (style.familiar_address, [(ES, "¿En qué más puedo ayudarle?", "¿En qué más te ayudo?")], "W-UX", '"te"'),
    "no opening mark": (style.familiar_address, [(ES, "¿En qué más puedo", "En qué más puedo")], "W-UX", "opening mark"),
    "acronym": (style.unglossed_acronyms, [(EN, BUSY, "Mondays we renew ADIT entries.")], "W-UX", "ADIT"),
    "unknown acronym": (style.unglossed_acronyms, [(EN, BUSY, "Mondays we see HMO patients.")], "W-UX", "HMO"),
    "form number": (style.unglossed_acronyms, [(EN, BUSY, "Mondays we take form N-400.")], "W-UX", "N-400"),
    "loud": (style.loud_words, [(EN, BUSY, "Mondays are our busiest day!")], "W-UX", "V22"),
    "promotion": (style.loud_words, [(ES, BUSY_ES, "Una oferta especial los lunes.")], "W-UX", "oferta"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_finds(name: str) -> None:
    examine, edits, code, word = BROKEN[name]
    found = list(examine(bundle_of(HARBOR, *edits)))
    assert found, name
    assert {p.code for p in found} == {code}
    assert any(word in p.message for p in found), [p.message for p in found]
    assert all(p.hint for p in found)
    assert all(p.severity == ("warning" if code in ("W-UX", "E-UNREACH") else "error") for p in found)


def test_every_lint_has_a_broken_example() -> None:
    assert {examine for examine, _, _, _ in BROKEN.values()} == set(LINTS)


@pytest.mark.parametrize("folder", [HARBOR, STARTER], ids=lambda f: f.name)
def test_says_nothing_about_good_words(folder) -> None:
    assert list(lint(bundle_of(folder))) == []


GOOD = {
    "an idiom is no duration": (facts.raw_values, [(EN, BUSY, "One minute, please. Give it one second.")]),
    "keys and choices are no numbers of ours": (facts.raw_values, [(EN, BUSY, "Press 1, 2 or 3, twice.")]),
    "an ordinary abbreviation is no address": (facts.raw_values, [(EN, BUSY, "Outside the U.S. it is later.")]),
    "a form is no telephone number": (facts.raw_values, [(EN, BUSY, "Form I-485 is long.")]),
    "three words may be the same": (tr.untranslated, [(ES, BUSY_ES, "Harbor Dental Mondays"),
                                                      (EN, BUSY, "Harbor Dental Mondays")]),
    "yes and no follow their keys": (menus.key_before_action, [(EN, "Say yes, or press 1.", "Press 1 for yes.")]),
    "keys as words": (menus.unread_keys, [(EN, "press 1. To move", "press one. To move")]),
    "a line without text telephone": (channels.tty_lines, [("bundle.yaml", ", channel: tty", ""), (EN, "WE CAN CALL U BACK. OK Q", MANY)]),
    "an explained acronym": (style.unglossed_acronyms, [(EN, BUSY, "The ADIT stamp proves your status.")]),
    "a spelled-out acronym": (style.unglossed_acronyms, [(EN, BUSY, "Health Maintenance Organization, HMO, on Mondays.")]),
    "the service's own name": (style.unglossed_acronyms, [("bundle.yaml", "en: Harbor Dental,", "en: HARBOR Dental,"),
                                                           (EN, BUSY, "HARBOR is busy.")]),
    "letters one by one name the service": (greeting.nameless_greetings,
        [(EN, "Harbor Dental, automated line.", "H A R B O R, automated line.")]),
    "a permitted slot": (personal.placed_values, [("main.yaml", "allow: [context]", "allow: [prompt]"),
                                                  *both(("We go on in English.", "We go on, {slot.day}."),
                                                        ("Seguimos en español.", "Seguimos, {slot.day}."))]),
    "a harmless slot": (personal.placed_values, both(("We go on in English.", "We go on, {slot.is_swollen}."),
                                                     ("Seguimos en español.", "Seguimos, {slot.is_swollen}."))),
    "the intent of a command": (speech.hidden_by_commands, [("intents/en.yaml", "let me talk to the nurse", "operator")]),
    "a second round before closing": (times.rounds_after_closing, [("callbacks.yaml", "60m..90m", "60m..89m")]),
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_is_silent(name: str) -> None:
    examine, edits = GOOD[name]
    assert [p.message for p in examine(bundle_of(HARBOR, *edits))] == []


@pytest.mark.parametrize(("words", "what"), [
    ("Write to help@uscis.gov today", "an email address"),
    ("See uscis.gov/tools", "a web address"),
    ("It is at www.example.test", "a web address"),
    ("uscis dot gov", "a web address"),
    ("8 0 0, 3 7 5, 5 2 8 3", "a long number"),
    ("open from 8 a.m.", "a time of day"),
    ("until 20:00", "a time of day"),
    ("24/7", "a time of day"),
    ("abrimos a las ocho.", "a time of day"),
    ("desde las ocho de la mañana", "a time of day"),
    ("within thirty business days", "a duration"),
    ("60 to 90 minutes", "a duration"),
    ("uno o dos días hábiles", "a duration"),
    ("veinticuatro horas", "a duration"),
    ("a two-week wait", "a duration"),
])
def test_what_belongs_into_the_facts(words: str, what: str) -> None:
    found = list(facts.raw_values(bundle_of(HARBOR, (EN, BUSY, words))))
    assert [p.code for p in found] == ["E-FACT"], found
    assert what in found[0].message
    assert what in dict(KINDS)


def test_a_known_value_names_its_fact() -> None:
    found = list(facts.raw_values(bundle_of(HARBOR, (EN, BUSY, "Please come 24 hours before."))))
    assert found[0].hint == "write {fact.notice}"


def test_the_caret_stands_under_the_word() -> None:
    bundle = bundle_of(HARBOR, (EN, BUSY, "On Mondays we answer in two days."))
    found = next(iter(facts.raw_values(bundle)))
    line = bundle.files[EN].decode().split("\n")[found.line - 1]
    assert line[found.column - 1:found.column - 1 + found.length] == "two days"
