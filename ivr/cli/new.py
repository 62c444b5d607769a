"""`ivr new NAME`: begin a bundle that passes `ivr check` and `ivr test`, to be changed from there.

Exit code 0 when it is written, 1 when it could not be, 2 when the command was misused.
"""

from __future__ import annotations

import importlib.resources
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from ivr.author.layout import laid_out
from ivr.author.scaffold import Wishes, scaffold, wishes
from ivr.errors import ConfigProblem
from ivr.flow.report import as_text
from ivr.proof.examine import examine

_REVIEW = timedelta(days=180)


@click.command()
@click.argument("name")
@click.option("--dir", "parent", type=click.Path(file_okay=False, path_type=Path), default=Path("flows"), show_default=True,
              help="Folder in which the bundle's folder is made.")
@click.option("--title", help="Name of the service as callers hear it; made of NAME by default.")
@click.option("--languages", default="en,es", show_default=True, help="Languages, the default one first.")
def new(name: str, parent: Path, title: str | None, languages: str) -> int:
    """Write a small bundle NAME: hours, directions, a person for those in danger; with words, policy and tests."""
    now = datetime.now(UTC)
    try:
        wanted = wishes(name, title, [word.strip() for word in languages.split(",") if word.strip()], (now + _REVIEW).date())
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
    folder = parent / name
    if folder.exists() or folder.is_symlink():
        raise click.UsageError(f"{folder} exists already; choose another name, or remove it")
    files = _files(wanted)
    problems = examine({n: data for n, data in files.items() if n.endswith(".yaml") and not n.startswith("tests/")}, now).problems
    if problems:
        click.echo(as_text(problems, files, str(folder)), err=True, nl=False)
        click.echo(f'ivr new: nothing was written; "{wanted.title}" does not fit into these words, choose another --title', err=True)
        return 1
    try:
        _write(folder, files)
    except OSError as error:
        click.echo(f"ivr new: cannot write {folder}: {error.strerror}", err=True)
        return 1
    click.echo(f"{folder}: {len(files)} files. Next: ivr check {folder} && ivr test {folder} && ivr call {folder}")
    return 0


def _files(wanted: Wishes) -> dict[str, bytes]:
    root = importlib.resources.files("ivr.author") / "templates" / "bundle"
    files = scaffold(dict(_templates(root, "")), wanted)
    return {name: laid_out(data, name) if name.endswith(".yaml") else data for name, data in files.items()}


def _templates(folder: Traversable, below: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _templates(entry, f"{below}{entry.name}/")
        elif entry.name.endswith((".yaml", ".md")):
            yield f"{below}{entry.name}", entry.read_text(encoding="utf-8")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """The whole bundle or none of it: it takes its name only when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        made = Path(temporary) / folder.name
        for name, data in files.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        made.rename(folder)
