"""The plea for patience of a spoken turn: said when recognition or a lookup is slow, and never behind the answer.

    utterance over ──1.5 s──▶ "one moment" begins        an answer before that: nothing is said
                                   └── an answer while it is still being made: it is not sent

Owned by a `MediaCall`, on the event loop. Which words there are, the bundle says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ivr.dialog import actions as act
from ivr.web.call_tasks import CallTasks

FILLER_AFTER_S = 1.5
"""A caller who has finished speaking hears something by then (voice rule V28)."""


class Filler:
    def __init__(self, words: Callable[[str], act.Say | None], speak: Callable[[act.Say], Coroutine[Any, Any, None]], tasks: CallTasks):
        """`words`: language -> what to say, if the bundle has anything."""
        self._words, self._speak, self._tasks = words, speak, tasks
        self._due: asyncio.TimerHandle | None = None
        self._speaking: asyncio.Task[None] | None = None

    def soon(self, language: str) -> None:
        """The caller has finished: say so before they wonder, unless something else is heard first."""
        self.not_due()
        self._due = asyncio.get_running_loop().call_later(FILLER_AFTER_S, self._begin, language)

    def not_due(self) -> None:
        """Nothing is being worked out any more."""
        if self._due:
            self._due.cancel()
            self._due = None

    def answered(self) -> None:
        """The answer is here. What is not yet sent must not follow it."""
        self.not_due()
        if self._speaking:
            self._speaking.cancel()
            self._speaking = None

    async def now(self, language: str) -> None:
        """A lookup takes its time; whoever has been asked for patience is not asked again."""
        say = self._words(language)
        if say is not None and self._speaking is None:
            await self._speak(say)

    def _begin(self, language: str) -> None:
        say = self._words(language)
        if say is not None:
            self._speaking = self._tasks.start(self._speak(say))
