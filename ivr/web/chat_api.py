"""`/chat/api/*`: what the window on a web page asks for. JSON in and out, a token in a header, never in an address.

The token is a secret of the page: who has it, has the conversation. Wrong ones are counted, requests are limited, bodies are
small, and nothing that somebody wrote is logged. All of the conversation itself is `runtime.text_session`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from ivr.access.network import network_of
from ivr.errors import Forbidden, IvrError, MalformedRequest, Unavailable
from ivr.ids import new_chat_id, new_token
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.runtime.text_session import SAID
from ivr.store.text_rows import Line, TextRow
from ivr.web.access import SECRET, declared
from ivr.web.chat_origins import ChatOrigins
from ivr.web.rate_limit import Misses, peer_of

MAX_BODY = 8 * 1024
POLLS_MINUTE = 120
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
log = logs.get("chat")


class TooMany(IvrError):
    """More than is let through in the window."""

    code = "too_many"


class Unknown(IvrError):
    """No conversation has this token."""

    code = "unknown"


STATUS: dict[type[Exception], int] = {TooMany: 429, Unknown: 404, Forbidden: 403, Unavailable: 503, MalformedRequest: 400}


def blueprint(services: Services) -> Blueprint:
    api = Blueprint("chat_api", __name__)
    chat, origins = ChatApi(services), ChatOrigins(services)
    routes: tuple[tuple[str, str, Callable[[], Any]], ...] = (
        ("about", "GET", chat.about), ("start", "POST", chat.start), ("resume", "POST", chat.resume), ("lines", "GET", chat.lines),
        ("send", "POST", chat.send), ("language", "POST", chat.language), ("leave", "POST", chat.leave), ("end", "POST", chat.end))
    for name, method, view in routes:
        api.add_url_rule(f"/chat/api/{name}", name, declared(SECRET)(_guarded(services, origins, view, name)),
                         methods=[method, "OPTIONS"], provide_automatic_options=False)
    return api


def _guarded(services: Services, origins: ChatOrigins, view: Callable[[], Any], name: str) -> Callable[[], ResponseReturnValue]:
    def guarded() -> ResponseReturnValue:
        status, answer = 200, None
        try:
            if not origins.may(request):
                raise Forbidden("this page may not show the chat", hint="name its origin in IVR_CHAT_ORIGINS")
            answer = Response(status=204) if request.method == "OPTIONS" else jsonify(view())
        except (IvrError, sa.exc.SQLAlchemyError) as error:
            status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 503)
            if status == 503:
                log.error("chat failed", route=name, exc_info=error)
            answer = jsonify(error=error.code if isinstance(error, IvrError) else "unavailable")
        answer.status_code = status if status != 200 else answer.status_code
        answer.headers["Cache-Control"] = "no-store"
        if status == 429:
            answer.headers["Retry-After"] = "30"
        services.metrics.chat_requests.labels(name, str(answer.status_code)).inc()
        return origins.add(request, answer)

    return guarded


class ChatApi:
    def __init__(self, services: Services):
        self._s = services
        self._misses, self._polls = Misses(services.clock), Misses(services.clock, POLLS_MINUTE)

    # -- requests: each gives what is answered ----------------------------------------------------------------------

    def about(self) -> dict[str, Any]:
        """What the window shows before anything was said."""
        bundle = self._s.bundles.current
        return {"title": dict(bundle.title), "languages": list(bundle.languages), "available": self._s.texts.line("chat") is not None}

    def start(self) -> dict[str, Any]:
        """`{line?, language?}` -> the token, and the greeting."""
        asked, bundle = _body(), self._s.bundles.current
        wanted = bundle.lines.get(_text(asked, "line", 64))
        line = wanted if wanted is not None and wanted.channel == "chat" else self._s.texts.line("chat")
        if line is None:
            raise MalformedRequest("there is no chat line in this bundle", code="no_chat")
        self._within(f"chat-start:{network_of(self._peer())}", 3600, self._s.settings.chat_starts_hour)
        language = _text(asked, "language", 8)
        call_id, token = new_chat_id(), new_token()
        told = self._s.texts.begin(call_id, line, language=language if language in bundle.languages else None, token=token)
        self._s.texts.seen(call_id)
        return {"token": token, **self._shown(call_id, 0, told.session.language)}

    def resume(self) -> dict[str, Any]:
        """After a reload: everything that was said, from line `after`."""
        row = self._row()
        session = self._s.texts.resumed(row.call_id)
        return self._shown(row.call_id, _number(str(_body().get("after", 0))), session.language)

    def lines(self) -> dict[str, Any]:
        """What is new behind line `after`."""
        row = self._row()
        if self._polls.too_many(row.call_id):
            raise TooMany("this chat asks too often")
        self._polls.count(row.call_id)
        return self._shown(row.call_id, _number(request.args.get("after", "0")))

    def send(self) -> dict[str, Any]:
        """`{id, text, after}`: one message. The same id again has no second effect and gets the same answer."""
        row, asked = self._row(), _body()
        text, key = _text(asked, "text", MAX_BODY), _id(asked)
        if not text.strip():
            raise MalformedRequest("a message needs words", code="text")
        self._within(f"chat-send:{row.call_id}", 60, self._s.settings.chat_messages_minute)
        told = self._s.texts.typed(row.call_id, text, key)
        return self._shown(row.call_id, _number(str(asked.get("after", 0))), told.session.language)

    def language(self) -> dict[str, Any]:
        """`{id, language, after}`"""
        row, asked = self._row(), _body()
        wanted = _text(asked, "language", 8)
        if wanted not in self._s.bundles.current.languages:
            raise MalformedRequest("there is no such language here", code="language")
        self._within(f"chat-send:{row.call_id}", 60, self._s.settings.chat_messages_minute)
        told = self._s.texts.switch(row.call_id, wanted, _id(asked))
        return self._shown(row.call_id, _number(str(asked.get("after", 0))), told.session.language)

    def leave(self) -> dict[str, Any]:
        """Wait for a person no longer; the flow goes on."""
        row = self._row()
        self._s.texts.leave_queue(row.call_id)
        return self._shown(row.call_id, _number(str(_body().get("after", 0))))

    def end(self) -> dict[str, Any]:
        self._s.texts.end(self._row().call_id)
        return {"state": "ended"}

    # -- parts ------------------------------------------------------------------------------------------------------

    def _shown(self, call_id: str, after: int, language: str = "") -> dict[str, Any]:
        state = self._s.texts.seen(call_id)
        lines = self._s.text_rows.after(call_id, after)
        return {"state": state, "lines": [_line(x) for x in lines], **({"language": language} if language else {})}

    def _row(self) -> TextRow:
        """The conversation of the token in the header."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token, peer = token.strip(), self._peer()
        if self._misses.too_many(peer):
            raise TooMany("too many wrong tokens")
        row = self._s.text_rows.by_token(token) if scheme.lower() == "bearer" and 20 <= len(token) <= 64 and token.isascii() else None
        if row is None or row.channel != "chat":
            self._misses.count(peer)
            raise Unknown("there is no such conversation")
        return row

    def _peer(self) -> str:
        return peer_of(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._s.settings.proxy_hops)

    def _within(self, key: str, window_s: int, most: int) -> None:
        try:
            count = self._s.shared.counters.add(key, window_s, self._s.clock.now())
        except Unavailable:
            return  # whoever serves a caller goes on
        if count > most:
            raise TooMany(f"more than {most} in {window_s} seconds")


def _line(line: Line) -> dict[str, Any]:
    own = {"id": line.key.removesuffix(SAID)} if line.key.endswith(SAID) else {}
    return {"seq": line.seq, "who": line.who, "text": line.text, "language": line.language, **own,
            "choices": [{"send": send, "show": show} for send, show in line.choices]}


def _body() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise MalformedRequest("this takes JSON", code="content_type")
    if (request.content_length or 0) > MAX_BODY or len(request.get_data(cache=True)) > MAX_BODY:
        raise MalformedRequest("the body is larger than a message", code="too_large")
    try:
        body = orjson.loads(request.get_data())  # no depth of brackets gets through it, and no half of a character
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise MalformedRequest("the body has to be a JSON object", code="body")
    return body


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise MalformedRequest(f"{name} has to be a text of at most {longest} characters", code=name)
    return value


def _id(body: dict[str, Any]) -> str:
    value = body.get("id", "")
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise MalformedRequest("id has to be 8 to 64 letters and digits", code="id")
    return value


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
