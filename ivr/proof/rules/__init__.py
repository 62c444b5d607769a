"""One file a node kind: how control can move through it, stage by stage. Pure.

A rule says independently of the engine what the engine may do; that the engine never does anything else is tested with
random callers. Importing this package fills `RULES`.
"""

from ivr.proof.rules import answers, doors, messages, silent, values  # noqa: F401  (they fill RULES)
from ivr.proof.rules.registry import RULES

__all__ = ["RULES"]
