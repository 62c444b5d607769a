"""The transcripts of both bundles on the production engine, with their real intent models: green, and every outcome taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.flow.load import load_bundle
from ivr.nlu.train import model_for
from ivr.transcripts import requirement_rows
from ivr.transcripts.call_report import call_text
from ivr.transcripts.coverage import coverage_of
from ivr.transcripts.model import AS_WRITTEN
from ivr.transcripts.reading import read_test
from ivr.transcripts.run_bundle import Made, run_bundle
from ivr.transcripts.suite import Wanted, run_all

ROOT = Path(__file__).parents[2]
BUNDLES = ("starter", "uscis")
SHOWN = 3


@pytest.fixture(scope="module", params=BUNDLES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    folder = ROOT / "flows" / request.param
    return folder, run_bundle(folder, (), Wanted(), models=tmp_path_factory.mktemp("models"))


def test_the_example_of_the_documentation_is_a_test_that_passes() -> None:
    page = (ROOT / "docs/reference/transcripts.md").read_text(encoding="utf-8")
    bundle = load_bundle(ROOT / "flows/starter")
    test, problems = read_test(page.split("```yaml\n")[1].split("```")[0].encode(), "tests/example.yaml", bundle)
    assert test is not None, problems
    runs = run_all(bundle, model_for(bundle), [test], Wanted((AS_WRITTEN,)))
    assert [run.failure for run in runs] == [None, None]


def test_every_call_goes_as_it_is_written(made: tuple[Path, Made]) -> None:
    folder, result = made
    assert not result.outcome.problems
    failed = result.outcome.failed
    shown = "\n".join(call_text(run, folder.name) for run in failed[:SHOWN])
    assert not failed, f"{len(failed)} of {len(result.outcome.runs)} runs fail\n{shown}"


def test_every_outcome_and_every_row_is_covered(made: tuple[Path, Made]) -> None:
    folder, result = made
    coverage = coverage_of(result.bundle, result.outcome.runs, requirement_rows.tested_rows(folder), result.reachable)
    assert [m.what for m in coverage.outcomes.missing] == []
    assert [m.what for m in coverage.rows.missing] == []


def test_every_test_is_called_in_every_language(made: tuple[Path, Made]) -> None:
    _, result = made
    called = {(run.test.name, run.language) for run in result.outcome.runs}
    assert called == {(t.name, language) for t in result.tests.tests for language in t.languages}
