"""Who looks at an address in a browser reads a sentence where nothing is, or something failed; programs go on reading JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import Unavailable
from tests.rim.routes import OURS, ask, client_of, staffed
from tests.rim.site import Site

BROWSER = OURS | {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as s:
        yield s


@pytest.mark.parametrize(("path", "method", "status"), [("/users", "GET", 404), ("/sign-out", "GET", 405)])
def test_an_address_without_a_page_is_told_in_words(staff: Site, path: str, method: str, status: int) -> None:
    for who in ("viewer", ""):
        answer = ask(client_of(staff, who), f"{path}?lang=es", method, headers=BROWSER)
        assert (answer.status_code, answer.content_type) == (status, "text/html; charset=utf-8")
        assert "No existe esa página" in answer.text
        assert "Solo para el personal" not in answer.text, "callers come here too"


@pytest.mark.parametrize("headers", [OURS, OURS | {"Accept": "*/*"}, OURS | {"Accept": "application/json"}])
def test_programs_read_json(staff: Site, headers: dict[str, str]) -> None:
    assert ask(client_of(staff, ""), "/users", headers=headers).json == {"error": "Not Found"}
    assert ask(client_of(staff, "agent"), "/agent/api/nothing", headers=BROWSER).json == {"error": "Not Found"}


@pytest.mark.parametrize(("error", "status", "told"), [(RuntimeError("a secret"), 500, "Something went wrong here"),
                                                       (Unavailable("a secret"), 503, "cannot be done at the moment")])
def test_a_failure_is_a_sentence_and_nothing_else(staff: Site, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int,
                                                  told: str) -> None:
    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(staff.services.office_desk, "names", fails)
    answer = ask(client_of(staff, "supervisor"), "/requests", headers=BROWSER)
    assert answer.status_code == status
    assert told in answer.text
    assert "a secret" not in answer.text
    assert ("Reference: <code>" in answer.text) is (status == 500)
