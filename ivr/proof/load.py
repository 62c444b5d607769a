"""Folders to bundles that are examined and proven. At the rim: it reads files, and stops the clock of the collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ivr.errors import BundleProblems
from ivr.flow.load import BundleFiles, read_files
from ivr.flow.model import Bundle
from ivr.proof.examine import Examination, examine


def load_proven(folder: Path, env: str = "development") -> Bundle:
    """The bundle in `folder`, for new calls; BundleProblems with everything that is wrong with it. Warnings let it load."""
    _, examined = examine_folder(folder, env=env)
    if examined.bundle is None or not examined.ok:
        raise BundleProblems(examined.problems)
    return examined.bundle


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
