"""`ivr test BUNDLE`: make the calls that are written down in the bundle's tests/ on the production engine, and compare.

Exit code 0 when every call went as written, 1 when one did not (or a test cannot be read, or with --require-coverage an
outcome was never taken), 2 when the command was misused.
"""

from __future__ import annotations

from pathlib import Path

import click

from ivr import config
from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import read_files
from ivr.flow.report import as_text
from ivr.flow.schemas_tests import VARIANTS
from ivr.transcripts.coverage import coverage_of
from ivr.transcripts.model import AS_WRITTEN
from ivr.transcripts.report import json_report, text_report
from ivr.transcripts.requirement_rows import tested_rows
from ivr.transcripts.run_bundle import Made, run_bundle
from ivr.transcripts.suite import Wanted


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1)
@click.option("--variant", "variants", multiple=True, type=click.Choice(["written", *VARIANTS]),
              help="Only this variant (and the call as written); `written` for that alone. May be given several times.")
@click.option("--lang", "languages", multiple=True, help="Only in this language.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes among which the tests are divided.")
@click.option("--coverage", "every", is_flag=True,
              help="List all that no call comes by and that can be reached, and each variant that does not apply.")
@click.option("--require-coverage", is_flag=True, help="Fail when an outcome is never taken or a requirement row has no test.")
@click.option("--env", default="development", show_default=True, help="Environment file of the bundle to read.")
def test(bundle: Path, names: tuple[str, ...], variants: tuple[str, ...], languages: tuple[str, ...], as_json: bool, jobs: int,
         every: bool, require_coverage: bool, env: str) -> int:
    """Make the calls of BUNDLE/tests, or those of the given NAMES (a file below tests/ without .yaml, or a folder)."""
    wanted = Wanted(tuple(AS_WRITTEN if v == "written" else v for v in variants), languages)
    made = _made(bundle, names, wanted, jobs, env, every or require_coverage)
    coverage = coverage_of(made.bundle, made.outcome.runs, tested_rows(bundle), made.reachable)
    if as_json:
        click.echo(json_report(made.outcome, coverage, str(bundle)))
    else:
        click.echo(text_report(made.outcome, coverage, str(bundle), made.tests.files, every=every), nl=False)
    covered = coverage.outcomes.whole and coverage.rows.whole
    return 0 if made.outcome.ok and (covered or not require_coverage) else 1


def _made(bundle: Path, names: tuple[str, ...], wanted: Wanted, jobs: int, env: str, prove: bool) -> Made:
    try:
        return run_bundle(bundle, names, wanted, models=config.load().var_dir / "intents", jobs=jobs, prove=prove, env=env)
    except BundleProblems as error:
        click.echo(as_text(error.problems, read_files(bundle).files, str(bundle)), err=True, nl=False)
        raise click.exceptions.Exit(1) from None
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
