"""What a window on a web page asks for: its conversation and nobody else's, once for each message, and no more than is let through."""

from __future__ import annotations

import json
import logging
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import structlog

from ivr.store.about_person import AboutPerson
from ivr.store.text_rows import NewLine
from tests.rim.site import Site, site
from tests.rim.text_people import Window

FRIEND, STRANGER = "https://www.example.org", "https://elsewhere.example"
SECRET = "my receipt is IOE0912345678 and I live at 12 Elm Street"


class TestConversation:
    def test_both_languages_from_the_greeting_to_the_goodbye(self, office: Site) -> None:
        for language, words in (("en", ("where is my case", "no", "no")), ("es", ("cómo va mi caso", "no", "no"))):
            window = Window(office, language)
            for text in words:
                assert window.say(text)
            assert (window.state, window.language) == ("ended", language)
            said = " ".join(window.said_by("system"))
            assert "press" not in said and "oprima" not in said, "nobody is told to press keys"

    def test_a_question_with_choices_comes_with_buttons_whose_words_are_shown(self, office: Site) -> None:
        window = Window(office)
        window.say("where is my case")
        assert [c["show"] for c in window.lines[-1]["choices"]] == ["Yes", "No"]
        window.say(window.lines[-1]["choices"][1]["send"])
        assert window.said_by("caller") == ["where is my case", "No"]

    def test_an_open_question_leads_to_a_list_of_topics(self, office: Site) -> None:
        window = Window(office)
        window.say("3")
        assert len(window.lines[-1]["choices"]) == 5

    def test_the_language_switch_asks_the_same_question_again(self, office: Site) -> None:
        window = Window(office)
        window.say("where is my case")
        said = window.post("language", id="switch-0001", language="es")
        assert window.language == "es"
        assert any("enlace" in text for text in said)

    def test_after_a_reload_everything_is_there_again(self, office: Site) -> None:
        window = Window(office)
        window.say("where is my case")
        before, window.lines = window.lines, []
        window.post("resume", after=0)
        assert window.lines == before

    def test_after_a_restart_of_the_server_it_goes_on(self, tmp_path) -> None:
        with site(tmp_path) as office:
            window = Window(office)
            window.say("where is my case")
        with site(tmp_path) as office:
            window._client = office.app.test_client()
            assert window.say("no")
            assert len(window.said_by("caller")) == 2

    def test_a_turn_whose_lines_a_crash_swallowed_is_told_when_they_come_back(self, tmp_path) -> None:
        class Died(BaseException):
            pass

        with site(tmp_path) as office:
            window, rows = Window(office), office.services.text_rows
            add, rows.add = rows.add, lambda *a: (_ for _ in ()).throw(Died())
            with pytest.raises(Died):
                office.services.texts.typed(rows.by_token(window.token).call_id, "where is my case", "message-1")
            rows.add = add
            said = window.post("resume")
            assert any("online" in text for text in said)
            assert window.say("where is my case", "message-1") == [], "the same message again adds nothing to it"
            assert window.said_by("caller") == ["where is my case"], "and their words are there once"


class TestOnce:
    def test_a_repeated_message_has_no_second_effect_and_the_same_answer(self, office: Site) -> None:
        window = Window(office)
        window.say("where is my case", "message-once")
        call_id = office.services.text_rows.by_token(window.token).call_id
        version = office.services.turns.session(call_id).version
        for _ in range(5):
            answer = window._client.post("/chat/api/send", headers=window.headers, json={
                "id": "message-once", "text": "where is my case", "after": 0})
            assert [x["text"] for x in answer.json["lines"]] == [x["text"] for x in window.lines]
        assert office.services.turns.session(call_id).version == version

    def test_lines_that_are_written_twice_are_one(self, office: Site) -> None:
        rows, now = office.services.text_rows, office.clock.now()
        for _ in range(3):
            rows.add("CHx", [NewLine("k1", "system", "one"), NewLine("k2", "system", "two")], now)
        rows.add("CHx", [NewLine("k2", "system", "two"), NewLine("k3", "system", "three")], now)
        assert [(x.seq, x.text) for x in rows.after("CHx", 0)] == [(1, "one"), (2, "two"), (3, "three")]

    def test_a_promise_made_in_the_chat_is_one_promise(self, office: Site) -> None:
        window = Window(office)
        for n, text in enumerate(("where is my case", "yes", "ana@example.org", "yes")):
            for _ in range(2):
                window.say(text, f"message-{n}-once")
        office.work()
        assert [(m.to, m.body.count("uscis.gov") > 0) for m in office.ledger.emails] == [("ana@example.org", True)]


