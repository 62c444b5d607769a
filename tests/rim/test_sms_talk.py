"""Conversations by text, as the person and the carrier see them: what goes out is in the carrier's ledger."""

from __future__ import annotations

import pytest

from ivr.contact.segments import is_gsm7, segments
from ivr.contact.sms_answer import MOST, fit, plain
from ivr.testing.webhook_sender import Faults
from tests.rim.site import ROOT, Site, site
from tests.rim.text_people import Clerk

CALLER, OTHER = "+12025550143", "+12025550188"
CARRIERS_OWN = "You have successfully been"
"""What the carrier answers by itself to its own words."""
TEXTS = ("where is my case", "no", "no", "how long are the processing times", "I want to change my address", "can I talk to a person",
         "expedite my case", "my card never came", "what are your hours", "3", "1", "2", "help me with my account", "¿cómo va mi caso?",
         "cuánto tarda", "quiero cambiar mi dirección", "menu", "repeat", "file a form online", "green card renewal", "passport", "taxes")


def reply(office: Site, body: str, from_: str = CALLER) -> str:
    answers = [a for a in office.carrier.text(body, from_=from_) if not a.startswith(CARRIERS_OWN)]
    assert len(answers) <= 1, "one answer for one text"
    return answers[0] if answers else ""


def rest_texts(office: Site, to: str = CALLER) -> list[str]:
    return [m.body for m in office.ledger.sms if m.via == "rest" and m.to == to]


class TestConversation:
    def test_it_goes_on_from_text_to_text_and_sends_the_link_after_a_yes(self, office: Site) -> None:
        assert reply(office, "where is my case").endswith("Shall I send it? Reply 1 for yes, 2 for no.")
        assert "on its way" in reply(office, "YES")
        office.work()
        assert any("uscis.gov/casestatus" in text for text in rest_texts(office))

    def test_the_first_answer_says_who_answers_in_the_language_of_the_person(self, office: Site) -> None:
        assert reply(office, "where is my case").startswith("USCIS automated assistant")
        assert reply(office, "¿cómo va mi caso?", OTHER).startswith("Asistente automatico de USCIS")

    def test_a_yes_where_nothing_was_asked_is_still_the_carriers_start(self, office: Site) -> None:
        assert "you will get texts from us again" in reply(office, "yes")
        assert _rows(office, "SELECT count(*) FROM text_sessions") == [(0,)]

    def test_after_a_silence_the_next_text_begins_anew(self, office: Site) -> None:
        reply(office, "where is my case")
        office.clock.advance(7201)
        office.services.texts.tick()
        assert reply(office, "what are your hours").startswith("USCIS automated assistant")
        with office.services.db.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM text_sessions").scalar() == 2

    def test_two_people_have_two_conversations(self, office: Site) -> None:
        reply(office, "where is my case")
        assert reply(office, "no", OTHER).startswith("USCIS automated assistant")

    def test_a_bundle_without_such_a_line_answers_as_before(self, tmp_path) -> None:
        with site(tmp_path, bundle=ROOT / "flows/starter") as office:
            answers = [reply(office, f"when are you open {n}") for n in range(5)]
            assert answers[0] and answers[3:] == ["", ""]
            with office.services.db.read() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM text_sessions").scalar() == 0

    def test_the_same_delivery_again_and_again_is_one_turn_and_one_answer(self, tmp_path) -> None:
        with site(tmp_path, faults=Faults(repeat=2)) as office:
            first, second = reply(office, "where is my case"), reply(office, "2")
            bodies = [w.answer for w in office.ledger.webhooks if w.kind == "sms"]
            assert len(bodies) == 6 and len(set(bodies)) == 2 and first != second
            assert _rows(office, "SELECT count(*) FROM calls") == [(1,)]
            assert _rows(office, "SELECT count(*) FROM text_lines WHERE who = 'caller'") == [(2,)]


