"""What a loaded flow is: nodes, where their outcomes lead, and what they inherit. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.flow.mark import NOWHERE, Mark


@dataclass(frozen=True, slots=True)
class Target:
    """Where an outcome leads: a node of the same flow, and the variables set on the way."""

    go: str
    set: Mapping[str, str] = field(default_factory=dict)
    mark: Mark = NOWHERE


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    kind: str
    params: Any
    """Instance of the kind's `Params`."""
    to: Mapping[str, Target]
    """Every wired outcome, inherited ones included after loading."""
    mark: Mark = NOWHERE
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Dotted path inside the node ("ask.intents.2", "to.other") -> place."""


@dataclass(frozen=True, slots=True)
class SlotSpec:
    type: str
    """receipt | form | date | phone | a_number | email | zip | yes_no | digits | choice"""
    sensitive: bool = True
    allow: tuple[str, ...] = ()
    """Where a sensitive value may be placed: prompt, sms, email, context."""
    protected_by: str = ""
    """Policy entry that must be true wherever it is filled, spoken or handed on; empty for none."""
    values: tuple[str, ...] = ()
    """The closed list of its values, such as the form numbers that there are; empty for any."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The one retry budget that silence and no-match share at a node."""

    retries: int = 2
    """Failed tries before the node leaves by `no_match`/`silence` (usually to a keys menu)."""
    timeout_s: float = 6.0
    number_timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Confidence:
    """Bands on the calibrated probability of the best intent."""

    accept: float | None = None
    """None: what the intent model learnt."""
    confirm: float | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a three-line node inherits. Targets name nodes of the flow that declares them."""

    retry: RetryPolicy = RetryPolicy()
    confidence: Confidence = Confidence()
    targets: Mapping[str, Mapping[str, Target]] = field(default_factory=dict)
    """kind -> outcome -> target; kind `any` applies to all."""
    language_keys: Mapping[str, str] = field(default_factory=dict)
    """Key -> language, at every question that takes one key and has no other use for it; of an entry flow, for the whole call."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Named nodes that commands and failures lead to: main_menu, agent_request, goodbye, safe_landing (required in an
    entry flow), accommodation; a sub-flow uses those of the flow the call began in."""


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    start: str
    vars: Mapping[str, tuple[str, ...]]
    """Finite variables; the first value is the initial one."""
    slots: Mapping[str, SlotSpec]
    nodes: Mapping[str, Node]
    defaults: Defaults = Defaults()
    inputs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    """Non-empty for a sub-flow."""
    file: str = ""
    protected: Mapping[str, str] = field(default_factory=dict)
    """Variable of case details -> policy entry that must be true wherever it is filled, read or handed on."""
