"""Exports of service requests: RFC 4180, nothing a spreadsheet would run, everything there."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.contact.office.export import BOM, COLUMNS, FORMULA, as_csv, as_json, cell
from ivr.contact.office.model import MOST_NOTE, NotOpen, OfficeRequest, request_of
from ivr.errors import MalformedRequest

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)
HOSTILE = st.one_of(st.text(max_size=60), st.sampled_from(["=HYPERLINK(\"http://x\")", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
                                                           "\0=1", '"', '","', "a\r\nb", "\uff1d1", "", " =1", "\u202e"]))


def request(**more: object) -> OfficeRequest:
    return OfficeRequest("key", "AB12CD34", "field_office", "reschedule_interview", "interview", "en", "open", NOW,
                         NOW + timedelta(days=30), **more)  # type: ignore[arg-type]


@given(st.lists(HOSTILE, min_size=5, max_size=5))
def test_no_cell_is_a_formula_and_every_row_is_whole(values: list[str]) -> None:
    number, email, detail, note, by = values
    text = as_csv([request(numbers=(number,), email=email, context={"receipt": detail}).after("refuse", by, f"x{note}", NOW)] * 2, NOW)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(rows) == 3
    assert rows[0] == list(COLUMNS)
    for row in rows[1:]:
        assert len(row) == len(COLUMNS)
        assert not [c for c in row if c.startswith(FORMULA)]
    assert rows[1][COLUMNS.index("email")] == cell(email)


@given(HOSTILE)
def test_a_cell_loses_nothing_but_a_nul(text: str) -> None:
    assert cell(text).replace("'", "") == text.replace("\0", " ").replace("'", "")
    assert not cell(text).startswith(FORMULA)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@given(value=st.text(alphabet=st.sampled_from("=+-@ax1 ;,|\t\r\n\"'\uff1d"), max_size=12))
def test_no_part_is_a_formula_where_fields_are_parted_elsewhere(delimiter: str, value: str) -> None:
    """A spreadsheet in Spanish opens a CSV at its semicolons, and ends a row at the line end in the middle of what is quoted for commas."""
    text = as_csv([request(email=value, context={"receipt": value}, numbers=("+12025550143", value))], NOW)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        assert not [part for part in row if part.strip().strip('"').strip().startswith(("=", "+", "-", "@", "\uff1d"))]


@given(st.lists(HOSTILE, min_size=2, max_size=2))
def test_json_has_values_as_they_are(values: list[str]) -> None:
    found = json.loads(as_json([request(numbers=(values[0],), context={"receipt": values[1]})], NOW, bom=True))
    assert found["requests"][0]["numbers"] == [values[0]]
    assert found["requests"][0]["details"] == {"receipt": values[1]}


def test_lines_end_as_the_rfc_says_and_the_mark_is_asked_for() -> None:
    text = as_csv([request()], NOW)
    assert text.count("\r\n") == 2
    assert text.endswith("\r\n")
    assert as_csv([], NOW, bom=True).startswith(BOM)
    assert not text.startswith(BOM)


def test_standing_follows_what_was_done() -> None:
    one = request()
    assert one.standing == "waiting"
    taken = one.after("take", "ana", "", NOW)
    assert (taken.standing, taken.state) == ("taken", "open")
    done = taken.after("answer", "ben", f"  new \n date{'!' * 600}", NOW)
    assert (done.standing, done.state, len(done.steps[-1].note)) == ("answered", "done", MOST_NOTE)
    assert done.steps[-1].note.startswith("new date!")
    with pytest.raises(NotOpen):
        done.after("take", "ana", "", NOW)
    with pytest.raises(MalformedRequest):
        one.after("refuse", "ana", "  ", NOW)
    with pytest.raises(MalformedRequest):
        one.after("burn", "ana", "x", NOW)


def test_late_is_what_waits_beyond_its_deadline() -> None:
    one, after = request(), NOW + timedelta(days=31)
    assert not one.is_late(one.due_by)
    assert one.is_late(after)
    assert one.after("take", "ana", "", NOW).is_late(after), "taken up is no answer"
    assert not one.after("answer", "ana", "done", NOW).is_late(after)


def test_what_a_person_said_is_personal_and_what_the_flow_set_is_not() -> None:
    row = {"key": "k", "reference": "R", "name": "n", "state": "open", "created_at": NOW.isoformat(), "not_after": NOW.isoformat(),
           "progress": {}, "payload": {"context": {"receipt": "IOE0912345678", "office_zip": "10001", "language": "en", "urgency": "urgent",
                                                   "cannot_on": "2026-04-01"}, "variables": {"urgency": "urgent"}}}
    one = request_of(row)
    assert one.personal == {"receipt", "cannot_on"}
    assert one.office == "10001"
    assert "IOE0912345678" not in repr(one)
    again = request_of({**row, "progress": one.after("take", "ana", "n", NOW).taken_out("ana", NOW).progress()})
    assert (again.standing, again.steps[0].note, len(again.takings)) == ("taken", "n", 1)
