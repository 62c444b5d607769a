"""The nearest known word to one that nobody knows. Pure. Called wherever a name in a bundle is looked up."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LISTED = 8
"""How many known names are listed when none is near."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most probably stands for."""
    names = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), list(names), n=1, cutoff=0.6)
    return names[found[0]] if found else None


def hint_for(word: str, known: Iterable[str], what: str = "names") -> str:
    """`did you mean "x"?`, or the names there are."""
    names = list(known)
    near = nearest(word, names)
    if near:
        return f'did you mean "{near}"?'
    if not names:
        return f"no {what} are declared yet"
    listed = ", ".join(sorted(names)[:_LISTED])
    return f"{what} here: {listed}" + (", ..." if len(names) > _LISTED else "")