@pytest.mark.usefixtures("on_every_store")
class TestEveryStore:
    def test_the_same_message_by_many_at_once_is_one(self, tmp_path) -> None:
        with site(tmp_path, chat_messages_minute=1000) as office:
            window = Window(office)

            def send(_: int) -> tuple[int, list[str]]:
                answer = office.app.test_client().post("/chat/api/send", headers=window.headers, json={
                    "id": "message-once", "text": "where is my case", "after": 2})
                return answer.status_code, [x["text"] for x in answer.json["lines"] if x["who"] == "system"]

            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(send, range(16)))
            assert {code for code, _ in answers} == {200}
            window.look()
            assert window.said_by("caller") == ["where is my case"]
            call_id = office.services.text_rows.by_token(window.token).call_id
            assert [e.event.type for e in office.services.calls.log_of(call_id) if e.applied].count("speech_heard") == 1

    def test_many_messages_at_once_have_an_order(self, tmp_path) -> None:
        with site(tmp_path, chat_messages_minute=1000) as office:
            window = Window(office)

            def send(n: int) -> int:
                """As the window does: until the server has it. Too many at once are asked to come again."""
                body = {"id": f"message-{n}", "text": "repeat", "after": 0}
                codes = (office.app.test_client().post("/chat/api/send", headers=window.headers, json=body).status_code for _ in range(20))
                return next(code for code in codes if code != 503)

            with ThreadPoolExecutor(6) as pool:
                assert set(pool.map(send, range(6))) == {200}
            window.look()
            assert [x["seq"] for x in window.lines] == list(range(1, len(window.lines) + 1))
            assert len(window.said_by("caller")) == 6

    def test_everything_about_a_person_has_their_conversation(self, tmp_path) -> None:
        with site(tmp_path) as office:
            office.carrier.text("where is my case")
            about = AboutPerson(office.services.db)
            (call,) = about.export(["+12025550143"], office.clock.now())["calls"]
            assert [x["who"] for x in call["lines"]][:3] == ["system", "system", "caller"]
            office.services.texts.end(call["call_id"])
            about.erase(["+12025550143"], office.clock.now())
            with office.services.db.read() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM text_lines").scalar() == 0
                assert connection.exec_driver_sql("SELECT count(*) FROM text_sessions").scalar() == 0


class TestSilence:
    def test_it_is_announced_before_a_chat_ends(self, office: Site) -> None:
        window, tick = Window(office), office.services.texts.tick
        office.clock.advance(599)
        tick()
        assert window.look() == []
        office.clock.advance(2)
        tick()
        tick()
        (notice,) = window.look()
        assert "still there" in notice
        office.clock.advance(121)
        tick()
        (ended,) = window.look()
        assert "has ended" in ended and window.state == "ended"

    def test_a_word_is_enough_to_stay(self, office: Site) -> None:
        window, tick = Window(office), office.services.texts.tick
        office.clock.advance(601)
        tick()
        window.say("where is my case")
        office.clock.advance(121)
        tick()
        assert window.state == "open"

    def test_a_window_that_was_closed_waits_for_nobody(self, office: Site) -> None:
        from tests.rim.test_people_desk import to_a_person
        from tests.rim.text_people import Clerk

        desk = office.services.desk
        desk.sign_in(Clerk())
        first, window = Window(office), Window(office)
        to_a_person(first)
        to_a_person(window)
        call_id = office.services.text_rows.by_token(window.token).call_id
        assert desk.waits(call_id)
        office.services.texts.handovers.tick()
        assert desk.waits(call_id)
        office.clock.advance(121)
        office.services.texts.handovers.tick()
        assert not desk.waits(call_id)


