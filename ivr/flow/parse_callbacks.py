"""callbacks.yaml to the model: what is promised, and how it is tried. Pure. Called by `flow.parse`."""

from __future__ import annotations

from datetime import time

from ivr.errors import Problem
from ivr.flow.calendar import is_due_spec
from ivr.flow.complaints import key_mark, mark_at, problem, read_as
from ivr.flow.model_promises import Notice, PromiseSpec, Rounds
from ivr.flow.schemas_rules import CallbacksShape, PromiseShape, RoundsShape
from ivr.flow.tree import Tree


def parse_callbacks(tree: Tree, problems: list[Problem]) -> dict[str, PromiseSpec]:
    shape = read_as(CallbacksShape, tree, problems)
    found = {}
    for name, spec in (shape.promises if shape else {}).items():
        if not is_due_spec(spec.due_within):
            problems.append(problem(mark_at(tree, ("promises", name, "due_within")), "E-SCHEMA",
                                    f'"{spec.due_within}" is not a time that can be promised',
                                    hint="write 30 business_days, or a range of hours such as 24h..72h"))
        problems += _kept_place(name, spec, tree)
        found[name] = _promise(name, spec, tree)
    return found


def _kept_place(name: str, spec: PromiseShape, tree: Tree) -> list[Problem]:
    if not spec.in_line:
        return []
    if spec.kind != "callback":
        return [problem(mark_at(tree, ("promises", name, "in_line")), "E-SCHEMA",
                        f'"{name}" keeps no place in a line: a {spec.kind} rings nobody',
                        hint="write kind: callback, or leave in_line out")]
    if spec.notice:
        return [problem(mark_at(tree, ("promises", name, "notice")), "E-SCHEMA", f'"{name}" cannot be announced days before',
                        consequence="Its call goes out when the caller's turn comes, and no notice would be in time.",
                        hint="leave the notice out, or in_line")]
    return []


def _promise(name: str, spec: PromiseShape, tree: Tree) -> PromiseSpec:
    notice = Notice(spec.notice.before, spec.notice.by, spec.notice.message) if spec.notice else None
    mark = mark_at(tree, ("promises", name))
    return PromiseSpec(name, spec.kind, spec.due_within, spec.confirm, mark, notice, spec.by, spec.rows, spec.in_line)


def parse_rounds(tree: Tree, problems: list[Problem]) -> Rounds | None:
    """The part `rounds`; its own mistakes were reported with the promises."""
    shape = read_as(CallbacksShape, tree, [])
    if shape is None or shape.rounds is None:
        return None
    return _rounds(shape.rounds, tree, problems)


def _rounds(shape: RoundsShape, tree: Tree, problems: list[Problem]) -> Rounds:
    first, last = shape.first_missed, shape.last_missed
    near, far = _minutes(first.next_round_after) if first else (0, 0)
    if near > far:
        problems.append(problem(mark_at(tree, ("rounds", "first_missed", "next_round_after")), "E-SCHEMA",
                                f'"{first.next_round_after if first else ""}" runs backwards', hint="write 60m..90m"))
    messages = {c: key for c in ("email", "sms") if last and (key := getattr(last, c))}
    start = time.fromisoformat(shape.last_start) if shape.last_start else None
    return Rounds(shape.order, shape.max, shape.numbers, first.voicemail if first else "", (near, far), messages, start,
                  shape.overtime, key_mark(tree, ("rounds",)), shape.rows)


def _minutes(text: str) -> tuple[int, int]:
    """`60m..90m`, or `60m` for both ends."""
    ends = [int(part.removesuffix("m")) for part in text.split("..")]
    return ends[0], ends[-1]
