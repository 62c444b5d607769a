"""The table of requirement rows: text for a terminal, JSON for a program. Pure. Called by `ivr requirements`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ivr.transcripts.requirements import Link, Verdict

WIDTH = 110


def text_table(found: Sequence[Verdict], stray: Sequence[Link], place: str) -> str:
    """`place`: path of the bundle folder."""
    lines = [f"{'row':5} {'proved':6} {'performed':9}  what is asked, and what shows it"]
    for verdict in found:
        lines += _row(verdict, place)
    for link in stray:
        lines.append(f"{link.row:5} there is no such row; named by {_where(link, place)}")
    proved = sum(v.proved for v in found)
    performed = sum(v.row.asked.performed == "yes" for v in found)
    lines.append(f"{len(found)} row{'' if len(found) == 1 else 's'}: {proved} proved, {performed} performed")
    return "\n".join(lines) + "\n"


def _row(verdict: Verdict, place: str) -> Iterator[str]:
    row, asked = verdict.row, verdict.row.asked
    head = f"{row.id:5} {'yes' if verdict.proved else 'NO':6} {asked.performed:9}  "
    origin = "; ".join(part for part in (" ".join(asked.check), asked.source) if part)
    words = textwrap.wrap(f"{asked.asks} [{origin}]", WIDTH - len(head))
    yield from (f"{head if n == 0 else ' ' * len(head)}{line}" for n, line in enumerate(words))
    indent = " " * len(head)
    if verdict.links:
        names = ", ".join(f"{x.sort} {x.name}" for x in verdict.links)
        yield from textwrap.wrap(names, WIDTH, initial_indent=indent + "= ", subsequent_indent=indent + "  ")
    yield f"{indent}= performed by: {asked.by}"
    for missing in verdict.missing:
        yield f"{indent}! {missing}  ({place}/{row.mark.file}:{row.mark.line})"


def _where(link: Link, place: str) -> str:
    return f"{link.name} ({place}/{link.mark.file}:{link.mark.line})"


def json_table(found: Sequence[Verdict], stray: Sequence[Link], place: str) -> str:
    return json.dumps({
        "ok": all(v.proved for v in found) and not stray, "rows": [_json(v, place) for v in found],
        "proved": sum(v.proved for v in found), "performed": sum(v.row.asked.performed == "yes" for v in found),
        "strays": [{"row": x.row, **_link(x, place)} for x in stray]}, ensure_ascii=False, indent=2)


def _json(verdict: Verdict, place: str) -> dict[str, Any]:
    asked = verdict.row.asked
    return {"row": verdict.row.id, "asks": asked.asks, "source": asked.source, "check": list(asked.check),
            "proved": verdict.proved, "missing": list(verdict.missing), "performed": asked.performed, "by": asked.by,
            "links": [_link(x, place) for x in verdict.links]}


def _link(link: Link, place: str) -> dict[str, Any]:
    return {"sort": link.sort, "name": link.name, "file": f"{place}/{link.mark.file}", "line": link.mark.line, "green": link.green}
