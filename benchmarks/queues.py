"""1,000 callers and 20 agents in virtual time, through the production routing: who waits how long, and is nobody lost?

    python benchmarks/queues.py [--quick] [--json OUT]

Four floors. *As Erlang has it*: everybody takes everything, nobody gives up; what comes out must be what Erlang C says.
*A working day*: two languages, urgent callers, people who give up, browsers that die. *A line for each language*: the same day
with agents of their own for each language, which is what one line for both is better than. *Places that are kept*: a day with a
little more to do than can be done, on which four in ten of those who would wait long hang up and are called at their turn.
The name is in the plural because a script called `queue` would stand in for the standard library's module of that name.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts import figures  # noqa: E402
from benchmarks.parts.figures import Figure  # noqa: E402
from benchmarks.parts.kept_floor import KeptRun  # noqa: E402
from benchmarks.parts.queue_floor import QUEUE, Caller, Day, Run, staff  # noqa: E402
from ivr.agents import erlang  # noqa: E402
from ivr.agents.estimate import Said, said  # noqa: E402
from ivr.agents.presence import Agent  # noqa: E402

WITHIN_S = 60.0
AGENTS, CALLERS = 20, 1000
HANDLING_S = 480.0
AS_ERLANG = Day(staff(AGENTS), CALLERS, warm_up=300, load=0.85, talk_s=HANDLING_S, wrap_up_s=0.0, answer_s=0.0)
WORKING_DAY = Day(staff(12, 6, 2), CALLERS, warm_up=200, load=0.9, urgent=0.1, patience_s=1200.0, browser_lives_s=3600.0)
BUSY_DAY = replace(WORKING_DAY, load=1.02, patience_s=None)
BESIDE_S = 60.0
"""Whoever is called back is compared with those who came within so long of them and stayed."""
ERLANG_RUNS, DAYS, TOLD_DAYS, KEPT_DAYS = 200, 40, 10, 10
NORMAL_95 = 1.96


def main() -> int:
    given = figures.options("A day at the queue in virtual time.").parse_args()
    erlang_runs, days, told_days, kept_days = (20, 5, 1, 2) if given.quick else (ERLANG_RUNS, DAYS, TOLD_DAYS, KEPT_DAYS)
    day, alone = runs(WORKING_DAY, days), runs(line_for_each_language(), days)
    table = [*against_erlang(runs(AS_ERLANG, erlang_runs)), *working_day(day), *compared(day, alone), *kept(kept_runs(kept_days)),
             *told("as Erlang has it", runs(replace(AS_ERLANG, estimates=True), told_days)),
             *told("a working day", runs(replace(WORKING_DAY, estimates=True), told_days))]
    figures.show("Queues", table)
    details = {"erlang_runs": erlang_runs, "days": days, "told_days": told_days, "kept_days": kept_days}
    figures.save("queues", table, given.json, quick=given.quick, details=details)
    return int(any(f.met is False for f in table))


def runs(day: Day, count: int) -> list[Run]:
    return [Run(day, seed).play() for seed in range(count)]


def kept_runs(count: int) -> list[KeptRun]:
    return [KeptRun(BUSY_DAY, seed).play() for seed in range(count)]


def line_for_each_language() -> Day:
    """As many people, shared out by how many call."""
    spanish = round(AGENTS * WORKING_DAY.spanish)
    english = [replace(a, queues=frozenset({f"{QUEUE}_en"})) for a in staff(0, AGENTS - spanish)]
    agents: tuple[Agent, ...] = (*english, *(replace(a, queues=frozenset({f"{QUEUE}_es"})) for a in staff(0, 0, spanish)))
    return replace(WORKING_DAY, agents=agents, by_language=True)


def against_erlang(played: Sequence[Run]) -> list[Figure]:
    erlangs = AS_ERLANG.load * AGENTS
    pairs: list[tuple[str, str, float, Callable[[Run], float]]] = [
        (f"answered within {WITHIN_S:.0f} s", "%", 100 * erlang.answered_within(AGENTS, erlangs, HANDLING_S, WITHIN_S),
         lambda r: 100 * service_level(r)),
        ("mean wait", "s", erlang.mean_wait_s(AGENTS, erlangs, HANDLING_S), mean_wait_s),
        ("callers who wait", "%", 100 * erlang.waits(AGENTS, erlangs),
         lambda r: 100 * statistics.fmean(c.waited_s > 0 for c in counted(r)))]
    out: list[Figure] = []
    # The days of one floor differ by chance. Further off than the 95 % interval of their mean would be a difference.
    for what, unit, predicted, of in pairs:
        mean, bound = mean_and_bound([of(r) for r in played])
        out += [Figure(f"as Erlang has it: {what}, Erlang C", predicted, unit), Figure(f"as Erlang has it: {what}, played", mean, unit),
                Figure(f"as Erlang has it: {what}, off by", abs(mean - predicted), unit, target=round(bound, 2))]
    return out


def working_day(played: Sequence[Run]) -> list[Figure]:
    first = played[0]
    everybody = [c for r in played for c in counted(r)]
    returned = [s for c in everybody for s in c.returned_after_s]
    apart, bound = mean_and_bound([mean_wait_s(r, "es") - mean_wait_s(r, "en") for r in played])
    return [
        Figure("a working day: callers, over all days", float(len(everybody))),
        Figure("a working day: lost, doubled, passed over or rung behind their end", float(sum(len(r.faults) for r in played)), "", 0),
        Figure("a working day: answered within 60 s, first day", 100 * service_level(first), "%"),
        Figure("a working day: answered within 60 s, all days", 100 * statistics.fmean(service_level(r) for r in played), "%"),
        Figure("a working day: longest wait, first day", max(c.waited_s for c in counted(first)), "s"),
        Figure("a working day: longest wait, all days", max(c.waited_s for c in everybody), "s"),
        Figure("a working day: mean wait of the urgent", statistics.fmean(c.waited_s for c in everybody if c.ticket.ahead_s), "s"),
        Figure("a working day: mean wait in English", statistics.fmean(mean_wait_s(r, "en") for r in played), "s"),
        Figure("a working day: mean wait in Spanish", statistics.fmean(mean_wait_s(r, "es") for r in played), "s"),
        Figure("a working day: languages apart, at most (95 %)", abs(apart) + bound, "s", 10),
        Figure("a working day: gave up", 100 * statistics.fmean(c.ended == "gave_up" for c in everybody), "%"),
        Figure("a working day: browsers that died in a call", float(len(returned))),
        Figure("a working day: back in the line after, longest", max(returned, default=0.0), "s", 35),
    ]


def compared(one: Sequence[Run], alone: Sequence[Run]) -> list[Figure]:
    def apart(played: Sequence[Run]) -> float:
        return statistics.fmean(abs(mean_wait_s(r, "es") - mean_wait_s(r, "en")) for r in played)

    return [Figure("a line for each language: answered within 60 s", 100 * statistics.fmean(service_level(r) for r in alone), "%"),
            Figure("a line for each language: mean wait", statistics.fmean(mean_wait_s(r) for r in alone), "s"),
            Figure("one line for both: mean wait", statistics.fmean(mean_wait_s(r) for r in one), "s"),
            Figure("a line for each language: languages apart on one day", apart(alone), "s"),
            Figure("one line for both: languages apart on one day", apart(one), "s")]


def told(floor: str, played: Sequence[Run]) -> list[Figure]:
    """What callers who had to wait were told when they came, and what became of it. Whoever gave up never found out."""
    waited = [c for r in played for c in counted(r) if c.taken_s and c.expected_s]
    bounded = [(c, most) for c in waited if (most := longest_said_s(said(c.expected_s))) is not None]
    return [Figure(f"{floor}: expected wait of those who had to, mean", statistics.fmean(c.expected_s or 0 for c in waited), "s"),
            Figure(f"{floor}: their wait, mean", statistics.fmean(c.waited_s for c in waited), "s"),
            Figure(f"{floor}: taken within what was said", 100 * statistics.fmean(c.waited_s <= most for c, most in bounded), "%",
                   70, at_least=True)]


def longest_said_s(what: Said) -> float | None:
    """The end of what was said; None where it has none."""
    return {"soon": 60.0, "about": 60.0 * what.minutes}.get(what.form)


def kept(played: Sequence[KeptRun]) -> list[Figure]:
    """Those who hung up and were called. Whoever did not answer at once is told apart: the second round comes an hour later."""
    back = [[c for c in counted(r) if r.kept.get(c.ticket.call_id) and c.ticket.call_id not in r.missed] for r in played]
    apart, bound = mean_and_bound([statistics.fmean(behind(r, called)) for r, called in zip(played, back, strict=True) if called])
    on_line = sorted(c.taken_s[0] - r.kept[c.ticket.call_id][0] for r, called in zip(played, back, strict=True) for c in called)
    name = "places that are kept"
    return [
        Figure(f"{name}: callers who hung up and were called", float(sum(len(r.kept) for r in played))),
        Figure(f"{name}: lost, doubled, passed over or rung behind their end", float(sum(len(r.faults) for r in played)), "", 0),
        Figure(f"{name}: their wait until they were taken, mean", statistics.fmean(c.waited_s for called in back for c in called), "s"),
        Figure(f"{name}: longer than those who came with them and stayed, mean", apart, "s"),
        Figure(f"{name}: the same, at most (95 %)", apart + bound, "s", 60),
        Figure(f"{name}: of it on the line, mean", statistics.fmean(on_line), "s"),
        Figure(f"{name}: of it on the line, 95 of 100", on_line[int(len(on_line) * 0.95)], "s"),
    ]


def behind(run: KeptRun, called: Sequence[Caller]) -> list[float]:
    """How much longer each of them waited than those who came at about the same time, with the same urgency, and stayed."""
    stayed = [c for c in run.callers.values() if c.ticket.call_id not in run.kept]
    out = []
    for caller in called:
        beside = [c.waited_s for c in stayed
                  if abs(c.ticket.joined_s - caller.ticket.joined_s) < BESIDE_S and c.ticket.ahead_s == caller.ticket.ahead_s]
        out += [caller.waited_s - statistics.fmean(beside)] if beside else []
    return out


# -- parts ----------------------------------------------------------------------------------------------------------


def counted(run: Run) -> list[Caller]:
    return [c for c in run.callers.values() if c.counted]


def service_level(run: Run) -> float:
    """Share answered in time of all but those who gave up before that time was over."""
    asked = [c for c in counted(run) if c.taken_s or c.waited_s > WITHIN_S]
    return statistics.fmean(bool(c.taken_s) and c.waited_s <= WITHIN_S for c in asked)


def mean_wait_s(run: Run, language: str | None = None) -> float:
    return statistics.fmean(c.waited_s for c in counted(run) if language in (None, c.ticket.language))


def mean_and_bound(values: Sequence[float]) -> tuple[float, float]:
    """Mean over independent days, and half the width of its 95 % interval."""
    return statistics.fmean(values), NORMAL_95 * statistics.stdev(values) / len(values) ** 0.5


if __name__ == "__main__":
    sys.exit(main())
