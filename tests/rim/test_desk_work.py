"""What staff do beside talking, through `/agent/api`: on SQLite, and on PostgreSQL with Redis."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from ivr.agents.dispositions import OF_A_CALL, OF_A_CALLBACK
from ivr.dialog import events as ev
from ivr.runtime.callbacks.door import queue_for
from ivr.runtime.desk_work.escalation import Refused
from ivr.runtime.desk_work.promised import STATES
from ivr.sensitive import Sensitive
from ivr.store.consent import Entry
from ivr.store.desk_rows import DeskRows
from ivr.store.schema_promises import promises
from ivr.web.staff_words import catalogue
from tests.rim.promised_call import CELL, live_through, promise_call, state
from tests.rim.routes import ask, client_of, staffed
from tests.rim.service_request import request_service
from tests.rim.serving import EMAIL, NUMBER, Desk, call_of, changed
from tests.rim.site import SATURDAY, TUESDAY, Site
from tests.rim.text_people import Typist

OTHER = "+12025550187"
GROUNDS = [{"reason": "none"}, {"reason": "agent_request"}, {"reason": "non_delivery"},
           {"reason": "reschedule_biometrics", "appt": "future"}, {"reason": "adit_stamp", "status_proof": "needed"},
           {"reason": "expedite_request", "expedite_criterion": "humanitarian"},
           {"reason": "in_person_appointment", "in_person_need": "judge_status"},
           {"reason": "accommodation_request", "access_need": "phone_use"}]
"""As whom a caller can come to a member of staff."""


@pytest.fixture
def s(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For what is refused, or only looked at: nothing is promised here."""
    with staffed(tmp_path_factory.mktemp("still")) as made:
        yield made
        assert made.services.promises.all() == []


def get(s: Site, path: str, who: str = "agent") -> TestResponse:
    return ask(client_of(s, who), f"/agent/api/{path}")


def post(s: Site, path: str, who: str = "agent", **body: Any) -> TestResponse:
    return ask(client_of(s, who), f"/agent/api/{path}", "POST", json=body)


def escalate(s: Site, call: str, urgency: str = "urgent", **more: Any) -> TestResponse:
    return post(s, "escalate", call=call, urgency=urgency, **{"note": "her mother is dying", "read_back": True, **more})


def escalations(s: Site) -> list[dict[str, Any]]:
    return [row for row in s.promises("callback") if "escalated" in row["payload"]]


def audited(s: Site, act: str) -> list[Any]:
    return [e for e in s.services.access.audit.newest(100) if e and e.act == act]


