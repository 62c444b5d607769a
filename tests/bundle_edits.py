"""Broken bundles as edits of good ones: (file, old words, new words). `*` as old stands for the whole file, None as new
deletes it."""

from __future__ import annotations

from pathlib import Path

from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model import Bundle

ROOT = Path(__file__).parents[1]
STARTER = ROOT / "flows" / "starter"
HARBOR = ROOT / "tests" / "data" / "bundles" / "harbor"
"""A small bundle that uses every kind, every file and every key of the language."""
Edit = tuple[str, str, str | None]


def edited(folder: Path, edits: list[Edit]) -> dict[str, bytes]:
    """The bundle's files after the edits; each edit must find its old text."""
    files = dict(read_files(folder).files)
    for name, old, new in edits:
        text = files.get(name, b"").decode("utf-8", "surrogateescape")
        assert old in text or old == "*", f"{name} no longer holds {old!r}"
        if new is None:
            del files[name]
        else:
            changed = new if old in ("*", "") else text.replace(old, new, 1)
            files[name] = changed.encode("utf-8", "surrogateescape")
    return files


def bundle_of(folder: Path, *edits: Edit) -> Bundle:
    return bundle_from_files(edited(folder, list(edits)))
