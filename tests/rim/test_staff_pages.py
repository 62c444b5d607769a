"""The pages of staff as a browser without script sees them: signing in and out, the account, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from ivr.access import totp
from ivr.access.roles import ROLES
from ivr.errors import Unavailable
from tests.rim.routes import PASSWORD, ask, client_of, staffed
from tests.rim.site import Site


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as s:
        yield s


def sign_in(s: Site, client: Client, name: str = "agent", password: str = PASSWORD, **more: str) -> TestResponse:
    return ask(client, "/sign-in", "POST", data={"name": name, "password": password, **more})


def said(answer: TestResponse) -> str:
    found = re.search(r'class="said[^>]*>(.*?)</p>', answer.text, re.S)
    return unescape(found.group(1)) if found else ""


def test_in_and_out(staff: Site) -> None:
    client = Client(staff.app)
    first = ask(client, "/account?lang=es")
    assert first.headers["Location"] == "/sign-in?next=%2Faccount%3Flang%3Des&lang=es"
    page = ask(client, first.headers["Location"])
    assert 'name="next" value="/account?lang=es"' in page.text
    answer = sign_in(staff, client, next="/account?lang=es")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?lang=es")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-ivr-staff=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Su cuenta" in ask(client, "/account?lang=es").text
    out = ask(client, "/sign-out", "POST")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in?said=signed_out&lang=en")
    assert ask(client, "/account").status_code == 302
    assert "signed out" in said(ask(client, "/sign-in?said=signed_out"))
    assert ask(client, "/sign-out").status_code == 405, "not by a link"


def test_what_was_known_before_the_sign_in_is_worth_nothing_after_it(staff: Site) -> None:
    client = Client(staff.app)
    sign_in(staff, client)
    former = client.get_cookie("__Host-ivr-staff", domain="ivr.example.org")
    sign_in(staff, client, "viewer")
    assert former is not None
    later = Client(staff.app)
    later.set_cookie("__Host-ivr-staff", former.value, domain="ivr.example.org", secure=True)
    assert ask(later, "/account").status_code == 302
    planted = Client(staff.app)
    planted.set_cookie("__Host-ivr-staff", "a" * 43, domain="ivr.example.org", secure=True)
    answer = sign_in(staff, planted)
    assert "a" * 43 not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_refusal_is_the_same_page(staff: Site, language: str) -> None:
    staff.services.access.staff.set_disabled("editor", True, "cli:test", staff.clock.now())
    pages = set()
    for name, password in (("agent", "wrong"), ("eve", PASSWORD), ("editor", PASSWORD), ("", ""), ("x" * 400, "y" * 4000)):
        hashes = staff.services.access.passwords.computed
        answer = ask(Client(staff.app), f"/sign-in?lang={language}", "POST", data={"name": name, "password": password})
        assert answer.status_code == 403
        assert staff.services.access.passwords.computed == hashes + 1
        assert "Set-Cookie" not in answer.headers
        pages.add(re.sub(r'nonce="[^"]*"', "", answer.text))
    assert len(pages) == 1
    assert ("do not fit" if language == "en" else "no coinciden") in pages.pop()


def test_too_many_tries(staff: Site) -> None:
    for _ in range(10):
        sign_in(staff, Client(staff.app), password="wrong")
    answer = sign_in(staff, Client(staff.app))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "quarter of an hour" in said(answer)
    assert 'ivr_sign_ins_total{result="refused"} 10.0' in staff.services.metrics.text().decode()


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nX: y"])
def test_a_sign_in_leads_nowhere_else(staff: Site, then: str) -> None:
    answer = sign_in(staff, Client(staff.app), next=then)
    assert answer.headers["Location"] == "/account?lang=en"


def test_one_time_codes_from_the_picture_to_the_recovery_code(staff: Site) -> None:
    client, now = Client(staff.app), staff.clock.now
    sign_in(staff, client)
    assert said(ask(client, "/account/totp", "POST", data={"do": "begin", "password": "wrong"})) == "That is not your current password."
    begun = ask(client, "/account/totp", "POST", data={"do": "begin", "password": PASSWORD})
    assert begun.status_code == 303
    page = ask(client, begun.headers["Location"])
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in page.text
    secret = staff.services.access.users.get("agent").totp_pending
    assert secret is not None
    assert totp.shown_secret(secret) in page.text
    wrong = ask(client, "/account/totp", "POST", data={"do": "confirm", "code": "000000"})
    assert (wrong.status_code, said(wrong)) == (403, "That is not the current code. Please check the clock of your telephone and try the "
                                                "next code.")
    done = ask(client, "/account/totp", "POST", data={"do": "confirm", "code": totp.code_at(secret, totp.step_at(now()))})
    codes = re.findall(r"<li><code>([A-Z0-9-]{20})</code>", done.text)
    assert len(codes) == 10
    assert codes[0] not in ask(client, "/account").text, "shown once"
    assert totp.shown_secret(secret) not in ask(client, "/account").text
    fresh = Client(staff.app)
    assert sign_in(staff, fresh).status_code == 403
    assert sign_in(staff, fresh, code=codes[0]).headers["Location"] == "/account?said=recovery_used&lang=en"
    assert "recovery code" in said(ask(fresh, "/account?said=recovery_used"))
    staff.clock.advance(60)
    assert sign_in(staff, Client(staff.app), code=totp.code_at(secret, totp.step_at(now()))).status_code == 303
    ended = ask(client, "/account/totp", "POST", data={"do": "end", "password": PASSWORD})
    assert "said=totp_ended" in ended.headers["Location"]


def test_another_password(staff: Site) -> None:
    client, other = Client(staff.app), client_of(staff, "agent")
    sign_in(staff, client)

    def change(old: str, new: str, again: str) -> TestResponse:
        return ask(client, "/account/password", "POST", data={"password": old, "new": new, "again": again})

    new = "un perro azul come pan"
    assert said(change(PASSWORD, new, new + "!")) == "The two new passwords are not the same."
    assert said(change(PASSWORD, "short", "short")) == "The new password needs 12 characters or more."
    assert said(change(PASSWORD, "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa")) == "The new password is among the first that are guessed."
    assert change("wrong", new, new).status_code == 403
    assert ask(other, "/account").status_code == 200
    assert change(PASSWORD, new, new).status_code == 303
    assert ask(client, "/account").status_code == 200, "with another token"
    assert ask(other, "/account").status_code == 302
    assert sign_in(staff, Client(staff.app)).status_code == 403
    assert sign_in(staff, Client(staff.app), password=new).status_code == 303


def test_sessions_are_listed_and_ended(staff: Site) -> None:
    mine, other, third = client_of(staff, "agent"), client_of(staff, "agent"), client_of(staff, "viewer")
    page = ask(mine, "/account").text
    ids = re.findall(r'name="id" value="([0-9a-f]{16})"', page)
    assert len(ids) == 2 and page.count("this one") == 1
    assert ask(third, "/account/sessions", "POST", data={"id": ids[0]}).status_code == 303
    assert [ask(c, "/account").status_code for c in (mine, other)] == [200, 200], "not somebody else's"
    ask(mine, "/account/sessions", "POST", data={})
    assert [ask(c, "/account").status_code for c in (mine, other, third)] == [200, 302, 200]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("role", list(ROLES))
def test_everybody_has_an_account_in_both_languages(staff: Site, role: str, language: str) -> None:
    page = ask(client_of(staff, role), f"/account?lang={language}").text
    assert f'<html lang="{language}">' in page
    assert {"en": "Your account", "es": "Su cuenta"}[language] in page


def test_what_is_forbidden_says_so_on_a_page(staff: Site) -> None:
    from ivr.web.access import declared, needs

    staff.app.add_url_rule("/audit", "audit", declared(needs("audit.read"))(lambda: "reached"))
    answer = ask(client_of(staff, "viewer"), "/audit?lang=es")
    assert answer.status_code == 403
    assert "Su función no incluye esto" in answer.text
    assert ask(client_of(staff, "supervisor"), "/audit").text == "reached"


def test_without_the_database_nobody_is_let_in_and_nothing_is_told(staff: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise Unavailable("the database at 10.0.0.7 did not answer")

    client = client_of(staff, "agent")
    monkeypatch.setattr(staff.services.access.users, "get", away)
    assert ask(client, "/account").status_code == 503
    assert sign_in(staff, Client(staff.app)).status_code == 503
    monkeypatch.setattr(staff.services.access.sessions, "get", away)
    for path in ("/account", "/api/promises"):
        answer = ask(client, path)
        assert answer.status_code == 503
        assert "10.0.0.7" not in answer.text


def test_names_of_people_and_browsers_are_text(staff: Site) -> None:
    evil = "<script>alert(1)</script>\"'"
    client = Client(staff.app)
    ask(client, "/sign-in", "POST", data={"name": "agent", "password": PASSWORD},
        headers={"Origin": "https://ivr.example.org", "User-Agent": evil})
    page = ask(client, "/account").text
    assert evil not in page and "&lt;script&gt;" in page
    assert evil not in ask(client, "/sign-in", query_string={"next": "/" + evil}).text


def test_over_plain_http_on_this_machine_the_cookie_has_a_name_that_browsers_take(tmp_path: Path) -> None:
    with staffed(tmp_path, public_url="") as s:
        here = f"http://127.0.0.1:{s.services.port}"
        answer = ask(Client(s.app), "/sign-in", "POST", data={"name": "agent", "password": PASSWORD}, base_url=here,
                     headers={"Origin": here})
        assert answer.headers["Set-Cookie"].startswith("ivr-staff=")
        assert "Secure" not in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in answer.headers
