"""The first words on a text telephone are often no answer: "HELLO GA" only says that somebody is there. Pure."""

from __future__ import annotations

from ivr.dialog.lexicon import fold

_HELLO = {
    "en": frozenset({"hello", "hi", "hey", "tty", "tdd", "test", "testing", "is", "anyone", "anybody", "there", "good", "morning",
                     "afternoon", "evening", "this", "a", "on", "call", "ga", "pls", "please"}),
    "es": frozenset({"hola", "buenos", "buenas", "dias", "tardes", "noches", "tty", "tdd", "hay", "alguien", "ahi", "bueno", "prueba",
                     "ga", "por", "favor", "pf"}),
}


def is_greeting(words: str, language: str) -> bool:
    """Nothing but words of greeting, in either language: whoever types first may type in another than the line's."""
    said = fold(words).split()
    lists = (_HELLO.get(language, _HELLO["en"]), *_HELLO.values())
    return 0 < len(said) <= 8 and any(_opens(said[0], hello) and all(word in hello for word in said[1:]) for hello in lists)


def _opens(word: str, hello: frozenset[str]) -> bool:
    """A word of greeting, or the end of one: the first letters on a line are easily lost."""
    return word in hello or (len(word) > 1 and any(known.endswith(word) for known in hello))
