"""Folders to bundles that are examined and proven. At the rim: it reads files, and stops the clock of the collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from ivr.errors import BundleProblems, Problem
from ivr.flow.load import BundleFiles, read_files
from ivr.flow.model import Bundle
from ivr.proof.examine import Examination, examine


def load_proven(folder: Path, env: str = "development") -> Bundle:
    """The bundle in `folder`, for new calls; BundleProblems with everything that is wrong with it. Warnings let it load."""
    judged = _judged(tuple(sorted(read_files(folder).files.items())), env)
    if not isinstance(judged, Bundle):
        raise BundleProblems(list(judged))
    return judged


@lru_cache(maxsize=4)
def _judged(files: tuple[tuple[str, bytes], ...], env: str) -> Bundle | tuple[Problem, ...]:
    """The proof asks nothing but the files, so the same files are proven once: a bundle that is put back, a second server in
    one process."""
    with uncollected():
        examined = examine(dict(files), env=env)
    return examined.bundle if examined.bundle is not None and examined.ok else tuple(examined.problems)


def examine_folder(folder: Path, now: datetime | None = None, env: str = "development") -> tuple[BundleFiles, Examination]:
    """The files of a folder, and everything that can be said of them."""
    found = read_files(folder)
    with uncollected():
        return found, examine(found.files, now, env)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection, which would look through a search's states again and again (a third of the time on the
    reference bundle) and find that none of them can go."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
