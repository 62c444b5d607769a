"""What a fuzz run found, as text. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.fuzz.tally import Outcome, Share, false_transfers, shares

_WORST = 10


def lines(outcomes: list[Outcome], costly: frozenset[str]) -> Iterator[str]:
    """Tables by kind of damage, by language, the worst intents, and the bound on false transfers."""
    for title, by in (("damage", "kind"), ("language", "language")):
        yield from _table(title, shares(outcomes, by))
    in_scope = [s for s in shares(outcomes, "intent") if not s.name.startswith("_")]
    worst = sorted(in_scope, key=lambda s: (s.right_or_confirmed / s.n, s.name))
    yield from _table(f"the {min(_WORST, len(worst))} hardest intents", worst[:_WORST])
    found = false_transfers(outcomes, costly)
    yield (f"false accepts into a transfer: {found.found} of {found.n}; with 95 % certainty at most {100 * found.at_most:.2f} % "
           f"({len(costly)} intents may lead to a person)")


def _table(title: str, rows: list[Share]) -> Iterator[str]:
    width = max([len(title), *(len(r.name) for r in rows)])
    yield f"{title:<{width}}  {'n':>5}  {'taken':>7}  {'or asked':>8}  {'wrong':>6}"
    for r in rows:
        yield (f"{r.name:<{width}}  {r.n:>5}  {100 * r.accepted_right / r.n:>6.1f}%  {100 * r.right_or_confirmed / r.n:>7.1f}%  "
               f"{100 * r.accepted_wrong / r.n:>5.1f}%")
    yield ""