# -- escalation -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_every_store")
class TestEscalation:
    def test_makes_the_promise_that_the_flow_would_make(self, tmp_path: Path) -> None:
        with staffed(tmp_path) as s:
            call = call_of(s, variables={"reason": "emergency_advance_parole"})
            answer = escalate(s, call, email=EMAIL)
            assert (answer.status_code, answer.json["is_new"], answer.json["confirmed_by"]) == (200, True, ["email"])
            assert answer.json["within"] == "24 to 72 hours"
            assert answer.json["words"].startswith("This is urgent") and "24 to 72 hours" in answer.json["words"]
            [row] = escalations(s)
            assert row["reference"] == answer.json["reference"]
            assert (row["kind"], row["name"], row["state"], row["call_id"]) == ("callback", "urgent", "waiting", call)
            of_the_flow = s.services.promises.get(promise_call(s, "urgent", call_id="CAflow"))
            assert of_the_flow is not None
            assert row["payload"].keys() - of_the_flow["payload"].keys() == {"escalated"}
            assert of_the_flow["payload"].keys() <= row["payload"].keys()
            assert (row["priority"], row["payload"]["due_by"]) == (of_the_flow["priority"], of_the_flow["payload"]["due_by"])
            assert row["payload"]["numbers"] == [NUMBER], "the caller's own, where none was typed"
            assert row["payload"]["escalated"] == {"queue": "tier2", "by": "agent", "note": "her mother is dying"}
            [entry] = audited(s, "call.escalated")
            assert (entry.who, entry.what, entry.after["reference"]) == ("agent", call, row["reference"])
            assert "mother" not in str(entry) and EMAIL not in str(entry)

    def test_the_email_goes_out_with_a_link_that_works(self, tmp_path: Path) -> None:
        with staffed(tmp_path) as s:
            escalate(s, call_of(s), "routine", email=EMAIL)
            s.work()
            mail = s.ledger.emails[0]
            assert (mail.to, mail.subject) == (EMAIL, "We will contact you")
            token = next(word for word in mail.body.split() if "/callback/" in word).rpartition("/callback/")[2]
            assert s.services.links.open(token, s.clock.now()).subject.reveal() == escalations(s)[0]["key"]

    def test_a_second_click_is_no_second_promise(self, tmp_path: Path) -> None:
        with staffed(tmp_path) as s:
            call = call_of(s)
            first = escalate(s, call, email=EMAIL)
            s.clock.advance(90)
            again = escalate(s, call, email=EMAIL)
            assert (again.status_code, again.json["is_new"]) == (200, False)
            assert (again.json["reference"], again.json["due_by"]) == (first.json["reference"], first.json["due_by"])
            for other in ({"note": "another"}, {"email": "b@example.org"}, {"number": OTHER, "email": EMAIL}, {}):
                answer = escalate(s, call, **other)
                assert (answer.status_code, answer.json["error"]) == (409, "other_content"), other
            assert len(escalations(s)) == len(audited(s, "call.escalated")) == len(s.promises("message")) == 1
            assert escalate(s, call, "routine").json["is_new"], "the other urgency is another promise"

    def test_clicks_at_the_same_moment(self, tmp_path: Path) -> None:
        with staffed(tmp_path) as s:
            call = call_of(s)
            with ThreadPoolExecutor(6) as threads:
                answers = list(threads.map(lambda n: escalate(s, call, email=EMAIL), range(6)))
            assert {a.status_code for a in answers} == {200}
            assert len({a.json["reference"] for a in answers}) == 1
            assert sum(a.json["is_new"] for a in answers) == 1
            assert len(escalations(s)) == len(audited(s, "call.escalated")) == len(s.promises("message")) == 1


class TestWhoMay:
    def test_only_who_has_the_call(self, still: Site) -> None:
        call = call_of(still)
        still.services.desk_work.serving = Desk(supervisor=call)
        for answer in (escalate(still, call), escalate(still, ""), escalate(still, "CA" + "0" * 32),
                       post(still, "wrap-up", call=call, disposition="resolved"),
                       get(still, f"knowledge?call={call}"), get(still, f"previous?call={call}"), get(still, "knowledge")):
            assert (answer.status_code, answer.json["error"]) == (403, "not_serving")
        assert escalations(still) == []
        assert ask(client_of(still, "viewer"), f"/agent/api/previous?call={call}").status_code == 403
        assert ask(client_of(still, ""), "/agent/api/escalate", "POST", json={}).status_code == 401

    def test_nobody_has_a_call_until_a_desk_says_so(self, tmp_path: Path) -> None:
        with staffed(tmp_path) as s:
            assert escalate(s, "CA1").status_code == 403

    def test_from_no_page_but_ours(self, still: Site) -> None:
        call = call_of(still)
        for headers in ({}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}):
            answer = ask(client_of(still, "agent"), "/agent/api/escalate", "POST", headers=headers,
                         json={"call": call, "urgency": "urgent", "read_back": True})
            assert answer.status_code == 403
        assert escalations(still) == []


