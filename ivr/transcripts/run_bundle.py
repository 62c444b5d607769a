"""From a bundle folder to a finished suite: load, read the tests, train or take the intent model, run. Called by the two
commands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.flow.load import bundle_from_files, read_files
from ivr.flow.model import Bundle
from ivr.nlu.train import model_for
from ivr.proof.examine import Examination, examine
from ivr.transcripts.folder import Tests, chosen, read_tests
from ivr.transcripts.suite import Outcome, Wanted, run_all
from ivr.transcripts.touched import Exit


@dataclass(frozen=True, slots=True)
class Made:
    bundle: Bundle
    tests: Tests
    outcome: Outcome
    examined: Examination | None
    """What is proven of the bundle; None when that was not asked for."""

    @property
    def reachable(self) -> frozenset[Exit] | None:
        """Outcomes by which some call leaves a node; None where nothing was searched."""
        proof = self.examined.proof if self.examined else None
        return proof.case.outcomes_found if proof and proof.case else None


def run_bundle(folder: Path, names: Sequence[str], wanted: Wanted, *, models: Path | None, jobs: int = 1,
               prove: bool = True, env: str = "development") -> Made:
    """`models`: folder in which trained intent models are kept. Raises BundleProblems when the files cannot be read; a bundle
    that reads and is not proven can be called. `prove`: search it as well, for what can be reached at all."""
    files = read_files(folder).files
    bundle = bundle_from_files(files, env)
    examined = examine(files, env=env) if prove else None
    found = read_tests(folder, bundle)
    tests = chosen(found.tests, names)
    model = model_for(bundle, models)
    begun = time.perf_counter()
    runs = run_all(bundle, model, tests, wanted, jobs)
    return Made(bundle, found, Outcome(runs, found.problems, time.perf_counter() - begun), examined)
