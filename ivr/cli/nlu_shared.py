"""Options and loading that the commands of `ivr nlu` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ivr.flow.model import Bundle
from ivr.nlu.base import IntentModel
from ivr.nlu.encoder import Encoder, encoder_in, why_not
from ivr.nlu.train import is_kept, model_for

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


def learnt(bundle: Bundle, cache_dir: Path, encoder: Encoder | None) -> IntentModel:
    """The bundle's model. Learning by meaning takes a while, once, so it is said on standard error."""
    if not is_kept(bundle, cache_dir, encoder):
        click.echo("note: learning the bundle's phrases" + (", about a minute, once" if encoder else ""), err=True)
    return model_for(bundle, cache_dir, encoder)
