"""Sockets that say nothing: whoever opens them without the carrier's signature takes no place of a caller."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from ivr.telephony.signature import SIGNATURE_HEADER, sign_form
from ivr.web.media import MAX_PENDING_PER_PEER, TRY_LATER, MediaEndpoint
from tests.rim.site import PUBLIC_URL, TOKEN, Site, site

OURS = [(b"origin", PUBLIC_URL.encode()), (b"host", PUBLIC_URL.removeprefix("https://").encode())]
PROXY = "10.0.0.1"


class Silent:
    """A socket that opens and waits."""

    def __init__(self, endpoint: MediaEndpoint, headers: list[tuple[bytes, bytes]]):
        self.sent: list[dict[str, Any]] = []
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(endpoint({"type": "websocket", "path": "/media", "client": (PROXY, 1), "headers": headers},
                                                 self._in.get, self._took))

    async def _took(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def answer(self) -> dict[str, Any]:
        while not self.sent:
            await asyncio.sleep(0)
        return self.sent[0]

    async def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect"})
        await self.task


def signed(office: Site) -> list[tuple[bytes, bytes]]:
    return [(SIGNATURE_HEADER.lower().encode(), sign_form(TOKEN, office.services.voice.media_url).encode())]


def from_(address: str) -> list[tuple[bytes, bytes]]:
    return [*OURS, (b"x-forwarded-for", address.encode())]


def test_a_flood_from_pages_shuts_no_caller_out(tmp_path: Path) -> None:
    with site(tmp_path) as office:
        async def flood() -> tuple[str, int, str]:
            endpoint = MediaEndpoint(office.services)
            many = [Silent(endpoint, OURS) for _ in range(MAX_PENDING_PER_PEER)]
            for each in many:
                assert (await each.answer())["type"] == "websocket.accept"
            one_more, caller = Silent(endpoint, OURS), Silent(endpoint, signed(office))
            refused, taken = await one_more.answer(), await caller.answer()
            for each in (*many, caller):
                await each.leave()
            return refused["type"], refused.get("code", 0), taken["type"]

        assert asyncio.run(flood()) == ("websocket.close", TRY_LATER, "websocket.accept")


def test_one_who_floods_shuts_no_other_page_out(tmp_path: Path) -> None:
    with site(tmp_path, proxy_hops=1) as office:
        async def flood() -> tuple[str, str]:
            endpoint = MediaEndpoint(office.services)
            many = [Silent(endpoint, from_(f"198.51.100.{n}, 2001:db8::{n:x}")) for n in range(MAX_PENDING_PER_PEER)]
            for each in many:
                await each.answer()
            same, other = Silent(endpoint, from_("198.51.100.77, 2001:db8::ffff")), Silent(endpoint, from_("203.0.113.5"))
            found = (await same.answer())["type"], (await other.answer())["type"]
            for each in (*many, other):
                await each.leave()
            return found

        assert asyncio.run(flood()) == ("websocket.close", "websocket.accept")
