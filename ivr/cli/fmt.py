"""`ivr fmt [--check] PATH...`: lay bundle files out alike, with their comments; what they say is never changed.

Exit code 0 when every file is laid out now (with --check: was already), 1 when one cannot be read (with --check: or would
change), 2 when the command was misused.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from ivr.author.layout import laid_out
from ivr.errors import BundleProblems, IvrError
from ivr.flow.load import read_files
from ivr.flow.report import as_text


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name the files that would change, and exit 1 if there are any.")
def fmt(paths: tuple[Path, ...], only_check: bool) -> int:
    """Lay out the YAML files of each PATH: a file, the folder of a bundle (its prompts included), or any folder."""
    try:
        files = list(dict.fromkeys(file for path in paths for file in _files_of(path)))
        results = [_one(file, only_check) for file in files]
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from None
    refused, changed = results.count("refused"), results.count("changed")
    click.echo(_summary(len(files), changed, refused, only_check))
    return 1 if refused or (only_check and changed) else 0


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        found = set(path.rglob("*.yaml"))
        if (path / "bundle.yaml").is_file():
            found |= set(read_files(path).paths.values())
        if not found:
            raise click.UsageError(f"{path} holds no .yaml file")
        yield from sorted(found)
    else:
        raise click.UsageError(f"there is no {path}")


def _one(file: Path, only_check: bool) -> str:
    """same | changed | refused"""
    before = file.read_bytes()
    try:
        after = laid_out(before, str(file))
    except BundleProblems as error:
        click.echo(as_text(error.problems, {str(file): before}, str(file)), err=True, nl=False)
        return "refused"
    except IvrError as error:
        click.echo(f"{file}: {error}", err=True)
        return "refused"
    if after == before:
        return "same"
    if not only_check:
        _replace(file, after)
    click.echo(file)
    return "changed"


def _replace(file: Path, data: bytes) -> None:
    """Whoever reads the file sees the old text or the new one, never half of it."""
    target = file.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(name, target.stat().st_mode & 0o7777)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _summary(total: int, changed: int, refused: int, only_check: bool) -> str:
    verb = "would change" if only_check else "changed"
    parts = [f"{changed} of {total} files {verb}" if total != 1 else f"{changed} of 1 file {verb}"]
    return ", ".join(parts + ([f"{refused} cannot be laid out"] if refused else []))
