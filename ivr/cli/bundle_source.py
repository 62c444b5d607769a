"""A bundle by the name that a user gives: a folder, or a folder as it was in a revision of its git repository."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import load_bundle, read_files
from ivr.flow.model import Bundle
from ivr.flow.report import as_text

_YAML = ":(top,glob)**/*.yaml"


def loaded(folder: Path) -> Bundle:
    """The bundle; its problems are printed and end the command with 1."""
    try:
        return load_bundle(folder)
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
    except BundleProblems as error:
        found = read_files(folder)
        paths = {name: str(path) for name, path in found.paths.items()}
        click.echo(as_text(error.problems, found.files, str(folder), paths), err=True, nl=False)
        raise click.exceptions.Exit(1) from None


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """The folder for `name`; that of `git:REVISION:FOLDER` lives as long as the context."""
    if not name.startswith("git:"):
        yield Path(name)
        return
    _, revision, path = [*name.split(":", 2), "", ""][:3]
    if not revision or not path or revision.startswith("-"):
        raise click.UsageError(f"{name} is not git:REVISION:FOLDER, such as git:HEAD:flows/starter")
    top = Path(_git("rev-parse", "--show-toplevel").decode().strip())
    inside = (Path.cwd() / path).resolve()
    if not inside.is_relative_to(top):
        raise click.UsageError(f"{path} is not in the repository {top}")
    with tempfile.TemporaryDirectory(prefix="ivr-diff-") as temporary:
        data = _git("-C", str(top), "archive", "--format=tar", revision, "--", _YAML)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(temporary, filter="data")
        yield Path(temporary) / inside.relative_to(top)


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=True, timeout=60).stdout
    except FileNotFoundError:
        raise click.UsageError("git is not installed, so only folders can be compared") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise click.UsageError(f"git: {said[0] if said else 'failed'}") from None
