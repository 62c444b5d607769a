"""How much of a fault test runs: a little with every test run, all of it with `make faults`. Everything random has a seed."""

from __future__ import annotations

import os
import random

FULL = bool(os.environ.get("FAULTS_FULL"))
SEED = int(os.environ.get("FAULTS_SEED", "20260310"))
"""Printed by every test that throws dice; set FAULTS_SEED to see the same again."""


def amount(small: int, full: int) -> int:
    return full if FULL else small


def dice(name: str) -> random.Random:
    """Dice of one test: the same throws for the same seed, whatever ran before."""
    print(f"seed {SEED}")
    return random.Random(f"{SEED} {name}")
