"""What the page of a member of staff asks the desk for, one message at a time, and by what code it is refused.

Owned by a `Console`, on its event loop; docs/reference/agent-socket.md has every message. What is said or written is never logged.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ivr.agents.refusals import REFUSALS
from ivr.errors import IvrError
from ivr.runtime.people import ConsoleAgent
from ivr.runtime.services import Services
from ivr.runtime.text_session import readable
from ivr.web.call_tasks import CallTasks
from ivr.web.console_line import ConsoleLine

MAX_DIGITS = 20
NOBODY = "no_caller"


def refusal(code: str, message: str = "") -> dict[str, Any]:
    """`message` where more is known than the code says."""
    return {"type": "error", "code": code, "message": message or REFUSALS.get(code, code)}


class ConsoleRequests:
    def __init__(self, services: Services, agent: ConsoleAgent, line: ConsoleLine, tasks: CallTasks):
        self._s, self._desk, self._agent, self._line, self._tasks = services, services.desk, agent, line, tasks
        self._asked = False

    async def carry_out(self, message: dict[str, Any]) -> None:
        self._desk.seen(self._agent)
        what = message.get("type")
        self._asked |= what != "ping"
        handler = _HANDLERS.get(what) if isinstance(what, str) else None
        if handler is None:
            return await self._agent.send(refusal("type", f"expected one of {', '.join(_HANDLERS)}"))
        code = await handler(self, message)
        if code:
            await self._agent.send(refusal(code))

    def asked_since(self) -> bool:
        """Whether somebody asked for anything since this was called before. A sign of life of the page's own is no sign of theirs."""
        asked, self._asked = self._asked, False
        return asked

    async def ping(self, _: dict[str, Any]) -> str:
        return ""

    async def ready(self, _: dict[str, Any]) -> str:
        self._desk.ready(self._agent)
        return ""

    async def away(self, _: dict[str, Any]) -> str:
        self._desk.away(self._agent)
        return ""

    async def answer(self, _: dict[str, Any]) -> str:
        return "" if self._desk.answer(self._agent) else "no_ring"

    async def decline(self, _: dict[str, Any]) -> str:
        self._desk.decline(self._agent)
        return ""

    async def line(self, message: dict[str, Any]) -> str:
        said = self._desk.say(self._agent, readable(str(message.get("text", ""))))
        return "" if said else "no_reader"

    async def hold(self, message: dict[str, Any]) -> str:
        return "" if self._desk.hold(self._agent, message.get("on") is True) else self._not_talking()

    async def digits(self, message: dict[str, Any]) -> str:
        keys = str(message.get("digits", ""))[:MAX_DIGITS]
        if not self._line.is_open:
            return NOBODY
        self._tasks.start(self._line.press(keys))
        return ""

    async def end(self, _: dict[str, Any]) -> str:
        self._desk.end(self._agent)
        return ""

    async def transfer(self, message: dict[str, Any]) -> str:
        queue = self._queue(message)
        return "no_queue" if not queue else "" if self._desk.transfer(self._agent, queue, _note(message)) else NOBODY

    async def consult(self, message: dict[str, Any]) -> str:
        queue = self._queue(message)
        if not queue:
            return "no_queue"
        if self._desk.consult(self._agent, queue, _note(message)):
            return ""
        return self._not_talking() if self._agent.speaks or self._desk.is_on_phone(self._agent) else "no_microphone"

    async def consult_end(self, _: dict[str, Any]) -> str:
        self._desk.consult_end(self._agent)
        return ""

    async def consult_complete(self, _: dict[str, Any]) -> str:
        return "" if self._desk.consult_complete(self._agent) else "no_colleague"

    async def reveal(self, message: dict[str, Any]) -> str:
        caller = self._desk.caller_of(self._agent)
        if caller is None:
            return NOBODY
        slot, reason = str(message.get("slot", "")), readable(str(message.get("reason", "")))
        try:
            value = await self._s.in_thread(self._s.packets.reveal, caller.call_id, slot, reason, self._agent.name)
        except IvrError as error:
            await self._agent.send(refusal(error.code, error.message))
            return ""
        await self._agent.send({"type": "revealed", "slot": slot, "value": value})
        return ""

    def _not_talking(self) -> str:
        return "on_phone" if self._desk.is_on_phone(self._agent) else NOBODY

    def _queue(self, message: dict[str, Any]) -> str:
        queue = str(message.get("queue", ""))
        return queue if queue in self._s.bundles.current.queues else ""


_HANDLERS: dict[str, Callable[[ConsoleRequests, dict[str, Any]], Awaitable[str]]] = {
    "ping": ConsoleRequests.ping, "ready": ConsoleRequests.ready, "away": ConsoleRequests.away, "wrapped_up": ConsoleRequests.ready,
    "answer": ConsoleRequests.answer, "decline": ConsoleRequests.decline, "line": ConsoleRequests.line, "hold": ConsoleRequests.hold,
    "digits": ConsoleRequests.digits, "end": ConsoleRequests.end, "transfer": ConsoleRequests.transfer,
    "consult": ConsoleRequests.consult, "consult_end": ConsoleRequests.consult_end,
    "consult_complete": ConsoleRequests.consult_complete, "reveal": ConsoleRequests.reveal}
"""type of a message -> what answers: a code of `agents.refusals`, or nothing."""


def _note(message: dict[str, Any]) -> str:
    return readable(str(message.get("note", "")))
