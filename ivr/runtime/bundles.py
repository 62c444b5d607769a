"""The bundle new calls get, and those that running calls pinned when they began."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from ivr.clock import Clock
from ivr.dialog.events import Classification
from ivr.errors import Bug
from ivr.flow.load import bundle_from_files
from ivr.flow.model import Bundle
from ivr.proof.load import load_proven
from ivr.store.pinned import PinnedBundles


class IntentModel(Protocol):
    """What the runtime needs of an intent model; `nlu.train.model_for` makes one."""

    def classify(self, text: str, language: str) -> Classification: ...


class Bundles:
    """`current` is what new calls begin with. `get(hash)` gives a call the bundle it began with, across restarts."""

    def __init__(self, folder: Path, env: str, pinned: PinnedBundles, clock: Clock):
        self._pinned = pinned
        self._lock = threading.Lock()
        self.current = load_proven(folder, env)
        self._known = {self.current.hash: self.current}
        pinned.keep(self.current.hash, self.current.id, self.current.files, clock.now())

    def get(self, bundle_hash: str) -> Bundle:
        known = self._known.get(bundle_hash)
        if known is not None:
            return known
        with self._lock:
            files = self._pinned.files(bundle_hash)
            if files is None:
                raise Bug(f"bundle {bundle_hash[:12]} was pinned by a call and is not in the store")
            bundle = self._known.setdefault(bundle_hash, bundle_from_files(files))
        return bundle
