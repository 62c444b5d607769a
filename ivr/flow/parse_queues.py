"""queues.yaml to the model. Pure. Called by `flow.parse`."""

from __future__ import annotations

from ivr.errors import Problem
from ivr.flow.complaints import mark_at, problem, read_as
from ivr.flow.model_queues import Priority, Queue, ServiceLevel, WaitWords
from ivr.flow.schemas_queues import QueueShape, QueuesShape
from ivr.flow.tree import Tree


def parse_queues(tree: Tree, problems: list[Problem]) -> dict[str, Queue]:
    shape = read_as(QueuesShape, tree, problems)
    queues = shape.queues if shape else {}
    for name, queue in queues.items():
        _offer_and_words(tree, name, queue, problems)
    return {name: _queue(tree, name, q) for name, q in queues.items()}


def _queue(tree: Tree, name: str, q: QueueShape) -> Queue:
    level, urgent, words = q.service_level, q.priority, q.wait
    return Queue(
        name, q.tier, q.languages, q.max_wait_s, mark_at(tree, ("queues", name)), q.rows,
        ServiceLevel(level.share, level.within_s) if level else None, q.skills,
        Priority(urgent.rules, urgent.ahead_s) if urgent else None, q.handling_s, q.callback_offer_above_s,
        WaitWords(words.soon or "", words.about or "", words.more_than or "", words.tips, words.leave or "", words.offer or "")
        if words else WaitWords())


def _offer_and_words(tree: Tree, name: str, q: QueueShape, problems: list[Problem]) -> None:
    """An offer has a time and words, or neither."""
    above, words = q.callback_offer_above_s, q.wait.offer if q.wait else None
    if above is not None and words is None:
        problems.append(problem(mark_at(tree, ("queues", name, "callback_offer_above_s")), "E-SCHEMA",
                                f'queue "{name}" offers a call back and has no words for it',
                                consequence="Nobody would ever hear of it.", hint="add `wait: {offer: PROMPT}`"))
    if above is None and words is not None:
        problems.append(problem(mark_at(tree, ("queues", name, "wait", "offer")), "E-SCHEMA",
                                f'queue "{name}" has words for an offer that it never makes',
                                consequence="Nobody would ever hear of it.", hint="add `callback_offer_above_s: 300`"))
    if above is not None and above >= q.max_wait_s:
        problems.append(problem(mark_at(tree, ("queues", name, "callback_offer_above_s")), "E-TIME",
                                f'queue "{name}" offers a call back above {above} s, and nobody waits longer than {q.max_wait_s} s',
                                consequence="Most callers would be sent away before they were offered one.",
                                hint="write fewer seconds than max_wait_s"))
