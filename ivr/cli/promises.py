"""`ivr promises`: what was promised to callers, where each promise stands, and what staff may do about it.

Numbers and addresses are masked. Every change is kept in the promise's history with who made it.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from ivr import config
from ivr.contact.states import TRANSITIONS
from ivr.ops import logs

AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")


@click.group()
def promises() -> None:
    """Promises to callers: list, show, explain, retry, cancel, release."""


@promises.command("list")
@click.option("--state", type=click.Choice(sorted(TRANSITIONS)), help="Only promises in this state.")
@click.option("--kind", type=click.Choice(["message", "notice", "callback", "service_request"]), help="Only promises of this kind.")
@click.option("--call", "call_id", default="", help="Only promises of this call.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="How many, newest first.")
@AS_JSON
def list_(state: str | None, kind: str | None, call_id: str, limit: int, as_json: bool) -> None:
    """List promises, the newest first."""
    with _tools() as tools:
        rows = tools.desk.listed(kind=kind or "", state=state or "", call_id=call_id, limit=limit)
    if as_json:
        click.echo(json.dumps({"promises": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['state']:10} {row['kind']:16} {row['name']:10} {row['due_at'][:16]} {row['reference'] or '-':9} "
                   f"{','.join(row['to']) or '-':30} {row['key']}")
    if not rows:
        click.echo("no such promises")


@promises.command()
@click.argument("name")
@AS_JSON
def show(name: str, as_json: bool) -> None:
    """Show one promise, by its key or reference number, with its history."""
    with _tools() as tools:
        found = tools.desk.show(name)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for label, value in found.items():
        if label not in ("history", "explained", "attempts") and value not in (None, "", [], {}):
            click.echo(f"{label:12} {value}")
    for attempt in found["attempts"]:
        click.echo(f"  round {attempt['round']}, number {attempt['number']}: {attempt['at'][:16]} {attempt['result']}")
    for line in found["history"]:
        click.echo(f"  {line['at'][:19]} {line['state']:10} {line['note']}")
    click.echo(found["explained"])


@promises.command()
@click.argument("name")
@AS_JSON
def explain(name: str, as_json: bool) -> None:
    """Say in plain words why a promise is where it is, what happens next, and when."""
    with _tools() as tools:
        words = tools.desk.explain(name)
    click.echo(json.dumps({"explained": words}, ensure_ascii=False) if as_json else words)


@promises.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--for-hours", default=24.0, show_default=True, type=click.FloatRange(0.01, 1440), help="How long it may be tried.")
@AS_JSON
def retry(names: tuple[str, ...], for_hours: float, as_json: bool) -> None:
    """Take up again what failed, expired or was not reached."""
    _act("retry", names, as_json, for_hours=for_hours)


@promises.command()
@click.argument("names", nargs=-1, required=True)
@AS_JSON
def cancel(names: tuple[str, ...], as_json: bool) -> None:
    """Call promises off. What is being sent cannot be called off any more."""
    _act("cancel", names, as_json)


@promises.command()
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is held.")
@AS_JSON
def release(names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Let go of promises that are held after a restore."""
    if everything == bool(names):
        raise click.UsageError("name promises, or give --all")
    if everything:
        with _tools() as tools:
            names = tuple(r["key"] for r in tools.desk.listed(state="held", limit=500))
    _act("release", names, as_json)


@promises.command()
@click.argument("names", nargs=-1, required=True)
@AS_JSON
def done(names: tuple[str, ...], as_json: bool) -> None:
    """Note that people have kept promises that were theirs to keep."""
    _act("done", names, as_json)


@promises.command()
@click.argument("value", type=click.Choice(["on", "off"]), required=False)
@AS_JSON
def overtime(value: str | None, as_json: bool) -> None:
    """Allow promised calls outside office hours, or show whether they are. Never before 8 or after 21 where the caller is."""
    from ivr.store.switches import OVERTIME

    with _tools() as tools:
        if value:
            tools.switches.set(OVERTIME, value, _who(), tools.clock.now())
        row = tools.switches.get(OVERTIME) or {"value": "off", "by": "-", "at": "-"}
    shown = {"overtime": row["value"], "by": row["by"], "at": row["at"]}
    click.echo(json.dumps(shown) if as_json else f"overtime is {row['value']} (by {row['by']}, {row['at'][:16]})")


@promises.command()
@AS_JSON
def plan(as_json: bool) -> None:
    """Plan all promised calls anew: after a change of holidays, hours or capacity. Runs every night by itself."""
    with _tools() as tools:
        note = tools.callbacks.recompute.run(tools.clock.now())
    click.echo(json.dumps({"note": note}) if as_json else note or "nothing had to be moved")


def _act(what: str, names: tuple[str, ...], as_json: bool, **more: Any) -> None:
    with _tools() as tools:
        rows = [tools.desk.act(what, name, _who(), **more) for name in names]
    if as_json:
        click.echo(json.dumps({"promises": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['key']} is {row['state']} now. {row['explained']}")


def _who() -> str:
    try:
        return f"cli:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "cli"


@contextmanager
def _tools() -> Iterator[Any]:
    from ivr.runtime.promise_tools import PromiseTools

    logs.configure("error")
    tools = PromiseTools(config.load())
    try:
        yield tools
    finally:
        tools.close()
