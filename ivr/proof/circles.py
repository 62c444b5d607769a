"""Circles in which a call would turn without the caller being asked. Pure."""

from __future__ import annotations

import numpy as np

from ivr.proof.case import Case


def silent_circle(case: Case) -> np.ndarray | None:
    """The states of circles of transitions without a caller turn, or None. States that no such transition leads to, or
    from, are taken away until nothing changes; what is left goes round."""
    graph = case.graph
    silent = np.nonzero(~graph.turn)[0]
    source, target = graph.source[silent], graph.target[silent]
    while source.size:
        staying = np.isin(source, target) & np.isin(target, source)
        if staying.all():
            return np.unique(source)
        source, target = source[staying], target[staying]
    return None