class TestWhoMay:
    def test_a_token_opens_one_conversation_and_is_nowhere_stored(self, office: Site) -> None:
        mine, theirs = Window(office), Window(office)
        mine.say(SECRET)
        assert SECRET not in str(theirs._client.get("/chat/api/lines?after=0", headers=theirs.headers).json)
        with office.services.db.read() as connection:
            tables = [r[0] for r in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()]
            everything = repr([connection.exec_driver_sql(f'SELECT * FROM "{t}"').all() for t in tables])
        assert mine.token not in everything and "IOE0912345678" not in everything and "Elm Street" not in everything

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic {}", "Bearer {}x", "Bearer ÿ" + "a" * 30])
    def test_any_other_token_is_unknown(self, office: Site, header: str) -> None:
        window = Window(office)
        answer = window._client.get("/chat/api/lines?after=0", headers={"Authorization": header.replace("{}", window.token)})
        assert (answer.status_code, answer.json["error"]) == (404, "unknown")

    def test_a_token_in_the_address_counts_for_nothing(self, office: Site) -> None:
        window = Window(office)
        assert window._client.get(f"/chat/api/lines?token={window.token}").status_code == 404

    def test_trying_tokens_stops(self, office: Site) -> None:
        client = office.app.test_client()
        answers = [client.get("/chat/api/lines", headers={"Authorization": f"Bearer {'x' * 30}{n}"}).status_code for n in range(25)]
        assert answers[0] == 404 and answers[-1] == 429

    def test_pages_that_are_not_named_get_nothing(self, tmp_path) -> None:
        with site(tmp_path, chat_origins=FRIEND) as office:
            client = office.app.test_client()
            for headers, status in (({"Origin": FRIEND}, 200), ({"Origin": STRANGER}, 403), ({"Origin": "null"}, 403),
                                    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "https://ivr.example.org"}, 200), ({}, 200)):
                answer = client.post("/chat/api/start", json={}, headers=headers)
                assert answer.status_code == status, headers
                allowed = answer.headers.get("Access-Control-Allow-Origin")
                assert allowed == (headers.get("Origin") if status == 200 else None)
                assert "Access-Control-Allow-Credentials" not in answer.headers

    def test_a_browser_may_ask_first_and_learns_what_it_may_send(self, tmp_path) -> None:
        with site(tmp_path, chat_origins=FRIEND) as office:
            answer = office.app.test_client().options("/chat/api/send", headers={
                "Origin": FRIEND, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"})
            assert answer.status_code == 204
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert office.app.test_client().options("/chat/api/send", headers={"Origin": STRANGER}).status_code == 403


class TestLimits:
    def test_one_address_begins_so_many_chats(self, tmp_path) -> None:
        with site(tmp_path, chat_starts_hour=3) as office:
            client = office.app.test_client()
            codes = [client.post("/chat/api/start", json={}).status_code for _ in range(5)]
            assert codes == [200, 200, 200, 429, 429]

    def test_one_chat_writes_so_much(self, tmp_path) -> None:
        with site(tmp_path, chat_messages_minute=5) as office:
            window = Window(office)
            codes = [window._client.post("/chat/api/send", headers=window.headers, json={"id": f"message-{n}", "text": "hello"}).status_code
                     for n in range(7)]
            assert codes == [200] * 5 + [429] * 2

    def test_a_body_is_a_message(self, office: Site) -> None:
        window = Window(office)
        big = window._client.post("/chat/api/send", headers=window.headers, json={"id": "message-1", "text": "x" * 9000})
        form = window._client.post("/chat/api/send", headers=window.headers, data={"id": "message-1", "text": "x"})
        assert (big.status_code, form.status_code) == (400, 400)

    def test_chats_take_no_telephone_line_and_need_none(self, tmp_path) -> None:
        with site(tmp_path, max_calls=1) as office:
            windows = [Window(office) for _ in range(3)]
            assert "how can I help" in office.call(from_="+12025550199").heard_text
            assert "busy" in office.call(from_="+12025550198").heard_text
            assert windows[0].say("where is my case") and Window(office)

    def test_a_bundle_without_a_chat_line_has_no_chat(self, tmp_path) -> None:
        from tests.rim.site import ROOT

        with site(tmp_path, bundle=ROOT / "flows/starter") as office:
            client = office.app.test_client()
            assert client.get("/chat").status_code == 404
            assert client.get("/chat/api/about").json["available"] is False
            assert client.post("/chat/api/start", json={}).status_code == 400


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, "", " ", "\x00", "\ud800", "\u202e", "a" * 5000, "\u0000\u0007\u001b[31m", "' OR 1=1 --", "<script>",
    "{{7*7}}", "{slot.number}", "💥" * 300, [], ["x"], {}, {"a": {"b": []}}, "9" * 40, "٣٤", "../../etc/passwd", "%s%n",
    "message-12345678", SECRET)
PATHS = ("about", "start", "resume", "lines", "send", "language", "leave", "end", "nothing", "", "../healthz")


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_sent_there_is_no_error_of_ours_and_nothing_leaks(tmp_path, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """500 requests a seed, of all shapes."""
    chance = random.Random(seed)
    with site(tmp_path, chat_starts_hour=100_000, chat_messages_minute=100_000) as office, structlog.testing.capture_logs() as logs, \
            caplog.at_level(logging.DEBUG):
        window = Window(office)
        for n in range(500):
            if window.state == "ended" or n % 50 == 0:
                window = Window(office)
            token = chance.choice([window.token, window.token, window.token, chance.choice(STRANGE)])
            fields = chance.sample(["id", "text", "language", "after", "line", "number"], chance.randint(0, 4))
            body: Any = {f: chance.choice(STRANGE) for f in fields}
            if chance.random() < 0.5:
                body |= {"id": f"message-{n}", "text": chance.choice([t for t in STRANGE if isinstance(t, str)])}
            whole = json.dumps(body)
            data = chance.choice([whole, whole, whole[:-1], json.dumps(chance.choice(STRANGE)), "\xff", "[" * 5000])
            answer = window._client.open(
                f"/chat/api/{chance.choice(PATHS)}", method=chance.choice(["GET", "POST", "POST", "POST", "OPTIONS", "PUT"]),
                data=data.encode("utf-8", "surrogatepass"), query_string={"after": str(chance.choice(STRANGE)).encode("utf-8", "ignore")},
                headers={"Authorization": f"Bearer {token}".encode("ascii", "ignore").decode().replace("\n", "").replace("\x00", ""),
                         "Content-Type": chance.choice(["application/json", "application/json", "text/plain"])})
            assert answer.status_code < 500, (answer.status_code, data, answer.data)
            assert b"Traceback" not in answer.data
            if isinstance(answer.json, dict):
                window.state = answer.json.get("state", window.state)
            if n % 20 == 19:
                office.clock.advance(61)
        told = repr(logs) + caplog.text
        assert "Elm Street" not in told and "IOE0912345678" not in told and window.token not in told


def test_a_conversation_survives_a_database_that_is_away(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy as sa

    window = Window(office)
    with monkeypatch.context() as away:
        gone = sa.exc.OperationalError("x", {}, Exception())
        away.setattr(office.services.text_rows, "by_token", lambda token: (_ for _ in ()).throw(gone))
        answer = window._client.post("/chat/api/send", headers=window.headers, json={"id": "message-1", "text": "hello"})
        assert (answer.status_code, answer.json["error"]) == (503, "unavailable")
    assert window.say("where is my case", "message-1")
