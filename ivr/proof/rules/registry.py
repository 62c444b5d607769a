"""The registry of transition rules, by node kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rule = Callable[[Any], None]
"""Writes the moves of one node into its `Place`."""

RULES: dict[str, Rule] = {}


def rule(kind: str) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES[kind] = function
        return function
    return register
