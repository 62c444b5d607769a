"""Broken bundles for the golden files: a name, which begins with its code, and the edits that break a good bundle."""

from __future__ import annotations

from pathlib import Path

from tests.broken import desk, graph, names, policies, proof, shapes, speech, words, yaml_traps
from tests.bundle_edits import HARBOR, STARTER, Edit

BROKEN: dict[str, tuple[Path, list[Edit]]] = {
    name: (folder, edits)
    for module in (yaml_traps, shapes, names, policies, graph, proof, words, speech, desk)
    for folder, table in ((STARTER, module.STARTER), (HARBOR, module.HARBOR))
    for name, edits in table.items()
}
