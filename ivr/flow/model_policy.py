"""What policy.yaml says: the doors with their rules, and what must never or always hold. Frozen data, pure. Part of `flow.model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow.mark import NOWHERE, Mark


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    when: str
    """Expression over finite variables."""
    source: str = ""
    mark: Mark = NOWHERE
    """Place of the expression, without its quotes."""
    rows: tuple[str, ...] = ()
    """Rows of requirements.yaml that this performs; the same at every other `rows`."""


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One named door. It is open when any rule is true; `open_when` only decides whether it is open *now*."""

    name: str
    allow_if_any: tuple[Rule, ...]
    open_when: str = ""
    else_say: str = ""
    """Prompt key with the reason spoken when the door stays shut."""
    mark: Mark = NOWHERE
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeverRule:
    id: str
    kind: str
    """transfer | promise | say | send"""
    when: str
    source: str = ""
    mark: Mark = NOWHERE
    """Place of the expression within the rule."""
    name: str = ""
    """Queue, promise, prompt or message that it speaks of; empty for all."""
    name_mark: Mark = NOWHERE
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlwaysRule:
    id: str
    form: str
    """bounded | refused | heard"""
    names: tuple[str, ...] = ()
    """Steps (refused) or prompt keys (heard), one of which is enough."""
    number: int = 0
    """Caller turns (bounded)."""
    text: str = ""
    """The sentence as it was written."""
    source: str = ""
    mark: Mark = NOWHERE
    name_marks: tuple[Mark, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    entries: Mapping[str, PolicyEntry] = field(default_factory=dict)
    never: tuple[NeverRule, ...] = ()
    always: tuple[AlwaysRule, ...] = ()
