"""What a transcript is once it was read, and what a run of it gave. Plain data. Pure.

`reading` makes transcripts, `play` makes runs, `suite`, `report` and `coverage` read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ivr.dialog import actions as act
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.flow.mark import NOWHERE, Mark
from ivr.transcripts.shape import CallerShape, ExpectShape, TurnShape

AS_WRITTEN = "as written"
_ANYBODY = CallerShape()


@dataclass(frozen=True, slots=True)
class Turn:
    """One item of `turns:`."""

    number: int
    """Counts from 1."""
    shape: TurnShape
    mark: Mark

    @property
    def is_heard(self) -> bool:
        """Whether it listens (hear, not_hear) instead of doing something."""
        return bool(self.shape.hear or self.shape.not_hear)


@dataclass(frozen=True, slots=True)
class Variant:
    """What a test says of one variant; empty for one that runs of itself."""

    name: str
    expect: ExpectShape | None = None
    turns: tuple[Turn, ...] = ()
    """The whole call, those of the test before `from` included; empty when the test's own stay."""
    at: datetime | None = None
    lookups: Mapping[str, str] = field(default_factory=dict)
    asked_for: bool = False
    """The test names it: then it has to apply."""
    mark: Mark = NOWHERE


@dataclass(frozen=True, slots=True)
class Transcript:
    name: str
    """Path below tests/, without .yaml: what `ivr test BUNDLE NAME` takes."""
    file: str
    title: str
    at: datetime
    """Aware."""
    line: str
    languages: tuple[str, ...]
    """The call is made once in each."""
    turns: tuple[Turn, ...]
    expect: ExpectShape
    variants: tuple[Variant, ...]
    caller: CallerShape = _ANYBODY
    rows: tuple[str, ...] = ()
    lookups: Mapping[str, str] = field(default_factory=dict)
    fails: frozenset[str] = frozenset()
    never_in_logs: tuple[str, ...] = ()
    mark: Mark = NOWHERE
    expect_mark: Mark = NOWHERE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a call as it was."""

    turn: int
    """Item of `turns:` it belongs to; 0 before the first."""
    who: str
    """system | caller | carrier"""
    text: str = field(repr=False)
    key: str = ""
    """Prompt key of what the system said."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a run left its transcript."""

    message: str
    turn: int = 0
    """Item of `turns:`; 0 for the end of the call."""
    mark: Mark = NOWHERE
    expected: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """One move of the caller and what it made of the call: what a variant imitates."""

    turn: int
    before: Session
    event: ev.Event
    after: Session
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    test: Transcript
    variant: str
    language: str
    session: Session
    lines: tuple[Line, ...] = ()
    answers: tuple[Answered, ...] = ()
    effects: tuple[act.SendMessage | act.MakePromise, ...] = ()
    """Messages and promises that were written down."""
    transfers: tuple[act.Transfer, ...] = ()
    queue_ends: tuple[str, ...] = ()
    events: tuple[tuple[datetime, ev.Event], ...] = ()
    """Everything that came from outside, for a replay."""
    visited: frozenset[tuple[str, str]] = frozenset()
    """(flow, node)"""
    exits: frozenset[tuple[str, str, str]] = frozenset()
    """(flow, node, outcome)"""
    failure: Failure | None = None
    not_applicable: str = ""
    """Why this variant of this call means nothing; such a run is counted and proves nothing."""
    turns: tuple[Turn, ...] = ()
    """The items that were played, for the report."""

    @property
    def ok(self) -> bool:
        return self.failure is None
