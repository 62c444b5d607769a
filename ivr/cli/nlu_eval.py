"""`ivr nlu eval BUNDLE`: cross-validated figures, the confusion matrix, gates, and what changed since the last run.

Exit code 0 when it is done and every gate is kept, 1 when a gate is not, 2 when the command was misused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ivr.cli.bundle_source import loaded
from ivr.cli.nlu_shared import cache_option, chosen_encoder, csv_path, encoder_options
from ivr.flow.model import Bundle
from ivr.nlu.encoder import Encoder

_OUT = Path("var/nlu")


@click.command("eval")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--cv", "folds", type=click.IntRange(2, 20), default=5, show_default=True, help="Folds of the cross-validation.")
@click.option("--lang", "language", help="Ask in this language only.")
@click.option("--noise", type=click.FloatRange(0, 0.9), default=0.0, show_default=True, help="Share of words that go wrong.")
@click.option("--oos", "oos_files", type=csv_path, multiple=True, help="CSV of texts that are out of scope; may be given again.")
@click.option("--holdout", type=csv_path, help="CSV text,intent (and language): ask these instead of cross-validating.")
@click.option("--gate", type=csv_path, help="YAML file of bounds that must be kept.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for report, CSV and page; var/nlu/BUNDLE by default.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@cache_option
@encoder_options
def eval_(bundle: Path, folds: int, language: str | None, noise: float, oos_files: tuple[Path, ...], holdout: Path | None,
          gate: Path | None, out: Path | None, as_json: bool, cache_dir: Path, models_dir: Path, words_only: bool) -> int:
    """Measure how well the intents of BUNDLE are understood."""
    from ivr.nlu import gates

    ours = loaded(bundle)
    if language and language not in ours.languages:
        raise click.UsageError(f"the bundle has no language {language!r}; it has {', '.join(ours.languages)}")
    bounds = gates.read(gate) if gate else {}
    encoder = chosen_encoder(models_dir, words_only)
    asking = {"noise": noise, "language": language}
    found, labels, table = _measured(ours, folds, oos_files, holdout, encoder, cache_dir, asking)
    settings = {"folds": None if holdout else folds, **asking, "encoder": encoder.name if encoder else None}
    breaches = gates.failed(bounds, found)
    folder = out or _OUT / ours.id
    changed = _kept(folder, f"{ours.id}: intents", settings, found, labels, table)
    if as_json:
        click.echo(json.dumps({**found, "settings": settings, "gates_failed": breaches, "changed": changed}, ensure_ascii=False))
    else:
        _tell(found, changed, folder)
        for sentence in breaches:
            click.echo(f"gate: {sentence}", err=True)
    return 1 if breaches else 0


def _measured(bundle: Bundle, folds: int, oos_files: tuple[Path, ...], holdout: Path | None, encoder: Encoder | None, cache_dir: Path,
              asking: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[list[int]]]:
    from ivr.nlu import evaluate
    from ivr.nlu.costly import costly_intents
    from ivr.nlu.csv_phrases import read
    from ivr.nlu.embeddings import Embeddings
    from ivr.nlu.phrases import phrases_of

    phrases, costly, first = phrases_of(bundle), costly_intents(bundle), bundle.default_language
    if len({p.label for p in phrases}) < 2:
        raise click.UsageError("the bundle has fewer than two intents: there is nothing to tell apart")
    remembered = Embeddings(encoder, cache_dir) if encoder else None
    others = {f.name: read(f, first, intent="_oos") for f in oos_files}
    if holdout:
        run = evaluate.held_out(phrases, read(holdout, first), remembered, costly, others=others, **asking)
    else:
        run = evaluate.cross_validated(phrases, folds, remembered, costly, others=others, **asking)
    return evaluate.report(run), *evaluate.confusion(run)


def _kept(folder: Path, title: str, settings: dict[str, Any], found: dict[str, Any], labels: list[str],
          table: list[list[int]]) -> list[dict[str, Any]]:
    """Write the files, and say what changed since the last run with the same settings."""
    from ivr.errors import ConfigProblem
    from ivr.nlu import confusion_page, gates

    report = folder / "eval.json"
    try:
        last = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        last = {}
    same = isinstance(last, dict) and last.get("settings") == settings
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps({**found, "settings": settings}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (folder / "confusion.csv").write_text(confusion_page.as_csv(labels, table), encoding="utf-8")
        (folder / "confusion.html").write_text(confusion_page.as_html(title, labels, table, found), encoding="utf-8")
    except OSError as error:
        raise ConfigProblem(f"{folder} cannot be written: {error.strerror}", hint="name another folder with --out") from error
    return [{"figure": n, "before": b, "after": a} for n, b, a in gates.changes(last, found)] if same else []


def _tell(found: dict[str, Any], changed: list[dict[str, Any]], folder: Path) -> None:
    say = click.echo
    say(f"accuracy {_percent(found['accuracy'])}, macro-F1 {_percent(found['macro_f1'])}, calibration error {found['ece']:.3f}, "
        f"{found['phrases']} phrases")
    for language, figures in found["languages"].items():
        say(f"  {language}: accuracy {_percent(figures['accuracy'])}, calibration error {figures['ece']:.3f}, {figures['asked']} phrases")
    for name, shares in found["three_way"].items():
        say(f"  {name}: " + ", ".join(f"{k.replace('_', ' ')} {_percent(v)}" for k, v in shares.items()))
    for name, figures in found["oos"].items():
        if figures["auroc"] is not None:
            say(f"  {name}: AUROC {figures['auroc']:.3f}, recall at 95 % accept {_percent(figures['recall_at_95_accept'])}")
    say(f"  a classification: middle {found['p50_ms']:.1f} ms, 99 of 100 within {found['p99_ms']:.1f} ms; "
        f"training {found['train_s']:.1f} s")
    for pair in found["worst_pairs"][:5]:
        say(f"  {pair['intent']} taken for {pair['taken_for']} {pair['times']} times: " + "; ".join(pair["phrases"][:2]))
    for change in [c for c in changed if not c["figure"].startswith("intents.")][:12]:
        say(f"  since the last run: {change['figure']} {change['before']:.3f} -> {change['after']:.3f}")
    say(f"matrix and report: {folder}")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
