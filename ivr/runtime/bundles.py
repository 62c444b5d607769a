"""The bundle new calls get, and those that running calls pinned when they began.

Two ways to know it. In production new calls begin with what was published (`store.versions`), and the folder on disk is only
the first version of an installation that has none; a folder that was damaged since takes nothing down. While trying things
out they begin with what the folder says now. `runtime.following` looks for changes of either; this module holds the result.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ivr.clock import Clock
from ivr.dialog.events import Classification
from ivr.errors import Bug, BundleProblems, ConfigProblem, Conflict
from ivr.flow.load import bundle_from_files
from ivr.flow.model import Bundle
from ivr.ops import logs
from ivr.proof.load import load_proven
from ivr.store.pinned import PinnedBundles
from ivr.store.versions import Change, Pointer, Versions

log = logs.get("bundles")


class IntentModel(Protocol):
    """What the runtime needs of an intent model; `nlu.train.model_for` makes one."""

    def classify(self, text: str, language: str) -> Classification: ...


@dataclass(frozen=True, slots=True)
class InForce:
    """What new calls begin with. Replaced whole, so that whoever reads it sees one state."""

    stable: Bundle
    canary: Bundle | None = None
    percent: int = 0
    revision: int = 0
    """Of the pointer it was made from; 0 for a folder."""


class Bundles:
    """`current` is what new calls begin with where no trial runs. `get(hash)` gives a call the bundle it began with, across
    restarts. Safe to use from several threads."""

    def __init__(self, folder: Path, env: str, pinned: PinnedBundles, clock: Clock, versions: Versions | None = None):
        """`versions`: published bundles are followed; without them the folder."""
        self.folder, self.env, self._pinned, self._clock, self.versions = folder, env, pinned, clock, versions
        self._lock = threading.Lock()
        self._known: dict[str, Bundle] = {}
        self._in_force = self._first() if versions else InForce(self.keep(load_proven(folder, env)))

    # -- what calls ask -----------------------------------------------------------------------------------------

    @property
    def current(self) -> Bundle:
        return self._in_force.stable

    @property
    def in_force(self) -> InForce:
        return self._in_force

    def for_new_call(self, call_id: str) -> Bundle:
        """The trial for its share of calls, by the call's id: a webhook that comes twice gets the same."""
        now = self._in_force
        return now.canary if now.canary is not None and drawn(call_id, now.canary.hash) < now.percent else now.stable

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

    # -- changing it --------------------------------------------------------------------------------------------

    def keep(self, bundle: Bundle) -> Bundle:
        """In the store, so that calls which begin with it find it again."""
        self._pinned.keep(bundle.hash, bundle.id, bundle.files, self._clock.now())
        self._known[bundle.hash] = bundle
        return bundle

    def switch(self, to: InForce) -> None:
        """From now on new calls begin with this. Calls that run keep theirs."""
        self._in_force = to
        log.info("new calls begin with another bundle", bundle=to.stable.hash[:12], revision=to.revision,
                 canary=to.canary.hash[:12] if to.canary else "", percent=to.percent)

    def from_pointer(self, pointer: Pointer) -> InForce:
        canary = self.get(pointer.canary_hash) if pointer.canary_hash else None
        return InForce(self.get(pointer.hash), canary, pointer.canary_percent, pointer.revision)

    # -- at the start -------------------------------------------------------------------------------------------

    def _first(self) -> InForce:
        assert self.versions is not None
        bundle, broken = self._in_folder()
        bundle_id = bundle.id if bundle else self._only_published(broken)
        pointer = self.versions.pointer(bundle_id)
        if pointer is None and bundle is not None:
            self.keep(bundle)
            with suppress(Conflict):  # another process of this installation starts in the same moment
                self.versions.publish(bundle.id, bundle.hash, Change("server", "first start of this installation", self._clock.now()))
            pointer = self.versions.pointer(bundle_id)
        if pointer is None:
            raise Bug(f"bundle {bundle_id!r} was published and has no pointer")
        if bundle is not None and bundle.hash not in (pointer.hash, pointer.canary_hash):
            log.warning("the folder differs from the version in force, which is served: ivr publish puts it into service",
                        folder=bundle.hash[:12], bundle=pointer.hash[:12])
        return self.from_pointer(pointer)

    def _in_folder(self) -> tuple[Bundle | None, Exception | None]:
        try:
            return load_proven(self.folder, self.env), None
        except (BundleProblems, ConfigProblem, OSError) as error:
            return None, error

    def _only_published(self, broken: Exception | None) -> str:
        """A folder that does not load takes no line down where it is clear what was published."""
        ids = self.versions.bundle_ids() if self.versions else []
        if len(ids) != 1:
            raise broken or ConfigProblem("nothing is published", hint="ivr publish BUNDLE")
        log.error("the bundle's folder does not load; the published version is served", bundle=ids[0], why=str(broken))
        return ids[0]


def drawn(call_id: str, canary_hash: str) -> int:
    """0 to 99, evenly over calls, and dealt anew for each trial. Pure."""
    return int.from_bytes(hashlib.sha256(f"{canary_hash}:{call_id}".encode()).digest()[:8], "big") % 100


Prepare = Callable[[Bundle], None]
"""Gets ready what a bundle needs before calls begin with it: its intent model, the last words."""