class TestLength:
    def test_every_answer_is_of_three_segments_at_most(self, office: Site) -> None:
        for n, text in enumerate(TEXTS):
            if n % 8 == 0:
                office.clock.advance(3700)
            answer = reply(office, text)
            assert answer, text
            assert segments(answer) <= MOST, (text, segments(answer), answer)
            assert is_gsm7(answer), answer

    def test_what_did_not_fit_comes_when_it_is_asked_for(self, office: Site) -> None:
        said = [f"This is sentence number {n} of a long answer to a short question." for n in range(20)]
        text, rest = fit([*said, "Anything else?"], "For the rest, text MORE.")
        assert segments(text) <= MOST and text.endswith("For the rest, text MORE.\nAnything else?")
        parts = [text]
        while rest:
            text, rest = fit([rest, "Anything else?"], "For the rest, text MORE.")
            assert segments(text) <= MOST
            parts.append(text)
        assert all(any(sentence in part for part in parts) for sentence in said), "nothing is lost"

    def test_the_rest_is_kept_for_the_conversation(self, office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ivr.runtime.sms_talk.fit", lambda parts, more: fit(parts, more, 1))
        first = reply(office, "where is my case")
        assert "text MORE" in first
        second = reply(office, "More.")
        assert second and second.split("\n")[0] not in first

    def test_an_accent_goes_where_it_alone_would_cost_segments(self) -> None:
        assert plain("¿Cómo está? Sí, mañana — “a las 3”…") == '¿Como esta? Si, mañana - "a las 3"...'
        assert plain("日本") == "日本"
        assert fit(["日" * 500], "")[0] == "日" * 201


class TestConsent:
    def test_stop_ends_it_at_once_and_nothing_more_is_said(self, office: Site) -> None:
        reply(office, "where is my case")
        assert reply(office, "STOP") == "", "the carrier has answered, and blocks what we would say"
        assert [r[0] for r in _rows(office, "SELECT status FROM calls")] == ["ended"]
        assert reply(office, "where is my case?") == ""
        assert reply(office, "hello?") == ""

    def test_start_lets_it_begin_again(self, office: Site) -> None:
        reply(office, "where is my case")
        reply(office, "STOP")
        assert "again" in reply(office, "START")
        assert reply(office, "where is my case?")

    def test_writing_to_us_is_no_consent_to_anything_but_the_answer(self, office: Site) -> None:
        reply(office, "where is my case")
        assert office.services.consents.history(CALLER) == []
        assert not office.services.consents.agreed(CALLER, "sms")
        office.clock.advance(7201)
        office.services.texts.tick()
        office.work()
        assert rest_texts(office) == [], "its end is not worth a text"

    def test_help_is_answered_as_the_carriers_want_it(self, office: Site) -> None:
        reply(office, "where is my case")
        assert "STOP" in reply(office, "HELP")


class TestMachines:
    def test_the_same_words_again_and_again_are_answered_three_times(self, office: Site) -> None:
        answers = [reply(office, "I am out of office until Monday.") for _ in range(10)]
        assert [bool(a) for a in answers] == [True] * 3 + [False] * 7

    def test_a_machine_that_never_says_the_same_is_stopped_too(self, tmp_path) -> None:
        with site(tmp_path, answers_number_hour=8) as office:
            answers = [reply(office, f"Your ticket number is {n:06d}. We will get back to you.") for n in range(20)]
            assert sum(map(bool, answers)) == 8
            office.clock.advance(3700)
            assert reply(office, "where is my case")

    def test_many_adjacent_numbers_share_a_cap(self, tmp_path) -> None:
        with site(tmp_path, answers_block_hour=10) as office:
            answers = [reply(office, "where is my case", f"+1202555{n:04d}") for n in range(100, 130)]
            assert sum(map(bool, answers)) == 10


class TestPerson:
    def test_a_member_of_staff_writes_back_by_text(self, office: Site) -> None:
        clerk, desk = Clerk(), office.services.desk
        desk.sign_in(clerk)
        for text in ("change the date for my fingerprints", "March 20 2026", "yes"):
            reply(office, text)
        assert desk.settled()
        assert clerk.of("caller")[0]["channel"] == "sms"
        desk.say(clerk, "Hello, which day suits you?")
        assert desk.settled()
        office.work()
        assert rest_texts(office) == ["Hello, which day suits you?"]
        assert reply(office, "any Friday") == ""
        assert desk.settled()
        assert [m["text"] for m in clerk.of("line")] == ["any Friday"]
        desk.end(clerk)
        assert desk.settled()
        office.work()
        assert len(rest_texts(office)) == 2, "what the flow says behind it"

    def test_stop_leaves_the_line_and_no_word_of_an_agent_goes_out(self, office: Site) -> None:
        clerk, desk = Clerk(), office.services.desk
        desk.sign_in(clerk)
        for text in ("change the date for my fingerprints", "March 20 2026", "yes"):
            reply(office, text)
        desk.say(clerk, "One moment please.")
        assert desk.settled()
        reply(office, "STOP")
        assert desk.settled()
        office.work()
        assert rest_texts(office) == [], "promised before, refused at the gate"
        assert clerk.of("gone")


def _rows(office: Site, text: str) -> list[tuple]:
    with office.services.db.read() as connection:
        return [tuple(r) for r in connection.exec_driver_sql(text).all()]
