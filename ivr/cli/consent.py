"""`ivr consent`: who agreed to be written to, in which words, and who took it back. Every change by staff is a row with a name.

Numbers and addresses are asked for and never printed: what is shown is the record of one address that the operator names.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from ivr import config
from ivr.clock import SystemClock
from ivr.dialog.slots import phone
from ivr.errors import ConfigProblem
from ivr.runtime.data_keys import box_of
from ivr.sensitive import mask
from ivr.store.consent import ALL, Consents, Entry
from ivr.store.db import Database
from ivr.store.message_statuses import Unreachable


@click.group()
def consent() -> None:
    """Show, revoke or restore the consent of one number or email address."""


@consent.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def show(address: str, as_json: bool) -> int:
    """Everything that is known of ADDRESS: answers with the wording they were given to, revocations, and by whom."""
    address, channel = _read(address)
    with _database() as db:
        rows, lost = Consents(db).history(address), Unreachable(db).code(address, channel)
        revoked = Consents(db).revoked(address, channel)
    if as_json:
        click.echo(json.dumps({"address": mask(address), "channel": channel, "revoked": revoked, "unreachable": lost, "rows": rows}))
        return 0
    click.echo(f"{mask(address)}: {'wants no messages' if revoked else 'may be written to after a yes in a call'}"
               + (f"; the provider says it cannot be reached ({lost})" if lost else ""))
    for row in rows:
        words = f" to {row['wording']} {row['wording_hash'][:12]} ({row['language']})" if row["wording"] else ""
        by = f" by {row['by']}" if row["by"] else ""
        call = f", call {row['call_id']}" if row["call_id"] else ""
        click.echo(f"{row['at']}  {row['channel']:5} {row['purpose']:6} {row['answer']:8} {row['source']}{by}{words}{call}")
    return 0


@consent.command()
@click.argument("address")
@click.option("--by", "who", default="", help="Who asks for it; default: the user of this system.")
def revoke(address: str, who: str) -> int:
    """No messages to ADDRESS any more, at once: what is promised already is not sent either."""
    return _change(address, "revoked", who)


@consent.command()
@click.argument("address")
@click.option("--by", "who", default="", help="Who asks for it; default: the user of this system.")
def restore(address: str, who: str) -> int:
    """ADDRESS wants messages again, and can be reached again. A carrier that was told STOP needs a START from the phone itself."""
    return _change(address, "resumed", who)


def _change(address: str, answer: str, who: str) -> int:
    address, channel = _read(address)
    with _database() as db:
        entry = Entry(address, channel, answer, "staff", ALL, by=who or getpass.getuser())
        news = Consents(db).change(entry, SystemClock().now())
        if answer == "resumed":
            Unreachable(db).forget(address, channel)
    click.echo(f"{mask(address)}: {answer}" if news else f"{mask(address)}: it was so already")
    return 0


def _read(address: str) -> tuple[str, str]:
    """The address as it is kept, and its channel."""
    if "@" in address:
        return address.strip().lower(), "email"
    digits = "".join(c for c in address if c.isdigit())
    number = "+" + digits if address.strip().startswith("+") else "+1" + digits[-phone.LENGTH:]
    if not phone.LENGTH <= len(digits) <= 15:
        raise ConfigProblem("that is neither a telephone number nor an email address", hint="give a number such as +12025550143")
    return number, "sms"


@contextmanager
def _database() -> Iterator[Database]:
    settings = config.load()
    db = Database(settings.database, box_of(settings))
    try:
        yield db
    finally:
        db.close()
