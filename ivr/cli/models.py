"""`ivr models`: fetch, list and verify the speech models."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from ivr.errors import IvrError
from ivr.speech import models as store
from ivr.speech.model_catalogue import named

_dir_option = click.option(
    "--models-dir", type=click.Path(path_type=Path, file_okay=False), envvar="IVR_MODELS_DIR",
    default=Path("var/models"), show_default=True, help="Folder of the installed models.")
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")


@click.group()
def models() -> None:
    """Speech models: `whisper` (the default), `en` and `es` (Vosk)."""


@models.command()
@click.argument("names", nargs=-1)
@click.option("--from", "from_url", metavar="URL", help="Take Vosk models from this address instead.")
@_dir_option
@_json_option
def fetch(names: tuple[str, ...], from_url: str | None, models_dir: Path, as_json: bool) -> None:
    """Install models, checked against their pinned hashes. Goes on where a broken download stopped."""
    done = []
    try:
        for model in named(names):
            with _Shown() as shown:
                fresh = store.fetch(model, models_dir, shown, from_url=from_url)
            done.append({"name": model.name, "path": str(models_dir / model.name), "fetched": fresh})
            if not as_json:
                click.echo(f"{model.name}: {'installed' if fresh else 'was already installed'} "
                           f"in {models_dir / model.name}")
    except IvrError as error:
        _fail(error, as_json)
    if as_json:
        click.echo(json.dumps({"models": done}))


@models.command("list")
@_dir_option
@_json_option
def list_(models_dir: Path, as_json: bool) -> None:
    """What can be installed, and what is."""
    found = store.statuses(models_dir)
    if as_json:
        click.echo(json.dumps({"models": [asdict(s) for s in found]}))
        return
    for status in found:
        click.echo(f"{status.name:14} {'installed' if status.installed else '-':10} {status.what}")


@models.command()
@click.argument("names", nargs=-1)
@_dir_option
@_json_option
def verify(names: tuple[str, ...], models_dir: Path, as_json: bool) -> None:
    """Hash every file again. Without names: all installed models."""
    try:
        wanted = named(names) if names else [m for m in store.CATALOGUE.values() if store.is_installed(m, models_dir)]
    except IvrError as error:
        _fail(error, as_json)
    found = {m.name: store.problems(m, models_dir) for m in wanted}
    if as_json:
        click.echo(json.dumps({"models": [{"name": n, "ok": not p, "problems": p} for n, p in found.items()]}))
    else:
        for name, wrong in found.items():
            click.echo("\n".join(wrong) if wrong else f"{name}: every file is as it was installed")
        if not found:
            click.echo(f"no model is installed in {models_dir}")
    if any(found.values()):
        sys.exit(1)


def _fail(error: IvrError, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": str(error), "code": error.code}))
    click.echo(f"error: {error}", err=True)
    sys.exit(1)


class _Shown:
    """Progress on stderr: a bar on a terminal, a line for every tenth otherwise."""

    def __enter__(self) -> Callable[[str, int, int], None]:
        console = Console(stderr=True)
        self._bar = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(),
                             console=console) if console.is_terminal else None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, int] = {}
        if self._bar:
            self._bar.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def _step(self, name: str, done: int, total: int) -> None:
        if self._bar:
            if name not in self._tasks:
                self._tasks[name] = self._bar.add_task(name, total=total)
            self._bar.update(self._tasks[name], completed=done, total=total)
            return
        tenth = 10 * done // max(total, 1)
        if tenth != self._told.get(name):
            self._told[name] = tenth
            click.echo(f"{name}: {10 * tenth} %", err=True)
