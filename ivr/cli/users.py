"""`ivr users`: members of staff. The first one is made here; there is no password that comes with the program.

A password is typed twice and not shown, read from standard input, or made and printed once. Every change stands in the audit.
"""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from ivr import config
from ivr.access.roles import ROLES
from ivr.clock import SystemClock
from ivr.errors import ConfigProblem
from ivr.ops import logs

AS_JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
WHY = click.option("--why", default="", help="For the audit, without personal data.")
ROLE = click.Choice(list(ROLES))
PASSWORD = (click.option("--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input."),
            click.option("--generate", is_flag=True, help="Make a password and print it once."))


@click.group()
def users() -> None:
    """Members of staff: create, list, roles, passwords, one-time codes, sessions."""


def _with_password(command: Any) -> Any:
    for option in PASSWORD:
        command = option(command)
    return command


@users.command()
@click.argument("name")
@click.option("--role", required=True, type=ROLE, help="What they may do; `ivr users roles` shows the table.")
@_with_password
@WHY
def create(name: str, role: str, from_stdin: bool, generate: bool, why: str) -> None:
    """Create a user."""
    with _staff() as staff:
        given = _password(from_stdin, generate)
        made = staff.create(name, role, given, _by(), _now(), why)
    if generate:
        click.echo(given)
    click.echo(f"{made} may sign in at /sign-in as {role}", err=True)


@users.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """Everybody, with role and last sign-in."""
    with _staff() as staff:
        rows = [{"name": u.name, "role": u.role, "disabled": u.disabled, "totp": u.totp is not None, "created_at": u.created_at,
                 "password_at": u.password_at, "signed_in_at": u.signed_in_at} for u in staff.users.all()]
    if as_json:
        click.echo(json.dumps({"users": rows}))
        return
    for row in rows:
        state = "disabled" if row["disabled"] else "one-time codes" if row["totp"] else "password only"
        click.echo(f"{row['name']:24} {row['role']:11} {state:15} last here {(row['signed_in_at'] or 'never')[:16]}")
    if not rows:
        click.echo("no users; the first: ivr users create NAME --role admin")


@users.command()
@click.argument("name")
@WHY
def disable(name: str, why: str) -> None:
    """Let a user in no more, and end their sessions."""
    with _staff() as staff:
        staff.set_disabled(name, True, _by(), _now(), why)
    click.echo(f"{name} is disabled, and signed out everywhere")


@users.command()
@click.argument("name")
@WHY
def enable(name: str, why: str) -> None:
    """Let a user in again."""
    with _staff() as staff:
        staff.set_disabled(name, False, _by(), _now(), why)
    click.echo(f"{name} is enabled")


@users.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@WHY
def role(name: str, role: str, why: str) -> None:
    """Give a user another role. Ends their sessions."""
    with _staff() as staff:
        staff.set_role(name, role, _by(), _now(), why)
    click.echo(f"{name} is {role} now")


@users.command()
@click.argument("name")
@_with_password
@WHY
def password(name: str, from_stdin: bool, generate: bool, why: str) -> None:
    """Give a user a new password. Ends their sessions."""
    with _staff() as staff:
        given = _password(from_stdin, generate)
        staff.set_password(name, given, _by(), _now(), why)
    if generate:
        click.echo(given)
    click.echo(f"{name} has a new password", err=True)


@users.command()
@click.argument("name")
@click.argument("number", default="")
@click.option("--remove", is_flag=True, help="They take callers who speak in the browser only.")
@WHY
def phone(name: str, number: str, remove: bool, why: str) -> None:
    """The telephone on which a user may take callers: NUMBER as +12025550143. Without one it is shown, but for its ends masked."""
    with _staff() as staff:
        if number or remove:
            staff.set_phone(name, "" if remove else number, _by(), _now(), why)
        user = staff.users.get(name)
    if user is None:
        raise ConfigProblem(f"there is no user {name}", hint="ivr users list shows them")
    click.echo(f"{name} may take callers on {user.phone.masked()}" if user.phone else f"{name} takes callers in the browser only")


@users.command()
@click.argument("name")
@click.option("--reset", is_flag=True, help="Take the one-time codes away, for who lost telephone and recovery codes.")
@WHY
def totp(name: str, reset: bool, why: str) -> None:
    """Whether a user has one-time codes; --reset takes them away. They are set up by their user, at /account."""
    with _staff() as staff:
        if reset:
            staff.take_totp_away(name, _by(), _now(), why)
        user = staff.users.get(name)
    if user is None:
        raise ConfigProblem(f"there is no user {name}", hint="ivr users list shows them")
    click.echo(f"{name} has {'one-time codes' if user.totp else 'no one-time codes'}")


@users.command()
@click.argument("name")
@click.option("--end", default="", help="End the session with this id, or `all`.")
@AS_JSON
@WHY
def sessions(name: str, end: str, as_json: bool, why: str) -> None:
    """Where a user is signed in; --end ends it."""
    with _staff() as staff:
        if end:
            staff.end_sessions(name, _by(), _now(), only="" if end == "all" else end, why=why)
        rows = [{"id": s.id, "begun_at": s.begun_at.isoformat(), "seen_at": s.seen_at.isoformat(), "address": s.address,
                 "browser": s.browser} for s in staff.sessions_of(name, _now())]
    if as_json:
        click.echo(json.dumps({"sessions": rows}))
        return
    for row in rows:
        click.echo(f"{row['id']}  since {row['begun_at'][:16]}  last {row['seen_at'][:16]}  {row['address']:15} {row['browser'][:60]}")
    if not rows:
        click.echo(f"{name} is signed in nowhere")


@users.command()
def roles() -> None:
    """Print the table of roles (docs/reference/roles.md)."""
    from ivr.access.roles_page import reference_markdown

    click.echo(reference_markdown(), nl=False)


# -- parts


def _password(from_stdin: bool, generate: bool) -> str:
    if from_stdin and generate:
        raise click.UsageError("give one of --password-stdin and --generate")
    if generate:
        return secrets.token_urlsafe(18)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt="Once more")


def _by() -> str:
    try:
        return f"cli:{getpass.getuser()}"[:64]
    except (KeyError, OSError):
        return "cli"


def _now() -> Any:
    return SystemClock().now()


@contextmanager
def _staff() -> Iterator[Any]:
    from ivr.access.staff import Staff
    from ivr.runtime.data_keys import open_database

    logs.configure("error")
    with open_database(config.load()) as db:
        yield Staff(db)
