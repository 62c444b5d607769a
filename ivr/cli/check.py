"""`ivr check BUNDLE`: say everything that is wrong with a bundle, with its place and a cure, and what is proven of it.

Exit code 0 when nothing is wrong (warnings allowed), 1 for errors in the bundle, 2 when the command was misused.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.flow.load import read_files
from ivr.flow.report import as_json, as_text
from ivr.proof.examine import Examination
from ivr.proof.load import examine_folder

POLL_S = 0.2


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
@click.option("--json", "in_json", is_flag=True, help="Print everything as JSON.")
@click.option("--now", type=_Moment(), default=None, help="Judge review dates at this time instead of the present one.")
@click.option("--env", default="development", show_default=True, help="Environment file of the bundle to read.")
@click.option("--watch", is_flag=True, help="Stay, and check again whenever a file changes. Ctrl-C ends it.")
def check(bundle: Path, in_json: bool, now: datetime | None, env: str, watch: bool) -> None:
    """Check the bundle in folder BUNDLE, and prove that no caller is stranded and nobody unqualified reaches a person."""
    try:
        examined = _examine(bundle, in_json, now, env)
        while watch:
            _wait_for_change(bundle)
            examined = _examine(bundle, in_json, now, env)
    except KeyboardInterrupt:
        raise click.exceptions.Exit(0) from None
    except (IvrError, OSError) as error:
        click.echo(f"ivr check: {error}", err=True)
        raise click.exceptions.Exit(2) from None
    raise click.exceptions.Exit(not examined.ok)


def _examine(bundle: Path, in_json: bool, now: datetime | None, env: str) -> Examination:
    began = time.perf_counter()
    found, examined = examine_folder(bundle, now or datetime.now(UTC), env)
    seconds = time.perf_counter() - began
    if in_json:
        proof = {"states": examined.states, "transitions": examined.transitions, "seconds": round(seconds, 3), "laws": examined.laws}
        click.echo(as_json(examined.problems, str(bundle), examined.bundle_hash, proof))
    else:
        paths = {name: str(path) for name, path in found.paths.items()}
        click.echo(as_text(examined.problems, found.files, str(bundle), paths), nl=False)
        click.echo(_summary(examined, seconds))
    return examined


def _summary(examined: Examination, seconds: float) -> str:
    if not examined.states:
        return "not searched: repair these first"
    broken = [name for name, holds in examined.laws.items() if not holds]
    result = f"not proven: {', '.join(broken)}" if broken else f"proven: {', '.join(examined.laws)}"
    return f"{examined.states:,} states, {examined.transitions:,} transitions, {seconds:.2f} s\n{result}"


def _wait_for_change(bundle: Path) -> None:
    before = _stamps(bundle)
    while _stamps(bundle) == before:
        time.sleep(POLL_S)


def _stamps(bundle: Path) -> Mapping[Path, tuple[float, int]]:
    """When every file of the bundle was last written; a file that is being replaced is simply not there."""
    stamps = {}
    for path in read_files(bundle).paths.values() if (bundle / "bundle.yaml").is_file() else ():
        if path.is_file():
            stamps[path] = (path.stat().st_mtime, path.stat().st_size)
    return stamps
