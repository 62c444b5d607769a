"""A call that left its transcript, for somebody who wants to see where: transcript and call side by side. Pure.

    FAIL  biometrics/in_advance · keys_only · es
          Biometrics in advance
          flows/uscis/tests/biometrics/in_advance.yaml:17: "live_help_wait" is not heard here

        1  hear welcome               | system   welcome: USCIS, automated line.
    >   9  hear live_help_wait        | expected live_help_wait
                                      | heard    lines_closed: The lines are closed now.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ivr.transcripts.hearing import named
from ivr.transcripts.model import Failure, Run, Turn
from ivr.transcripts.play_words import words

LEFT = 36
RIGHT = 88


def as_written(turn: Turn, language: str) -> str:
    """A turn in the words of its author, on one line; what is said in one language."""
    shape = turn.shape
    if shape.hear:
        return "hear " + ", ".join(named(h) for h in shape.hear)
    if shape.not_hear:
        return "not_hear " + ", ".join(shape.not_hear)
    if shape.say:
        return f"say {words(turn, language)}"
    if shape.press:
        return f"press {shape.press}"
    if shape.queue:
        return f"queue {shape.queue}"
    if shape.email:
        return f"email {shape.email}"
    return "hangup" if shape.hangup else "silence"


def call_text(run: Run, place: str) -> str:
    """The whole failed run; `place` is where the folder of the bundle lies."""
    failure = run.failure
    assert failure is not None
    head = [f"FAIL  {run.test.name} · {run.variant} · {run.language}", f"      {run.test.title}",
            f"      {place_of(run, failure, place)}: {failure.message}", ""]
    return "\n".join([*head, *_table(run, failure)]) + "\n"


def line_of(run: Run, place: str) -> str:
    """The same on one line."""
    assert run.failure is not None
    return f"FAIL  {run.test.name} · {run.variant} · {run.language}  {place_of(run, run.failure, place)}: {run.failure.message}"


def place_of(run: Run, failure: Failure, place: str) -> str:
    mark = failure.mark if failure.mark.file else run.test.mark
    return f"{place}/{mark.file or run.test.file}:{mark.line}"


def _table(run: Run, failure: Failure) -> Iterator[str]:
    rows = _rows(run)
    yield from _block("", "", rows.get(-1, []))
    for turn in run.turns:
        fails = turn.number == failure.turn
        right = rows.get(turn.number, [])
        if fails:
            right = [*right, *_difference(failure)]
        yield from _block(">" if fails else "", f"{turn.number:>3}  {as_written(turn, run.session.language)}", right)
        if fails:
            return
    yield from _block(">" if failure.turn == 0 else "", "end  expect", [*rows.get(0, []), *_difference(failure)])


def _rows(run: Run) -> dict[int, list[tuple[str, str]]]:
    """What was said and done, by turn; -1 is what came before the first, 0 what came after the last."""
    found: dict[int, list[tuple[str, str]]] = {}
    begun = False
    for line in run.lines:
        begun = begun or line.turn > 0
        text = f"{line.key}: {line.text}" if line.key else line.text
        found.setdefault(line.turn if begun else -1, []).append((line.who, text))
    return found


def _difference(failure: Failure) -> list[tuple[str, str]]:
    """What was expected beside what was found: pair by pair at the end of a call, else one against all that was heard."""
    if failure.turn == 0 and len(failure.expected) == len(failure.heard):
        pairs = zip(failure.expected, failure.heard, strict=True)
        return [row for expected, found in pairs for row in (("expected", expected), ("found", found))]
    return [*(("expected", e) for e in failure.expected), *(("heard", h) for h in failure.heard)]


def _block(sign: str, left: str, right: list[tuple[str, str]]) -> Iterator[str]:
    lefts = textwrap.wrap(left, LEFT, subsequent_indent="     ", drop_whitespace=False) if left else []
    rights = [line for who, text in right for line in _wrapped(who, text)]
    for n in range(max(len(lefts), len(rights), 1 if left else 0)):
        one = lefts[n] if n < len(lefts) else ""
        other = rights[n] if n < len(rights) else ""
        yield f"{sign if n == 0 else '':2}{one:{LEFT}} | {other}".rstrip().removesuffix(" |").rstrip()


def _wrapped(who: str, text: str) -> list[str]:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, RIGHT - 9) or [""]]
    return [f"{who if n == 0 else '':8} {line}" for n, line in enumerate(lines)]
