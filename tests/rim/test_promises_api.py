"""The ledger for staff: the API, who is let in, what may be done, and that nothing is shown in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from werkzeug.test import Client

from ivr.cli.promises import promises as command
from tests.rim.promised_call import CELL, EMAIL, live_through, promise_call
from tests.rim.site import Site, site
from tests.rim.test_worker import promise_sms

TOKEN = "t" * 40
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Here(Client):
    """A client on this machine."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["environ_base"] = {"REMOTE_ADDR": "127.0.0.1", **kwargs.get("environ_base", {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, api_token=SecretStr(TOKEN)) as s:
        yield s


def test_without_the_token_nobody_is_let_in(guarded: Site) -> None:
    client = Here(guarded.app)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"X-Api-Key": TOKEN}):
        answer = client.get("/api/promises", headers=headers)
        assert (answer.status_code, answer.json["error"]) == (401, "unauthorized")
    assert client.get("/api/promises", headers=BEARER).status_code == 200


def test_without_a_token_set_only_this_machine_is(office: Site) -> None:
    client = Here(office.app)
    assert client.get("/api/promises").status_code == 200
    assert client.get("/api/promises", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    assert client.get("/api/promises", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403, "through a proxy"


def test_everything_is_masked(office: Site) -> None:
    key = promise_call(office)
    promise_sms(office)
    live_through(office, office.clock.now() + timedelta(days=1))
    client = Here(office.app)
    for path in ("/api/promises", f"/api/promises/{key}", "/api/promises/counts"):
        text = client.get(path).text
        assert CELL not in text
        assert EMAIL not in text
        assert "***" in text or "counts" in path


def test_it_says_why_and_what_comes_next(office: Site) -> None:
    key = promise_call(office)
    office.work()
    found = Here(office.app).get(f"/api/promises/{key}").json
    assert found["state"] == "waiting"
    assert "the caller is told that the call is coming" in found["explained"] or "is called, round 1" in found["explained"]
    assert found["history"][0]["state"] == "waiting"
    by_reference = Here(office.app).get(f"/api/promises/{found['reference']}").json
    assert by_reference["key"] == key


@pytest.mark.parametrize(("path", "status"), [("/api/promises/nothing", 404), ("/api/promises?state=nonsense", 400)])
def test_what_is_not_there(office: Site, path: str, status: int) -> None:
    assert Here(office.app).get(path).status_code == status


def post(office: Site, path: str, body: Any = None, **kwargs: Any) -> Any:
    return Here(office.app).post(path, data=json.dumps({} if body is None else body), content_type="application/json", **kwargs)


def test_changes_are_posts_of_json_and_fit_the_state(office: Site) -> None:
    key = promise_call(office)
    assert Here(office.app).get(f"/api/promises/{key}/cancel").status_code in (404, 405)
    assert Here(office.app).post(f"/api/promises/{key}/cancel", data={"by": "x"}).status_code == 400, "no form of another page can do it"
    assert post(office, f"/api/promises/{key}/release").status_code == 409
    assert post(office, f"/api/promises/{key}/cancel", {"by": "ana"}).json["state"] == "cancelled"
    assert post(office, f"/api/promises/{key}/cancel").status_code == 409
    assert post(office, f"/api/promises/{key}/dance").status_code == 404
    assert office.services.ledger.history(key)[-1]["note"] == "cancelled by api:ana"


@pytest.mark.parametrize("body", [[], 1, "x", {"for_hours": 0}, {"for_hours": "1"}, {"for_hours": True}, {"for_hours": 1e9}])
def test_bodies_that_are_none(office: Site, body: Any) -> None:
    key = promise_call(office)
    assert post(office, f"/api/promises/{key}/cancel", body).status_code == 400


def test_what_failed_is_taken_up_again(office: Site) -> None:
    office.rest.faults.next(21211)
    promise_sms(office)
    office.work()
    assert post(office, "/api/promises/message:CA1:link:1/retry", {"for_hours": 2}).json["state"] == "retry"
    office.work()
    assert len(office.ledger.sms) == 1


def test_what_is_held_waits_for_a_person(office: Site) -> None:
    promise_sms(office)
    key = promise_call(office)
    office.clock.advance(60)
    assert office.services.ledger.hold_due(office.clock.now()) == 2
    office.work()
    assert office.ledger.sms == []
    assert "release" in office.services.promise_desk.explain(key)
    for held in ("message:CA1:link:1", key):
        assert post(office, f"/api/promises/{held}/release").status_code == 200
    office.work()
    assert len(office.ledger.sms) >= 1


def test_the_figures_are_on_the_page(office: Site) -> None:
    promise_call(office)
    promise_sms(office)
    text = Here(office.app).get("/metrics").text
    assert 'ivr_promises{kind="callback",state="waiting"} 1.0' in text
    assert "ivr_promises_overdue 0.0" in text


def run(folder: Path, *arguments: str) -> Any:
    env = {"IVR_VAR_DIR": str(folder), "IVR_BUNDLE": "flows/uscis", "IVR_NOW": "2026-03-10T10:06:00-04:00"}
    return CliRunner().invoke(command, list(arguments), env=env, standalone_mode=False)


def test_the_command_shows_lists_and_acts(tmp_path: Path) -> None:
    with site(tmp_path) as office:
        key = promise_call(office)
        office.work()
    listed = json.loads(run(tmp_path, "list", "--kind", "callback", "--json").output)["promises"]
    assert [p["key"] for p in listed] == [key]
    assert CELL not in run(tmp_path, "show", key).output
    assert "Next" in run(tmp_path, "explain", listed[0]["reference"]).output
    assert "on" in run(tmp_path, "overtime", "on").output
    assert "overtime is on" in run(tmp_path, "overtime").output
    assert "cancelled" in run(tmp_path, "cancel", key).output
    assert run(tmp_path, "cancel", key).exception is not None
    assert "no such promises" in run(tmp_path, "list", "--state", "expired").output


def test_brackets_of_any_depth_are_a_bad_body_and_no_fault(office: Site) -> None:
    answer = Here(office.app).post("/api/promises/x/retry", data="[" * 20_000, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(("by", "who"), [("ana", "api:ana"), ("", "api"), ("x" * 99, "api:" + "x" * 60), ("maria\0", "api:maria ")])
def test_what_a_program_does_stands_in_the_audit_under_no_users_name(office: Site, by: str, who: str) -> None:
    key = promise_call(office)
    assert post(office, f"/api/promises/{key}/release", {"by": by}).status_code == 409
    assert office.services.access.audit.newest(9) == [], "what was refused left no entry"
    assert post(office, f"/api/promises/{key}/cancel", {"by": by}).status_code == 200
    found = [(e.who, e.act, e.what, e.before, e.after) for e in office.services.access.audit.newest(9) if e is not None]
    assert found == [(who, "promise.cancel", key, "waiting", "cancelled")]
    assert office.services.access.audit.verify().is_whole


def test_what_the_command_does_stands_in_the_audit(tmp_path: Path) -> None:
    with site(tmp_path) as office:
        key = promise_call(office)
        assert run(tmp_path, "cancel", key).exception is None
        entry = office.services.access.audit.newest(1)[0]
    assert entry is not None
    assert entry.who.startswith("cli")
    assert (entry.act, entry.what) == ("promise.cancel", key)