class TestWithinTheRules:
    @pytest.mark.parametrize(("typed", "why"), [
        ("+1 900 555 0166", "number"), ("+441632960001", "number"), ("911", "number"), ("800-555-0100", "number"), ("abc", "number"),
        ("+18765550143", "number")])
    def test_a_number_that_may_not_be_called(self, still: Site, typed: str, why: str) -> None:
        answer = escalate(still, call_of(still), number=typed)
        assert (answer.status_code, answer.json["error"]) == (400, why)
        assert escalations(still) == []

    @pytest.mark.parametrize(("body", "why"), [
        ({"read_back": False}, "read_back"), ({"read_back": "yes"}, "read_back"), ({"urgency": "now"}, "urgency"),
        ({"urgency": None}, "urgency"), ({"email": "not an address"}, "email"), ({"number": 5}, "number"), ({"note": "x" * 2001}, "note"),
        ({"note": ["x"]}, "note"), ({"email": {"a": 1}}, "email")])
    def test_what_is_not_understood(self, still: Site, body: dict[str, Any], why: str) -> None:
        answer = escalate(still, call_of(still), **body)
        assert (answer.status_code, answer.json["error"]) == (400, why)
        assert escalations(still) == []

    def test_a_number_is_taken_as_people_type_it(self, s: Site) -> None:
        assert escalate(s, call_of(s), number="(202) 555-0143").status_code == 200
        assert escalations(s)[0]["payload"]["numbers"] == [CELL]

    def test_without_a_number_one_has_to_be_asked_for(self, s: Site) -> None:
        call = call_of(s, number=None, textable=False, channel="chat")
        assert escalate(s, call).json["error"] == "number"
        assert escalate(s, call, number=CELL).json["words"].startswith("This is urgent")

    def test_the_email_that_the_call_knows(self, s: Site) -> None:
        call = call_of(s, email=Sensitive(EMAIL))
        assert escalate(s, call).json["confirmed_by"] == ["email"]

    def test_a_text_only_to_who_agreed_in_this_call(self, s: Site) -> None:
        agreed = {"consent.sms": NUMBER}
        assert escalate(s, call_of(s, "CA1")).json["confirmed_by"] == []
        assert escalate(s, call_of(s, "CA2", slots=agreed)).json["confirmed_by"] == ["sms"]
        assert escalate(s, call_of(s, "CA3", slots=agreed), number=CELL).json["confirmed_by"] == [], "another number agreed to nothing"
        s.services.consents.change(Entry(NUMBER, "sms", "revoked", "sms"), s.clock.now())
        answer = escalate(s, call_of(s, "CA4", slots=agreed), email=EMAIL)
        assert (answer.status_code, answer.json["confirmed_by"]) == (200, ["email"]), "the promise stands, the text does not go out"

    def test_one_number_is_promised_so_many_calls_a_day_and_no_more(self, s: Site) -> None:
        seen = [escalate(s, call_of(s, f"CA{n}")).status_code for n in range(6)]
        assert seen == [200, 200, 200, 200, 409, 409]
        assert len(escalations(s)) == 4

    @pytest.mark.parametrize("known", [{"reason": "reschedule_interview"}, {"reason": "reschedule_biometrics", "appt": "past"},
                                       {"reason": "adit_stamp"}, {"reason": "emergency_advance_parole"},
                                       {"reason": "case_status"}], ids=lambda known: known["reason"])
    def test_what_the_policy_never_allows(self, still: Site, known: dict[str, str]) -> None:
        """Interviews are for the field office (A L155), a date that has passed, a stamp without a need, a trip that can wait and the
        status (B L67) for nobody: no officer may take such a call, so none is promised."""
        answer = escalate(still, call_of(still, variables=known), "routine")
        assert (answer.status_code, answer.json["error"]) == (409, "policy")
        assert escalations(still) == []

    @pytest.mark.parametrize("known", GROUNDS, ids=lambda known: known["reason"])
    @pytest.mark.parametrize("urgency", ["urgent", "routine"])
    def test_staff_judge_and_an_officer_calls_back(self, s: Site, known: dict[str, str], urgency: str) -> None:
        escalate(s, call_of(s, variables=known), urgency)
        [row] = escalations(s)
        found = queue_for(s.services.bundles.current, row["name"], row["payload"], "en", s.clock.now())
        assert found is not None and found[0].name == "tier2"

    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("channel", ["voice", "tty", "chat"])
    def test_words_in_the_callers_language_and_for_the_channel(self, s: Site, language: str, channel: str) -> None:
        answer = escalate(s, call_of(s, language=language, channel=channel), "routine")
        assert ("emergencia" if language == "es" else "emergency") in answer.json["words"]
        assert answer.json["within"] == ("30 días hábiles" if language == "es" else "30 business days")
        assert NUMBER[-4:] not in answer.json["words"], "whoever reads them has not asked to see the number"
        if channel == "tty":
            assert all(len(line) <= 60 for line in answer.json["words"].splitlines())

    def test_what_was_called_off_is_not_made_again(self, s: Site) -> None:
        call = call_of(s)
        escalate(s, call)
        s.services.ledger.cancel(escalations(s)[0]["key"], s.clock.now(), "the caller")
        assert escalate(s, call).json["error"] == "over"

    def test_at_any_hour(self, tmp_path: Path) -> None:
        with staffed(tmp_path, now=None) as s:
            s.clock.time = SATURDAY
            assert escalate(s, call_of(s)).status_code == 200

    def test_the_call_is_made(self, s: Site) -> None:
        escalate(s, call_of(s))
        key = escalations(s)[0]["key"]
        live_through(s, TUESDAY.replace(day=13))
        assert state(s, key) == "unreached"
        assert any(c.to == NUMBER for c in s.ledger.calls if c.direction == "outbound-api")


