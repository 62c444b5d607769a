"""Looks for changes of what new calls begin with, twice a second: the published pointer, or the folder while trying things out.

A change is prepared completely (bundle, intent model) before the switch, and a change that cannot be prepared changes nothing:
the line goes on with what it has, and says so in the log. While a trial runs, its figures are judged here, by whichever
server gets to it first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ivr.clock import Clock
from ivr.errors import BundleProblems, Conflict, IvrError
from ivr.flow.load import read_files
from ivr.ops import logs
from ivr.ops.metrics import Metrics
from ivr.proof.load import load_proven
from ivr.publishing import canary
from ivr.runtime.bundles import Bundles, InForce, Prepare
from ivr.store.call_outcomes import CallOutcomes
from ivr.store.versions import Change, Pointer, Versions

POLL_S = 0.5
"""Several servers see a publish within two seconds."""
log = logs.get("following")
Stamps = Mapping[Path, tuple[int, int]]


class PublishedVersions:
    """Follows the pointer of one bundle id, and judges its trial."""

    def __init__(self, bundles: Bundles, versions: Versions, outcomes: CallOutcomes, clock: Clock, prepare: Prepare):
        self._bundles, self._versions, self._outcomes = bundles, versions, outcomes
        self._clock, self._prepare = clock, prepare
        self._id = bundles.current.id
        self._failed = 0

    def look(self) -> None:
        pointer = self._versions.pointer(self._id)
        if pointer is None:
            return
        if pointer.revision not in (self._bundles.in_force.revision, self._failed):
            self._failed = pointer.revision  # until it is prepared; a revision that fails is tried once, not twice a second
            new = self._bundles.from_pointer(pointer)
            for bundle in filter(None, (new.stable, new.canary)):
                self._prepare(bundle)
            self._bundles.switch(new)
            self._failed = 0
        if pointer.canary_hash:
            self._judge(pointer)

    def _judge(self, pointer: Pointer) -> None:
        trial = self._outcomes.counts(str(pointer.canary_hash), pointer.canary_since)
        due = canary.look(trial.calls)
        if due is None or (pointer.canary_look is not None and due <= pointer.canary_look):
            return
        if not self._versions.looked(self._id, pointer, due):
            return
        stable = self._outcomes.counts(pointer.hash, pointer.canary_since)
        verdict = canary.judge(trial, stable, pointer.canary_look)
        if verdict is None:
            log.info("the trial goes on", bundle=str(pointer.canary_hash)[:12], calls=trial.calls)
            return
        log.error("the trial is stopped", bundle=str(pointer.canary_hash)[:12], why=verdict.sentence())
        try:
            self._versions.stop(self._id, Change("server", f"stopped by itself: {verdict.sentence()}", self._clock.now()), pointer)
        except Conflict:
            log.info("the trial was ended by somebody in the same moment")


class FolderChanges:
    """Follows a folder: each state of it that loads and is proven is what new calls begin with."""

    def __init__(self, bundles: Bundles, prepare: Prepare):
        self._bundles, self._prepare = bundles, prepare
        self._seen = stamps(bundles.folder)

    def look(self) -> None:
        now = stamps(self._bundles.folder)
        if now == self._seen:
            return
        self._seen = now
        try:
            bundle = load_proven(self._bundles.folder, self._bundles.env)
        except BundleProblems as error:
            for problem in error.problems[:5]:
                log.error("the edit does not load", file=f"{problem.file}:{problem.line}:{problem.column}", why=problem.message)
            return
        if bundle.hash != self._bundles.current.hash:
            self._prepare(bundle)
            self._bundles.switch(InForce(self._bundles.keep(bundle)))


def stamps(folder: Path) -> Stamps:
    """When every file of the bundle was last written, and its size; empty while it cannot be read."""
    try:
        return {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in read_files(folder).paths.values()}
    except (OSError, IvrError):
        return {}


def look_of(services: Any) -> Callable[[], None]:
    """What a server looks at: the pointer where published bundles are followed, else the folder."""
    if services.versions is None:
        return FolderChanges(services.bundles, services.prepare).look
    return PublishedVersions(services.bundles, services.versions, CallOutcomes(services.db), services.clock, services.prepare).look


class Following:
    """One thread of a server that looks again and again, whatever goes wrong in a look."""

    def __init__(self, look: Callable[[], None], metrics: Metrics):
        self._look, self._metrics = look, metrics
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="following", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(timeout_s)

    def look(self) -> None:
        try:
            self._look()
        except Exception as error:
            # The line goes on with what it has: nothing that is published, and no store that is down, may end this.
            self._metrics.following_failed.inc()
            log.error("a change of the bundle could not be taken over", exc_info=error)

    def _run(self) -> None:
        while not self._stop.wait(POLL_S):
            self.look()
