"""Every WebSocket of the application, opened by everybody and told anything: refused, answered by an error or closed, never a failure
of ours, never anybody's data.

As `test_route_fuzz`, whose words and secrets it takes: `ROUTE_FUZZ=50` opens so many sockets of each path by each role, and
`ROUTE_FUZZ_SEED=7` others. A failure names the seed and what was sent.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ivr.access.roles import ROLES, may
from ivr.ops import logs
from ivr.telephony.signature import sign_form
from ivr.web.asgi import SOCKETS, Application
from ivr.web.staff_cookie import name_of
from tests.rim import site as sites
from tests.rim.routes import NOBODY, session_token, staffed
from tests.rim.site import PUBLIC_URL, Site
from tests.rim.test_route_fuzz import BEARER, EACH, FIELDS, LEAKS, PLANTED, SEED, WHO, WORDS, Planted, plant
from tests.rim.test_route_fuzz import TOKEN as API_TOKEN

SOCKETS_EACH = EACH * 6
MEDIA_URL = PUBLIC_URL.replace("https", "wss") + "/media"
ENDED_WITHIN_S = 20.0
CLOSES = frozenset({1000, 1008, 1009, 1013})
"""Ended, not allowed, too big, not now. 1011 would be a failure of ours."""
TYPES = ("hello", "ready", "away", "answer", "decline", "line", "hold", "digits", "end", "transfer", "consult", "consult_end",
         "consult_complete", "wrapped_up", "reveal", "ping", "next", "phone", "__class__", "run", "")
EVENTS = ("connected", "start", "media", "mark", "dtmf", "stop", "clear", "", "__init__")
NAMES = (*FIELDS, "type", "queues", "languages", "skills", "audio", "slot", "reason", "queue", "digits", "on", "event", "start", "media",
         "payload", "streamSid", "sequenceNumber", "customParameters", "mediaFormat", "dtmf", "digit", "mark", "chunk", "timestamp")
Message = dict[str, Any]


class Hostile:
    """Headers and messages drawn for one socket."""

    def __init__(self, draw: random.Random, s: Site, planted: Planted):
        self._draw, self._site, self._planted = draw, s, planted

    def headers(self, path: str, who: str) -> list[tuple[bytes, bytes]]:
        """Mostly those that let somebody in who may."""
        d, found = self._draw, dict[str, str]()
        if who in ROLES:
            found["cookie"] = f"{name_of(self._site.services.settings)}={session_token(self._site, who)}"
        if who == BEARER:
            found["authorization"] = f"Bearer {API_TOKEN}"
        if path != "/agents/text" or d.random() < 0.2:
            found["origin"] = PUBLIC_URL if d.random() < 0.85 else d.choice(["null", "https://evil.example", "", "\xe1"])
        if path == "/media" and d.random() < 0.6:
            found["x-twilio-signature"] = sign_form(sites.TOKEN, MEDIA_URL) if d.random() < 0.8 else d.choice(["", "AAAA", "\xe1" * 20])
        if d.random() < 0.15:
            found |= d.choice([{"cookie": "\xff=\xfe; ;;=="}, {"authorization": "Bearer \xe1"}, {"authorization": "Bearer"},
                               {"host": "evil.example"}, {"x-forwarded-for": "127.0.0.1"}, {"sec-websocket-protocol": "a" * 3000}])
        return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in found.items()]

    def messages(self, path: str) -> list[Message]:
        d = self._draw
        first = [self._hello(path)] if d.random() < 0.7 else []
        return [*first, *(self._message(path) for _ in range(d.randint(0, 12)))]

    def _hello(self, path: str) -> Message:
        if path == "/media":
            start = {"streamSid": "MZ1", "accountSid": "AC1", "callSid": self._planted.names["sid"][0], "tracks": ["inbound"],
                     "customParameters": {"token": self._word()}, "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000,
                                                                                  "channels": 1}}
            return _text({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start})
        return _text({"type": "hello", "name": "eva", "audio": self._draw.random() < 0.5})

    def _message(self, path: str) -> Message:
        d = self._draw
        kind = {"event": d.choice(EVENTS)} if path == "/media" else {"type": d.choice(TYPES)}
        return d.choice([
            lambda: _text({**self._object(), **kind}), lambda: _text({**self._object(), **kind}), lambda: _text({**self._object(), **kind}),
            lambda: _text(self._json(0)), lambda: {"text": self._word()},
            lambda: {"bytes": d.randbytes(d.choice([0, 1, 159, 160, 161, 4000]))},
            lambda: {"bytes": d.randbytes(d.randint(60_000, 70_000))}, lambda: {"text": "x" * d.choice([8 * 1024 + 1, 70_000, 2_000_000])},
            lambda: {"text": "[" * d.choice([3000, 100_000])}, lambda: {"text": '{"type": "line", "text": "\\ud800"}'},
            lambda: {"text": '{"type": "reveal", "slot": "\\udfff\\u0000", "reason": "x"}'}, lambda: {"text": '{"type": 1e999}'},
            lambda: {"text": '{"type": ' + "9" * 5000 + "}"}, lambda: {"text": "\ufeff{}"}, lambda: {}])()

    def _object(self, depth: int = 0) -> dict[str, Any]:
        return {self._draw.choice(NAMES): self._json(depth + 1) for _ in range(self._draw.randint(0, 5))}

    def _json(self, depth: int) -> Any:
        d = self._draw
        if depth > 3 or d.random() < 0.5:
            return d.choice([self._word(), 1, -1, 10**400, 1e308, None, True, [], {}])
        return [self._json(depth + 1) for _ in range(d.randint(0, 4))] if d.random() < 0.4 else self._object(depth)

    def _word(self) -> str:
        real = [name for names in self._planted.names.values() for name in names]
        return self._draw.choice(real if self._draw.random() < 0.2 else WORDS)


def _text(value: Any) -> Message:
    return {"text": json.dumps(value)}


async def talked(application: Application, path: str, headers: list[tuple[bytes, bytes]], messages: list[Message]) -> list[Message]:
    """What came back until the application was done with the socket. Whatever it was closed by, the browser is gone in the end."""
    sent: list[Message] = []
    coming = iter([{"type": "websocket.connect"}, *({"type": "websocket.receive", **m} for m in messages)])

    async def receive() -> Message:
        await asyncio.sleep(0)
        return next(coming, {"type": "websocket.disconnect", "code": 1005})

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": path, "headers": headers, "client": ("192.0.2.1", 5), "query_string": b"", "subprotocols": []}
    await asyncio.wait_for(application(scope, receive, send), ENDED_WITHIN_S)
    return sent


def check(path: str, who: str, sent: list[Message], what: str) -> None:
    kinds = [m["type"] for m in sent]
    assert not sent or kinds[0] in ("websocket.accept", "websocket.close"), f"{what} gave {kinds}"
    assert kinds.count("websocket.close") <= 1 and "websocket.close" not in kinds[:-1], f"{what} was answered behind its close: {kinds}"
    for message in sent:
        assert message.get("code", 1000) in CLOSES, f"{what} gave {message}"
        text = message.get("text") or ""
        text.encode("utf-8")  # what cannot be encoded kills the connection below us
        assert not LEAKS.search(text), f"{what} told {text[:500]}"
        told = [value for value in PLANTED if value in text]
        assert not told, f"{what} told {told}"
    if path == "/agent/socket" and not may(who, "callers.serve"):
        assert kinds == ["websocket.close"] and sent[0]["code"] == 1008, f"{what} was let in: {kinds}"
    if path == "/agents/text" and who != BEARER:
        assert kinds == ["websocket.close"] and sent[0]["code"] == 1008, f"{what} was let in: {kinds}"


@pytest.fixture(params=WHO, ids=lambda who: who or "nobody")
def asker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Site, str]]:
    with staffed(tmp_path, api_token=SecretStr(API_TOKEN)) as s:
        yield s, request.param


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was logged with a traceback: a socket that is closed politely behind a failure is a failure."""
    found: list[str] = []
    monkeypatch.setattr(type(logs.get("any")), "error", lambda _, event, **more: found.append(f"{event} {more}"), raising=False)
    return found


def test_no_socket_fails_or_tells_anything_whoever_opens_it_and_whatever_comes(asker: tuple[Site, str], failures: list[str]) -> None:
    s, who = asker
    draw = random.Random(f"{SEED} {who} sockets")
    hostile, application = Hostile(draw, s, plant(s)), Application(s.services, s.app, lambda: None)
    answered = 0
    for path in (*SOCKETS, "/nowhere"):
        for _ in range(SOCKETS_EACH):
            headers, messages = hostile.headers(path, who), hostile.messages(path)
            what = f"seed {SEED}, {who or 'nobody'} at {path}: {str(headers)[:300]} {str(messages)[:1500]}"
            sent = asyncio.run(talked(application, path, headers, messages))
            check(path, who, sent, what)
            assert not failures, f"{what} failed: {failures}"
            answered += any('"error"' in (m.get("text") or "") for m in sent)
    assert s.services.desk.settled()
    assert answered or not (who == BEARER or may(who, "callers.serve")), "nobody was answered, so nothing was tried"
    assert who != NOBODY or not s.services.desk.agents
