"""`/agents/text`: the WebSocket of a member of staff who types with callers. JSON both ways, one object a message.

In:  hello {name, queues?, languages?, skills?} first, then line {text}, end, next, reveal {slot, reason}
Out: welcome {queues}, waiting {count}, caller {packet}, line {text}, gone {why}, revealed {slot, value}, error {code, message}

The API's bearer token lets in; a request with an Origin is a web page's and is refused, since no page of ours uses this yet.
What is written here is never logged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

from ivr.errors import IvrError
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.text_session import readable
from ivr.web import json_messages
from ivr.web.console_requests import refusal
from ivr.web.promises_api import LOOPBACK

HELLO_WITHIN_S = 5.0
MAX_NAME, MAX_AGENTS = 64, 500
OF_A_PROGRAM = "api:"
"""In front of a name that nobody has signed in with: in the audit it can be no user's."""
POLICY_VIOLATION, TRY_LATER = 1008, 1013
log = logs.get("agents")


class AgentsEndpoint:
    """ASGI application for one path."""

    def __init__(self, services: Services):
        self._s = services

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        allowed = self._may(scope)
        if not allowed or len(self._s.desk.agents) >= MAX_AGENTS or self._s.streams.draining:
            log.warning("agent refused", why="limit" if allowed else "token")
            await send({"type": "websocket.close", "code": TRY_LATER if allowed else POLICY_VIOLATION})
            return
        await send({"type": "websocket.accept"})
        await _Agent(self._s, receive, send).run()

    def _may(self, scope: dict[str, Any]) -> bool:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        if "origin" in headers:
            return False
        token = self._s.settings.api_token.get_secret_value() if self._s.settings.api_token else ""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if token:
            return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
        here = (scope.get("client") or ("",))[0] in LOOPBACK and "x-forwarded-for" not in headers
        return here and not self._s.settings.is_production


class _Agent:
    """One connection: the desk's `DeskAgent`."""

    def __init__(self, services: Services, receive: Any, send: Any):
        self._s, self._receive, self._asgi_send = services, receive, send
        self.name, self.queues, self.languages, self.skills = "", (), (), ()
        self._closed = False

    async def send(self, message: dict[str, Any]) -> None:
        if not self._closed:
            await self._asgi_send({"type": "websocket.send", "text": json.dumps(message, ensure_ascii=False)})

    async def run(self) -> None:
        try:
            hello = await asyncio.wait_for(self._next(), HELLO_WITHIN_S)
        except TimeoutError:
            hello = None
        if hello is None or not self._introduced(hello):
            return await self._close(POLICY_VIOLATION)
        self._s.metrics.text_agents.inc()
        try:
            await self.send({"type": "welcome", "queues": sorted(self._s.bundles.current.queues)})
            self._s.desk.sign_in(self)
            await self._s.in_thread(self._s.texts.handovers.show_agents)
            while (message := await self._next()) is not None:
                await self._do(message)
        finally:
            self._s.desk.sign_out(self)
            await self._s.in_thread(self._s.texts.handovers.show_agents)
            self._s.metrics.text_agents.dec()
        await self._close(POLICY_VIOLATION)

    def _introduced(self, hello: dict[str, Any]) -> bool:
        known = set(self._s.bundles.current.queues)
        queues, languages = names(hello.get("queues")), names(hello.get("languages"))
        name = hello.get("name")
        if hello.get("type") != "hello" or not isinstance(name, str) or not readable(name) or not set(queues) <= known:
            return False
        self.name, self.queues, self.languages = readable(name)[:MAX_NAME], queues, languages
        self.skills = names(hello.get("skills"))
        return True

    async def _do(self, message: dict[str, Any]) -> None:
        desk, what = self._s.desk, message.get("type")
        if what == "line":
            if not desk.say(self, readable(str(message.get("text", "")))):
                await self.send(refusal("no_caller"))
        elif what == "end":
            desk.end(self)
        elif what == "next":
            desk.next(self)
        elif what == "reveal":
            await self._reveal(str(message.get("slot", "")), str(message.get("reason", "")))
        else:
            await self.send(refusal("type", "expected line, end, next or reveal"))

    async def _reveal(self, slot: str, reason: str) -> None:
        caller = self._s.desk.caller_of(self)
        if caller is None:
            return await self.send(refusal("no_caller"))
        try:
            value = await self._s.in_thread(self._s.packets.reveal, caller.call_id, slot, readable(reason), f"{OF_A_PROGRAM}{self.name}")
        except IvrError as error:
            return await self.send(refusal(error.code, error.message))
        await self.send({"type": "revealed", "slot": slot, "value": value})

    async def _next(self) -> dict[str, Any] | None:
        """The next message, empty when nothing can be made of it; None when the connection is over, or sent too much."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._closed = True
            return None
        return json_messages.read(message)

    async def _close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            await self._asgi_send({"type": "websocket.close", "code": code})


def names(value: Any) -> tuple[str, ...]:
    return tuple(str(v)[:MAX_NAME] for v in value[:50]) if isinstance(value, list) else ()
