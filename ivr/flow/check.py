"""What only a whole bundle shows and needs no search: deep menus, words that nobody hears, facts past their date. Pure.

`check` takes a bundle that loads. Called by `proof.examine`, which adds what is proven by search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ivr.errors import Problem
from ivr.flow.calendar import local
from ivr.flow.complaints import mark_at, problem
from ivr.flow.lints import lint
from ivr.flow.mark import Mark
from ivr.flow.model import Bundle
from ivr.flow.paths import path_problems
from ivr.flow.registry import KINDS
from ivr.flow.source import read_tree
from ivr.flow.standard_prompts import CALLBACK_PAGE, CALLBACK_PAGE_WORDS, CALLBACK_PROMPTS, IN_LINE_PROMPTS, STANDARD_PROMPTS, TEXT_PROMPTS


def check(bundle: Bundle, now: datetime | None = None) -> list[Problem]:
    """Problems of a bundle that loads; `now` judges review dates, which are left alone without it."""
    return sorted([*path_problems(bundle), *lint(bundle), *_unheard(bundle), *_unasked(bundle), *_stale(bundle, now)])


def _unheard(bundle: Bundle) -> Iterator[Problem]:
    """Prompts that no node, policy or promise uses."""
    used = set(STANDARD_PROMPTS) | set(CALLBACK_PROMPTS if bundle.promises else ()) | {e.else_say for e in bundle.policy.entries.values()}
    used |= {key for spec in bundle.promises.values() for key in (*spec.confirm.values(), spec.notice and spec.notice.message) if key}
    used |= set(IN_LINE_PROMPTS if any(spec.in_line for spec in bundle.promises.values()) else ())
    used |= {CALLBACK_PAGE + name for name in CALLBACK_PAGE_WORDS} if bundle.promises else set()
    used |= {key for line in bundle.lines.values() for key in TEXT_PROMPTS.get(line.channel, ())}
    used |= {topic.answer for topic in bundle.out_of_scope.values()}
    used |= {bundle.rounds.voicemail, *bundle.rounds.last_missed.values()} if bundle.rounds else set()
    used |= {key for queue in bundle.queues.values() for key in queue.wait.keys}
    used |= {escalation.say for escalation in bundle.escalations.values()}
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            used |= {*KINDS[node.kind].prompts(node.params), getattr(node.params, "message", "")}
    for prompt in bundle.prompts[bundle.default_language].values():
        if prompt.key not in used:
            yield problem(prompt.mark, "E-UNREACH", f'nothing uses prompt "{prompt.key}"', severity="warning",
                          hint="use it, or delete it in every language")


def _unasked(bundle: Bundle) -> Iterator[Problem]:
    """Intents that no question takes: what a caller says would be understood and then not served."""
    asked: set[str] = set()
    for flow in bundle.flows.values():
        for node in flow.nodes.values():
            asked |= set(getattr(node.params, "intents", ()))
            asked |= {i for choice in getattr(node.params, "choices", ()) for i in choice.intents}
    for intent in bundle.intents:
        if intent not in asked:
            yield problem(
                _intent_mark(bundle, intent),
                "E-UNREACH",
                f'no question takes intent "{intent}"',
                severity="warning",
                consequence="A caller who says it is understood, and not served.",
                hint="add it to an `ask` node, or delete it",
            )


def _intent_mark(bundle: Bundle, intent: str) -> Mark:
    file = f"intents/{bundle.default_language}.yaml"
    tree, _ = read_tree(bundle.files.get(file, b""), file)
    return mark_at(tree, ("intents", intent)) if tree else Mark(file)


def _stale(bundle: Bundle, now: datetime | None) -> Iterable[Problem]:
    if now is None:
        return
    today = local(bundle.calendar, now).date()
    for name, fact in bundle.facts.items():
        if fact.review_by and fact.review_by < today:
            yield problem(
                fact.mark,
                "W-FACT-STALE",
                f'fact "{name}" was to be reviewed by {fact.review_by.isoformat()}',
                severity="warning",
                consequence="Callers may hear something that is no longer true.",
                hint=f"compare it with its source ({fact.source or 'none given'}) and set a new review_by",
            )
