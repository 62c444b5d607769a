"""`ivr schema [NAME] [--out DIR]`: JSON Schemas of a bundle's files, for editors that complete and explain YAML.

    # yaml-language-server: $schema=../../schemas/flow.json

as the first line of a flow makes such an editor use the file that `ivr schema --out schemas` writes.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from ivr.flow.json_schema import NAMES, schema_of
from ivr.flow.suggest import hint_for


@click.command()
@click.argument("name", required=False)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write NAME.json, or all of them, into this folder.")
def schema(name: str | None, out: Path | None) -> int:
    """Print the JSON Schema of one sort of file (NAME); without a name, list them."""
    if name is not None and name not in NAMES:
        raise click.UsageError(f'there is no schema "{name}"; {hint_for(name, NAMES, "schemas")}')
    if out is not None:
        return _write(NAMES if name is None else (name,), out)
    if name is None:
        for known in NAMES:
            click.echo(f"{known:13} {schema_of(known)['title']}")
    else:
        click.echo(_text(name))
    return 0


def _write(names: tuple[str, ...], out: Path) -> int:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            (out / f"{name}.json").write_text(_text(name) + "\n", encoding="utf-8")
            click.echo(out / f"{name}.json")
    except OSError as error:
        raise click.UsageError(f"cannot write into {out}: {error.strerror}") from None
    return 0


def _text(name: str) -> str:
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False)
