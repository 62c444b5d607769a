"""`/agent/socket`: the screen of a member of staff. JSON both ways, one object a message; sound as binary messages of mu-law, 20 ms each.

In:  hello {queues?, languages?, audio, phone?, language?} first; then ready, away, answer, decline, line {text}, hold {on},
     digits {digits}, end, transfer {queue, note}, consult {queue, note}, consult_end, consult_complete, wrapped_up,
     reveal {slot, reason}, ping
Out: welcome, presence {doing, call}, waiting {count}, offer {...}, caller {packet}, line {text}, held {on}, consulting {...}, gone {why},
     revealed {slot, value}, gone_elsewhere, gone_silent, error {code, message}; docs/reference/agent-socket.md has every field

The cookie of the staff's session lets in, from a page of ours only, and is asked again while the socket is open. What is said or
written here is never logged.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from ivr.access.sessions import Session
from ivr.agents.dispositions import OF_A_CALL
from ivr.errors import IvrError
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.sound_bridge import End
from ivr.sensitive import Sensitive
from ivr.web import json_messages
from ivr.web.agents_socket import names
from ivr.web.call_tasks import CallTasks
from ivr.web.console_line import ConsoleLine
from ivr.web.console_requests import ConsoleRequests, refusal
from ivr.web.staff_socket import staff_of

PERMISSION = "callers.serve"
HELLO_WITHIN_S = 5.0
ASK_AGAIN_S = 30.0
SHOWING = ("answer", "reveal")
"""Messages that bring somebody's data to the screen: the session is asked before each."""
MAX_AGENTS = 500
POLICY_VIOLATION, TRY_LATER = 1008, 1013
log = logs.get("agents")


class AgentEndpoint:
    """ASGI application for one path."""

    def __init__(self, services: Services):
        self._s = services

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        full = len(self._s.desk.agents) >= MAX_AGENTS or self._s.streams.draining
        staff = None if full else await self._let_in(scope)
        if staff is None:
            log.warning("agent refused", why="limit" if full else "session")
            await send({"type": "websocket.close", "code": TRY_LATER if full else POLICY_VIOLATION})
            return
        await send({"type": "websocket.accept"})
        await Console(self._s, receive, send, staff.name, lambda counts: self._staff(scope, counts)).run()

    async def _staff(self, scope: dict[str, Any], counts: bool) -> Session | None:
        return await self._s.in_thread(lambda: staff_of(self._s, scope, PERMISSION, counts=counts))

    async def _let_in(self, scope: dict[str, Any]) -> Session | None:
        try:
            return await self._staff(scope, True)
        except IvrError as error:
            log.warning("nobody can be let in", why=error.code)
            return None


class Console:
    """One page: the desk's `ConsoleAgent`."""

    answers = True

    def __init__(self, services: Services, receive: Any, send: Any, name: str, still: Callable[[bool], Awaitable[Session | None]]):
        """`still(counts)`: asks whether the session is still there; `counts`: somebody was at the screen since it was asked before.
        Raises IvrError where it cannot be asked."""
        self._s, self._receive, self._asgi_send, self._still = services, receive, send, still
        self.name, self.queues, self.languages, self.skills, self.speaks = name, (), (), (), False
        self.phone, self.language = Sensitive(""), ""
        self._closed = False
        self._line = ConsoleLine(self._play)
        self._tasks = CallTasks(lambda error: log.error("console task failed", exc_info=error))
        self._requests = ConsoleRequests(services, self, self._line, self._tasks)

    # -- what the desk tells ------------------------------------------------------------------------------------------

    async def send(self, message: dict[str, Any]) -> None:
        if not self._closed:
            await self._asgi_send({"type": "websocket.send", "text": json.dumps(message, ensure_ascii=False)})
        if message["type"] in ("gone_elsewhere", "gone_silent"):
            await self._close(1000)

    async def talks(self, end: End | None) -> None:
        self._line.leads_to(end)

    async def _play(self, frame: bytes) -> None:
        if not self._closed:
            await self._asgi_send({"type": "websocket.send", "bytes": frame})

    # -- the connection -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        try:
            hello = await asyncio.wait_for(self._next(), HELLO_WITHIN_S)
        except TimeoutError:
            hello = None
        if not isinstance(hello, dict) or not self._introduced(hello):
            return await self._close(POLICY_VIOLATION)
        if hello.get("phone") is True:
            await self._takes_on_phone()
        self._s.metrics.text_agents.inc()
        try:
            await self._work()
        finally:
            self._s.desk.lost(self)
            self._tasks.cancel()
            await self._is_over(False)  # whoever signed out is not back on a page that is loaded again: their caller need not wait for it
            await self._s.in_thread(self._s.texts.handovers.show_agents)
            self._s.metrics.text_agents.dec()
            await self._close(POLICY_VIOLATION)

    async def _work(self) -> None:
        bundle = self._s.bundles.current
        await self.send({"type": "welcome", "name": self.name, "queues": sorted(bundle.queues), "languages": list(bundle.languages),
                         "dispositions": list(OF_A_CALL)})
        self._s.desk.sign_in(self, ready=False)
        await self._s.in_thread(self._s.texts.handovers.show_agents)
        self._tasks.start(self._watch())
        while not self._closed and (message := await self._next()) is not None:
            if isinstance(message, bytes):
                self._line.speak(message)
            elif message.get("type") in SHOWING and await self._is_over(True):
                return
            else:
                await self._requests.carry_out(message)

    def _introduced(self, hello: dict[str, Any]) -> bool:
        queues, languages = names(hello.get("queues")), names(hello.get("languages"))
        if hello.get("type") != "hello" or not set(queues) <= set(self._s.bundles.current.queues):
            return False
        self.queues, self.languages, self.speaks = queues, languages, hello.get("audio") is True
        self.language = str(hello.get("language", ""))[:8]
        return True

    async def _takes_on_phone(self) -> None:
        """Instead of the microphone. Only on the number that an administrator has set."""
        user = await self._s.in_thread(self._s.access.users.get, self.name) if self._s.phones else None
        if user is not None and user.phone:
            self.phone, self.speaks = user.phone, False
        else:
            await self.send(refusal("no_phone"))

    async def _watch(self) -> None:
        """A session that was ended, or ran out, ends the work at its screen."""
        while not self._closed:
            await asyncio.sleep(ASK_AGAIN_S)
            await self._is_over(self._was_at_it())

    async def _is_over(self, counts: bool) -> bool:
        """Whether the session is; then the work at its screen has ended. What cannot be asked goes on: an outage of the database must
        not throw every caller back into the line at once."""
        try:
            over = await self._still(counts) is None
        except IvrError as error:
            log.warning("whether a session is over cannot be asked", why=error.code)
            return False
        if over:
            self._s.desk.sign_out(self)
            await self._close(POLICY_VIOLATION)
        return over

    def _was_at_it(self) -> bool:
        """Whoever talks with a caller is at the screen, though the page asks for nothing meanwhile: a session that ran out in the
        middle of a long conversation would throw the caller back into the line."""
        return self._requests.asked_since() or self._s.desk.caller_of(self) is not None

    # -- parts ----------------------------------------------------------------------------------------------------------

    async def _next(self) -> dict[str, Any] | bytes | None:
        """The next message, empty when nothing can be made of it; None when the connection is over, or sent too much."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._closed = True
            return None
        if message.get("bytes") is not None:
            return bytes(message["bytes"])
        return json_messages.read(message)

    async def _close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            await self._asgi_send({"type": "websocket.close", "code": code})
