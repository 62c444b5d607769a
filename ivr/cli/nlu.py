"""`ivr nlu`: measure, compare and try the understanding of intents."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ivr.cli import nlu_classify, nlu_eval, nlu_fuzz, nlu_lint
from ivr.cli.nlu_shared import chosen_encoder, csv_path, encoder_options


@click.group()
def nlu() -> None:
    """Intents: evaluate, lint and try what a bundle understands."""


@nlu.command()
@click.option("--train", "train_file", type=csv_path, required=True, help="CSV with the columns text,intent.")
@click.option("--test", "test_file", type=csv_path, required=True, help="CSV with the columns text,intent.")
@click.option("--oos", "oos_files", type=csv_path, multiple=True, help="CSV of texts that are out of scope; may be given again.")
@click.option("--lang", "language", default="en", show_default=True, help="Language of rows that do not say theirs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@encoder_options
def bench(train_file: Path, test_file: Path, oos_files: tuple[Path, ...], language: str, as_json: bool, models_dir: Path,
          words_only: bool) -> int:
    """The engine on any phrases: accuracy, calibration, three-way decisions, out of scope. Intent `_oos` is to be rejected."""
    from ivr.nlu import bench as engine
    from ivr.nlu.csv_phrases import read

    strays = {str(f): read(f, language, intent="_oos") for f in oos_files}
    found = engine.run(read(train_file, language), read(test_file, language), strays,
                       chosen_encoder(models_dir, words_only), str(test_file))
    if as_json:
        click.echo(json.dumps(found))
        return 0
    for name in ("accuracy", "ece", "train_s", "p50_ms", "p99_ms"):
        click.echo(f"{name:10} {found[name]:g}")
    for name, shares in found["three_way"].items():
        click.echo(f"{name}: " + ", ".join(f"{k} {100 * v:.1f} %" for k, v in shares.items()))
    for name, figures in found["oos"].items():
        click.echo(f"{name}: " + ", ".join(f"{k} {v}" for k, v in figures.items()))
    return 0


nlu.add_command(nlu_classify.classify)
nlu.add_command(nlu_eval.eval_)
nlu.add_command(nlu_fuzz.fuzz)
nlu.add_command(nlu_lint.lint)
