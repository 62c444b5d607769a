"""What an open question makes of an utterance: sure, in doubt about one or two things, out of scope, or a command."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.decision import ACCEPT, CONFIRM, REJECT, Bands, decide, topic_of
from ivr.flow.load import bundle_from_files
from ivr.flow.model import Bundle
from ivr.sensitive import Sensitive
from tests.unit.test_engine import Caller


@pytest.fixture
def caller(uscis: Bundle) -> Caller:
    return Caller(uscis)


def hear(caller: Caller, text: str, *ranking: tuple[str, float], decision: str = "", offered: tuple[str, ...] = ()) -> Caller:
    heard = tuple(ev.Hypothesis(i, p) for i, p in ranking)
    return caller.send(ev.SpeechHeard(caller.session.turn, Sensitive(text), ranking=heard, decision=decision, offered=offered))


# -- the decision -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "learnt", "bands", "verdict"), [
    (0.99, "accept", Bands(), ACCEPT),
    (0.99, "reject", Bands(), REJECT),          # saturated probabilities are why thresholds are learnt on another scale
    (0.30, "accept", Bands(), ACCEPT),
    (0.70, "", Bands(), ACCEPT),                # nothing learnt, nothing stated: fixed bands
    (0.30, "", Bands(), CONFIRM),
    (0.10, "", Bands(), REJECT),
    (0.90, "accept", Bands(accept=0.95), CONFIRM),   # a stricter bundle asks
    (0.90, "reject", Bands(accept=0.80), ACCEPT),
    (0.50, "reject", Bands(confirm=0.40), CONFIRM),
    (0.30, "confirm", Bands(confirm=0.40), REJECT),
])
def test_what_a_bundle_states_wins_over_what_was_learnt(p: float, learnt: str, bands: Bands, verdict: str) -> None:
    assert decide(ev.Hypothesis("case_status", p), learnt, bands) == verdict


def test_out_of_scope_is_never_taken_and_a_command_only_when_sure() -> None:
    assert decide(ev.Hypothesis("_oos.passport", 0.99), "accept", Bands(accept=0.0)) == REJECT
    assert decide(ev.Hypothesis("_cmd.repeat", 0.99), "confirm", Bands()) == REJECT
    assert decide(ev.Hypothesis("_cmd.repeat", 0.99), "accept", Bands()) == ACCEPT
    assert decide(None, "accept", Bands()) == REJECT


def test_a_topic_counts_when_it_comes_first() -> None:
    assert topic_of((ev.Hypothesis("_oos.passport", 0.9), ev.Hypothesis("case_status", 0.1))) == "passport"
    assert topic_of((ev.Hypothesis("case_status", 0.6), ev.Hypothesis("_oos.passport", 0.4))) == ""
    assert topic_of((ev.Hypothesis("_oos", 0.9),)) == topic_of(()) == ""


def test_the_nearest_statement_counts(uscis: Bundle) -> None:
    intent = dataclasses.replace(uscis.intents["case_status"], accept=0.9)
    assert Bands.of(intent, Bands(0.5, 0.2), Bands(0.1, 0.1)) == Bands(0.9, 0.2)
    assert Bands.of(None, Bands()) == Bands()


# -- this, or that ----------------------------------------------------------------------------------------------------


def in_doubt(caller: Caller) -> Caller:
    hear(caller, "my card", ("non_delivery", 0.4), ("green_card_renewal", 0.38), decision="confirm",
         offered=("non_delivery", "green_card_renewal"))
    assert caller.heard == ["confirm_two_intents"]
    return caller


def test_two_likely_intents_are_both_named(caller: Caller) -> None:
    said = next(a for a in in_doubt(caller).actions if isinstance(a, act.Say)).text
    assert all(caller.bundle.intents[i].name["en"] in said for i in ("non_delivery", "green_card_renewal"))


@pytest.mark.parametrize("way", ["the second one", "2", "by name"])
def test_the_second_is_chosen_by_words_by_key_and_by_name(caller: Caller, way: str) -> None:
    in_doubt(caller)
    if way == "2":
        caller.keys("2")
    elif way == "by name":
        hear(caller, "renewing the card", ("green_card_renewal", 0.5), ("non_delivery", 0.4), decision="reject")
    else:
        caller.says(way)
    assert caller.session.vars["reason"] == "green_card_renewal"


def test_yes_to_two_things_takes_neither(caller: Caller) -> None:
    in_doubt(caller).says("yes")
    assert caller.session.vars["reason"] == "none"
    assert caller.session.tries == 1


def test_a_third_thing_said_instead_is_heard(caller: Caller) -> None:
    in_doubt(caller)
    hear(caller, "no, my address", ("change_address", 0.99), decision="accept")
    assert caller.session.vars["reason"] == "change_address"


# -- what the service does not do -------------------------------------------------------------------------------------


def test_a_topic_out_of_scope_is_answered_and_the_question_asked_again(caller: Caller) -> None:
    hear(caller, "renew my passport", ("_oos.passport", 0.97), decision="reject")
    assert caller.heard == ["not_us_passport", "why"]
    assert (caller.session.tries, caller.session.commands_left) == (0, 9)


def test_such_answers_do_not_go_on_for_ever(caller: Caller) -> None:
    for _ in range(11):
        hear(caller, "renew my passport", ("_oos.passport", 0.97), decision="reject")
    assert "safe_landing" in caller.heard


def test_in_doubt_it_is_an_answer_too_and_costs_a_try(caller: Caller) -> None:
    hear(caller, "my thing", ("case_status", 0.4), decision="confirm")
    hear(caller, "renew my passport", ("_oos.passport", 0.97), decision="reject")
    assert caller.heard[0] == "not_us_passport"
    assert caller.session.tries == 1


def test_an_unknown_topic_is_asked_again(caller: Caller) -> None:
    hear(caller, "blue elephants", ("_oos", 0.97), decision="reject")
    assert caller.heard == ["why_again"]


# -- commands in other words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("command", "heard"), [("repeat", ["welcome", "why"]), ("help", ["why_help", "welcome", "why"])])
def test_a_command_meant_surely_is_carried_out(caller: Caller, command: str, heard: list[str]) -> None:
    hear(caller, "some words of their own", (f"_cmd.{command}", 0.98), decision="accept")
    assert caller.heard == heard


def test_a_language_is_changed_by_meaning(caller: Caller) -> None:
    hear(caller, "would this work in my tongue", ("_cmd.switch_es", 0.98), decision="accept")
    assert caller.session.language == "es"


@pytest.mark.parametrize("place", ["at the first question", "in a menu", "at yes or no"])
def test_a_key_changes_the_language_at_any_question_of_one_key(caller: Caller, place: str) -> None:
    if place == "in a menu":
        caller.keys("7")
    elif place == "at yes or no":
        hear(caller, "where is my case", ("case_status", 0.99), decision="accept")
    node, tries = caller.session.node, caller.session.tries
    caller.keys("8")
    assert (caller.session.language, caller.session.node, caller.session.tries) == ("es", node, tries)
    caller.keys("6")
    assert caller.session.language == "en"


def test_a_value_that_is_read_back_survives_the_change_of_language(caller: Caller) -> None:
    hear(caller, "move my fingerprints", ("reschedule_biometrics", 0.99), decision="accept")
    caller.says("March twentieth")
    assert caller.heard == ["confirm_date"]
    caller.says("en español")
    assert caller.heard == ["language_switched", "confirm_date"]
    assert caller.session.language == "es"
    caller.says("sí")
    assert caller.session.slots["appointment_date"].reveal() == "2026-03-20"


def test_a_doubt_survives_it_too(caller: Caller) -> None:
    in_doubt(caller).keys("8")
    assert caller.heard == ["language_switched", "confirm_two_intents"]
    caller.keys("2")
    assert caller.session.vars["reason"] == "green_card_renewal"


def test_in_a_number_such_a_key_is_a_digit(caller: Caller) -> None:
    hear(caller, "move my fingerprints", ("reschedule_biometrics", 0.99), decision="accept")
    caller.keys("8")
    assert caller.session.language == "en"


def test_yes_is_never_taken_for_a_command(caller: Caller) -> None:
    hear(caller, "my thing", ("case_status", 0.4), decision="confirm")
    hear(caller, "yes", ("_cmd.goodbye", 0.99), decision="accept")
    assert caller.session.vars["reason"] == "case_status"


def test_the_words_of_a_choice_that_was_read_out_are_never_a_command(caller: Caller) -> None:
    hear(caller, "can I talk to a person", ("agent_request", 0.99), decision="accept")
    assert caller.session.node == "agent_choices"
    hear(caller, "something else", ("_cmd.goodbye", 0.99), decision="accept")
    assert caller.session.node == "agent_more" and caller.session.status == "live"


def test_a_command_that_is_not_carried_out_is_no_answer_either(caller: Caller) -> None:
    hear(caller, "yes", ("_cmd.main_menu", 0.99), decision="accept")
    assert caller.heard == ["why_again"]


def test_an_event_with_a_decision_survives_storage() -> None:
    event = ev.SpeechHeard(3, Sensitive("x"), ranking=(ev.Hypothesis("a", 0.5),), decision="confirm", offered=("a", "b"))
    assert ev.from_json(ev.to_json(event)) == event


# -- what the checks say of answers -----------------------------------------------------------------------------------


def _problems(bundle: Bundle, file: str, before: str, after: str) -> str:
    from ivr.errors import BundleProblems

    data = bundle.files[file].decode()
    assert before in data
    with pytest.raises(BundleProblems) as raised:
        bundle_from_files({**bundle.files, file: data.replace(before, after, 1).encode()})
    return "\n".join(f"{p.message} {p.hint}" for p in raised.value.problems)


def test_an_answer_must_exist_be_one_for_all_and_speak_of_facts_only(uscis: Bundle) -> None:
    assert 'there is no prompt "not_us_pasport"' in _problems(uscis, "intents/en.yaml", "answer: not_us_passport", "answer: not_us_pasport")
    assert "answered otherwise" in _problems(uscis, "intents/es.yaml", "answer: not_us_taxes", "answer: not_us_passport")
    prompts = next(f for f in uscis.files if f.endswith("prompts/en.yaml"))
    assert "use facts only" in _problems(uscis, prompts, "Please call {fact.passport_line}.", "Please call {number}.")