@pytest.fixture(scope="module")
def clicked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staffed(tmp_path_factory.mktemp("clicks"), callbacks_number_day=100_000, callbacks_block_day=100_000,
                 emails_address_day=100_000) as made:
        yield made


CLICK = st.tuples(st.sampled_from(["A", "B"]), st.sampled_from(["urgent", "routine"]), st.sampled_from([NUMBER, CELL, ""]),
                  st.sampled_from(["", EMAIL]), st.sampled_from(["", "her mother is dying", "his father"]))


@given(clicks=st.lists(CLICK, min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_one_escalation_a_call_and_urgency_whatever_is_clicked_how_often(clicked: Site, clicks: list[Any]) -> None:
    first: dict[tuple[str, str], tuple[Any, str]] = {}
    calls = {name: call_of(clicked) for name in "AB"}
    before = len(audited(clicked, "call.escalated"))
    for name, urgency, number, email, note in clicks:
        clicked.services.desk_work.serving = Desk(agent=calls[name])
        clicked.clock.advance(1)
        answer = clicked.services.desk_work
        content = (number or NUMBER, email, note)
        body = {"call": calls[name], "urgency": urgency, "number": number, "email": email, "note": note, "read_back": True}
        known = first.get((name, urgency))
        try:
            done = answer.escalate("agent", body)
        except Refused as error:
            assert known is not None and known[0] != content and error.code == "other_content"
            continue
        assert done.is_new == (known is None)
        assert known is None or known == (content, done.reference)
        first.setdefault((name, urgency), (content, done.reference))
    made = [row for row in escalations(clicked) if row["call_id"] in calls.values()]
    assert len(made) == len(first) == len({row["reference"] for row in made})
    assert len(audited(clicked, "call.escalated")) == min(100, before + len(first))


# -- wrap-up ----------------------------------------------------------------------------------------------------------


class TestWrapUp:
    def test_is_written_down_once_and_audited_without_its_note(self, s: Site) -> None:
        call = call_of(s)
        for _ in range(3):
            assert post(s, "wrap-up", call=call, disposition="resolved", note=f"call {NUMBER} again").json == {"ok": True}
        assert post(s, "wrap-up", call=call, disposition="link_sent", note="").json == {"ok": True}
        with s.services.db.read() as connection:
            noted = DeskRows(s.services.db).wrap_ups_on(connection, call)
        assert [(n.agent, n.disposition) for n in noted] == [("agent", "resolved"), ("agent", "link_sent")]
        entries = audited(s, "call.wrapped_up")
        assert [e.after for e in entries] == [{"disposition": "link_sent"}, {"disposition": "resolved"}]
        assert NUMBER not in str(entries)

    @pytest.mark.parametrize("body", [{"disposition": "sold"}, {"disposition": ""}, {}, {"disposition": 5}, {"disposition": "no_answer"},
                                      {"disposition": "resolved", "note": "x" * 2001}])
    def test_what_is_none(self, still: Site, body: dict[str, Any]) -> None:
        assert post(still, "wrap-up", call=call_of(still), **body).status_code == 400

    def test_every_code_has_a_name_on_screens_and_in_the_guide(self) -> None:
        page = (Path(__file__).parents[2] / "docs/howto/working-calls.md").read_text()
        for code in {*OF_A_CALL, *OF_A_CALLBACK}:
            assert f"`{code}`" in page, code
            assert all(words[f"disposition_{code}"] for words in catalogue().values())
        for told in STATES:
            assert f"`{told}`" in page, told
            assert all(words[f"promised_{told}"] for words in catalogue().values())


# -- knowledge and earlier calls --------------------------------------------------------------------------------------


class TestKnowledge:
    def test_of_what_the_call_is_about(self, still: Site) -> None:
        call = call_of(still, variables={"reason": "case_status"})
        found = get(still, f"knowledge?call={call}").json
        assert found["intent"] == "case_status"
        [article] = found["articles"]
        assert (article["title"], article["url"]) == ("Case status", "https://uscis.gov/casestatus")
        assert "uscis.gov/casestatus" in article["body"] and "{" not in article["body"]
        assert len(found["topics"]) == 42
        assert get(still, f"knowledge?call={call}&lang=es").json["articles"][0]["title"] == "Estado del caso"
        assert get(still, f"knowledge?call={call}&intent=adit_stamp").json["articles"][0]["parts"].keys() == {"say", "do", "limits"}
        assert get(still, f"knowledge?call={call}&intent=nonsense").json["articles"] == []

    def test_every_intent_in_both_languages_with_every_fact_filled(self, still: Site) -> None:
        bundle = still.services.bundles.current
        call = call_of(still)
        for intent in bundle.intents:
            for language in bundle.languages:
                [article] = get(still, f"knowledge?call={call}&lang={language}&intent={intent}").json["articles"]
                assert article["parts"].keys() == {"say", "do", "limits"}
                assert "{" not in article["body"] and "  " not in article["body"] and article["url"].startswith("https://")

    def test_without_a_reason_it_is_what_was_understood_last(self, still: Site) -> None:
        call = call_of(still)
        still.services.turns.take(call, ev.SpeechHeard(1, Sensitive("when will my fingerprint appointment come")))
        session = still.services.calls.load(call).session
        assert still.services.desk_work.intent(session) in still.services.bundles.current.intents
        changed(still, call, variables={"reason": "none"})
        assert still.services.desk_work.intent(still.services.calls.load(call).session) in still.services.bundles.current.intents


    def test_a_promised_call_that_no_flow_took(self, still: Site) -> None:
        still.services.desk_work.serving = Desk(agent="CApromised")
        found = get(still, "knowledge?call=CApromised&intent=bill_of_nobody").json
        assert (found["articles"], len(found["topics"])) == ([], 42)
        assert get(still, "previous?call=CApromised").json == {"previous": []}
        assert escalate(still, "CApromised").json["error"] == "unknown_call"


class TestPreviousCalls:
    def test_from_the_same_number_newest_first_and_no_detail(self, s: Site) -> None:
        for n, outcome in enumerate(("self_service", "agent", "gone")):
            call_of(s, f"CA{n}", variables={"reason": "case_status", "case_state": "evidence_requested"},
                    slots={"receipt": "IOE0912345678"}, status="ended", outcome=outcome)
            s.clock.advance(60)
        call_of(s, "CAother", number=OTHER, slots={"cell": NUMBER})
        call_of(s, "CA1")
        post(s, "wrap-up", call="CA1", disposition="link_sent", note="secret note")
        now = call_of(s, "CAnow")
        found = get(s, f"previous?call={now}").json["previous"]
        assert [(p["outcome"], p["disposition"], p["reason"]) for p in found] == [
            ("gone", "", "case_status"), ("agent", "link_sent", "case_status"), ("self_service", "", "case_status")]
        assert not {"IOE0912345678", "secret note", "evidence_requested", NUMBER} & set(str(found).replace("'", " ").split())
        assert get(s, f"previous?call={call_of(s, 'CAanon', number=None, textable=False)}").json["previous"] == []

    def test_the_packet_has_them_with_intent_verification_and_note(self, s: Site) -> None:
        call_of(s, "CAbefore", status="ended", outcome="self_service")
        s.clock.advance(60)
        call = call_of(s, variables={"reason": "adit_stamp", "identity": "verified", "role": "applicant"})
        caller = Typist(call)
        caller.note = "briefed by eva"  # type: ignore[attr-defined]
        packet = s.services.packets.of(caller)
        assert packet["verified"] == {"state": "verified", "as": "applicant"}
        assert (packet["intent"], packet["note"]) == ("adit_stamp", "briefed by eva")
        assert [p["outcome"] for p in packet["previous"]] == ["self_service"]
        unknown = s.services.packets.of(Typist("CAunknown"))
        assert (unknown["verified"]["state"], unknown["intent"], unknown["note"], unknown["previous"]) == ("unknown", "", "", [])
        assert unknown.keys() == packet.keys()


# -- promised calls ---------------------------------------------------------------------------------------------------


class TestPromised:
    def test_the_list_is_masked_urgent_first_and_says_who_calls_back(self, s: Site) -> None:
        routine = promise_call(s, "routine")
        escalate(s, call_of(s), note=f"write to {EMAIL}")
        found = get(s, "callbacks").json["callbacks"]
        assert [(c["urgency"], c["kind"], c["escalated"], c["tier"]) for c in found] == [
            ("urgent", "callback", True, 2), ("routine", "callback", False, 2)]
        assert found[1]["key"] == routine
        assert all(c["state"] in STATES and c["next_at"] and c["number"].startswith("****") for c in found)
        shown = get(s, f"callbacks/one?key={found[0]['key']}").json
        assert shown["by"] == "agent" and "write to" in shown["note"]
        for secret in (NUMBER, CELL, EMAIL):
            assert secret not in str(found) and secret not in str(shown)

    def test_supervisors_see_who_sent_it_on_and_not_the_note(self, s: Site) -> None:
        escalate(s, call_of(s))
        shown = s.services.promise_desk.show(escalations(s)[0]["key"])
        assert shown["escalated"] == {"by": "agent", "queue": "tier2"}
        assert "mother" not in str(shown)
        assert "escalated" not in s.services.promise_desk.show(promise_call(s))

    def test_what_waits_for_people_is_closed_by_any_of_them(self, s: Site) -> None:
        key = promise_call(s)
        self.open(s, key)
        assert get(s, "callbacks").json["callbacks"][0]["state"] == "with_staff"
        for _ in range(2):
            assert post(s, "callbacks/close", key=key, disposition="resolved", note="reached by hand").json == {"ok": True}
        assert state(s, key) == "done"
        assert get(s, "callbacks").json["callbacks"] == []
        [entry] = audited(s, "promise.closed")
        assert (entry.who, entry.what, entry.before, entry.after) == ("agent", key, "open", {"disposition": "resolved"})
        notes = get(s, f"callbacks/one?key={key}").json["notes"]
        assert [(n["agent"], n["disposition"], n["note"]) for n in notes] == [("agent", "resolved", "reached by hand")]
        assert "closed by agent: resolved" in str(s.services.ledger.history(key))
        assert post(s, "callbacks/close", key=key, disposition="not_wanted").status_code == 409

    def test_one_whose_call_goes_out_by_itself_only_with_its_caller_or_by_a_supervisor(self, s: Site) -> None:
        key, other = promise_call(s, numbers=(NUMBER,)), promise_call(s, call_id="CA2")
        assert post(s, "callbacks/close", key=key, disposition="resolved").status_code == 403
        call_of(s)
        assert post(s, "callbacks/close", key=other, disposition="resolved").status_code == 403, "another caller's"
        assert post(s, "callbacks/close", key=key, disposition="resolved").status_code == 200
        assert post(s, "callbacks/close", "supervisor", key=other, disposition="duplicate").status_code == 200
        live_through(s, TUESDAY.replace(month=5))
        assert not [c for c in s.ledger.calls if c.direction == "outbound-api"], "nobody is called any more"

    def test_one_that_is_under_way_is_left_alone(self, s: Site) -> None:
        key = promise_call(s)
        self.move(s, key, "calling")
        assert post(s, "callbacks/close", "supervisor", key=key, disposition="resolved").status_code == 409
        assert get(s, "callbacks").json["callbacks"][0]["state"] == "under_way"

    def test_a_note_changes_nothing_else(self, s: Site) -> None:
        key = promise_call(s)
        before = s.services.promises.get(key)
        assert post(s, "callbacks/note", key=key, note="prefers mornings").json == {"ok": True}
        assert s.services.promises.get(key) == before
        assert [n["note"] for n in get(s, f"callbacks/one?key={key}").json["notes"]] == ["prefers mornings"]
        assert len(audited(s, "promise.noted")) == 1

    @pytest.mark.parametrize(("path", "body", "status"), [
        ("callbacks/close", {"key": "nothing", "disposition": "resolved"}, 404), ("callbacks/note", {"key": "nothing", "note": "x"}, 404),
        ("callbacks/close", {"key": "", "disposition": "resolved"}, 400), ("callbacks/close", {"key": "k", "disposition": "sold"}, 400),
        ("callbacks/note", {"key": "k\0", "note": "x"}, 400), ("callbacks/note", {"key": "k" * 300}, 400),
        ("callbacks/note", {"key": 5}, 400)])
    def test_what_there_is_not(self, still: Site, path: str, body: dict[str, Any], status: int) -> None:
        assert post(still, path, **body).status_code == status

    def test_a_message_is_no_promise_to_work_on(self, s: Site) -> None:
        escalate(s, call_of(s), email=EMAIL)
        [message] = s.promises("message")
        assert get(s, f"callbacks/one?key={message['key']}").status_code == 404
        assert post(s, "callbacks/close", "supervisor", key=message["key"], disposition="resolved").status_code == 404

    @staticmethod
    def open(s: Site, key: str) -> None:
        TestPromised.move(s, key, "open")

    @staticmethod
    def move(s: Site, key: str, state: str) -> None:
        with s.services.db.write() as connection:
            connection.execute(promises.update().where(promises.c.key == key).values(state=state, wake_at=None))


def test_a_request_to_an_office_is_closed_by_the_office_alone(s: Site) -> None:
    """An agent who has nothing to do with it could make somebody's request vanish from the office's list, with nobody's answer."""
    reference = request_service(s)
    key = s.promises("service_request")[0]["key"]
    for who in ("agent", "supervisor"):
        answer = post(s, "callbacks/close", who, key=key, disposition="resolved", note="")
        assert (answer.status_code, answer.json["error"]) == (403, "of_an_office")
    assert s.promises("service_request")[0]["state"] == "open"
    assert reference in ask(client_of(s, "supervisor"), "/requests").text
    assert post(s, "callbacks/note", key=key, note="called again").status_code == 200, "whoever talks with them may leave a word"
