"""A server with pairs of callers and members of staff at hand: `ours`, or a bare `relay`, started by `ivr serve`. Run as a process.

`GET /bench/pairs?n=N` brings N calls as far as the desk, past every question of the flow, and signs N members of staff in; it answers
with what their sockets have to show.
"""

from __future__ import annotations

import base64
import gc
import json
import secrets
import sys
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import orjson

from ivr import app as composition
from ivr.cli.main import main
from ivr.config import Settings
from ivr.dialog import events as ev
from ivr.sensitive import Sensitive
from ivr.web.staff_cookie import name_of

SAID, KEYS = "I cannot use this menu because of my disability", ("2", "1")


class WithPairs:
    def __init__(self, inner: Any, services: Any):
        self._inner, self.services = inner, services

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/bench/pairs":
            count = int(parse_qs(scope["query_string"].decode())["n"][0])
            pairs = await self.services.in_thread(lambda: [self._pair() for _ in range(count)])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(pairs).encode()})
            return
        await self._inner(scope, receive, send)

    def _pair(self) -> dict[str, str]:
        call, name, s = "CA" + secrets.token_hex(16), f"bench{secrets.token_hex(4)}", self.services
        s.turns.take(call, ev.CallStarted(call, line="main"))
        s.turns.take(call, ev.SpeechHeard(s.turns.session(call).turn, Sensitive(SAID)))
        for key in KEYS:
            s.turns.take(call, ev.DigitsReceived(s.turns.session(call).turn, Sensitive(key)))
        with s.db.write() as connection:
            s.access.users.add(connection, name, "agent", "no password", s.clock.now())
            cookie = s.access.sessions.begin(connection, name, s.clock.now(), "127.0.0.1", "bench")
        answer = s.voice.stream(s.turns.session(call))
        with s.db.write() as connection:
            s.calls.stream_token(connection, call, answer.token)
        token = answer.body.split('name="token" value="', 1)[1].split('"', 1)[0]
        return {"call": call, "token": token, "cookie": f"{name_of(s.settings)}={cookie}"}


class Relay:
    """What any bridge has to do: JSON and base64 on the one side, plain bytes on the other, nothing else."""

    def __init__(self) -> None:
        self._sides: dict[str, tuple[Any, bool]] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                gc.freeze()
                if kind == "lifespan.shutdown":
                    return
        if scope["type"] == "http":
            count = int(parse_qs(scope["query_string"].decode())["n"][0])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            pairs = [{"call": f"CA{n}", "token": str(n), "cookie": f"pair={n}"} for n in range(count)]
            return await send({"type": "http.response.body", "body": json.dumps(pairs).encode()})
        await receive()
        await send({"type": "websocket.accept"})
        await (self._caller if scope["path"] == "/media" else self._agent)(scope, receive, send)

    async def _caller(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        key = ""
        while (message := await receive())["type"] == "websocket.receive":
            frame = orjson.loads(message["text"])
            if frame["event"] == "start":
                key = "agent" + frame["start"]["customParameters"]["token"]
                self._sides[key.replace("agent", "caller")] = (send, True)
            elif frame["event"] == "media" and key in self._sides:
                await self._sides[key][0]({"type": "websocket.send", "bytes": base64.b64decode(frame["media"]["payload"])})

    async def _agent(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        cookie = dict(scope["headers"])[b"cookie"].decode()
        number = cookie.split("=")[1]
        self._sides["agent" + number] = (send, False)
        await send({"type": "websocket.send", "text": '{"type":"caller"}'})
        while (message := await receive())["type"] == "websocket.receive":
            if message.get("bytes") is not None and "caller" + number in self._sides:
                back = {"event": "media", "streamSid": "MZ1", "media": {"payload": base64.b64encode(message["bytes"]).decode()}}
                await self._sides["caller" + number][0]({"type": "websocket.send", "text": orjson.dumps(back).decode()})


def run(what: str) -> int:
    real = composition.build

    def ours(settings: Settings, *, port: int | None = None) -> WithPairs:
        application: Any = real(settings, port=port)
        return WithPairs(application, application.services)

    def bare(settings: Settings, *, port: int | None = None) -> Any:
        relay: Any = Relay()
        relay.services = SimpleNamespace(settings=settings, prompt_audio=None, recognition=None,
                                         streams=SimpleNamespace(draining=False, count=0))
        return relay

    composition.build = ours if what == "ours" else bare  # type: ignore[assignment]
    return main(["serve", "--json"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
