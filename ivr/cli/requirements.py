"""`ivr requirements BUNDLE`: the rows of requirements.yaml with what shows each of them, and whether it is performed.

Exit code 0 when every row is proved, 1 when one is not (or the bundle cannot be read), 2 when the command was misused.
"""

from __future__ import annotations

from pathlib import Path

import click

from ivr import config
from ivr.errors import BundleProblems, ConfigProblem, Problem
from ivr.flow.load import read_files
from ivr.flow.report import as_text
from ivr.transcripts.requirement_rows import FILE, read_rows
from ivr.transcripts.requirements import links_of, strays, verdicts
from ivr.transcripts.requirements_report import json_table, text_table
from ivr.transcripts.run_bundle import run_bundle
from ivr.transcripts.suite import Wanted


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the table as one JSON object.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes among which the tests are divided.")
@click.option("--env", default="development", show_default=True, help="Environment file of the bundle to read.")
def requirements(bundle: Path, as_json: bool, jobs: int, env: str) -> int:
    """Print each requirement of BUNDLE: what is asked, what shows it, proved, performed. Its tests are run for this."""
    try:
        rows, problems, data = read_rows(bundle)
        made = run_bundle(bundle, (), Wanted(), models=config.load().var_dir / "intents", jobs=jobs, env=env)
    except BundleProblems as error:
        return _fail(error.problems, read_files(bundle).files, bundle)
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
    if problems or made.tests.problems:
        return _fail([*problems, *made.tests.problems], {FILE: data, **made.tests.files}, bundle)
    if not rows:
        raise click.UsageError(f"{bundle} has no {FILE}")
    links = links_of(made.bundle, made.outcome.runs)
    found, stray = verdicts(rows, links, bundle_ok=made.examined is not None and made.examined.ok), strays(rows, links)
    click.echo(json_table(found, stray, str(bundle)) if as_json else text_table(found, stray, str(bundle)), nl=as_json)
    return 0 if all(v.proved for v in found) and not stray else 1


def _fail(problems: list[Problem], files: dict[str, bytes], bundle: Path) -> int:
    click.echo(as_text(problems, files, str(bundle)), err=True, nl=False)
    return 1
