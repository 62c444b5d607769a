"""What came of a suite: text for a terminal, JSON for a program. Pure. Called by `ivr test`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ivr.flow.report import as_text
from ivr.transcripts.call_report import call_text, line_of
from ivr.transcripts.coverage import Coverage, Part
from ivr.transcripts.model import Run
from ivr.transcripts.suite import Outcome

LISTED = 10
"""Uncovered places that are listed unless all are asked for."""
IN_FULL = 8
"""Failed calls that are shown whole; of more than these one mostly needs to know that they are the same."""


def text_report(outcome: Outcome, coverage: Coverage, place: str, files: Mapping[str, bytes], *, every: bool = False) -> str:
    """`place`: path of the bundle folder; `every`: list all that is not covered, and why variants did not apply."""
    parts = [call_text(run, place) for run in outcome.failed[:IN_FULL]]
    more = [line_of(run, place) for run in outcome.failed[IN_FULL:]]
    if more:
        parts.append("\n".join(more) + "\n")
    if outcome.problems:
        parts.append(as_text(outcome.problems, files, place, {name: f"{place}/{name}" for name in files}))
    parts.append(_summary(outcome, every))
    parts.append(_coverage(coverage, place, every, listed=every or outcome.ok))
    return "\n".join(parts)


def _summary(outcome: Outcome, every: bool) -> str:
    skipped = outcome.not_applicable
    tests = len({run.test.file for run in outcome.runs})
    made = len(outcome.runs) - len(skipped)
    lines = [f"{made} run{_s(made)} of {tests} test{_s(tests)} in {outcome.seconds:.1f} s: {made - len(outcome.failed)} passed, "
             f"{len(outcome.failed)} failed; {len(skipped)} more do{'es' if len(skipped) == 1 else ''} not apply"]
    if every:
        lines += [f"  {run.test.name} · {run.variant} · {run.language}: {run.not_applicable}" for run in skipped]
    else:
        lines += [f"  {n:4} {variant}" for variant, n in sorted(Counter(run.variant for run in skipped).items())]
    return "\n".join(lines) + "\n"


def _s(n: int) -> str:
    return "" if n == 1 else "s"


def _coverage(coverage: Coverage, place: str, every: bool, *, listed: bool) -> str:
    """`listed`: with the places; after failures they would only be in the way."""
    lines = [f"covered: {_share('nodes', coverage.nodes)}, {_share('outcomes', coverage.outcomes)}"
             + (f", {_share('requirement rows', coverage.rows)}" if coverage.rows.total else "")]
    for title, part in (("nodes", coverage.nodes), ("outcomes", coverage.outcomes), ("rows without a test", coverage.rows)):
        lines += _missing(title, part, place, every) if listed else []
    return "\n".join(lines) + "\n"


def _share(name: str, part: Part) -> str:
    return f"{name} {part.covered} of {part.total} ({part.percent:.0f} %)"


def _missing(title: str, part: Part, place: str, every: bool) -> list[str]:
    shown = part.missing if every else part.missing[:LISTED]
    more = len(part.missing) - len(shown)
    lines = [f"  {place}/{m.mark.file}:{m.mark.line} {m.what}" for m in shown]
    if more:
        lines.append(f"  and {more} more: --coverage lists them")
    return [f"not covered, {title}:", *lines] if lines else []


def json_report(outcome: Outcome, coverage: Coverage, place: str) -> str:
    return json.dumps({
        "ok": outcome.ok, "runs": len(outcome.runs) - len(outcome.not_applicable), "failed": len(outcome.failed),
        "seconds": round(outcome.seconds, 3),
        "coverage": {name: _part_json(getattr(coverage, name), place) for name in ("nodes", "outcomes", "rows")},
        "failures": [_failure_json(run, place) for run in outcome.failed],
        "not_applicable": [{**_named(run), "reason": run.not_applicable} for run in outcome.not_applicable],
        "problems": [p.as_json() for p in outcome.problems]}, ensure_ascii=False, indent=2)


def _part_json(part: Part, place: str) -> dict[str, Any]:
    return {"covered": part.covered, "total": part.total,
            "missing": [{"file": f"{place}/{m.mark.file}", "line": m.mark.line, "what": m.what} for m in part.missing]}


def _named(run: Run) -> dict[str, Any]:
    return {"test": run.test.name, "variant": run.variant, "language": run.language}


def _failure_json(run: Run, place: str) -> dict[str, Any]:
    failure = run.failure
    assert failure is not None
    mark = failure.mark if failure.mark.file else run.test.mark
    return {**_named(run), "title": run.test.title, "file": f"{place}/{mark.file or run.test.file}", "line": mark.line,
            "turn": failure.turn, "message": failure.message, "expected": list(failure.expected), "heard": list(failure.heard)}
