"""How people take turns on a text telephone: GA gives the turn, SK ends the call. Pure.

A TTY line carries one direction at a time, so each side says when it is done: `GA` (go ahead), `SK` (stop keying, often
twice), `GA OR SK` when nothing is left to say. Called by the conversation for what a caller types and by the media rim
for what we send.
"""

from __future__ import annotations

import re

GA, SK = "GA", "SK"
_BACKSPACE = "\b"
_LINE_ENDS = "\r\n"
# A sign before it, or nothing: "YOGA" ends no turn. Closing words are told before GA, since "GA OR SK" holds both.
_CLOSED = re.compile(r"(?:(?<![A-Z])GA\s*(?:OR|TO|O)?\s*)?(?<![A-Z])(?:SK\s*){1,4}[\s.!]*$")
_GIVEN = re.compile(r"(?<![A-Z])(?:GA\s*){1,3}[\s.!?]*$")
# What people type with their SK, and nothing else worth an answer.
_NOTHING_LEFT = re.compile(r"^[\s.,!]*$")


class TypedTurn:
    """What a caller has typed since the last turn ended, one character at a time."""

    def __init__(self) -> None:
        self._typed: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._typed)

    def add(self, character: str) -> None:
        """A letter, figure, blank or line end; a backspace takes the last one back."""
        if character == _BACKSPACE:
            del self._typed[-1:]
        else:
            self._typed.append(" " if character in _LINE_ENDS else character)

    def take(self) -> tuple[str, str]:
        """(words, `GA` | `SK` | '') and an empty turn again. The closing letters are not among the words."""
        words, closing = closed(self.text)
        self._typed.clear()
        return words, closing

    @property
    def text(self) -> str:
        return " ".join("".join(self._typed).split())

    @property
    def gives_turn(self) -> bool:
        return bool(closed(self.text)[1])

    def __len__(self) -> int:
        return len(self._typed)


def closed(text: str) -> tuple[str, str]:
    """The text without its closing letters, and which they were: `GA`, `SK` or none."""
    upper = text.upper()
    for closing, pattern in ((SK, _CLOSED), (GA, _GIVEN)):
        found = pattern.search(upper)
        if found:
            return text[:found.start()].strip(), closing
    return text.strip(), ""


def nothing_left(words: str) -> bool:
    """Nothing was typed but signs."""
    return _NOTHING_LEFT.match(words) is not None


def outgoing(texts: list[str], closing: str) -> str:
    """What is sent in one go: a line for each text, GA or SK behind the last one."""
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    if not lines:
        return closing
    if closing and not closed(lines[-1])[1]:
        lines[-1] = f"{lines[-1]} {closing}"
    return "\r\n".join(lines) + "\r\n"
