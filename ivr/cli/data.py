"""`ivr data`: what is kept about people, for how long, shown or deleted for one person, sealed with a new key."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ivr import config
from ivr.clock import SystemClock
from ivr.errors import ConfigProblem
from ivr.store.data_map import reference_markdown


@click.group()
def data() -> None:
    """Personal data: retention, export, erasure, keys."""


@data.command("map")
def data_map() -> int:
    """Print what is kept, its class, its days and its protection (docs/reference/data.md)."""
    click.echo(reference_markdown(), nl=False)
    return 0


@data.command()
@click.option("--dry-run", is_flag=True, help="Only count what would be deleted.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def purge(dry_run: bool, as_json: bool) -> int:
    """Delete what is older than its class allows. A worker does this once a day by itself."""
    from ivr.runtime.data_keys import open_database
    from ivr.store import retention

    settings = config.load()
    with open_database(settings) as db:
        done = retention.purge(db, SystemClock().now(), retention.days_of(settings), dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "deleted": done}))
    else:
        for name, count in done.items():
            click.echo(f"{count:8} {name}")
        click.echo(f"{sum(done.values())} {'would be deleted' if dry_run else 'deleted'}")
    return 0


def _person(command: Any) -> Any:
    for option, words in (("--other", "A number of another kind, such as an alien number."), ("--receipt", "Receipt number."),
                          ("--email", "Email address."), ("--phone", "Number with its country, +1...")):
        command = click.option(option, multiple=True, help=words)(command)
    return command


def _values(**given: tuple[str, ...]) -> list[str]:
    from ivr.store.persons import identifier

    values = [v for each in given.values() for v in each]
    if not values:
        raise click.UsageError("say who: --phone, --email, --receipt or --other")
    bad = next((name for name, each in given.items() for v in each if identifier(v) is None), None)
    if bad:
        raise ConfigProblem(f"--{bad} is no number, address or case number", hint="write numbers with their country: +1 202 555 0143")
    return values


@data.command()
@_person
def export(phone: tuple[str, ...], email: tuple[str, ...], receipt: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Everything about one person as JSON on stdout, opened: calls with every word, promises, consent."""
    from ivr.runtime.data_keys import open_database
    from ivr.store.about_person import AboutPerson

    values = _values(phone=phone, email=email, receipt=receipt, other=other)
    settings = config.load()
    with open_database(settings) as db:
        found = AboutPerson(db).export(values, SystemClock().now())
    json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
    click.echo("")
    return 0


@data.command()
@_person
@click.option("--why", required=True, help="For the record, without personal data: number of the request, say.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def erase(phone: tuple[str, ...], email: tuple[str, ...], receipt: tuple[str, ...], other: tuple[str, ...], why: str, yes: bool,
          as_json: bool) -> int:
    """Delete everything about one person, and say what stays and why. Backups keep it until they are deleted themselves."""
    from ivr.runtime.data_keys import open_database
    from ivr.store.about_person import AboutPerson
    from ivr.store.opening import shared_of

    values = _values(phone=phone, email=email, receipt=receipt, other=other)
    if not yes:
        click.confirm("This cannot be undone. Go on?", abort=True)
    settings = config.load()
    with open_database(settings) as db:
        shared = shared_of(settings.redis_url, db)
        try:
            done = AboutPerson(db, shared.sessions.forget if shared.sessions else lambda _: None).erase(values, SystemClock().now(), why)
        finally:
            shared.close()
    if as_json:
        click.echo(json.dumps({"calls": done.calls, "promises": done.promises, "rows": done.rows, "stays": done.stays}))
        return 0
    click.echo(f"deleted: {done.calls} calls and {done.promises} promises, {done.rows} rows in all")
    for sentence in [*done.stays, "backups made before now still hold it: delete them, or erase again after a restore"]:
        click.echo(f"  {sentence}")
    return 0


@data.command("rotate-keys")
@click.option("--dry-run", is_flag=True, help="Only count what is sealed with a former key.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def rotate_keys(dry_run: bool, as_json: bool) -> int:
    """Seal everything anew with the first of IVR_DATA_KEYS. May run beside servers, and may be interrupted."""
    from ivr.runtime.data_keys import open_database
    from ivr.store import resealing

    settings = config.load()
    with open_database(settings) as db:
        done = resealing.left(db) if dry_run else resealing.reseal(db, SystemClock().now())
        left = resealing.left(db)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "values": done, "left": sum(left.values())}))
        return 0
    for name, count in done.items():
        click.echo(f"{count:8} {name}")
    click.echo(f"{sum(left.values())} values are sealed with a former key" if left else "every value is sealed with the key in force")
    if not left:
        click.echo("  a former key may go from IVR_DATA_KEYS once it is the IVR_INDEX_KEY (the last of them is, where that is not set)")
    return 0


@data.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def log(limit: int) -> int:
    """The record of what was purged, erased, exported, sealed anew and restored."""
    from ivr.runtime.data_keys import open_database
    from ivr.store.data_log import DataLog

    with open_database(config.load()) as db:
        for row in DataLog(db).entries(limit):
            click.echo(f"{row['at'][:19]}  {row['act']:9} {row['count']:7} {row['what']}  {row['why']}")
    return 0
