"""`ivr explain CODE`: what a diagnostic means, for a caller and for whoever has to repair it."""

from __future__ import annotations

import json

import click

from ivr.flow.codes import CODES
from ivr.flow.suggest import nearest


@click.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def explain(code: str | None, as_json: bool) -> int:
    """Explain a diagnostic CODE; without one, list them."""
    if code is None:
        wanted = CODES
    elif code.upper() in CODES:
        wanted = {code.upper(): CODES[code.upper()]}
    else:
        close = nearest(code.upper(), CODES)
        raise click.UsageError(f'there is no code "{code}"' + (f'; did you mean "{close}"?' if close else "; see: ivr explain"))
    if as_json:
        click.echo(json.dumps({c: {"what": w, "caller": y, "hint": h} for c, (w, y, h) in wanted.items()}, ensure_ascii=False))
    elif code is None:
        for name, (what, _, _) in wanted.items():
            click.echo(f"{name:13} {what}")
    else:
        name, (what, why, hint) = next(iter(wanted.items()))
        click.echo(f"{name}\n\n{what}\n\nFor the caller: {why}\n\nWhat to do: {hint}")
    return 0
