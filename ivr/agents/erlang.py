"""Erlang's formulas for a line in front of `agents` people who all take any call: B (lost calls) and C (waiting calls). Pure.

Arrivals at random (Poisson), handling times of any mean with exponential spread, nobody gives up. Load is in erlangs: calls that
would be under way at once if nobody had to wait. Called by `agents.estimate` and by the simulation, which is compared with it.
"""

from __future__ import annotations

import math


def load(calls_per_s: float, handling_s: float) -> float:
    """Erlangs."""
    return calls_per_s * handling_s


def lost(agents: int, erlangs: float) -> float:
    """Erlang B: share of the calls that would find everybody busy if no call could wait. By the recurrence, which needs no
    factorials and stays exact for hundreds of agents."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def waits(agents: int, erlangs: float) -> float:
    """Erlang C: share of the calls that have to wait. 1 where the work is more than the people can do: the line only grows."""
    if erlangs <= 0:
        return 0.0
    if erlangs >= agents:
        return 1.0
    blocked = lost(agents, erlangs)
    return blocked / (1 - erlangs / agents * (1 - blocked))


def mean_wait_s(agents: int, erlangs: float, handling_s: float) -> float:
    """Mean wait over all calls, those who wait not at all among them; infinite where the line only grows."""
    if erlangs >= agents:
        return math.inf
    return waits(agents, erlangs) * handling_s / (agents - erlangs)


def answered_within(agents: int, erlangs: float, handling_s: float, within_s: float) -> float:
    """Service level: share of the calls that are answered within so many seconds."""
    if erlangs >= agents:
        return 0.0
    return 1 - waits(agents, erlangs) * math.exp(-(agents - erlangs) * within_s / handling_s)


def needed(erlangs: float, handling_s: float, share: float, within_s: float) -> int:
    """Fewest agents with whom that share is answered within that time."""
    agents = math.floor(erlangs) + 1
    while answered_within(agents, erlangs, handling_s, within_s) < share:
        agents += 1
    return agents
