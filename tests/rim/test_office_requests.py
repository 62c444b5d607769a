"""Service requests that wait for an office: the desk, the page, the figure, the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ivr.access.audit import Audit
from ivr.cli.main import main
from ivr.errors import MalformedRequest
from ivr.runtime.office_desk import wanted_of
from ivr.store.promise_ledger import NotFound
from tests.rim.routes import ask, client_of, staffed
from tests.rim.service_request import EMAIL, NUMBER, RECEIPT, request_service
from tests.rim.site import Site

IN_FULL = (NUMBER, EMAIL, RECEIPT, "2026-04-01")


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Site]:
    with staffed(tmp_path) as s:
        yield s


def audit_of(s: Site) -> list[Any]:
    return [e for e in s.services.access.audit.newest(50) if e and e.act.startswith("request")]


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_and_nobodys_data(staff: Site) -> None:
    reference = request_service(staff)
    client = client_of(staff, "supervisor")
    page = ask(client, "/requests")
    assert reference in page.text
    assert "10001" in page.text
    one = ask(client, f"/requests/{reference}")
    for text in (page.text, one.text):
        assert not [v for v in IN_FULL if v in unescape(text)]
    assert "*********5678" in one.text
    assert "Moving an interview" in one.text
    assert "<dd>English</dd>" in one.text
    assert "Solicitudes para una oficina" in ask(client, "/requests?lang=es").text
    assert ask(client, "/requests/NOSUCH00").status_code == 404


@pytest.mark.usefixtures("on_every_store")
def test_filters(staff: Site) -> None:
    first = request_service(staff, "CA1")
    second = request_service(staff, "CA2", context={"office_zip": "90012"}, name="field_office_illness")
    third = request_service(staff, "CA3", context={})
    client = client_of(staff, "supervisor")

    def listed(query: str) -> set[str]:
        page = ask(client, f"/requests?{query}")
        assert page.status_code == 200, query
        return {r for r in (first, second, third) if r in page.text}

    day = staff.clock.now().date()
    assert listed("") == {first, second, third}
    assert listed("office=10") == {first}
    assert listed("office=none") == {third}
    assert listed("kind=field_office_illness") == {second}
    assert listed("standing=answered") == set()
    assert listed("standing=late") == set()
    assert listed(f"from={day}&to={day}") == {first, second, third}
    assert listed(f"from={day + timedelta(days=1)}") == set()
    assert listed(f"to={day - timedelta(days=1)}") == set()
    for wrong in ("office=abc", "office=\u0661", "standing=some", "from=yesterday", "to=9999-12-31", "from=0001-01-01"):
        assert ask(client, f"/requests?{wrong}").status_code == 400, wrong


def test_taken_up_answered_refused(staff: Site) -> None:
    first, second = request_service(staff, "CA1"), request_service(staff, "CA2")
    client = client_of(staff, "supervisor")
    assert ask(client, f"/requests/{first}/take", "POST", data={}).status_code == 303
    assert "Taken up" in ask(client, f"/requests/{first}").text
    assert ask(client, f"/requests/{first}/answer", "POST", data={"note": " "}).status_code == 400, "an answer says what it is"
    done = ask(client, f"/requests/{first}/answer", "POST", data={"note": "new date by mail"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/requests/{first}?said=request_changed&lang=en")
    assert "new date by mail" in ask(client, done.headers["Location"]).text
    assert ask(client, f"/requests/{first}/refuse", "POST", data={"note": "no"}).status_code == 409, "it is over"
    assert ask(client, f"/requests/{second}/refuse", "POST", data={"note": "no earlier date"}).status_code == 303
    assert ask(client, f"/requests/{second}/burn", "POST", data={"note": "x"}).status_code == 400
    assert {r["reference"]: r["state"] for r in staff.services.promises.all()} == {first: "done", second: "done"}
    assert [(e.act, e.what, e.who, e.before, e.after, e.why) for e in reversed(audit_of(staff))] == [
        ("request.taken", first, "supervisor", "waiting", "taken", ""),
        ("request.answered", first, "supervisor", "taken", "answered", "new date by mail"),
        ("request.refused", second, "supervisor", "waiting", "refused", "no earlier date")]
    history = staff.services.ledger.history(staff.services.ledger.find(first)["key"])
    assert "new date" not in str(history), "a note may name somebody, and the history is in the clear"


def test_what_is_closed_in_the_ledger_is_answered_here(staff: Site) -> None:
    reference = request_service(staff)
    staff.services.office_desk.act("take", reference, "ana", "")
    staff.services.promise_desk.act("done", reference, "ben")
    assert staff.services.office_desk.show(reference)["standing"] == "answered"
    other = request_service(staff, "CA2")
    staff.services.promise_desk.act("cancel", other, "ben")
    assert staff.services.office_desk.show(other)["standing"] == "cancelled"


@pytest.mark.parametrize("who", ["viewer", "agent", "editor", "publisher", "admin", ""])
def test_only_who_may_export_sees_requests(staff: Site, who: str) -> None:
    reference = request_service(staff)
    client = client_of(staff, who)
    for path, method in (("/requests", "GET"), (f"/requests/{reference}", "GET"), (f"/requests/{reference}/take", "POST"),
                         ("/requests/export.csv", "POST"), ("/requests/export.json", "POST")):
        answer = ask(client, path, method, data={"why": "x"} if method == "POST" else None)
        assert answer.status_code == (403 if who else 302), path
        assert who == "" or reference not in answer.text, "who is not signed in is led back to what they asked for"
    assert not audit_of(staff)


# -- exports ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_every_store")
def test_an_export_is_in_full_once_with_a_reason_and_in_the_audit(staff: Site) -> None:
    reference = request_service(staff, context={"office_zip": "10001", "receipt": RECEIPT, "cannot_on": "2026-04-01"})
    client = client_of(staff, "supervisor")
    assert ask(client, "/requests/export.csv", "POST", data={}).status_code == 400
    assert ask(client, "/requests/export.xls", "POST", data={"why": "x"}).status_code == 404
    assert not audit_of(staff)
    assert ask(client, "/requests/export.csv").status_code == 404, "looking exports nothing"
    first = ask(client, "/requests/export.csv", "POST", data={"why": "weekly list of the office", "office": "10001"})
    assert first.headers["Content-Disposition"].startswith('attachment; filename="requests-')
    assert first.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(first.text, newline="")))
    assert [(r["reference"], r["numbers"], r["email"], r["office"]) for r in rows] == [(reference, f"'{NUMBER}", EMAIL, "10001")]
    assert rows[0]["details"] == f"cannot_on: 2026-04-01; receipt: {RECEIPT}"
    assert rows[0]["exported_before"] == ""
    again = ask(client, "/requests/export.csv", "POST", data={"why": "weekly list"})
    assert "nothing to export" in again.text
    assert RECEIPT not in again.text
    second = ask(client, "/requests/export.json", "POST", data={"why": "lost the first", "again": "yes"})
    found = json.loads(second.text)
    assert found["count"] == 1
    assert found["requests"][0]["numbers"] == [NUMBER], "JSON has it as it is"
    assert found["requests"][0]["exported_before"], "a second time, and it says so"
    assert [(e.what, e.after, e.why) for e in audit_of(staff)] == [
        ("1 as json", {"references": [reference], "again": 1}, "lost the first"),
        ("0 as csv", {"references": [], "again": 0}, "weekly list"),
        ("1 as csv", {"references": [reference], "again": 0}, "weekly list of the office")]
    assert "1" in ask(client, f"/requests/{reference}").text
    assert staff.services.access.audit.verify().is_whole


def test_a_byte_order_mark_on_request(staff: Site) -> None:
    request_service(staff)
    client = client_of(staff, "supervisor")
    answer = ask(client, "/requests/export.csv", "POST", data={"why": "x", "bom": "yes"})
    assert answer.data.startswith(b"\xef\xbb\xbfreference,")
    assert b"\r\n" in answer.data
    plain = ask(client, "/requests/export.csv", "POST", data={"why": "x", "again": "yes"})
    assert plain.data.startswith(b"reference,")


def test_the_desk_names_what_is_wrong(staff: Site) -> None:
    desk = staff.services.office_desk
    with pytest.raises(NotFound):
        desk.show("NOSUCH00")
    with pytest.raises(MalformedRequest):
        desk.export("xml", wanted_of(), "ana", "why")
    with pytest.raises(MalformedRequest):
        desk.export("csv", wanted_of(), "ana", "  ")


@pytest.mark.usefixtures("on_every_store")
def test_many_requests_are_all_found_and_exported_a_thousand_at_a_time(staff: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.runtime import office_desk
    from ivr.store import office_requests

    monkeypatch.setattr(office_requests, "PAGE", 3)
    monkeypatch.setattr(office_desk, "MOST_EXPORTED", 5)
    references = {request_service(staff, f"CA{n}", context={"office_zip": "10001" if n % 2 else "90001"}) for n in range(11)}
    desk = staff.services.office_desk
    assert {r["reference"] for r in desk.listed(wanted_of())} == references
    assert len(desk.listed(wanted_of(office="9"))) == 6
    out: list[str] = []
    while (found := desk.export("json", wanted_of(), "ana", "all of them")).count:
        out += [r["reference"] for r in json.loads(found.text)["requests"]]
    assert sorted(out) == sorted(references), "each once"


# -- beyond the deadline ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("on_every_store")
def test_what_is_late_alarms_until_it_is_answered(staff: Site) -> None:
    reference = request_service(staff)
    assert 'ivr_office_requests_late{request="field_office"} 0.0' in client_of(staff, "").get("/metrics").text
    staff.clock.advance(60 * 24 * 3600)
    assert 'ivr_office_requests_late{request="field_office"} 1.0' in client_of(staff, "").get("/metrics").text
    client = client_of(staff, "supervisor")
    assert reference in ask(client, "/requests?standing=late").text
    assert "late</strong>" in ask(client, f"/requests/{reference}").text
    staff.services.office_desk.act("refuse", reference, "ana", "no date in this quarter")
    assert 'ivr_office_requests_late{request="field_office"} 0.0' in client_of(staff, "").get("/metrics").text
    assert not staff.services.office_desk.listed(wanted_of(standing="late"))


def test_a_caller_who_asks_is_told_the_truth(staff: Site) -> None:
    def told() -> str:
        call = staff.call()
        call.say("I'm waiting for a call back")
        for keys in (NUMBER[2:], "1"):
            call.press(keys)
        return call.heard_text

    assert "promised call for that number" in told(), "there is no request yet"
    reference = request_service(staff)
    assert "It has not answered yet" in told()
    staff.clock.advance(60 * 24 * 3600)
    assert "the answer is late" in told()
    assert "2026-04-01" not in told()
    staff.services.office_desk.act("refuse", reference, "ana", "no date in this quarter")
    text = told()
    assert "The office has answered your request" in text
    assert "no date" not in text, "what was answered is the office's to say"


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'requests.db'}"
    with staffed(tmp_path, database_url=url, data_keys=SecretStr("k" * 32)) as s:
        reference = request_service(s, context={"receipt": RECEIPT, "office_zip": "10001"})
        monkeypatch.setenv("IVR_DATABASE_URL", url)
        monkeypatch.setenv("IVR_DATA_KEYS", "k" * 32)
        monkeypatch.setenv("IVR_VAR_DIR", str(tmp_path))
        assert main(["requests", "list"]) == 0
        listed = capsys.readouterr().out
        assert reference in listed
        assert main(["requests", "take", reference]) == 0
        assert main(["requests", "show", reference, "--json"]) == 0
        shown = capsys.readouterr().out
        assert '"taken"' in shown
        assert RECEIPT not in shown + listed
        out = tmp_path / "out.csv"
        assert main(["requests", "export", "--out", str(out), "--bom"]) == 2, "not without a reason"
        assert main(["requests", "export", "--out", str(out), "--bom", "--why", "weekly list"]) == 0
        assert RECEIPT.encode() in out.read_bytes()
        assert main(["requests", "close", reference, "--refused", "--note", "no date"]) == 0
        assert main(["requests", "close", reference, "--note", "no date"]) == 1
        assert s.services.office_desk.show(reference)["standing"] == "refused"
        assert [e.act for e in Audit(s.services.db).newest(3) if e] == ["request.refused", "requests.exported", "request.taken"]
