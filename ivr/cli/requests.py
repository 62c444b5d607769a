"""`ivr requests`: service requests that wait for an office: list, show, take, close, export.

What is listed is masked. An export has everything in full: it needs a reason, and stands in the audit.
"""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ivr import config
from ivr.ops import logs

AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
STANDINGS = ("open", "late", "all", "waiting", "taken", "answered", "refused", "cancelled", "held")


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
            click.option("--to", "until", default="", metavar="YYYY-MM-DD", help="Made on this day or before."),
            click.option("--from", "since", default="", metavar="YYYY-MM-DD", help="Made on this day or later."),
            click.option("--standing", default="open", show_default=True, type=click.Choice(STANDINGS), help="Where they stand."),
            click.option("--kind", "name", default="", help="Only this promise of callbacks.yaml, such as field_office."),
            click.option("--office", default="", metavar="ZIP", help="Only offices whose ZIP code begins so; none: without one.")):
        command = option(command)
    return command


@click.group()
def requests() -> None:
    """Service requests for an office: list, show, take, close, export."""


@requests.command("list")
@_filters
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="How many, by deadline.")
@AS_JSON
def list_(limit: int, as_json: bool, **filters: str) -> None:
    """List requests, masked; those that are due first come first."""
    with _desk() as (desk, wanted_of):
        rows = desk.listed(wanted_of(**filters), limit)
    if as_json:
        click.echo(json.dumps({"requests": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['reference']:9} {row['request']:20} {row['office'] or '-':5} {row['standing']:9} {row['due_by'][:10]} "
                   f"{'LATE' if row['late'] else '':4} {row['reason']}")
    if not rows:
        click.echo("no such requests")


@requests.command()
@click.argument("name")
@AS_JSON
def show(name: str, as_json: bool) -> None:
    """Show one request, by its reference number: masked, with what was done."""
    with _desk() as (desk, _):
        found = desk.show(name)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for label, value in found.items():
        if label not in ("steps", "exports", "details", "key"):
            click.echo(f"{label:12} {', '.join(value) if isinstance(value, list) else value}")
    for label, value in found["details"].items():
        click.echo(f"  {label:20} {value}")
    for step in found["steps"]:
        click.echo(f"  {step['at'][:19]} {step['standing']:9} by {step['by']} {step['note']}")
    for taking in found["exports"]:
        click.echo(f"  {taking['at'][:19]} exported  by {taking['by']}")


@requests.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--note", default="", help="What the office should know.")
def take(names: tuple[str, ...], note: str) -> None:
    """Note that somebody has taken requests up."""
    _act("take", names, note)


@requests.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--refused", is_flag=True, help="The office does not do what was asked; default: it does.")
@click.option("--note", required=True, help="What was answered.")
def close(names: tuple[str, ...], refused: bool, note: str) -> None:
    """Note what the office has answered."""
    _act("refuse" if refused else "answer", names, note)


@requests.command()
@_filters
@click.option("--format", "form", default="csv", show_default=True, type=click.Choice(["csv", "json"]))
@click.option("--bom", is_flag=True, help="A byte order mark in front of the CSV, by which some spreadsheets know UTF-8.")
@click.option("--again", is_flag=True, help="Also what was exported before; default: each request once.")
@click.option("--why", required=True, help="Why it is needed; stands in the audit.")
@click.option("--out", type=click.File("wb"), default="-", help="File to write; default: standard output.")
def export(form: str, bom: bool, again: bool, why: str, out: Any, **filters: str) -> None:
    """Take requests out in full, each once."""
    with _desk() as (desk, wanted_of):
        done = desk.export(form, wanted_of(**filters), _who(), why, again=again, bom=bom)
    out.write(done.text.encode())
    more = "; there are more: export again" if done.is_full else ""
    click.echo(f"{done.count} requests, {done.again} of them not for the first time{more}", file=sys.stderr)


def _act(act: str, names: tuple[str, ...], note: str) -> None:
    with _desk() as (desk, _):
        for name in names:
            row = desk.act(act, name, _who(), note)
            click.echo(f"{row['reference']} is {row['standing']} now")


def _who() -> str:
    try:
        return f"cli:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "cli"


@contextmanager
def _desk() -> Iterator[Any]:
    from ivr.access.audit import Audit
    from ivr.clock import ShiftedClock, SystemClock
    from ivr.runtime.data_keys import open_database
    from ivr.runtime.office_desk import OfficeDesk, wanted_of

    logs.configure("error")
    settings = config.load()
    with open_database(settings) as db:
        yield OfficeDesk(db, ShiftedClock(settings.now) if settings.now else SystemClock(), lambda: Audit(db)), wanted_of
