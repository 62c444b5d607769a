"""`ivr nlu fuzz BUNDLE`: test sentences, damaged as recognisers damage them, and what the bundle still understands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from ivr.cli.bundle_source import loaded
from ivr.cli.nlu_shared import cache_option, chosen_encoder, csv_path, encoder_options, learnt
from ivr.flow.model import Bundle
from ivr.fuzz import report, tally
from ivr.fuzz.damage import Understand, spoken, written
from ivr.fuzz.sentences import FILE, Sentence, read_sentences
from ivr.fuzz.tally import Outcome


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--sentences", "file", type=csv_path, help=f"CSV with the columns text,intent,lang; default: the bundle's {FILE}.")
@click.option("--lang", "language", help="Only this language.")
@click.option("--share", type=click.FloatRange(0, 1), default=0.15, show_default=True, help="Share of the words that are damaged.")
@click.option("--spoken", "how_many", type=click.Choice(["none", "each", "all"]), default="each", show_default=True,
              help="Sentences that are also spoken: none, one for each intent, or all.")
@click.option("--snr", "snr_db", type=float, default=15.0, show_default=True, help="Decibels between the speech and the talk around it.")
@click.option("--loss", type=click.FloatRange(0, 0.5), default=0.02, show_default=True, help="Share of the sound that is lost on the way.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other damage.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@cache_option
@encoder_options
def fuzz(bundle: Path, file: Path | None, language: str | None, share: float, how_many: str, snr_db: float, loss: float, seed: int,
         as_json: bool, cache_dir: Path, models_dir: Path, words_only: bool) -> int:
    """Damage test sentences (homophones, lost words, words of the other language; spoken in noise with losses) and count.

    Prints how many are taken rightly or asked about rightly, by kind of damage, language and intent, and how often at worst
    a sentence that means nothing of the kind is taken for one that may lead to a person.
    """
    from ivr.fuzz.hearing import understanding
    from ivr.nlu.costly import costly_intents

    ours = loaded(bundle)
    if language and language not in ours.languages:
        raise click.UsageError(f"the bundle has no language {language!r}; it has {', '.join(ours.languages)}")
    sentences = [s for s in read_sentences(file or bundle / FILE, ours) if language in (None, s.language)]
    understand = understanding(ours, learnt(ours, cache_dir, chosen_encoder(models_dir, words_only)))
    found = list(written(sentences, understand, share, seed))
    if how_many != "none":
        found += _spoken(ours, sentences, how_many, understand, models_dir, snr_db, loss, seed)
    costly = costly_intents(ours)
    if as_json:
        click.echo(json.dumps(tally.as_json(found, costly)))
    else:
        click.echo("\n".join(report.lines(found, costly)))
    return 0


def _spoken(bundle: Bundle, sentences: list[Sentence], how_many: str, understand: Understand, models_dir: Path, snr_db: float, loss: float,
            seed: int) -> Iterator[Outcome]:
    """Nothing, and a note, where no recogniser is installed."""
    from ivr.fuzz.hearing import ear, line_for, one_each
    from ivr.speech.engines import choose, decide

    if decide("auto", models_dir).name == "twilio":
        click.echo("note: nothing is spoken: no speech model is installed; run: ivr models fetch whisper", err=True)
        return
    said = one_each(sentences) if how_many == "each" else sentences
    engine = choose("auto", models_dir)
    try:
        yield from spoken(said, line_for(bundle.languages, models_dir, snr_db, loss, seed), ear(bundle, engine), understand, seed)
    finally:
        engine.close()
