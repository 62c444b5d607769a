"""One ASGI application: WebSockets go to native asyncio handlers, everything else to Flask on bounded thread pools.

Twilio's webhooks have a pool of their own: slow pages must never make a caller wait.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from flask import Flask

from ivr.runtime.services import Services
from ivr.web.access import WEBHOOK, Entry, needs
from ivr.web.agent_socket import AgentEndpoint
from ivr.web.agents_socket import AgentsEndpoint
from ivr.web.media import MediaEndpoint

WEBHOOKS = ("/voice", "/sms")
SOCKETS: dict[str, tuple[Entry, Callable[[Services], Any]]] = {
    "/media": (WEBHOOK, MediaEndpoint), "/agents/text": (needs("callers.serve", token=True), AgentsEndpoint),
    "/agent/socket": (needs("callers.serve"), AgentEndpoint)}
"""path -> who may come, what answers. An endpoint checks it itself: nothing runs before a socket."""


class Application:
    def __init__(self, services: Services, flask_app: Flask, on_close: Callable[[], None]):
        self._sockets: dict[str, Any] = {path: endpoint(services) for path, (_, endpoint) in SOCKETS.items()}
        self._webhooks = WSGIMiddleware(flask_app, workers=services.settings.webhook_threads)
        self._pages = WSGIMiddleware(flask_app, workers=services.settings.page_threads)
        self._services, self._on_close = services, on_close

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            socket = self._sockets.get(scope["path"])
            if socket is not None:
                await socket(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            pool = self._webhooks if scope["path"].startswith(WEBHOOKS) else self._pages
            await pool(_without_doubles(scope), receive, send)
        else:
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._services.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._services.in_thread(lambda: None)
                self._on_close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _without_doubles(scope: dict[str, Any]) -> dict[str, Any]:
    """WSGI gives X_Forwarded_For and X-Forwarded-For one name, so that a client could add to what a proxy of ours has written and the
    proxy would not have seen it. No header that we read has an underscore."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name]}
