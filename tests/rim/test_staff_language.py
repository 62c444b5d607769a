"""Whoever changes the language of a page, or is led from one page to another, keeps what they were at and the language they chose."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.rim.routes import ask, client_of, staffed
from tests.rim.site import Site


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as s:
        yield s


def other_language(page: str) -> str:
    """Where the link to the other language leads."""
    return unescape(page.split('hreflang="')[0].rsplit('href="', 1)[1].split('"')[0])


def test_filters_go_along(staff: Site) -> None:
    page = ask(client_of(staff, "supervisor"), "/requests?lang=en&office=10&standing=late").text
    assert other_language(page) == "/requests?office=10&standing=late&lang=es"


def test_filters_go_along_from_a_refused_export(staff: Site) -> None:
    page = ask(client_of(staff, "supervisor"), "/requests/export.csv?lang=en", "POST", data={"office": "10", "why": ""}).text
    assert other_language(page) == "/requests?office=10&lang=es"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_to_go_behind_the_sign_in_goes_along(staff: Site, method: str) -> None:
    there = {"next": "/requests?office=10"}
    more = {"query_string": there} if method == "GET" else {"data": {**there, "name": "x", "password": "y"}}
    page = ask(client_of(staff, ""), "/sign-in", method, **more).text
    assert other_language(page) == "?next=%2Frequests%3Foffice%3D10&lang=es"


def test_a_way_to_somewhere_else_does_not(staff: Site) -> None:
    assert other_language(ask(client_of(staff, ""), "/sign-in?next=//evil.example").text) == "?lang=es"


def test_what_a_page_had_to_say_is_not_said_again(staff: Site) -> None:
    assert other_language(ask(client_of(staff, "agent"), "/account?said=session_ended").text) == "/account?lang=es"


def test_the_sign_in_speaks_the_language_of_the_page_that_was_asked_for(staff: Site) -> None:
    led = ask(client_of(staff, ""), "/agent?lang=es")
    assert led.headers["Location"] == "/sign-in?next=%2Fagent%3Flang%3Des&lang=es"
    assert "Iniciar sesión" in ask(client_of(staff, ""), led.headers["Location"]).text
    assert ask(client_of(staff, ""), "/agent").headers["Location"] == "/sign-in?next=%2Fagent"
    assert ask(client_of(staff, ""), "/account/password?lang=es", "POST").headers["Location"] == "/sign-in?lang=es"


@pytest.mark.parametrize("what", [{"do": "begin"}, {"do": "end"}])
def test_a_wrong_password_at_the_account_is_named_as_such(staff: Site, what: dict[str, str]) -> None:
    """Nobody is asked for a name or a code there."""
    client = client_of(staff, "agent")
    for path, more in (("/account/totp", what), ("/account/password", {"new": "another long one", "again": "another long one"})):
        answer = ask(client, f"{path}?lang=es", "POST", data={"password": "wrong wrong wrong", **more})
        assert answer.status_code == 403
        assert "Esa no es su contraseña actual." in answer.text
