"""`ivr audit`: the record of what staff did. Checked, exported, and its head given out to be noted where no administrator reaches it."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from ivr import config
from ivr.access.chain import Entry
from ivr.ops import logs

COLUMNS = ("seq", "at", "who", "act", "what", "before", "after", "why", "seal")


@click.group()
def audit() -> None:
    """What staff did: verify the record, export it, note its head."""


@audit.command()
@click.option("--head", "noted", default="", help="A head that was noted before, SEQ:SEAL: it has to be in the record.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def verify(noted: str, as_json: bool) -> int:
    """Check every entry. Names the first that was changed, removed or added; exit code 1 when there is one."""
    if noted and not re.fullmatch(r"\d{1,12}:[0-9a-f]{64}", noted):
        raise click.UsageError("--head takes what `ivr audit head` printed: a number, a colon and 64 hex digits")
    with _audit() as record:
        found = record.verify(noted)
    if as_json:
        click.echo(json.dumps({"whole": found.is_whole, "entries": found.entries, "at": found.at, "what": found.what, "head": found.head}))
    elif found.is_whole:
        click.echo(f"{found.entries} entries, all as they were written; head {found.head}")
    elif found.at:
        click.echo(f"entry {found.at} was {found.what}; the {found.entries} before it are as they were written", err=True)
    else:
        click.echo(f"the head was changed; the {found.entries} entries are as they were written, and newer ones may be missing", err=True)
    return 0 if found.is_whole else 1


@audit.command()
@click.option("--after", default=0, type=click.IntRange(0), help="Only entries behind this number.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV for a spreadsheet; default: one JSON object a line.")
def export(after: int, as_csv: bool) -> int:
    """Everything as it was written, opened, with the seals."""
    with _audit() as record:
        rows = (_row(entry, seq, seal) for entry, seq, seal in record.entries(after=after))
        if as_csv:
            out = csv.writer(sys.stdout, lineterminator="\r\n")
            out.writerow(COLUMNS)
            out.writerows([_cell(row[c]) for c in COLUMNS] for row in rows)
        else:
            for row in rows:
                click.echo(json.dumps(row, ensure_ascii=False))
    return 0


@audit.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def show(limit: int) -> int:
    """The newest entries."""
    with _audit() as record:
        for entry in record.newest(limit):
            if entry is None:
                click.echo("an entry that cannot be read: run ivr audit verify")
                continue
            change = f"  {_text(entry.before)} -> {_text(entry.after)}" if entry.before is not None or entry.after is not None else ""
            click.echo(f"{entry.seq:6} {entry.at[:19]}  {entry.who:20} {entry.act:18} {entry.what}{change}  {entry.why}".rstrip())
    return 0


@audit.command()
def head() -> int:
    """Print the head, to be kept elsewhere and given to `ivr audit verify --head` later."""
    with _audit() as record:
        click.echo(record.head() or "nothing is recorded yet")
    return 0


def _row(entry: Entry | None, seq: int, seal: str) -> dict[str, Any]:
    return {**(asdict(entry) if entry else {**dict.fromkeys(COLUMNS), "why": "cannot be read"}), "seq": seq, "seal": seal}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cell(value: Any) -> str:
    """No spreadsheet takes it for a formula."""
    text = "" if value is None else _text(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0")) else text


@contextmanager
def _audit() -> Iterator[Any]:
    from ivr.access.audit import Audit
    from ivr.runtime.data_keys import open_database

    logs.configure("error")
    with open_database(config.load()) as db:
        yield Audit(db)
