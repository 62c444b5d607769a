"""knowledge/LANGUAGE.yaml and the part `escalations` of callbacks.yaml to the model. Pure. Called by `flow.parse`."""

from __future__ import annotations

from ivr.errors import Problem
from ivr.flow.complaints import key_mark, read_as
from ivr.flow.model_desk import Article, Escalation
from ivr.flow.schemas_desk import KnowledgeShape
from ivr.flow.schemas_rules import CallbacksShape
from ivr.flow.tree import Tree


def parse_knowledge(tree: Tree, problems: list[Problem]) -> dict[str, Article]:
    """Articles of one language by intent."""
    shape = read_as(KnowledgeShape, tree, problems)
    return {intent: Article(intent, a.title.strip(), a.say.strip(), (a.do or "").strip(), (a.limits or "").strip(), a.link or "",
                            key_mark(tree, ("articles", intent)))
            for intent, a in (shape.articles if shape else {}).items()}


def parse_escalations(tree: Tree, problems: list[Problem]) -> dict[str, Escalation]:
    """Mistakes of their shape were reported with the promises."""
    shape = read_as(CallbacksShape, tree, [])
    return {urgency: Escalation(urgency, e.promise, e.policy, e.queue, e.within, e.say, e.set, key_mark(tree, ("escalations", urgency)),
                                e.rows)
            for urgency, e in (shape.escalations if shape else {}).items()}
