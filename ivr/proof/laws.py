"""The laws of a call, each judged on the searched bundle. Pure.

A law is a function of a `Case` that gives Problems, each with the shortest phone call that shows it. `LAWS` names them in
the order in which they are reported; the static laws (totality, facts ...) are judged by their codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ivr.errors import Problem
from ivr.flow.complaints import problem
from ivr.flow.mark import Mark
from ivr.proof.blame import Blame, closing_edge
from ivr.proof.build import HUB
from ivr.proof.case import Case
from ivr.proof.circles import silent_circle
from ivr.proof.graph import FAR
from ivr.proof.landing import unhelpful_landing
from ivr.proof.story import tell

MAX_TURNS = 12
Law = Callable[[Case], Iterator[Problem]]


def shown(case: Case, number: int, found: Problem) -> Problem:
    """The problem with its phone call."""
    story = tell(case.bundle, case.reached, number)
    turns = f"{story.turns} caller turn{'s' if story.turns != 1 else ''}"
    return replace(found, call=(f"shortest call ({turns}, {story.setting}):", *story.lines))


def _at(case: Case, number: int, mark: Mark, code: str, message: str, consequence: str, hint: str) -> Problem:
    return shown(case, number, problem(mark, code, message, consequence=consequence, hint=hint))


def _of(case: Case, law: str) -> Iterator[tuple[str, str, int, Mark]]:
    """(detail, node, state, line) of each place where a law is broken."""
    for (name, detail, _, node), number in sorted(case.broken.items(), key=lambda item: item[1]):
        if name == law:
            yield detail, node, number, Blame(case, number, law, detail).mark()


# -- doors ------------------------------------------------------------------------------------------------------------


def policy(case: Case) -> Iterator[Problem]:
    for entry, node, number, mark in _of(case, "policy"):
        yield _at(case, number, mark, "E-POLICY",
                  f'a caller who does not qualify can come to "{node}": no rule of policy "{entry}" is true there',
                  "Somebody who does not qualify would take an agent's time, or hear a promise that is not kept.",
                  "lead this way elsewhere, or change policy.yaml if such callers do qualify")


def never(case: Case) -> Iterator[Problem]:
    rules = {rule.id: rule for rule in case.bundle.policy.never}
    for rule, node, number, mark in _of(case, "never"):
        text = f"{rules[rule].kind} {rules[rule].name}".strip()
        yield _at(case, number, Blame(case, number, "never", rule).loose_rule() or mark, "E-NEVER",
                  f'at "{node}" a call can break the rule "{rule}": never {text} when {rules[rule].when}',
                  "The caller would get what policy.yaml rules out.", "lead this way elsewhere, or tighten the policy entry")


def personal_data(case: Case) -> Iterator[Problem]:
    for entry, node, number, mark in _of(case, "pii"):
        yield _at(case, number, mark, "E-PII",
                  f'a call can come to "{node}", which touches case details, although policy "{entry}" is not true',
                  "Somebody who was not verified would hear about a case.", "verify the caller on this way")


def consent(case: Case) -> Iterator[Problem]:
    for channel, node, number, _ in _of(case, "consent"):
        edge = case.edges_to(number)[-1]
        yield _at(case, number, edge.move.mark, "E-CONSENT",
                  f'"{node}" can send by {channel} although the caller never said yes to that in this call',
                  "The caller would get a message that nobody agreed to.", "take out `consent: given`, so that it is asked")


# -- what must always be ------------------------------------------------------------------------------------------------


def always(case: Case) -> Iterator[Problem]:
    rules = {rule.id: rule for rule in case.bundle.policy.always}
    for rule, node, number, mark in _of(case, "refused"):
        yield _at(case, number, mark, "E-ALWAYS",
                  f'a call can end at "{node}" after live help was refused and no step of rule "{rule}" was offered: '
                  f"{', '.join(rules[rule].names)}", "The caller is told no, and nothing else.",
                  "name a fact with such a step where the refusal is spoken, or offer a link")
    for rule, node, number, mark in _of(case, "heard"):
        yield _at(case, number, mark, "E-ALWAYS",
                  f'a call can be transferred at "{node}" without hearing one of {", ".join(rules[rule].names)} (rule "{rule}")',
                  "The caller waits for an agent without having been told what to expect.",
                  f"say {rules[rule].names[0]} on the way")
    for number, mark in unhelpful_landing(case):
        yield _at(case, number, mark, "E-ALWAYS", "the safe landing offers no real next step before it asks or ends",
                  "A caller whom nothing helped would be sent away with nothing.",
                  "name facts with a step in what the safe landing says")


# -- ends -------------------------------------------------------------------------------------------------------------


def no_dead_end(case: Case) -> Iterator[Problem]:
    """From every state some end with a real next step can be reached, without a command."""
    stuck = np.nonzero(case.turns_left >= FAR)[0]
    stuck = stuck[[_counts(case, int(n)) for n in stuck]] if stuck.size else stuck
    if not stuck.size:
        return
    first, step = int(stuck[0]), " with a real next step" if case.wants_steps else ""
    way = case.edges_to(first)
    circle = silent_circle(case)
    mark = closing_edge(case, circle) if circle is not None else way[-1].move.mark if way else closing_edge(case, stuck)
    node = case.spot(first).node
    yield _at(case, first, mark if mark.file else case.node(case.spot(first)).mark, "E-DEAD",
              f'from "{node}" no way leads to an end{step}', "A caller who comes here never gets away.",
              "lead one of the ways on from here to an `end` node")


def bounded(case: Case) -> Iterator[Problem]:
    circle = silent_circle(case)
    if circle is not None:
        names = list(dict.fromkeys(case.spot(int(n)).node for n in circle))
        yield _at(case, int(min(circle)), closing_edge(case, circle), "E-LOOP",
                  f"a call can go round and round without a question: {' -> '.join([*names, names[0]])}",
                  "The caller would never be asked anything again.", "put a question into the circle, or lead it elsewhere")
    limit = min([MAX_TURNS, *(r.number for r in case.bundle.policy.always if r.form == "bounded")])
    left = case.turns_left
    far = np.nonzero((left > limit) & (left < FAR))[0]
    if far.size:
        first = int(far[0])
        yield _at(case, first, case.node(case.spot(first)).mark, "E-LOOP",
                  f'from "{case.spot(first).node}" an end is {left[first]} caller turns away; {limit} are allowed',
                  "The caller would be kept on the line for too long.", "give a shorter way out")


def _counts(case: Case, number: int) -> bool:
    """A state of the call itself: not an end, a broken law, or a command on its way, which have no way on of their own."""
    return not case.spot(number).stage.startswith(("ended:", "broken:", HUB))


LAWS: dict[str, Law] = {"policy": policy, "never": never, "always": always, "personal_data": personal_data, "consent": consent,
                        "no_dead_end": no_dead_end, "bounded": bounded}
