"""Texts and emails as callers and carriers see them: consent, STOP, what becomes of what was not delivered, limits, links."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.contact.states import may_go
from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import fresh
from ivr.errors import ConfigProblem
from ivr.runtime.contact_rules import wording_hash
from ivr.sensitive import Sensitive
from ivr.store.alarms import Alarms
from ivr.store.consent import Entry
from ivr.store.message_statuses import MessageStatuses, Unreachable
from ivr.store.promises import Claimed, Finish, Promises
from ivr.testing.emulated_call import EmulatedCall
from tests.rim.site import Site, site

CALLER, EMAIL = "+12025550143", "ana@example.org"


def asks_for_link(office: Site, from_: str = CALLER, email: str = "", answer: str = "yes") -> EmulatedCall:
    call = office.call(from_=from_)
    if email:
        office.services.turns.take(call.sid, ev.ContactGiven("email", Sensitive(email)))
    call.say("where is my case")
    if answer:
        call.say(answer)
    return call


def our_answers(office: Site) -> list[str]:
    return [row.answer.decode() for row in office.ledger.webhooks if row.kind == "sms"]


def links_sent(office: Site) -> list[str]:
    return [s.to for s in office.ledger.sms if s.via == "rest"]


def history(office: Site, address: str = CALLER) -> list[tuple[str, str, str]]:
    return [(r["channel"], r["answer"], r["source"]) for r in office.services.consents.history(address)]


class TestConsent:
    def test_a_yes_is_kept_with_the_version_of_the_words(self, office: Site) -> None:
        call = asks_for_link(office)
        (row,) = office.services.consents.history(CALLER)
        bundle = office.services.bundles.current
        assert (row["answer"], row["source"], row["wording"], row["language"]) == ("yes", "voice", "offer_text", "en")
        assert row["wording_hash"] == wording_hash(bundle, "offer_text", "en", "voice")
        assert row["call_id"] == call.sid

    def test_a_no_is_kept_too_and_a_key_is_told_from_a_voice(self, office: Site) -> None:
        call = asks_for_link(office, answer="")
        call.press("2")
        assert history(office) == [("sms", "no", "key")]

    def test_neither_the_number_nor_the_address_is_readable_in_the_database(self, office: Site) -> None:
        asks_for_link(office, email=EMAIL)
        with office.services.db.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM consents").all() + connection.exec_driver_sql(
                "SELECT * FROM contact_counters").all()
        assert rows
        assert not any(CALLER[1:].encode() in (c if isinstance(c, bytes) else str(c).encode()) for row in rows for c in row)

    def test_key_9_at_the_offer_ends_texts_at_once(self, office: Site) -> None:
        call = asks_for_link(office, answer="")
        call.press("9")
        assert "no more texts" in call.heard_text
        assert history(office) == [("sms", "revoked", "key")]
        again = asks_for_link(office, answer="")
        assert "text you" not in again.heard_text
        assert "by email" in again.heard_text, "another way"

    @pytest.mark.parametrize("words", ["stop texting me", "no more texts"])
    def test_stop_is_understood_in_a_call(self, office: Site, words: str) -> None:
        call = asks_for_link(office, answer=words)
        assert "no more texts" in call.heard_text
        assert call.ended or call.gathering, "the call goes on"
        assert history(office) == [("sms", "revoked", "voice")]
        office.work()
        assert links_sent(office) == []

    def test_a_hidden_number_is_told_how(self, office: Site) -> None:
        call = office.call(from_="anonymous")
        call.say("stop texting me")
        assert "STOP" in call.heard_text


class TestStop:
    def test_one_confirmation_and_never_a_second_within_a_day(self, office: Site) -> None:
        for word in ("STOP", "stop", "START", "ALTO"):
            office.carrier.text(word)
        answers = our_answers(office)
        assert [("no more texts" in a or "otros mensajes" in a) for a in answers] == [True, False, False, False]
        assert office.services.consents.revoked(CALLER, "sms")
        office.clock.advance(25 * 3600)
        office.carrier.text("start")
        office.carrier.text("stop")
        assert "otros mensajes" in our_answers(office)[-1], "in the language they last used"

    def test_the_carrier_s_own_confirmation_is_the_only_one(self, office: Site) -> None:
        office.carrier.messages.advanced_opt_out = True
        office.carrier.text("STOP")
        assert "<Message>" not in our_answers(office)[-1]
        assert office.services.consents.revoked(CALLER, "sms")

    def test_it_says_that_a_promised_call_stays_only_where_there_is_one(self, office: Site) -> None:
        office.carrier.text("STOP", from_="+12025550144")
        assert "not cancelled" not in our_answers(office)[-1]
        from ivr.store.promises import NewPromise

        now = office.clock.now()
        with office.services.db.write() as c:
            office.services.promises.insert(c, NewPromise("callback:CA1:x:1", "callback", "routine", "CA1", {"numbers": [CALLER]}, now, now,
                                                          "open"), now)
        office.carrier.text("STOP")
        assert "not cancelled" in our_answers(office)[-1]
        assert office.promises("callback")[0]["state"] == "open", "STOP ends texts and nothing else"

    def test_spanish_words_are_answered_in_spanish_and_whole_sentences_count(self, office: Site) -> None:
        office.carrier.text("no me manden m\u00e1s mensajes")
        assert "no le enviaremos" in our_answers(office)[-1]
        assert "no more texts" not in our_answers(office)[-1]

    def test_machines_that_answer_each_other_stop_soon(self, office: Site) -> None:
        for _ in range(10):
            office.carrier.text("I am away until Monday")
        assert sum("<Message>" in a for a in our_answers(office)) == 3

    def test_stop_between_the_promise_and_the_sending(self, office: Site) -> None:
        asks_for_link(office, email=EMAIL)
        office.carrier.text("ALTO")
        office.work()
        assert links_sent(office) == []
        assert [m.to for m in office.ledger.emails] == [EMAIL], "the email instead, which they did not refuse"
        text, mail = office.promises("message")
        assert (text["state"], text["last_error"], mail["state"]) == ("failed", "revoked", "done")
        assert not may_go("sending", "cancelled"), "what may be on its way is not called off"


class TestDelivery:
    def test_the_carrier_s_opt_out_is_ours_too_and_the_link_goes_by_email(self, office: Site) -> None:
        office.rest.faults.next(21610)
        asks_for_link(office, email=EMAIL)
        office.work()
        office.work()
        assert office.services.consents.revoked(CALLER, "sms")
        assert history(office)[-1] == ("sms", "revoked", "provider")
        assert [m.to for m in office.ledger.emails] == [EMAIL]

    def test_reports_out_of_order_repeated_and_of_nobody(self, office: Site) -> None:
        asks_for_link(office)
        office.work()
        messages, statuses = office.carrier.messages, MessageStatuses(office.services.db)
        sid = office.ledger.sms[0].sid
        messages.settle(sid, "sending", "sent", "delivered")
        for late in ("sent", "queued", "delivered", "sending"):
            messages.callback(sid, late)
        office.services.outcomes.reported("SM" + "0" * 32, "", "undelivered", 30003)
        office.services.outcomes.reported("SM" + "1" * 32, "message:nobody", "failed", 30006)
        key = office.promises("message")[0]["key"]
        assert [(r["status"], r["error_code"]) for r in statuses.of_promise(key)] == [("delivered", None)]
        assert [p["state"] for p in office.promises("message")] == ["done"]

    def test_a_report_that_comes_before_we_know_the_id(self, office: Site) -> None:
        asks_for_link(office, email=EMAIL)
        key = office.promises("message")[0]["key"]
        office.services.outcomes.reported("SM" + "2" * 32, key, "undelivered", 30006)
        assert [p["key"] for p in office.promises("message")] == [key, key + ":email"]

    def test_a_report_that_overtakes_the_answer_is_not_forgotten(self, office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """The carrier says that a text is lost before we have written down that it was taken."""
        asks_for_link(office, email=EMAIL)
        key = office.promises("message")[0]["key"]
        finish_all, early = Promises.finish_all, []

        def after_the_report(promises: Promises, finishes: list[Finish], now: datetime) -> list[Claimed]:
            if not early:
                early.append(finishes[0].provider_id)
                office.carrier.messages.settle(office.ledger.sms[0].sid, "sent", "undelivered", error_code=30006)
            return finish_all(promises, finishes, now)

        monkeypatch.setattr(Promises, "finish_all", after_the_report)
        office.work()
        row = office.services.promises.get(key)
        assert early == [row["provider_id"]]
        assert (row["state"], row["last_error"]) == ("failed", "provider 30006")
        assert "failed" in office.services.promise_desk.explain(key)
        assert "provider 30006" in office.services.promise_desk.explain(key)
        assert [m.to for m in office.ledger.emails] == [EMAIL]

    def test_a_late_report_of_an_earlier_try_says_nothing_of_the_next_one(self, office: Site) -> None:
        asks_for_link(office)
        office.work()
        first = office.ledger.sms[0].sid
        office.carrier.messages.settle(first, "sent", "undelivered", error_code=30006)
        key = office.promises("message")[0]["key"]
        Unreachable(office.services.db).forget(CALLER, "sms")
        office.services.promise_desk.act("retry", key, "staff")
        (claimed,) = office.services.promises.claim("w", office.clock.now(), 30, start=True)
        office.services.outcomes.reported(first, key, "undelivered", 30006)
        assert office.services.promises.get(key)["state"] == "sending", "another try is under way"
        office.services.promises.finish(claimed, "done", office.clock.now(), provider_id="SM" + "3" * 32)
        office.services.outcomes.reported(first, key, "undelivered", 30006)
        assert office.services.promises.get(key)["state"] == "done"

    def test_a_landline_gets_an_email_and_no_text_ever_again(self, office: Site) -> None:
        asks_for_link(office, email=EMAIL)
        office.work()
        sid = office.ledger.sms[0].sid
        office.carrier.messages.settle(sid, "sent", "undelivered", error_code=30006, repeat=3)
        office.work()
        assert [m.to for m in office.ledger.emails] == [EMAIL], "once, however often it is reported"
        assert Unreachable(office.services.db).code(CALLER, "sms") == "30006"
        call = asks_for_link(office, answer="")
        assert "text you" not in call.heard_text

    def test_a_phone_that_is_off_is_tried_once_more_and_then_written_to(self, office: Site) -> None:
        asks_for_link(office, email=EMAIL)
        office.work()
        office.carrier.messages.settle(office.ledger.sms[0].sid, "sent", "undelivered", error_code=30003)
        office.work()
        assert len(links_sent(office)) == 1, "not at once"
        office.clock.advance(901)
        office.work()
        assert len(links_sent(office)) == 2
        office.carrier.messages.settle(office.ledger.sms[1].sid, "sent", "undelivered", error_code=30003)
        office.clock.advance(901)
        office.work()
        assert len(links_sent(office)) == 2
        assert len(office.ledger.emails) == 1

    def test_a_fault_of_ours_is_an_alarm(self, office: Site) -> None:
        asks_for_link(office)
        office.work()
        office.carrier.messages.settle(office.ledger.sms[0].sid, "sent", "undelivered", error_code=30034, repeat=2)
        (alarm,) = Alarms(office.services.db).recent(office.clock.now())
        assert (alarm.name, alarm.count) == ("texts_registration", 1)


class TestLimits:
    def test_a_number_gets_no_more_than_its_share_and_hears_the_address_instead(self, tmp_path: Path) -> None:
        with site(tmp_path, texts_number_hour=2) as office:
            calls = [asks_for_link(office) for _ in range(3)]
            assert ["on its way" in c.heard_text for c in calls] == [True, True, False]
            assert "could not send" in calls[2].heard_text
            assert "by email" in calls[2].heard_text
            calls[2].press("2")
            assert office.services.bundles.current.facts["url_case_status"].spoken["en"] in calls[2].heard_text
            office.clock.advance(3600)
            assert "on its way" in asks_for_link(office).heard_text

    def test_who_cannot_be_texted_is_asked_for_an_address_that_is_read_back(self, office: Site) -> None:
        call = asks_for_link(office, from_="anonymous")
        call.say("ana at gmail dot com")
        assert "a n a at gmail dot com" in call.heard_text
        assert office.promises("message") == []
        call.say("yes")
        office.work()
        assert [m.to for m in office.ledger.emails] == ["ana@gmail.com"]
        assert history(office, "ana@gmail.com") == [("email", "yes", "voice")]

    def test_a_refused_text_is_offered_as_an_email(self, tmp_path: Path) -> None:
        with site(tmp_path, texts_number_hour=0) as office:
            call = asks_for_link(office, email=EMAIL)
            assert "by email" in call.heard_text
            call.say("yes")
            office.work()
            assert [m.to for m in office.ledger.emails] == [EMAIL]

    def test_a_burst_opens_the_breaker_with_an_alarm(self, tmp_path: Path) -> None:
        with site(tmp_path, texts_minute=3) as office:
            for n in range(5):
                asks_for_link(office, from_=f"+1202555{n}143")
            office.work()
            assert len(links_sent(office)) == 3
            assert [a.name for a in Alarms(office.services.db).recent(office.clock.now())] == ["texts_burst"]

    def test_pumping_through_500_adjacent_numbers_stops_early(self, office: Site) -> None:
        rules, sent = office.services.contact_rules, 0
        for n in range(500):
            number = Sensitive(f"+1202555{250 + n:04d}")
            session = _consenting(number)
            text = act.SendMessage(f"message:CA{n}:x:1", "sms", number, "link", "text")
            if not rules.refusal(text, session, (), office.clock.now()):
                with office.services.db.write() as connection:
                    rules.spend(connection, [text], office.clock.now())
                sent += 1
            office.clock.advance(30)
        assert sent <= 20
        assert "texts_pumping" in {a.name for a in Alarms(office.services.db).recent(office.clock.now())}

    @pytest.mark.parametrize("number", ["+19005551234", "+18765551234", "+447012345678", "+881612345678", "+911"])
    def test_costly_numbers_are_refused_for_texts_and_callbacks(self, office: Site, number: str) -> None:
        session = _consenting(Sensitive(number))
        text = act.SendMessage("message:CA1:x:1", "sms", Sensitive(number), "link", "text")
        call = act.MakePromise("callback:CA1:x:1", "callback", "routine", "r", "rule", "en", numbers=(Sensitive(number),))
        for action in (text, call):
            assert office.services.contact_rules.refusal(action, session, (), office.clock.now())

    def test_a_number_that_nobody_confirmed_is_refused_whatever_the_flow_says(self, office: Site) -> None:
        stranger = Sensitive("+12025550199")
        rules, session = office.services.contact_rules, _consenting(Sensitive(CALLER))
        call = act.MakePromise("callback:CA1:x:1", "callback", "routine", "r", "rule", "en", numbers=(stranger,))
        text = act.SendMessage("message:CA1:x:1", "sms", stranger, "link", "text")
        mail = act.SendMessage("message:CA1:x:2", "email", Sensitive(EMAIL), "link", "text")
        reasons = [rules.refusal(a, session, (), office.clock.now()) for a in (call, text, mail)]
        assert reasons == ["unconfirmed_number", "unconfirmed_number", "unconfirmed_address"]
        assert "unconfirmed_target" in {a.name for a in Alarms(office.services.db).recent(office.clock.now())}


def _consenting(number: Sensitive) -> object:
    import dataclasses

    return dataclasses.replace(fresh("CA1", ""), caller_number=number, textable=True, slots={"consent.sms": number})


class TestOneLinkACall:
    def test_the_same_link_is_not_sent_twice(self, office: Site) -> None:
        call = asks_for_link(office)
        call.say("yes")
        call.say("where is my case")
        assert "already" in call.heard_text
        office.work()
        assert len(links_sent(office)) == 1

    def test_another_link_is_told_aloud(self, office: Site) -> None:
        call = asks_for_link(office)
        call.say("yes")
        call.say("how long are the processing times")
        office.work()
        assert len(links_sent(office)) == 1


class TestLinks:
    def test_a_preview_changes_nothing_and_the_button_ends_notices(self, office: Site) -> None:
        url = office.services.senders["email"]._sender._unsubscribe(EMAIL, "en").url
        path = url.removeprefix(office.services.public_url)
        client = office.app.test_client()
        for _ in range(3):
            page = client.get(path)
            assert page.status_code == 200
            assert "<button>" in page.text
        assert not office.services.consents.revoked(EMAIL, "email", "notice")
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
        assert office.services.consents.revoked(EMAIL, "email", "notice")
        assert not office.services.consents.revoked(EMAIL, "email"), "what they ask for in a call still comes"
        assert client.post(path).status_code == 200
        assert EMAIL not in page.text
        assert re.fullmatch(r"/l/[A-Za-z0-9_-]{22,}", path), "at least 128 random bits and nothing else"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"

    def test_expired_and_unknown_look_alike_and_trying_is_limited(self, office: Site) -> None:
        url = office.services.senders["email"]._sender._unsubscribe(EMAIL, "en").url
        path = url.removeprefix(office.services.public_url)
        client = office.app.test_client()
        office.clock.advance(61 * 86400)

        def without_nonce(text: str) -> str:
            return re.sub(r'nonce="[^"]*"', "", text)

        expired, unknown = client.get(path), client.get("/l/" + "x" * 32)
        assert expired.status_code == unknown.status_code == 404
        assert without_nonce(expired.text) == without_nonce(unknown.text)
        with office.services.db.write() as c:
            token = office.services.links.make(c, "unsubscribe", EMAIL, office.clock.now().replace(year=2030), office.clock.now())
        assert client.get(f"/l/{token}").status_code == 200
        for n in range(25):
            client.get(f"/l/{n:032d}")
        assert client.get(f"/l/{token}").status_code == 404
        office.clock.advance(60)
        assert client.get(f"/l/{token}").status_code == 200

    def test_the_token_is_nowhere_in_the_database(self, office: Site) -> None:
        with office.services.db.write() as c:
            token = office.services.links.make(c, "callback", "callback:CA1:x:1", office.clock.now().replace(year=2030), office.clock.now())
            (row,) = c.exec_driver_sql("SELECT * FROM links").all()
        assert token not in str(row)
        assert "CA1" not in str(row)
        assert office.services.links.open(token, office.clock.now()).subject.reveal() == "callback:CA1:x:1"


class TestEmail:
    def test_a_notice_carries_its_way_out_and_is_held_back_after_it_was_used(self, office: Site) -> None:
        from datetime import timedelta

        from ivr.store.promises import NewPromise

        def notice(key: str) -> None:
            now = office.clock.now()
            payload = {"to": EMAIL, "subject": "Soon", "text": "We call you.", "language": "es", "purpose": "notice", "channel": "email"}
            with office.services.db.write() as c:
                office.services.promises.insert(c, NewPromise(key, "message", "email", "CA1", payload, now, now + timedelta(hours=4)), now)
            office.work()

        notice("notice:1")
        (mail,) = office.ledger.emails
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail.raw
        assert "Para no recibir" in mail.body
        office.services.consents.change(Entry(EMAIL, "email", "revoked", "email", "notice"), office.clock.now())
        notice("notice:2")
        assert len(office.ledger.emails) == 1

    @pytest.mark.parametrize("to", ["jos\u00e9@example.org", "ana@espa\u00f1a.example"])
    def test_letters_beyond_ascii_arrive_or_are_refused_for_good(self, office: Site, to: str) -> None:
        asks_for_link(office, from_="anonymous", email=to)
        office.work()
        (row,) = office.promises("message")
        assert (row["state"], len(office.ledger.emails)) in (("done", 1), ("failed", 0))


class TestSharedKeys:
    def test_both_keys_of_a_rotation_and_the_auth_token_open_the_door(self, tmp_path: Path) -> None:
        with site(tmp_path, twilio_shared_keys=SecretStr("WK1=first-secret WK2=second-secret")) as office:
            for key in (("WK1", "first-secret"), ("WK2", "second-secret"), None):
                office.carrier.sender._shared_key = key
                assert office.call().gathering, key
            for wrong in (("WK1", "second-secret"), ("WK3", "first-secret")):
                office.carrier.sender._shared_key = wrong
                office.carrier.text("hello")
                assert office.ledger.webhooks[-1].status == 403, wrong

    @pytest.mark.parametrize("setting", ["WK1", "WK1=", "=secret", "WK1=a WK2"])
    def test_a_list_that_is_none_is_refused_at_the_start(self, tmp_path: Path, setting: str) -> None:
        with pytest.raises(ConfigProblem), site(tmp_path, twilio_shared_keys=SecretStr(setting)):
            pass
