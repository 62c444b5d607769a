"""The pure parts of the desk work: what a call is about, what an article says, what is asked for, who calls back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from ivr.agents.dispositions import OF_A_CALL, OF_A_CALLBACK
from ivr.contact.states import TRANSITIONS
from ivr.dialog import events as ev
from ivr.dialog import session as sessions
from ivr.dialog.session import Session
from ivr.errors import Forbidden, MalformedRequest
from ivr.flow.model import Bundle
from ivr.runtime.callbacks.door import ESCALATED, queue_for
from ivr.runtime.desk_work.knowledge import articles_for, topics
from ivr.runtime.desk_work.promised import STATES, told
from ivr.runtime.desk_work.serving import NobodyServes, must_serve
from ivr.runtime.desk_work.topic import intent_of, verified
from ivr.runtime.desk_work.wanted import wanted_of
from ivr.sensitive import Sensitive
from ivr.store.calls import LoggedEvent
from tests.bundle_edits import HARBOR, bundle_of

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)


def session(**fields: object) -> Session:
    return dataclasses.replace(sessions.fresh("CA1", "h"), **fields)  # type: ignore[arg-type]


def heard(intent: str, decision: str = "accept", *, applied: bool = True) -> LoggedEvent:
    return LoggedEvent(NOW, ev.SpeechHeard(1, Sensitive("words"), ranking=(ev.Hypothesis(intent, 0.9),), decision=decision), applied)


class TestTopic:
    def test_the_reason_that_the_flow_kept_comes_first(self, uscis: Bundle) -> None:
        assert intent_of(session(vars={"reason": "adit_stamp"}), uscis, [heard("case_status")]) == "adit_stamp"

    @pytest.mark.parametrize(("log", "intent"), [
        ([heard("case_status"), heard("change_address")], "change_address"), ([heard("case_status", "")], "case_status"),
        ([heard("case_status"), heard("change_address", "reject")], "case_status"), ([heard("case_status", "confirm")], ""),
        ([heard("case_status", applied=False)], ""), ([heard("no_such_intent")], ""), ([], "")])
    def test_else_what_was_understood_last(self, uscis: Bundle, log: list[LoggedEvent], intent: str) -> None:
        assert intent_of(session(vars={"reason": "none"}), uscis, log) == intent

    def test_nobody_is_verified_by_default(self) -> None:
        assert verified(session()) == {"state": "unknown", "as": "none"}


class TestArticles:
    def test_facts_are_written_in_the_language_of_the_article(self) -> None:
        bundle = bundle_of(HARBOR)
        [article] = articles_for(bundle, "move_visit", "es")
        assert article["body"] == "Las visitas se cambian en harbordental.example/visits, hasta 24 hours antes."
        assert article["url"] == "https://harbordental.example/visits"
        assert articles_for(bundle, "bill", "en")[0]["url"] == ""
        assert articles_for(bundle, "bill", "fr")[0]["title"] == "A bill"
        assert [t["intent"] for t in topics(bundle, "en")] == ["toothache", "move_visit", "bill", "agent_request"]

    def test_a_doubled_brace_is_a_character(self) -> None:
        bundle = bundle_of(HARBOR, ("knowledge/en.yaml", "Ask what it is about.", "Ask {{what}} it is about."))
        assert articles_for(bundle, "agent_request", "en")[0]["body"] == "Ask {what} it is about."

    def test_a_bundle_without_any(self, starter: Bundle) -> None:
        assert articles_for(starter, "opening_hours", "en") == topics(starter, "es") == []


class TestWanted:
    BODY = {"urgency": "urgent", "read_back": True}

    def test_what_is_left_empty_is_the_callers_own(self) -> None:
        mine = session(caller_number=Sensitive("+12025550166"), email=Sensitive("ana@example.org"))
        wanted = wanted_of(self.BODY, mine, Sensitive("note"))
        assert (wanted.number.reveal(), wanted.email and wanted.email.reveal()) == ("+12025550166", "ana@example.org")
        assert "2025550166" not in repr(wanted) and "note" not in repr(wanted)

    @pytest.mark.parametrize("number", ["+12025550143", "2025550143", "(202) 555-0143", "1 202 555 0143"])
    def test_numbers_as_people_type_them(self, number: str) -> None:
        assert wanted_of({**self.BODY, "number": number}, session(), Sensitive("")).number.reveal() == "+12025550143"

    @pytest.mark.parametrize("number", ["", "12", "+1 900 555 0143", "+5215555550143", "+870773111632", "555-0143"])
    def test_numbers_that_nobody_may_be_called_at(self, number: str) -> None:
        with pytest.raises(MalformedRequest) as refused:
            wanted_of({**self.BODY, "number": number}, session(), Sensitive(""))
        assert refused.value.code == "number"
        assert refused.value.hint
        assert not number or number not in str(refused.value)


class TestTheDoor:
    PAYLOAD = {"policy": "callback", "variables": {"reason": "agent_request", "agent_review": "needed"}}

    def test_what_staff_sent_on_goes_to_no_lower_tier(self, uscis: Bundle) -> None:
        plain = queue_for(uscis, "routine", self.PAYLOAD, "en", NOW)
        sent = queue_for(uscis, "routine", {**self.PAYLOAD, ESCALATED: {"queue": "tier2"}}, "en", NOW)
        assert plain is not None and sent is not None
        assert (plain[0].name, sent[0].name) == ("tier1", "tier2")

    def test_a_queue_that_is_gone_keeps_nobody_away(self, uscis: Bundle) -> None:
        found = queue_for(uscis, "routine", {**self.PAYLOAD, ESCALATED: {"queue": "tier9"}}, "en", NOW)
        assert found is not None and found[0].name == "tier1"

    def test_without_the_judgement_of_staff_there_is_no_way(self, uscis: Bundle) -> None:
        variables = {"reason": "agent_request"}
        assert queue_for(uscis, "routine", {**self.PAYLOAD, "variables": variables, ESCALATED: {"queue": "tier2"}}, "en", NOW) is None


def test_codes_are_short_and_every_state_has_one() -> None:
    assert all(len(code) <= 32 for code in {*OF_A_CALL, *OF_A_CALLBACK})
    assert {told(state, None, NOW) for state in TRANSITIONS} <= set(STATES)


def test_nobody_has_a_call_until_a_desk_says_so() -> None:
    for agent, call in (("ana", "CA1"), ("ana", ""), ("", "")):
        with pytest.raises(Forbidden):
            must_serve(NobodyServes(), agent, call)
