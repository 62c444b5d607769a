"""`ivr backup` and `ivr restore`: everything in one file and back. What fell due meanwhile is held for a person."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ivr import config
from ivr.clock import SystemClock


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def backup(file: Path, as_json: bool) -> int:
    """Write all tables to FILE, as they are at this moment, while servers run. The keys are not in it."""
    from ivr.runtime.data_keys import open_database
    from ivr.store import backup as backups

    settings = config.load()
    with open_database(settings) as db:
        manifest = backups.backup(db, file, SystemClock().now())
    rows = {name: table["rows"] for name, table in manifest["tables"].items() if table["rows"]}
    if as_json:
        click.echo(json.dumps({"file": str(file), "made_at": manifest["made_at"], "rows": rows}))
    else:
        click.echo(f"{file}: {sum(rows.values())} rows of {len(rows)} tables, {file.stat().st_size / 1e6:.1f} MB")
        click.echo("  note: the keys (IVR_DATA_KEYS, IVR_INDEX_KEY) are not in it; without them nobody can read it")
    return 0


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def restore(file: Path, as_json: bool) -> int:
    """Fill an empty database from FILE. Promises that fell due since are held until a person releases them."""
    from ivr.runtime.data_keys import open_database
    from ivr.store.restore import restore as restored

    settings = config.load()
    with open_database(settings, known_keys=False) as db:
        done = restored(db, file, SystemClock().now())
        where = db.where
    if as_json:
        click.echo(json.dumps({"made_at": done.made_at, "rows": done.rows, "held": done.held}))
        return 0
    click.echo(f"{where}: {done.rows} rows, as of {done.made_at}")
    if done.held:
        click.echo(f"  {done.held} promises fell due or were under way since: ivr promises list --state held,")
        click.echo("  then for each: ivr promises release KEY, or ivr promises cancel KEY")
    return 0
