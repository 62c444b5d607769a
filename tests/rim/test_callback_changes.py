"""A caller asks where their promised call is, and changes it: by telephone, by the link in the email, and by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import Client

from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from ivr.testing.callee import Callee
from tests.rim.promised_call import CELL, EMAIL, OFFICE, dialled, live_through, promise_call, state, written
from tests.rim.site import SATURDAY, Site, site

NEW = "+12025550187"


class Killed(BaseException):
    """The process dies here."""


def asked(office: Site, number: str = CELL):  # type: ignore[no-untyped-def]
    call = office.call(from_=number)
    call.say("I'm waiting for a call back")
    return call


def test_the_caller_hears_the_truth_and_no_details(office: Site) -> None:
    promise_call(office)
    office.work()
    call = asked(office)
    assert "planned for Thursday, March 12" in call.heard_text
    assert "ends in 4 3" in call.heard_text or "ends in 43" in call.heard_text
    assert CELL[-7:] not in call.heard_text
    assert "fingerprint" not in call.heard_text.lower()


def test_another_number_may_ask_and_not_change(office: Site) -> None:
    key = promise_call(office)
    office.work()
    call = asked(office, "+13055550122")
    assert "Which number" in call.heard_text
    call.press("2025550143")
    call.press("1")
    assert "planned for" in call.heard_text
    assert "press 3" not in call.heard_text
    assert state(office, key) == "waiting"


def test_the_number_is_changed_by_voice_and_called(office: Site) -> None:
    key = promise_call(office, numbers=[CELL])
    office.work()
    call = asked(office)
    call.press("1")
    call.press(NEW[2:])
    call.press("1")
    assert "it is changed" in call.heard_text
    live_through(office, office.clock.now() + timedelta(days=60), {NEW: [Callee("human", "1")]})
    assert [to for _, to in dialled(office)] == [NEW]
    assert state(office, key) == "done"
    assert ("email", "callback_changed") in written(office), "told on the ways there were before"


def test_a_time_of_day_is_kept_to(office: Site) -> None:
    promise_call(office, numbers=[CELL])
    office.work()
    call = asked(office)
    call.press("2")
    call.press("2")
    assert "it is changed" in call.heard_text
    live_through(office, office.clock.now() + timedelta(days=60), {CELL: [Callee("human", "1")]})
    from tests.rim.test_callbacks import local

    assert 12 <= local(dialled(office)[0][0]).hour < 17


def test_it_is_called_off_by_key(office: Site) -> None:
    key = promise_call(office)
    office.work()
    call = asked(office)
    call.press("3")
    call.press("1")
    assert "called off" in call.heard_text
    live_through(office, office.clock.now() + timedelta(days=60))
    assert state(office, key) == "cancelled"
    assert dialled(office) == []
    assert ("email", "callback_called_off") in written(office)


@pytest.fixture
def link(tmp_path):  # type: ignore[no-untyped-def]
    """The office on a Saturday, a client, and the link of an email that confirmed a promise made in a real call."""
    with site(tmp_path, SATURDAY) as s:
        call = s.call(from_=CELL)
        call.say("move my fingerprint appointment")
        call.press("03202026")
        for keys in ("1", "1", "1"):
            call.press(keys)
        row = next(r for r in s.services.promises.all() if r["kind"] == "callback") if s.promises("callback") else None
        if row is None:
            call.press("#")
            row = s.promises("callback")[0]
        from ivr.store.links import CALLBACK_LINK

        with s.services.db.write() as connection:
            token = s.services.links.make(connection, CALLBACK_LINK, row["key"], s.clock.now() + timedelta(days=60), s.clock.now())
        s.work()
        yield s, Client(s.app), f"/callback/{token}", row["key"]


def test_looking_changes_nothing_and_says_no_number(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    before = office.services.ledger.history(key)
    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert CELL[-4:] not in answer.text
    assert "<script" not in answer.text
    assert client.get(path + "?lang=es").text.count("Su llamada") == 1
    assert office.services.ledger.history(key) == before


def test_a_change_takes_a_second_press(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    asked = client.post(path, data={"do": "cancel", "value": ""})
    assert state(office, key) == "waiting"
    assert 'name="sure"' in asked.text
    done = client.post(path, data={"do": "cancel", "value": "", "sure": "yes"})
    assert done.status_code == 303
    assert state(office, key) == "cancelled"
    assert "over" not in client.get(path).text or client.get(path).status_code == 200


@pytest.mark.parametrize("number", ["911", "+19005550143", "+18765550143", "<script>", "", "12025550187777"])
def test_a_number_that_must_not_be_called_is_refused(link, number: str) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    assert client.post(path, data={"do": "number", "value": number, "sure": "yes"}).status_code == 400
    assert "numbers" not in office.services.promises.get(key)["progress"]


def test_a_number_is_changed_by_the_link(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    assert "(202)" not in client.post(path, data={"do": "number", "value": "(202) 555-0187"}).text
    client.post(path, data={"do": "number", "value": NEW, "sure": "yes"})
    assert office.services.promises.get(key)["progress"]["numbers"][0] == NEW


def test_unknown_and_expired_links_look_alike(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, _ = link
    unknown = client.get("/callback/" + "x" * 32)
    office.clock.advance(90 * 86400)
    expired = client.get(path)
    assert unknown.status_code == expired.status_code == 404
    clean = [re.sub(r'nonce="[^"]*"', "", a.text) for a in (unknown, expired)]
    assert clean[0] == clean[1]


def test_a_link_opens_one_sort_of_page(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, _ = link
    assert client.get(path.replace("/callback/", "/l/")).status_code == 404
    with office.services.db.write() as c:
        token = office.services.links.make(c, "unsubscribe", EMAIL, office.clock.now() + timedelta(days=1), office.clock.now())
    assert client.get(f"/callback/{token}").status_code == 404


def test_who_guesses_behind_our_proxy_closes_nobody_else_s_links(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with site(tmp_path, proxy_hops=1) as office:
        client, key = Client(office.app), promise_call(office)
        with office.services.db.write() as c:
            token = office.services.links.make(c, "callback", key, office.clock.now() + timedelta(days=1), office.clock.now())

        def get(path: str, forwarded: str) -> int:
            return client.get(path, headers={"X-Forwarded-For": forwarded}).status_code

        for n in range(25):
            get(f"/callback/{n:032d}", f"203.0.113.{n}, 198.51.100.7")
        assert get(f"/callback/{token}", "192.0.2.1, 198.51.100.7") == 404, "what the client says of itself changes nothing"
        assert get(f"/callback/{token}", "198.51.100.8") == 200


def test_the_email_that_confirms_has_the_link(office: Site) -> None:
    from ivr.dialog import actions as act
    from ivr.runtime.effects import row_for
    from ivr.runtime.turn_steps import WorkedTurn

    action = act.MakePromise("callback:CA9:n:1", "callback", "routine", "r", "p", "en", numbers=(), email=EMAIL,  # type: ignore[arg-type]
                             due_by="2026-04-21T20:00:00-04:00")
    draft = WorkedTurn(office.services.turns.session("CA9") or __import__("ivr.dialog.session", fromlist=["fresh"]).fresh("CA9", ""))
    row = row_for(action, "CA9", office.clock.now())
    url = office.services.turns.steps._link_to(action, row, draft)
    assert re.fullmatch(r"https://ivr\.example\.org/callback/[\w-]{32}", url)
    assert draft.links[0][1].key == row.key


def test_numbers_are_called_in_the_order_given(office: Site) -> None:
    promise_call(office, numbers=[OFFICE, CELL])
    live_through(office, office.clock.now() + timedelta(days=60), {OFFICE: ["busy"], CELL: [Callee("human", "1")]})
    assert [to for _, to in dialled(office)] == [OFFICE, CELL]


def test_a_number_changed_over_and_over_is_left_alone_with_a_way_to_reach_us(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    most = office.services.settings.callback_changes_day
    for n in range(most):
        client.post(path, data={"do": "number", "value": f"+120255501{20 + n}", "sure": "yes"})
    kept, told = office.services.promises.get(key)["progress"]["numbers"], len(office.services.promises.all())
    refused = client.post(path, data={"do": "number", "value": NEW, "sure": "yes"})
    page = client.get(path + refused.headers["Location"])
    assert "several times today" in page.text
    assert 'href="tel:+18003755283"' in page.text
    assert "varias veces hoy" in client.get(path + refused.headers["Location"].replace("lang=en", "lang=es")).text
    assert office.services.promises.get(key)["progress"]["numbers"] == kept
    assert len(office.services.promises.all()) == told, "nobody is written to about what was not changed"
    call = asked(office)
    call.press("2")
    call.press("2")
    assert "several times today" in call.heard_text, "the same count by telephone"
    client.post(path, data={"do": "cancel", "value": "", "sure": "yes"})
    assert state(office, key) == "cancelled", "calling off is always possible"


def test_changes_are_counted_anew_the_next_day(link) -> None:  # type: ignore[no-untyped-def]
    office, client, path, key = link
    for n in range(office.services.settings.callback_changes_day + 1):
        client.post(path, data={"do": "number", "value": f"+120255501{20 + n}", "sure": "yes"})
    office.clock.advance(86400)
    client.post(path, data={"do": "number", "value": NEW, "sure": "yes"})
    assert office.services.promises.get(key)["progress"]["numbers"][0] == NEW


def test_calling_off_again_after_a_crash_spares_the_other_promise(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    older = promise_call(office, numbers=[CELL], call_id="CA1")
    office.clock.advance(60)
    newer = promise_call(office, numbers=[CELL], call_id="CA2")
    office.work()
    call = asked(office)
    call.press("3")
    done = []

    def dies_once(name: str) -> None:
        if name == "before_commit" and state(office, newer) == "cancelled" and not done:
            done.append(name)
            raise Killed

    monkeypatch.setattr(office.services.crash, "reached", dies_once)
    with pytest.raises(Killed):
        office.services.turns.answer(call.sid, lambda session: ev.DigitsReceived(session.turn, Sensitive("1")))
    assert (state(office, older), state(office, newer)) == ("waiting", "cancelled")
    call.press("1")
    assert "called off" in call.heard_text
    assert (state(office, older), state(office, newer)) == ("waiting", "cancelled"), "once, and the one that was told"


def test_a_change_by_a_number_that_the_promise_does_not_have_is_refused(office: Site) -> None:
    from ivr.runtime.lookups import Asked, perform

    key = promise_call(office, numbers=[CELL])
    office.work()
    bundle, desk = office.services.bundles.current, office.services.callbacks.desk
    for caller, about in (("+13055550122", key), (CELL, ""), (CELL, "callback:CA9:node:1"), ("", key)):
        question = Asked({"callback_about": about}, bundle, office.clock.now(), caller, "CA7", desk)
        assert perform("callback_cancel", question) == "unknown"
    assert state(office, key) == "waiting"
