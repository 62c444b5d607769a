"""All differences between two bundles, each told once. Pure. Called by `ivr diff`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ivr.diff.doors
import ivr.diff.hours
import ivr.diff.nodes
import ivr.diff.people
import ivr.diff.rest
import ivr.diff.rules
import ivr.diff.understood
import ivr.diff.words  # noqa: F401  (imported for their effect: they fill COMPARERS)
from ivr.diff.change import COMPARERS, GROUPS, Change, Pair, Side
from ivr.diff.meaning import meanings
from ivr.diff.renames import renamed, renames
from ivr.diff.wording import listed

_AT = 3
"""Places that are named of a change that several have."""


def differences(old: Side, new: Side) -> list[Change]:
    """In the order of GROUPS; empty if and only if the two say the same."""
    names = {f.id: renames(f, new.bundle.flows[f.id]) for f in old.bundle.flows.values() if f.id in new.bundle.flows}
    found = [Change("other", f"node {a} is called {b} now ({flow})", (("node", flow, b),), mark=new.bundle.flows[flow].nodes[b].mark)
             for flow, pairs in names.items() for a, b in pairs.items()]
    pair = Pair(replace(old, bundle=renamed(old.bundle, names)), new)
    changed = set(_changed(pair))
    if changed:
        found += [change for compare in COMPARERS for change in compare(pair)]
    told = {subject for change in found for subject in change.subjects}
    found += [Change("other", f"{' '.join(subject)} says something else now", (subject,)) for subject in sorted(changed - told)]
    order = list(GROUPS)
    return sorted(_merged(found), key=lambda change: order.index(change.group))


def _changed(pair: Pair) -> Iterator[tuple[str, ...]]:
    a, b = meanings(pair.old), meanings(pair.new)
    yield from (s for s in a.keys() | b.keys() if s not in a or s not in b or a[s] != b[s])


def _merged(changes: list[Change]) -> list[Change]:
    """Changes that differ in nothing but their place are one."""
    alike: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.group, change.text), []).append(change)
    return [_one(same) for same in alike.values()]


def _one(same: list[Change]) -> Change:
    first = same[0]
    places = list(dict.fromkeys(place for change in same for place in change.at))
    subjects = tuple(dict.fromkeys(subject for change in same for subject in change.subjects))
    return replace(first, text=first.text.replace("{at}", listed(places, _AT)), subjects=subjects)
