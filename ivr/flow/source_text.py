"""The bytes of a bundle file to text, with what no editor shows: encodings and invisible characters. Pure.

Called by `flow.source` before the text is read as YAML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ivr.errors import Problem
from ivr.flow.yaml_errors import yaml_problem

MAX_BYTES = 1_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_INVISIBLE = re.compile("[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x85\u2028\u2029]")
"""Blanks of no width, changes of direction, and line ends that only some programs know."""
_HARD_BLANK = re.compile("(?m)^[ ]*(\u00a0)|:(\u00a0)")
"""A blank that joins words, where YAML needs one that separates."""


def readable(data: bytes | str, file: str) -> tuple[str | None, list[Problem]]:
    """The text and what is strange in it, or None and why it cannot be read."""
    if len(data) > MAX_BYTES:
        return None, [yaml_problem(file, f"the file is larger than {MAX_BYTES // 1000} kB", hint="split it into smaller files")]
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
    if raw.startswith(_UTF16):
        return None, [yaml_problem(file, "the file is UTF-16 text", hint="save it with the encoding UTF-8")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeError as error:
        return None, [_not_utf8(raw, getattr(error, "start", 0), file)]
    nul = text.find("\0")
    if nul >= 0:
        return None, [_at(file, text, nul, "the file holds a NUL character", "save it as UTF-8 text without it")]
    return text, list(_unseen(text, file))


def _not_utf8(raw: bytes, start: int, file: str) -> Problem:
    before = raw[:start]
    line, column = before.count(b"\n") + 1, start - (before.rfind(b"\n") + 1) + 1
    return yaml_problem(file, "the file is not UTF-8 text", line=line, column=column, hint="save it with the encoding UTF-8")


def _unseen(text: str, file: str) -> Iterator[Problem]:
    for match in _INVISIBLE.finditer(text):
        name = unicodedata.name(match[0], "a line separator").lower()
        yield _at(file, text, match.start(), f"an invisible character stands here: {name} (U+{ord(match[0]):04X})", "delete it")
    for match in _HARD_BLANK.finditer(text):
        yield _at(file, text, match.end() - 1, "a no-break space stands where a plain one is needed", "type a plain space")


def _at(file: str, text: str, offset: int, message: str, hint: str) -> Problem:
    before = text[:offset]
    return yaml_problem(file, message, line=before.count("\n") + 1, column=offset - (before.rfind("\n") + 1) + 1, hint=hint)
