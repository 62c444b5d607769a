"""`ivr check BUNDLE`: say everything that is wrong with a bundle, with its place and a cure.

Exit code 0 when nothing is wrong (warnings allowed), 1 for errors in the bundle, 2 when the command was misused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.flow.check import problems_in
from ivr.flow.load import read_files
from ivr.flow.report import as_json, as_text


class _Moment(click.ParamType):
    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-03-10T10:05:00-05:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="Print the problems as JSON.")
@click.option("--now", type=_Moment(), default=None, help="Judge review dates at this time instead of the present one.")
@click.option("--env", default="development", show_default=True, help="Environment file of the bundle to read.")
def check(bundle: Path, in_json: bool, now: datetime | None, env: str) -> None:
    """Check the bundle in folder BUNDLE."""
    try:
        found = read_files(bundle)
        problems = problems_in(found.files, now or datetime.now(UTC), env)
    except (IvrError, OSError) as error:
        click.echo(f"ivr check: {error}", err=True)
        raise click.exceptions.Exit(2) from None
    paths = {name: str(path) for name, path in found.paths.items()}
    click.echo(
        as_json(problems, str(bundle)) if in_json else as_text(problems, found.files, str(bundle), paths), nl=in_json
    )
    raise click.exceptions.Exit(any(p.severity == "error" for p in problems))
