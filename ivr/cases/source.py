"""The connector to a case system: one small Protocol, a registry of its implementations, and the record that each gives.

A source finds one case by its receipt number and decides nothing: whether the caller may hear of it is `cases.identity`'s,
how often somebody may try is `cases.guesses`'. To connect another system, write a module beside `http_source`, register a
function with `@case_source("name")` and import it in `cases.sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ivr.sensitive import Sensitive


@dataclass(frozen=True, slots=True)
class CaseRecord:
    receipt: Sensitive
    form: str = ""
    """As the source writes it, such as N400 or I-130."""
    submitted_on: date | None = field(default=None, repr=False)
    changed_on: date | None = field(default=None, repr=False)
    status_en: str = field(default="", repr=False)
    """The source's own short words for where the case stands: read by `cases.stages`, never spoken."""
    status_es: str = field(default="", repr=False)
    answers: Mapping[str, Sensitive] = field(default_factory=dict)
    """Question (the name of a flow's slot) -> the right answer, in the slot's own form: an ISO date, digits. Empty where the
    source keeps none; nobody can be verified by it then."""
    representatives: tuple[Sensitive, ...] = ()
    """Telephone numbers (E.164) of those whom a Form G-28 on file in this case names."""


class CaseSource(Protocol):
    def find(self, receipt: Sensitive, deadline_s: float) -> CaseRecord | None:
        """The case, or None when the source says that there is none. Safe to call from several threads. Raises Unavailable
        within about `deadline_s` whatever the other side does; its message holds nothing of the case."""

    def close(self) -> None: ...


Build = Callable[[Any], CaseSource]
SOURCES: dict[str, Build] = {}
"""Name of the setting IVR_CASES_SOURCE -> how it is built from the settings."""


def case_source(name: str) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        SOURCES[name] = build
        return build
    return register
