"""Reads a bundle's files and makes a `Bundle` of them. The rim of the flow package: the only module that opens files.

Called by the server at start and at publish, by the command line, and for a live call that pins older bytes.
"""

from __future__ import annotations

import os.path
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.model import Bundle
from ivr.flow.parse import is_read
from ivr.flow.references import problems_of
from ivr.flow.source import read_tree
from ivr.flow.tree import Scalar, Table

MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class BundleFiles:
    """Bytes by name within the bundle, and where each name lies on the disk."""

    files: Mapping[str, bytes]
    paths: Mapping[str, Path]


def load_bundle(folder: Path, env: str = "development") -> Bundle:
    """The bundle in `folder`; BundleProblems with every problem when it does not load."""
    return bundle_from_files(read_files(folder).files, env)


def bundle_from_files(files: Mapping[str, bytes], env: str = "development") -> Bundle:
    """The bundle whose files have these bytes. Pure."""
    reading, found = problems_of(files, env)
    if reading.bundle is None or any(p.severity == "error" for p in found):
        raise BundleProblems(found)
    return reading.bundle


def read_files(folder: Path) -> BundleFiles:
    """The bytes of a bundle folder, with its prompts wherever bundle.yaml says they are."""
    if not (folder / "bundle.yaml").is_file():
        raise ConfigProblem(
            f"{folder} is not a bundle: it has no bundle.yaml", hint="name a folder such as flows/starter"
        )
    found = {
        name: path for path in sorted(folder.rglob("*.yaml")) if is_read(name := path.relative_to(folder).as_posix())
    }
    prompts = _prompts_folder(folder)
    found |= {f"prompts/{path.name}": path for path in sorted(prompts.glob("*.yaml"))}
    if len(found) > MAX_FILES:
        raise ConfigProblem(f"{folder} holds more than {MAX_FILES} YAML files", hint="name the folder of one bundle")
    return BundleFiles({name: path.read_bytes() for name, path in found.items()}, found)


def _prompts_folder(folder: Path) -> Path:
    """`prompts:` of bundle.yaml, else ./prompts, else ../../prompts/<id>."""
    return Path(os.path.normpath(_named_folder(folder)))


def _named_folder(folder: Path) -> Path:
    tree, _ = read_tree((folder / "bundle.yaml").read_bytes(), "bundle.yaml")
    entries = tree.entries if isinstance(tree, Table) else {}
    said, name = entries.get("prompts"), entries.get("id")
    if isinstance(said, Scalar) and said.text:
        return folder / said.text
    if (folder / "prompts").is_dir():
        return folder / "prompts"
    return folder / ".." / ".." / "prompts" / (name.text if isinstance(name, Scalar) else folder.name)
