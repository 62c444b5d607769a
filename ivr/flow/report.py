"""Problems as text for a terminal and as JSON for an editor. Pure. Called by `ivr check` and the publish API.

    main.yaml:8:11: error[E-REF]: there is no node "chek" in this flow
        |
      8 |     next: chek
        |           ^^^^
        = caller: A caller who goes this way would hear nothing.
        = hint: did you mean "check"?
        = more: ivr explain E-REF

A problem that only a call shows has the shortest such call between the line and the notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ivr.errors import Problem

_WIDEST = 160
"""Characters of a source line that are shown."""


def as_text(problems: Sequence[Problem], files: Mapping[str, bytes], where: str,
            paths: Mapping[str, str] | None = None) -> str:
    """Every problem with its line, then a summary; `where` names the bundle, `paths` a file's place on the disk."""
    lines = {name: data.decode("utf-8", "replace").split("\n") for name, data in files.items()}
    blocks = [_block(p, lines.get(p.file, []), (paths or {}).get(p.file, p.file)) for p in problems]
    return "\n\n".join([*blocks, summary(problems, where)]) + "\n"


def as_json(problems: Sequence[Problem], where: str, bundle_hash: str, proof: Mapping[str, object]) -> str:
    """The whole examination; `proof` has states, transitions, seconds and laws (name -> whether it holds)."""
    errors, warnings = _counts(problems)
    return json.dumps(
        {"ok": not errors, "bundle": where, "bundle_hash": bundle_hash, "errors": errors, "warnings": warnings,
         "problems": [p.as_json() for p in problems], "proof": proof},
        ensure_ascii=False,
        indent=2,
    )


def summary(problems: Sequence[Problem], where: str) -> str:
    errors, warnings = _counts(problems)
    if not problems:
        return f"no problems in {where}"
    parts = [_plural(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return f"{', '.join(parts)} in {where}"


def _counts(problems: Sequence[Problem]) -> tuple[int, int]:
    errors = sum(p.severity == "error" for p in problems)
    return errors, len(problems) - errors


def _plural(n: int, word: str) -> str:
    return f"{n} {word}" + ("s" if n != 1 else "")


def _block(p: Problem, lines: list[str], path: str) -> str:
    out = [f"{path}:{p.line}:{p.column}: {p.severity}[{p.code}]: {_printable(p.message)}"]
    pad = " " * max(3, len(str(p.line)) + 2)
    if 0 < p.line <= len(lines) and lines[p.line - 1].strip():
        out += _caret(p, lines[p.line - 1], pad)
    out += [f"{pad} | {'  ' if n else ''}{_printable(line)}" for n, line in enumerate(p.call)]
    notes = (("caller", p.consequence), ("hint", p.hint), ("more", f"ivr explain {p.code}"))
    return "\n".join([*out, *(f"{pad} = {name}: {_printable(text)}" for name, text in notes if text)])


def _caret(p: Problem, line: str, pad: str) -> list[str]:
    shown = _printable(line.rstrip("\r").replace("\t", " "))
    start = min(p.column, len(shown) + 1) - 1
    cut = max(0, start + 40 - _WIDEST) if len(shown) > _WIDEST else 0
    shown, start = shown[cut:cut + _WIDEST], start - cut
    width = max(1, min(p.length, len(shown) - start))
    return [f"{pad} |", f"{p.line:>{len(pad) - 1}}  | {shown}".rstrip(), f"{pad} | {' ' * start}{'^' * width}"]


def _printable(text: str) -> str:
    """No control characters: a file must not be able to drive the terminal."""
    return "".join(c if c.isprintable() or c == " " else "\N{REPLACEMENT CHARACTER}" for c in text)
