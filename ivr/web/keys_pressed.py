"""Keys of one answer as they are pressed, and those pressed ahead of the question they answer. Called by the media calls."""

from __future__ import annotations

from ivr.dialog import actions as act

MAX_AHEAD = 20
"""Keys kept that were pressed ahead of their question."""
SAME_KEY_S = 0.1
"""A key that comes as an event and as a tone within this time is one press."""


class KeysPressed:
    def __init__(self) -> None:
        self._keys = self._ahead = ""
        self._last = ("", 0.0)

    def __bool__(self) -> bool:
        """An answer is under way."""
        return bool(self._keys)

    def is_echo(self, digit: str, now_s: float, *, from_tone: bool) -> bool:
        """Whether this is the tone of a key that the carrier has told as an event already."""
        if from_tone and digit == self._last[0] and now_s - self._last[1] < SAME_KEY_S:
            return True
        self._last = (digit, now_s)
        return False

    def press(self, digit: str, listen: act.Listen) -> str:
        """The whole answer that this key completes; '' when more is to come."""
        if listen.max_digits == 1 or (not self._keys and digit in "*"):
            return self._whole(digit)
        if digit == listen.finish_on_key:
            return self._whole(self._keys or digit)
        self._keys += digit
        return self._whole(self._keys) if len(self._keys) >= listen.max_digits else ""

    def finish(self) -> str:
        """The time between two keys is over: what there is, is the answer."""
        return self._whole(self._keys)

    def forget(self) -> None:
        self._keys = ""

    def keep(self, digit: str) -> None:
        """Pressed while nobody asked: for the next question, as callers who know the menu expect."""
        self._ahead = (self._ahead + digit)[:MAX_AHEAD]

    def take_ahead(self) -> str:
        ahead, self._ahead = self._ahead, ""
        return ahead

    def _whole(self, keys: str) -> str:
        self._keys = ""
        return keys
