"""Runs every transcript as written, then in its variants, in each language. Called by `ivr test` and `ivr requirements`.

A variant imitates the run as written, so it is not made where that one failed. In one process, or spread over several:
tests do not know of each other.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import ivr.transcripts.variants  # noqa: F401  (registers them)
from ivr.errors import Problem
from ivr.flow.model import Bundle
from ivr.transcripts.call import Call
from ivr.transcripts.log_watch import LogWatch
from ivr.transcripts.model import AS_WRITTEN, Failure, Run, Transcript, Variant
from ivr.transcripts.play import Stage, play
from ivr.transcripts.ranking import IntentModel, Rankings
from ivr.transcripts.touched import Touched

_WRITTEN = Variant(AS_WRITTEN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are made."""

    variants: tuple[str, ...] = ()
    """Only these, and the run as written that they need; empty for all."""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    runs: tuple[Run, ...]
    problems: tuple[Problem, ...] = ()
    """Tests that could not be read."""
    seconds: float = 0.0
    names: tuple[str, ...] = field(default=())

    @property
    def failed(self) -> tuple[Run, ...]:
        return tuple(r for r in self.runs if not r.ok)

    @property
    def not_applicable(self) -> tuple[Run, ...]:
        return tuple(r for r in self.runs if r.not_applicable)

    @property
    def ok(self) -> bool:
        return not self.failed and not any(p.severity == "error" for p in self.problems)


def run_all(bundle: Bundle, model: IntentModel, tests: Sequence[Transcript], wanted: Wanted, jobs: int = 1,
            call: Callable[..., Call] = Call) -> tuple[Run, ...]:
    """Every run, in the order of the tests. `call`: what each is made with."""
    if jobs <= 1 or len(tests) < 2 * jobs:
        return tuple(_Runs(bundle, model, wanted, call=call).of(tests))
    shares = [tests[n::jobs] for n in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = list(pool.map(_share, [(bundle, model, share, wanted, call) for share in shares]))
    order = {test.file: n for n, test in enumerate(tests)}
    return tuple(sorted((run for part in parts for run in part), key=lambda run: order[run.test.file]))


def _share(work: tuple[Bundle, IntentModel, Sequence[Transcript], Wanted, Callable[..., Call]]) -> list[Run]:
    bundle, model, tests, wanted, call = work
    return list(_Runs(bundle, model, wanted, call=call).of(tests))


class _Runs:
    def __init__(self, bundle: Bundle, model: IntentModel, wanted: Wanted, watch: Callable[[Bundle, IntentModel], LogWatch] = LogWatch,
                 call: Callable[..., Call] = Call):
        self._stage = Stage(bundle, Touched(bundle), Rankings(model), call)
        self._wanted = wanted
        self._watch = watch(bundle, model)

    def of(self, tests: Sequence[Transcript]) -> Iterator[Run]:
        with self._watch:
            for test in tests:
                for language in test.languages:
                    if not self._wanted.languages or language in self._wanted.languages:
                        yield from self._in(test, language)

    def _in(self, test: Transcript, language: str) -> Iterator[Run]:
        written = self._watched(play(self._stage, test, _WRITTEN, language, None))
        yield written
        for variant in test.variants:
            if self._wanted.variants and variant.name not in self._wanted.variants:
                continue
            if not written.ok:
                yield Run(test, variant.name, language, written.session, not_applicable="the call as written fails")
                continue
            yield self._judged(play(self._stage, test, variant, language, written), variant)

    def _judged(self, run: Run, variant: Variant) -> Run:
        """A variant that a test asks for by name has to apply."""
        if run.not_applicable and variant.asked_for:
            failure = Failure(f"the test asks for {variant.name}, which does not apply: {run.not_applicable}", 0, variant.mark)
            return dataclasses.replace(run, failure=failure, not_applicable="")
        return self._watched(run)

    def _watched(self, run: Run) -> Run:
        return self._watch.judged(run) if run.ok and not run.not_applicable and run.test.never_in_logs else run
