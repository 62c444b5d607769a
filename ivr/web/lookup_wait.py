"""Waiting on a stream for another system's answer: no thread is held, and the caller is told to wait after two seconds.

Used by calls by voice and by text telephone; a call whose stream ends meanwhile goes on behind it, by webhook.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from functools import partial

from ivr.dialog import actions as act
from ivr.runtime.services import Services
from ivr.runtime.turn_result import TurnResult

FILLER_AFTER_S = 2.0
LOOK_EVERY_S = 0.1
LONGEST_S = 15.0
"""Then it is given up, whatever became of the one who asks."""


async def settled(services: Services, result: TurnResult, over: Callable[[], bool], tell: Callable[[], Awaitable[None]]) -> TurnResult:
    """The result once nothing is waited for, with what was to be said before in front. `over`: nobody is there any more; `tell`:
    asks the caller to wait."""
    loop = asyncio.get_running_loop()
    begun, told, said = loop.time(), False, tuple(a for a in result.actions if isinstance(a, act.Say))
    while result.pending and not over():
        waited_s = loop.time() - begun
        if not told and waited_s >= FILLER_AFTER_S:
            told = True
            await tell()
        if waited_s >= LONGEST_S or services.slow.ready(result.pending):
            result = await services.in_thread(partial(services.turns.go_on, result.session.call_id, patience_s=LOOK_EVERY_S,
                                                      give_up=waited_s >= LONGEST_S))
            said += tuple(a for a in result.actions if isinstance(a, act.Say)) if result.pending else ()
        else:
            await asyncio.sleep(LOOK_EVERY_S)
    return dataclasses.replace(result, actions=(*said, *result.actions)) if result.applied else result
