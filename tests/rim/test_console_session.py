"""How long the session of somebody at the console lives: as long as they are at it, and a quarter of an hour beyond."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import Unavailable
from ivr.web import agent_socket
from ivr.web.asgi import Application
from ivr.web.staff_cookie import name_of
from tests.rim.routes import session_token, staffed
from tests.rim.site import PUBLIC_URL, Site
from tests.rim.text_people import Typist

WITHIN_S = 10.0
MINUTE = 60


class Page:
    """One console, as the server sees it."""

    def __init__(self, office: Site):
        self._office, self._in, self.sent = office, asyncio.Queue[dict[str, Any]](), list[dict[str, Any]]()
        cookie = f"{name_of(office.services.settings)}={session_token(office, 'agent')}"
        scope = {"type": "websocket", "path": "/agent/socket", "client": ("192.0.2.1", 5), "query_string": b"", "subprotocols": [],
                 "headers": [(b"cookie", cookie.encode()), (b"origin", PUBLIC_URL.encode())]}
        self._in.put_nowait({"type": "websocket.connect"})
        application = Application(office.services, office.app, lambda: None)
        self.task = asyncio.create_task(application(scope, self._in.get, self._took))

    async def _took(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def do(self, what: str, **fields: Any) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": json.dumps({"type": what, **fields})})

    async def sees(self, kind: str, **fields: Any) -> None:
        await until(lambda: any(m["type"] == kind and fields.items() <= m.items() for m in self.told()))

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(m["text"]) for m in self.sent if m.get("text")]

    @property
    def closed(self) -> int:
        """The code; 0 while it is open."""
        return next((m["code"] for m in self.sent if m["type"] == "websocket.close"), 0)

    async def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, WITHIN_S)


async def until(seen: Callable[[], bool]) -> None:
    async def look() -> None:
        while not seen():
            await asyncio.sleep(0.005)

    await asyncio.wait_for(look(), WITHIN_S)


def seen_at(office: Site) -> Any:
    found = office.services.access.sessions.of("agent", office.clock.now())
    return found[0].seen_at if found else None


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(agent_socket, "ASK_AGAIN_S", 0.01)
    with staffed(tmp_path) as s:
        yield s


async def offered(office: Site, page: Page) -> None:
    page.do("hello", audio=False)
    await page.sees("welcome")
    page.do("ready")
    caller = Typist("CA1", channel="chat")
    caller.bundle_hash = office.services.bundles.current.hash
    office.services.desk.join(caller, again=True)
    await page.sees("offer", call="CA1")


async def talking(office: Site, page: Page) -> None:
    await offered(office, page)
    page.do("answer")
    await page.sees("presence", doing="talking")


def test_a_long_conversation_is_not_cut_off(office: Site) -> None:
    async def shift() -> None:
        page = Page(office)
        await talking(office, page)
        for _ in range(5):
            office.clock.advance(10 * MINUTE)
            page.do("ping")
            await until(lambda: seen_at(office) == office.clock.now())
        assert office.services.desk.talks("CA1")
        assert not page.closed
        await page.leave()

    asyncio.run(shift())


def test_who_does_something_is_there_and_who_does_nothing_is_signed_out(office: Site) -> None:
    async def shift() -> None:
        page = Page(office)
        page.do("hello", audio=False)
        await page.sees("welcome")
        for what in ("ready", "away", "ready"):
            office.clock.advance(10 * MINUTE)
            page.do(what)
            await until(lambda: seen_at(office) == office.clock.now())
        office.clock.advance(15 * MINUTE)
        page.do("ping")
        await until(lambda: page.closed == agent_socket.POLICY_VIOLATION)
        assert not office.services.desk.agents
        await page.leave()

    asyncio.run(shift())


def test_who_has_no_microphone_is_told_why_no_colleague_can_be_asked(office: Site) -> None:
    async def shift() -> None:
        page = Page(office)
        await talking(office, page)
        page.do("consult", queue="tier2", note="may I?")
        await page.sees("error", code="no_microphone")
        await page.leave()

    asyncio.run(shift())


def test_the_caller_of_somebody_who_signs_out_is_in_the_line_at_once(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_socket, "ASK_AGAIN_S", 3600.0)

    async def shift() -> None:
        page = Page(office)
        await talking(office, page)
        office.services.access.account.end_sessions("agent", office.clock.now())
        await page.leave()
        assert office.services.desk.position("CA1") == 1
        assert not office.services.desk.agents

    asyncio.run(shift())


@pytest.mark.parametrize("showing", [{"what": "answer"}, {"what": "reveal", "slot": "number", "reason": "to check"}])
def test_whoever_was_shut_out_is_shown_nobody_more(office: Site, monkeypatch: pytest.MonkeyPatch, showing: dict[str, str]) -> None:
    """Not half a minute later: the screen of somebody who was disabled may be in the wrong hands."""
    monkeypatch.setattr(agent_socket, "ASK_AGAIN_S", 3600)

    async def shift() -> None:
        page = Page(office)
        await offered(office, page)
        if showing["what"] == "reveal":
            page.do("answer")
            await page.sees("caller")
        office.services.access.staff.set_disabled("agent", True, "cli:root", office.clock.now())
        page.do(**showing)
        await until(lambda: page.closed == agent_socket.POLICY_VIOLATION)
        shown = {m["type"] for m in page.told()}
        assert not shown & ({"caller", "revealed", "error"} if showing["what"] == "answer" else {"revealed", "error"})
        assert not office.services.desk.talks("CA1")
        await page.leave()

    asyncio.run(shift())


def test_an_outage_of_the_database_ends_no_conversation(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def away(*_: Any, **__: Any) -> Any:
        nonlocal asked
        asked += 1
        raise Unavailable("the database does not answer")

    async def shift() -> None:
        page = Page(office)
        await talking(office, page)
        with monkeypatch.context() as outage:
            outage.setattr(office.services.access.sessions, "get", away)
            await until(lambda: asked >= 3)
        assert not page.closed
        assert office.services.desk.talks("CA1")
        office.services.access.staff.set_disabled("agent", True, "cli:root", office.clock.now())
        await until(lambda: page.closed == agent_socket.POLICY_VIOLATION)
        await page.leave()

    asyncio.run(shift())
