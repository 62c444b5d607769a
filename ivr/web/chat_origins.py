"""Which web pages may show the chat, and the headers that tell their browsers so.

There are no cookies: a chat is known by a token that its page holds and sends in a header, so a foreign page can neither read a
chat nor write in one. Pages that are not named still get nothing, so that nobody puts our chat on theirs.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, Response

from ivr.runtime.services import Services

MAX_AGE_S = 600


class ChatOrigins:
    def __init__(self, services: Services):
        self._s = services
        self._named = {origin.rstrip("/").lower() for origin in services.settings.chat_origins.split()}

    def may(self, request: Request) -> bool:
        """Whether the page that asks may. Without an Origin no page of another origin asks: browsers send it there."""
        origin = request.headers.get("Origin", "")
        if not origin:
            return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
        return self._is_own(origin, request.host) or origin.lower() in self._named

    def add(self, request: Request, response: Response) -> Response:
        """Lets the page read the answer, where it may."""
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if origin and self.may(request):
            h = response.headers
            h["Access-Control-Allow-Origin"] = origin
            h["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            h["Access-Control-Allow-Methods"] = "GET, POST"
            h["Access-Control-Max-Age"] = str(MAX_AGE_S)
        return response

    def _is_own(self, origin: str, host: str) -> bool:
        own = urlsplit(self._s.public_url)
        return origin.lower() == f"{own.scheme}://{own.netloc}".lower() or self._s.is_own_origin(origin, host)
