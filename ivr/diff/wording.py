"""Small pieces of sentences: quotations, lists, conditions in words. Pure. Used by everybody who writes a change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LONGEST = 110
"""Characters of a text that is quoted whole."""
_KNOWN = {
    "hours == open": "during office hours", "hours == closed": "outside office hours", "hours != open": "outside office hours",
    "hours != closed": "during office hours", "channel == tty": "on text telephones", "channel == voice": "by voice",
    "language == en": "in English", "language == es": "in Spanish",
}
_DAY = re.compile(r"weekday == (\w+)")


def when(condition: str | None) -> str:
    """A condition as the end of a clause: "outside office hours", "when reason == oath"; empty for none."""
    if not condition:
        return ""
    plain = " ".join(condition.split())
    day = _DAY.fullmatch(plain)
    return f"on {day[1].capitalize()}s" if day else _KNOWN.get(plain, f"when {plain}")


def only(condition: str | None) -> str:
    return f"{when(condition)} ({condition})" if condition and not when(condition).startswith("when ") else when(condition)


def listed(words: Iterable[str], most: int = 4, what: str = "more") -> str:
    """a, b and c; or a, b, c and 5 more."""
    names = list(words)
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} {what}"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def quoted(text: str) -> str:
    return f'"{" ".join(text.split())}"'


def both(new: str, old: str) -> tuple[str, str]:
    """Two texts as quotations; of long ones only the part that differs, with a few words around it."""
    new, old = " ".join(new.split()), " ".join(old.split())
    if max(len(new), len(old)) <= _LONGEST:
        return quoted(new), quoted(old)
    a, b = new.split(" "), old.split(" ")
    start = _common(a, b)
    end = min(_common(a[::-1], b[::-1]), min(len(a), len(b)) - start)
    first = max(0, start - 4)
    return _part(a, first, len(a) - max(0, end - 3)), _part(b, first, len(b) - max(0, end - 3))


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words are the same from the beginning."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _part(words: Sequence[str], start: int, end: int) -> str:
    text = " ".join(words[start:end])
    return f'"{"... " if start else ""}{text}{" ..." if end < len(words) else ""}"'


def instead(new: object, old: object) -> str:
    """`X instead of Y`, also where one of them is nothing."""
    return f"{shown(new)} instead of {shown(old)}"


def shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    if isinstance(value, tuple | list | set | frozenset):
        return listed(map(shown, value), 12) or "nothing"
    if isinstance(value, dict):
        return listed((f"{k} = {shown(v)}" for k, v in value.items()), 12) or "nothing"
    return f"{value:g}" if isinstance(value, float) else " ".join(str(value).split()) or "nothing"


def plural(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
