"""`never_in_logs`: a value that shows up in a log, a metric or a printed session is found; one that does not is not."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import structlog

from ivr.ops.metrics import Metrics
from ivr.runtime import turn_figures as figures
from ivr.transcripts.log_watch import captured, values_of
from tests.transcripts.clinic import clinic, runs

KEYED = """\
turns:
  - say: {en: move my appointment, es: cambiar mi cita}
  - press: "03202026"
  - press: "1"
never_in_logs: [day]
variants: []
"""
SPOKEN = KEYED.replace('press: "03202026"', "say: {en: March twentieth, es: veinte de marzo}")


def failure(body: str, language: str = "en") -> str:
    found = runs(body, language=language)["as written"].failure
    return " | ".join((found.message, *found.heard)) if found else ""


@pytest.mark.parametrize("body", [KEYED, SPOKEN])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_production_turn_keeps_values_to_itself(body: str, language: str) -> None:
    assert failure(body, language) == ""


@pytest.mark.parametrize(("body", "form"), [(KEYED, "2026-03-20"), (KEYED, "03202026"), (SPOKEN, "March twentieth"),
                                            (KEYED, "Friday, March 20, 2026")])
def test_every_form_of_the_value_is_looked_for(body: str, form: str) -> None:
    values = values_of(clinic(), runs(body)["as written"])
    assert form in values["day"]
    assert all(len(each) >= 4 for each in values["day"])


def test_a_log_line_that_tells_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = figures.TurnFigures.count

    def tell(self: Any, event: Any, applied: bool, old: Any, new: Any) -> None:
        figures.log.info("heard", note=f"keys {getattr(event, 'digits', '').encode().decode()}")
        honest(self, event, applied, old, new)

    monkeypatch.setattr(figures.TurnFigures, "count", tell)
    found = failure(KEYED)
    assert found.startswith('the value of "day" shows up in what is logged or printed')
    assert "<the value>" in found
    assert "03202026" not in found, "a report is a log too"


def test_a_metric_that_tells_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Metrics.text
    monkeypatch.setattr(Metrics, "text", lambda self: honest(self) + b'ivr_day{day="Friday, March 20, 2026"} 1\n')
    assert "ivr_day" in failure(KEYED)


def test_a_value_that_the_call_never_has_is_no_proof() -> None:
    assert failure('turns:\n  - press: "9"\nnever_in_logs: [cell]\nvariants: []\n') == (
        'never_in_logs: the call gives no "cell" that could be looked for')


def test_the_callers_own_number_and_address() -> None:
    body = "turns:\n  - email: ana@example.org\n  - say: {any: when are you open}\n  - press: \"1\"\n" \
           "never_in_logs: [caller_number, email]\nvariants: []\n"
    assert failure(body) == ""


def test_logging_is_afterwards_what_it_was() -> None:
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    with captured() as out:
        structlog.get_logger().info("hello")
    assert "hello" in out.getvalue()
    assert structlog.get_config() == before
    assert logging.getLogger().handlers == handlers
