"""`ivr diff A B`: what callers notice of the difference between two bundles; layout, comments and order never count.

Exit code 0 when the two say the same, 1 when they do not, 2 when the command was misused or a bundle does not load.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from ivr.cli.bundle_source import folder_of
from ivr.diff.change import Side
from ivr.diff.compare import differences
from ivr.diff.report import as_json, as_text
from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.report import as_text as problems_as_text
from ivr.flow.source import read_tree
from ivr.flow.tree import plain
from ivr.proof.prove import prove


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "in_json", is_flag=True, help="Print the differences as one JSON object.")
@click.option("--env", default="development", show_default=True, help="Environment file of the bundles to read.")
def diff(old: str, new: str, in_json: bool, env: str) -> int:
    """Compare bundle OLD with bundle NEW: folders, or git:REVISION:FOLDER."""
    with ExitStack() as stack:
        sides = [_side(stack.enter_context(folder_of(name)), name, env) for name in (old, new)]
    changes = differences(*sides)
    click.echo(as_json(changes, old, new) if in_json else as_text(changes, old, new), nl=in_json)
    return 1 if changes else 0


def _side(folder: Path, name: str, env: str) -> Side:
    try:
        files = read_files(folder).files
        bundle = bundle_from_files(files, env)
    except ConfigProblem as error:
        raise click.UsageError(str(error).replace(str(folder), name)) from None
    except BundleProblems as error:
        click.echo(problems_as_text(error.problems, files, name), err=True, nl=False)
        click.echo(f"ivr diff: {name} does not load, so there is nothing to compare", err=True)
        raise click.exceptions.Exit(2) from None
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}") from None
    tests = {path.relative_to(folder).as_posix(): _content(path) for path in sorted((folder / "tests").rglob("*.yaml"))}
    rows = _content(folder / "requirements.yaml")
    found = rows.get("rows") if isinstance(rows, dict) else None
    return Side(bundle, tests, found if isinstance(found, dict) else {}, prove(bundle).case)


def _content(path: Path) -> object:
    """What a file says that calls do not run on; its bytes where it cannot be read."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    tree, problems = read_tree(data, path.name)
    return data.decode("utf-8", "replace") if problems else plain(tree)
