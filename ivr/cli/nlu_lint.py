"""`ivr nlu lint BUNDLE`: phrases that teach two things at once, and intents that are taught too little.

Exit code 0 without errors, 1 when there are some (with --strict, also when there are warnings), 2 when misused.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from ivr.cli.bundle_source import loaded
from ivr.cli.nlu_shared import cache_option, chosen_encoder, encoder_options


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings fail as well.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@cache_option
@encoder_options
def lint(bundle: Path, strict: bool, as_json: bool, cache_dir: Path, models_dir: Path, words_only: bool) -> int:
    """Find duplicates, near-duplicates across intents, and thin or one-language intents."""
    from ivr.nlu.embeddings import Embeddings
    from ivr.nlu.lint import findings

    ours = loaded(bundle)
    encoder = chosen_encoder(models_dir, words_only)
    found = findings(ours, Embeddings(encoder, cache_dir) if encoder else None)
    errors = sum(f.is_error for f in found)
    if as_json:
        click.echo(json.dumps({"findings": [asdict(f) for f in found], "errors": errors}, ensure_ascii=False))
    else:
        for f in found:
            click.echo(f"{'error' if f.is_error else 'warning'}[{f.kind}] {f.intent}: {f.says}")
        click.echo(f"{errors} errors, {len(found) - errors} warnings")
    return 1 if errors or (strict and found) else 0
