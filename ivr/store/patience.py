"""A PostgreSQL connection that does not wait for ever.

Time-outs of statements are kept by the server, and TCP gives up only on a machine that is gone: a server that is stopped, or
hangs in a disk, accepts everything and answers nothing. So whoever waits looks at the clock, and closes the connection.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

import psycopg

ANSWER_S = 5.0
"""A little more than the server's own time-outs, which say better what happened."""


class PatientConnection(psycopg.Connection[Any]):
    limit_s: float | None = ANSWER_S
    """Seconds that one answer may take; None for work that nobody waits for on the telephone."""

    def wait(self, gen: Any, interval: float = 0.1) -> Any:
        return super().wait(gen if self.limit_s is None else self._limited(gen, self.limit_s), interval)

    def _limited(self, gen: Generator[Any, Any, Any], limit_s: float) -> Generator[Any, Any, Any]:
        end = time.monotonic() + limit_s
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > end:
                    self.close()  # the answer may still come, and must not be taken for that to the next question
                    raise psycopg.OperationalError("the server did not answer in time")
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value
