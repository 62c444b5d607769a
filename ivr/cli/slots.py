"""`ivr slots parse`: what spoken forms of a value mean, line by line; the same readers as in a call.

Exit code 0 when every line was read (whatever its status), 2 when the command was misused.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

import ivr.dialog.slots  # noqa: F401  (fills the registry)
from ivr.dialog.slots.base import SLOTS, Reading
from ivr.flow.load import load_bundle

_MAX_LINE = 20_000


@click.group()
def slots() -> None:
    """Receipt numbers, dates, telephone numbers and other values out of spoken words."""


@slots.command()
@click.option("--type", "kind", required=True, type=click.Choice(sorted(SLOTS)), help="Kind of value that is asked for.")
@click.option("--lang", "language", required=True, type=click.Choice(["en", "es"]), help="Language of the call.")
@click.option("--today", metavar="YYYY-MM-DD", help="The date at the office; default: today.")
@click.option("--forms", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="File with the form numbers that are taken, one a line; default: those of the reference bundle.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def parse(kind: str, language: str, today: str | None, forms: Path | None, as_json: bool) -> int:
    """Read spoken forms from standard input, one a line."""
    day, values = _day(today), _forms(forms) if kind == "form" or forms else ()
    for line in sys.stdin:
        spoken = line.rstrip("\r\n")
        reading = SLOTS[kind].spoken(spoken[:_MAX_LINE], language, day, values=values)
        click.echo(_json(spoken, reading) if as_json else _text(spoken, reading))
    return 0


def _json(spoken: str, reading: Reading) -> str:
    row = {"spoken": spoken, "value": reading.value or None, "status": reading.status, "problem": reading.problem or None}
    if reading.heard:
        row["heard"] = reading.heard
    return json.dumps(row, ensure_ascii=False)


def _text(spoken: str, reading: Reading) -> str:
    return f"{reading.status:10} {reading.value or reading.heard or '-':24} {reading.problem:16} {spoken}".rstrip()


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--today {text} is not a date, expected one such as 2026-03-10") from None


def _forms_of(folder: Path) -> tuple[str, ...]:
    """The list of the reference bundle; elsewhere than in its checkout, the forms that are known here."""
    if not (folder / "bundle.yaml").is_file():
        return ()
    specs = [spec for flow in load_bundle(folder).flows.values() for spec in flow.slots.values() if spec.type == "form"]
    return next((spec.values for spec in specs if spec.values), ())


def _forms(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return _forms_of(Path("flows/uscis"))
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = tuple(line.strip().upper() for line in lines if line.strip() and not line.startswith("#"))
    if not found:
        raise click.UsageError(f"{path} names no form, expected one form number a line such as I-130")
    return found
