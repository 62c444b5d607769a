"""`ivr graph BUNDLE`: draw the flows of a bundle, one picture each.

Exit code 0 when it is drawn, 1 when the bundle does not load, 2 when the command was misused.
"""

from __future__ import annotations

from pathlib import Path

import click

from ivr.cli.bundle_source import loaded
from ivr.flow.suggest import hint_for
from ivr.picture.charting import chart_of
from ivr.picture.formats import FORMATS


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--flow", "name", help="Only this flow.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="svg", show_default=True)
@click.option("--lang", "language", help="Language of the words in the picture; the bundle's first one by default.")
@click.option("--out", default="-", show_default=True, help="Folder for FLOW.svg (or .dot, .mmd); - prints the picture of one flow.")
def graph(bundle: Path, name: str | None, form: str, language: str | None, out: str) -> int:
    """Draw the bundle in folder BUNDLE: what callers hear at each node, and where each of their answers leads."""
    ours = loaded(bundle)
    language = _one_of(language or ours.default_language, ours.languages, "language")
    names = [_one_of(name, ours.flows, "flow")] if name else list(ours.flows)
    if out == "-" and len(names) > 1:
        raise click.UsageError(f"this bundle has {len(names)} flows ({', '.join(names)}); choose one with --flow, or a folder with --out")
    extension, write = FORMATS[form]
    for flow in names:
        text = write(chart_of(ours, ours.flows[flow], language))
        if out == "-":
            click.echo(text, nl=False)
        else:
            click.echo(_written(Path(out), f"{flow}.{extension}", text))
    return 0


def _one_of(word: str, known: object, what: str) -> str:
    names = list(known)  # type: ignore[call-overload]
    if word not in names:
        raise click.UsageError(f'this bundle has no {what} "{word}"; {hint_for(word, names, f"{what}s")}')
    return word


def _written(folder: Path, name: str, text: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write {folder / name}: {error.strerror}") from None
    return folder / name
