"""`ivr prompts`: render a bundle's prompts ahead of time, so that no caller waits for a voice."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from ivr.errors import IvrError
from ivr.speech.prompt_audio import PromptAudio, PromptItem
from ivr.speech.voices import choose_synthesizer


def render(items: Iterable[tuple[str, str, str]], audio: PromptAudio,
           progress: Callable[[PromptItem, int], None] | None = None) -> int:
    """Render (key, language, text) items; the number rendered. Raises Unavailable when no voice speaks."""
    return audio.render_all((PromptItem(*i) for i in items), progress)


@click.group()
def prompts() -> None:
    """The words a caller hears."""


@prompts.command("render")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--cache-dir", type=click.Path(path_type=Path, file_okay=False), envvar="IVR_PROMPT_CACHE_DIR",
              default=Path(os.environ.get("IVR_VAR_DIR", "var")) / "audio", show_default=True,
              help="Folder for the rendered sound.")
@click.option("--models-dir", type=click.Path(path_type=Path, file_okay=False), envvar="IVR_MODELS_DIR",
              default=Path("var/models"), show_default=True, help="Folder of the installed voices.")
@click.option("--recordings-dir", type=click.Path(path_type=Path, file_okay=False),
              help="Folder of human recordings, <language>/<key>.wav; they win over voices.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def render_command(bundle: Path, cache_dir: Path, models_dir: Path, recordings_dir: Path | None, as_json: bool) -> None:
    """Render every prompt of BUNDLE that has no placeholder."""
    from ivr.dialog.render import static_prompts
    from ivr.flow.load import load_bundle

    audio = PromptAudio(cache_dir, choose_synthesizer(models_dir), recordings_dir)
    seconds = 0.0

    def told(item: PromptItem, size: int) -> None:
        nonlocal seconds
        seconds += size / 8000
        if not as_json:
            click.echo(f"{item.language} {item.key}: {size / 8000:.1f} s")

    try:
        count = render(static_prompts(load_bundle(bundle)), audio, told)
    except IvrError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    finally:
        audio.close()
    summary = {"prompts": count, "seconds": round(seconds, 1), "cache_dir": str(cache_dir)}
    click.echo(json.dumps(summary) if as_json else f"{count} prompts, {seconds:.0f} s of sound, in {cache_dir}")
