"""Options and loading that the commands of `ivr nlu` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import load_bundle, read_files
from ivr.flow.model import Bundle
from ivr.flow.report import as_text
from ivr.nlu.encoder import Encoder, encoder_in, why_not

csv_path = click.Path(path_type=Path, dir_okay=False)
_models_dir = click.option("--models-dir", type=click.Path(path_type=Path, file_okay=False), envvar="IVR_MODELS_DIR",
                           default=Path("var/models"), show_default=True, help="Folder of the installed models.")
_words_only = click.option("--words-only", is_flag=True, help="Without the sentence encoder, as on a machine that cannot run it.")
cache_option = click.option("--cache-dir", type=click.Path(path_type=Path, file_okay=False), default=Path("var/intents"),
                            show_default=True, help="Folder of trained models and phrase vectors.")


def encoder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return _models_dir(_words_only(command))


def chosen_encoder(models_dir: Path, words_only: bool) -> Encoder | None:
    """The encoder, or None; why there is none is said on standard error, for it costs accuracy."""
    if words_only:
        return None
    reason = why_not(models_dir)
    if reason:
        click.echo(f"note: intents by words alone: {reason}", err=True)
    return encoder_in(models_dir)


def loaded(folder: Path) -> Bundle:
    """The bundle; its problems are printed and end the command with 1."""
    try:
        return load_bundle(folder)
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
    except BundleProblems as error:
        found = read_files(folder)
        paths = {name: str(path) for name, path in found.paths.items()}
        click.echo(as_text(error.problems, found.files, str(folder), paths), err=True, nl=False)
        raise click.exceptions.Exit(1) from None
