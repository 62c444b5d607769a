"""Everything wrong with the files of a bundle, and what is proven when nothing is. Pure.

Called by `ivr check`, by every load of a bundle for new calls, and before a publish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.errors import Problem
from ivr.flow.check import check
from ivr.flow.model import Bundle
from ivr.flow.parse import digest
from ivr.flow.references import problems_of
from ivr.proof.laws import LAWS
from ivr.proof.prove import Proof, prove

BY_CODE = {"totality": ("E-TOTAL",), "facts": ("E-FACT", "W-FACT-STALE"), "parity": ("E-LANG", "E-CHANNEL"),
           "personal_data": ("E-PII",), "consent": ("E-CONSENT",), "reachable": ("E-UNREACH",)}
"""Laws that are judged, wholly or in part, by diagnostics that need no search."""
UNREADABLE = ("E-YAML", "E-SCHEMA", "E-REF", "E-TOTAL")
"""With these there is no whole flow to be searched; other problems are about words, and hide nothing."""
NAMES = ("totality", *LAWS, "reachable", "parity", "facts")


@dataclass(slots=True)
class Examination:
    bundle: Bundle | None
    bundle_hash: str
    problems: list[Problem]
    """Sorted by place."""
    states: int = 0
    transitions: int = 0
    laws: dict[str, bool] = field(default_factory=dict)
    proof: Proof | None = None

    @property
    def ok(self) -> bool:
        return not any(p.severity == "error" for p in self.problems)


def examine(files: Mapping[str, bytes], now: datetime | None = None, env: str = "development") -> Examination:
    """All problems in one run. The search needs a flow whose every name and outcome leads somewhere; until then no law is
    shown to hold."""
    reading, found = problems_of(files, env)
    if reading.bundle is None or any(p.severity == "error" and p.code in UNREADABLE for p in found):
        return Examination(None, digest(files), found, laws=dict.fromkeys(NAMES, False))
    proof = prove(reading.bundle)
    problems = sorted([*found, *check(reading.bundle, now), *proof.problems])
    return Examination(reading.bundle, reading.bundle.hash, problems, proof.states, proof.transitions, _laws(proof, problems), proof)


def problems_in(files: Mapping[str, bytes], now: datetime | None = None, env: str = "development") -> list[Problem]:
    return examine(files, now, env).problems


def _laws(proof: Proof, problems: list[Problem]) -> dict[str, bool]:
    codes = {p.code for p in problems if p.severity == "error" or p.code.startswith("W-FACT")}
    return {name: proof.laws.get(name, True) and not codes & set(BY_CODE.get(name, ())) for name in NAMES}
