"""The registry of node kinds: what a kind must offer, and how one announces itself. Pure.

One file a kind under `flow/kinds/`. A kind is a class with

    name        the key under which it stands in YAML
    Params      a pydantic model: its parameters, each with a description (help page, form, JSON Schema)
    outcomes(params, bundle_flows) -> tuple[str, ...]    its closed set of outcomes
    prompts(params) -> tuple[str, ...]                   prompt keys it speaks
    enter(turn), on(event, turn)                         its behaviour; see dialog.turn_draft

and a docstring, which is its help page. No central switch names a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Base of every kind's parameters: unknown keys are refused, values never coerced from another type of scalar."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NodeKind(Protocol):
    name: str
    Params: type[Params]
    DEFAULTED: tuple[str, ...]
    """Outcomes that have a built-in meaning when nothing is wired."""

    def outcomes(self, params: Any, flows: Mapping[str, Any]) -> tuple[str, ...]: ...

    def prompts(self, params: Any) -> tuple[str, ...]: ...

    def enter(self, turn: Any) -> None: ...

    def on(self, event: Any, turn: Any) -> None: ...


KINDS: dict[str, NodeKind] = {}


def node_kind(cls: type) -> type:
    """Class decorator: make the kind known under its `name`."""
    if cls.name in KINDS:
        raise ValueError(f"node kind {cls.name!r} is registered twice")
    KINDS[cls.name] = cls()
    return cls


def kind_names() -> tuple[str, ...]:
    return tuple(sorted(KINDS))


Loader = Callable[[], None]
