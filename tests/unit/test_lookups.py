"""What `check` nodes ask: values declared once, tables and dates worked out, nothing guessed without a connected system."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow.model import Bundle
from ivr.flow.model_flow import Node
from ivr.runtime.lookups import LOOKUPS, Asked, Predicate, perform
from ivr.runtime.lookups.processing import TABLE

TUESDAY = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)  # 10:05 in New York
DATA = Path(__file__).parents[2] / "flows/uscis" / TABLE


def asked(bundle: Bundle, now: datetime = TUESDAY, **inputs: str) -> Asked:
    return Asked(inputs, bundle, now)


def with_table(bundle: Bundle, data: bytes) -> Bundle:
    return dataclasses.replace(bundle, files={**bundle.files, TABLE: data})


@pytest.fixture
def tabled(uscis: Bundle) -> Bundle:
    return with_table(uscis, DATA.read_bytes())


def checks(bundle: Bundle) -> Iterator[Node]:
    return (node for flow in bundle.flows.values() for node in flow.nodes.values() if node.kind == "check")


def test_every_check_of_the_reference_bundle_knows_all_values_of_its_predicate(uscis: Bundle) -> None:
    different = {n.id: n.params.values for n in checks(uscis) if set(n.params.values) != set(LOOKUPS[n.params.name].values)}
    assert different == {}


def test_every_predicate_gives_a_value_that_it_declares(uscis: Bundle) -> None:
    for name, predicate in LOOKUPS.items():
        assert perform(name, asked(uscis)) in predicate.values, name
        assert not {"timeout", "error"} & set(predicate.values), "these two are outcomes, not values"


@pytest.mark.parametrize(("name", "value"), [
    ("case_source", "none"), ("case_status", "unknown"), ("case_changed", "unknown"),
    ("verify_identity", "not_verified"), ("g28_on_file", "unknown"),
    ("callback_source", "none"), ("callback_status", "unknown"), ("agent_review", "none"), ("wait_time", "unknown")])
def test_without_a_connected_system_nothing_is_pretended(uscis: Bundle, name: str, value: str) -> None:
    assert perform(name, asked(uscis, receipt="IOE1234567890", date_of_birth="1990-05-04")) == value


@pytest.mark.parametrize(("form", "filed_on", "value"), [
    ("I-485", "2026-01-15", "inside"), ("I-485", "2025-07-10", "unknown"), ("I-485", "2025-07-11", "inside"),
    ("I-485", "2024-01-10", "unknown"), ("I-485", "2023-12-10", "outside"), ("I-485", "2026-03-11", "unknown"),
    ("I-485", "", "unknown"), ("G-28", "2020-01-01", "unknown"), ("", "2020-01-01", "unknown"), ("I-765", "2025-02-10", "outside")])
def test_the_processing_time_gate(tabled: Bundle, form: str, filed_on: str, value: str) -> None:
    """Eight to 26 months for an I-485: in between it depends on the office, and on the borders too."""
    assert perform("processing_time", asked(tabled, form=form, filed_on=filed_on)) == value


def test_an_old_or_absent_or_broken_table_says_that_it_could_not_check(uscis: Bundle, tabled: Bundle) -> None:
    late = {"form": "I-485", "filed_on": "2020-01-01"}
    assert perform("processing_time", asked(tabled, **late)) == "outside"
    assert perform("processing_time", asked(tabled, datetime(2027, 4, 2, tzinfo=UTC), **late)) == "unknown"
    assert perform("processing_time", asked(with_table(uscis, b""), **late)) == "unknown"
    assert perform("processing_time", asked(with_table(uscis, b"forms: ]"), **late)) == "unknown"
    broken = b"source: x\nas_of: 2026-03-01\ngood_until: soon\nforms: {}"
    assert perform("processing_time", asked(with_table(uscis, broken), **late)) == "error"


def test_a_table_tells_its_day_and_is_believed_only_with_its_source_and_from_that_day_on(uscis: Bundle, tabled: Bundle) -> None:
    late = {"form": "I-485", "filed_on": "2020-01-01"}
    for change, value in ((b"", "outside"), (b"source", "unknown"), (b"as_of", "error")):
        data = b"\n".join(line for line in DATA.read_bytes().split(b"\n") if not change or not line.startswith(change))
        question = asked(with_table(uscis, data), **late)
        assert perform("processing_time", question) == value, change
        assert question.found == ({"times_as_of": "2026-03-01"} if value == "outside" else {})
    assert perform("processing_time", asked(tabled, datetime(2026, 2, 20, tzinfo=UTC), **late)) == "unknown"
    assert asked(tabled, form="I-485", filed_on="2024-01-10").found == {}


@pytest.mark.parametrize(("filed_on", "value"), [
    ("2026-01-26", "waiting"), ("2026-01-05", "late"), ("2026-03-10", "waiting"), ("2026-03-11", "unknown"), ("", "unknown"),
    ("2026-01-23", "late")])
def test_a_receipt_notice_is_late_after_the_business_days_of_the_fact(uscis: Bundle, filed_on: str, value: str) -> None:
    """Thirty business days after Friday, January 23, with Presidents' Day off, ended on the evening of March 9."""
    assert perform("receipt_notice_age", asked(uscis, filed_on=filed_on)) == value


def test_the_wait_for_a_receipt_notice_stands_in_the_facts(uscis: Bundle) -> None:
    short = dataclasses.replace(uscis.facts["receipt_notice_wait"], value="2 business days")
    quick = dataclasses.replace(uscis, facts={**uscis.facts, "receipt_notice_wait": short})
    assert perform("receipt_notice_age", asked(quick, filed_on="2026-03-05")) == "late"
    none = dataclasses.replace(uscis, facts={})
    assert perform("receipt_notice_age", asked(none, filed_on="2026-01-05")) == "unknown"


@pytest.mark.parametrize(("day", "value"), [("2026-03-11", "future"), ("2026-03-10", "past"), ("2026-03-09", "past"), ("", "unknown")])
def test_today_is_too_late(uscis: Bundle, day: str, value: str) -> None:
    assert perform("date_vs_today", asked(uscis, appointment_date=day)) == value


@pytest.mark.parametrize(("receipt", "value"), [
    ("IOE1234567890", "ioe"), ("EAC1234567890", "other"), ("1234567890", "unknown"), ("", "unknown")])
def test_how_a_receipt_begins(uscis: Bundle, receipt: str, value: str) -> None:
    assert perform("receipt_prefix", asked(uscis, receipt=receipt)) == value


def test_what_nobody_declared_is_an_error(uscis: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    assert perform("no_such_thing", asked(uscis)) == "error"
    monkeypatch.setitem(LOOKUPS, "odd", Predicate("odd", ("a",), lambda _: "b"))
    assert perform("odd", asked(uscis)) == "error"
