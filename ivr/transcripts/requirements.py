"""Requirement rows and what shows them: facts, policy rules, callbacks, queues and lines, tests. Pure.

A row is *proved* when every sort of evidence that it asks for is there: at least one link of that sort, its tests green,
and a bundle without an error. Whether it is *performed* is what the row says of itself. Called by `ivr requirements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.transcripts.model import Run
from ivr.transcripts.requirement_rows import TEST, Row

SORTS = {"P": "policy rule", "T": "test", "F": "fact", "C": "callback rule", "S": "queue or line"}


@dataclass(frozen=True, slots=True)
class Link:
    """Something in the bundle that says of itself that it shows a row."""

    sort: str
    """P | T | F | C | S"""
    name: str
    mark: Mark
    row: str
    green: bool = True
    """False for a test that fails."""


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Row
    links: tuple[Link, ...]
    missing: tuple[str, ...]
    """In words, what keeps the row from being proved."""

    @property
    def proved(self) -> bool:
        return not self.missing


def verdicts(rows: Sequence[Row], links: Sequence[Link], *, bundle_ok: bool) -> tuple[Verdict, ...]:
    """One for each row, in their order."""
    return tuple(_verdict(row, [x for x in links if x.row == row.id], bundle_ok) for row in rows)


def _verdict(row: Row, links: Sequence[Link], bundle_ok: bool) -> Verdict:
    missing = [f"no {SORTS[sort]} names it" for sort in row.asked.check if not any(x.sort == sort for x in links)]
    missing += [f"test {x.name} fails" for x in links if not x.green]
    if not bundle_ok:
        missing.append("the bundle has errors")
    return Verdict(row, tuple(links), tuple(missing))


def strays(rows: Sequence[Row], links: Iterable[Link]) -> list[Link]:
    """Links to rows that there are not."""
    known = {row.id for row in rows}
    return [x for x in links if x.row not in known]


def links_of(bundle: Bundle, runs: Iterable[Run]) -> list[Link]:
    """Every link of the bundle and of its tests."""
    return [*_links_of_bundle(bundle), *_links_of_tests(runs)]


def _links_of_bundle(bundle: Bundle) -> Iterator[Link]:
    for name, fact in bundle.facts.items():
        yield from _each("F", f"fact {name}", fact.mark, fact.rows)
    policy = bundle.policy
    for entry in policy.entries.values():
        yield from _each("P", f"policy {entry.name}", entry.mark, entry.rows)
        for rule in entry.allow_if_any:
            yield from _each("P", f"rule {rule.id}", rule.mark, rule.rows)
    for never in policy.never:
        yield from _each("P", f"never {never.id}", never.mark, never.rows)
    for always in policy.always:
        yield from _each("P", f"always {always.id}", always.mark, always.rows)
    for spec in bundle.promises.values():
        yield from _each("C", f"promise {spec.name}", spec.mark, spec.rows)
    if bundle.rounds is not None:
        yield from _each("C", "rounds", bundle.rounds.mark, bundle.rounds.rows)
    for queue in bundle.queues.values():
        yield from _each("S", f"queue {queue.name}", queue.mark, queue.rows)
    for line in bundle.lines.values():
        yield from _each("S", f"line {line.name}", Mark("bundle.yaml"), line.rows)


def _each(sort: str, name: str, mark: Mark, rows: Iterable[str]) -> Iterator[Link]:
    yield from (Link(sort, name, mark, row) for row in rows)


def _links_of_tests(runs: Iterable[Run]) -> Iterator[Link]:
    green: dict[str, bool] = {}
    tests = {}
    for run in runs:
        tests[run.test.name] = run.test
        green[run.test.name] = green.get(run.test.name, True) and run.ok
    for name, test in tests.items():
        yield from (Link(TEST, name, test.mark, row, green[name]) for row in test.rows)
