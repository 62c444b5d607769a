"""Two who work on the same requests, and the clock of the office that the requests wait for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.rim.routes import PASSWORD, ask, client_of, staffed
from tests.rim.service_request import request_service
from tests.rim.site import Site

EVENING = datetime.fromisoformat("2026-03-10T20:30:00-04:00")
"""Of the tenth at the office, and of the eleventh in UTC."""


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as s:
        s.services.access.staff.create("second", "supervisor", PASSWORD, "cli:test", s.clock.now())
        yield s


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found.group(1)


def test_only_one_of_two_who_look_at_the_same_takes_it_up(staff: Site) -> None:
    reference = request_service(staff)
    path = f"/requests/{reference}"
    first, second = client_of(staff, "supervisor"), client_of(staff, "second")
    seen = [seen_on(ask(client, path).text) for client in (first, second)]
    assert ask(first, f"{path}/take", "POST", data={"seen": seen[0], "note": ""}).status_code == 303
    late = ask(second, f"{path}/take", "POST", data={"seen": seen[1], "note": "mine <b>"})
    assert late.status_code == 409
    assert "Somebody has done something with this request" in late.text
    assert "Taken up (supervisor)" in late.text
    assert "mine &lt;b&gt;</textarea>" in late.text, "what was written is not lost"
    assert "Taken up (supervisor)" in ask(second, "/requests").text
    again = ask(second, f"{path}/take", "POST", data={"seen": seen_on(late.text), "note": "mine"})
    assert again.status_code == 303, "who has seen it may still take it over"
    assert [step["by"] for step in staff.services.office_desk.show(reference)["steps"]] == ["supervisor", "second"]


def test_the_same_click_twice_is_once(staff: Site) -> None:
    reference = request_service(staff)
    client, path = client_of(staff, "supervisor"), f"/requests/{reference}"
    for what, note in (("take", ""), ("answer", "new date by  mail")):
        seen = seen_on(ask(client, path).text)
        for _ in range(2):
            assert ask(client, f"{path}/{what}", "POST", data={"seen": seen, "note": note}).status_code == 303
    assert len(staff.services.office_desk.show(reference)["steps"]) == 2


@pytest.mark.parametrize("seen", ["", "x", "-1", "\u0661", "9" * 400])
def test_what_no_page_of_ours_sends_is_no_failure(staff: Site, seen: str) -> None:
    reference = request_service(staff)
    assert ask(client_of(staff, "supervisor"), f"/requests/{reference}/take", "POST", data={"seen": seen}).status_code in (303, 409)


@pytest.mark.usefixtures("on_every_store")
def test_days_and_times_are_those_of_the_office(staff: Site) -> None:
    """What a caller is told in the evening is due on the day that they were told."""
    staff.clock.time = EVENING.astimezone(staff.clock.time.tzinfo)
    reference = request_service(staff)
    client = client_of(staff, "supervisor")
    told = datetime.fromisoformat(next(p for p in staff.services.promises.all() if p["reference"] == reference)["payload"]["due_by"])
    assert told.utcoffset() != staff.clock.now().utcoffset()
    page = ask(client, f"/requests/{reference}").text
    assert f"{told:%b} {told.day}, {told.year}" in page
    assert "Mar 10, 2026, 8:30:00\u202fPM EDT" in page
    assert " UTC" not in page
    for query, is_there in (("from=2026-03-10&to=2026-03-10", True), ("from=2026-03-11", False), ("to=2026-03-09", False)):
        assert (reference in ask(client, f"/requests?{query}").text) is is_there, query
    out = ask(client, "/requests/export.json", "POST", data={"why": "weekly", "to": "2026-03-10"})
    assert datetime.fromisoformat(json.loads(out.data)["requests"][0]["due_by"]).date() == told.date()


def test_where_somebody_is_signed_in_is_told_by_the_clock_of_the_office(staff: Site) -> None:
    staff.clock.time = EVENING.astimezone(staff.clock.time.tzinfo)
    assert "Mar 10, 2026, 8:30:00\u202fPM EDT" in ask(client_of(staff, "viewer"), "/account").text


def test_a_request_is_found_by_the_reference_that_its_caller_tells(staff: Site) -> None:
    reference = request_service(staff)
    client, told = client_of(staff, "supervisor"), "-".join(reference[n:n + 2] for n in range(0, len(reference), 2)).lower()
    for typed in (reference, told, f" {told} ".replace("-", " ")):
        answer = ask(client, "/requests", query_string={"reference": typed, "lang": "es"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/requests/{reference}?lang=es")
    for typed in ("NOSUCH00", "<b>", "..", "%", "x" * 500):
        answer = ask(client, "/requests", query_string={"reference": typed})
        assert answer.status_code == 404
        assert "There is no such request." in answer.text
        assert "<b>" not in answer.text
