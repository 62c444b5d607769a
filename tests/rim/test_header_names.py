"""Headers as clients write them to get past a proxy: what is spelt with an underscore is nobody's word for anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from flask import Flask, request

from ivr.web.asgi import Application
from tests.rim.site import site

HEADERS = [(b"host", b"ivr.example.org"), (b"x-forwarded-for", b"198.51.100.7, 203.0.113.9"), (b"x_forwarded_for", b"192.0.2.250"),
           (b"sec_fetch_site", b"same-origin"), (b"x_twilio_signature", b"x")]


def _echo() -> dict[str, str]:
    return {name: request.headers.get(name, "") for name in ("X-Forwarded-For", "Sec-Fetch-Site", "X-Twilio-Signature")}


def test_an_underscore_is_no_hyphen(tmp_path: Path) -> None:
    echo = Flask("echo")
    echo.add_url_rule("/", "echo", _echo)
    with site(tmp_path) as office:
        async def ask() -> bytes:
            sent: list[dict[str, Any]] = []

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: dict[str, Any]) -> None:
                sent.append(message)

            scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": "/", "raw_path": b"/", "root_path": "",
                     "scheme": "https",
                     "query_string": b"", "headers": HEADERS, "client": ("10.0.0.1", 1), "server": ("10.0.0.2", 443)}
            await Application(office.services, echo, lambda: None)(scope, receive, send)
            return b"".join(m.get("body", b"") for m in sent)

        found = echo.json.loads(asyncio.run(ask()))
    assert found == {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "Sec-Fetch-Site": "", "X-Twilio-Signature": ""}
