"""The baseline: what the shortest Flask view could do in our place, on exactly our server stack. Run as a process.

It checks the signature with our validator, executes the statements our turns execute (recorded, on the same tables, in
one transaction) as plain SQL, and returns the TwiML our turns return as a constant. No engine, no state, no checks.
`ivr serve` itself starts it, in place of our application, so that server, flags and threads are the same by construction.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from a2wsgi import WSGIMiddleware
from flask import Flask, Response, request

from benchmarks.parts.recorded_sql import for_call, from_plain
from ivr import app as composition
from ivr.cli.main import main
from ivr.config import Settings
from ivr.store.db import Database
from ivr.telephony.signature import RequestSignature
from ivr.web.requests import authentic_pairs


class BareApplication:
    """WSGI behind ASGI as ours is; `services` is what `ivr serve` asks of an application."""

    def __init__(self, settings: Settings, flask_app: Flask):
        self._pages = WSGIMiddleware(flask_app, workers=settings.webhook_threads)
        self.services = SimpleNamespace(settings=settings, prompt_audio=None, recognition=None,
                                        streams=SimpleNamespace(draining=False, count=0))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            return await self._pages(scope, receive, send)
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return


def view_app(settings: Settings, recording: dict[str, Any], with_sql: bool) -> Flask:
    app = Flask("bare")
    signatures = RequestSignature(settings.tokens())
    engine = sa.create_engine(settings.database, connect_args={"isolation_level": None, "check_same_thread": False},
                              pool_size=16, max_overflow=16)
    sa.event.listen(engine, "connect", _pragmas)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    answers = [turn["answer"] for turn in recording["turns"]]
    statements = [from_plain(turn["statements"]) if with_sql else [] for turn in recording["turns"]]
    fit = for_call(recording["call"])

    def view() -> Response:
        pairs = dict(authentic_pairs(request, signatures, settings.public_url))
        turn = int(request.args.get("turn", "0"))
        if statements[turn]:
            with engine.begin() as connection:
                for statement in statements[turn]:
                    result = connection.exec_driver_sql(*fit(statement, pairs["CallSid"]))
                    if result.returns_rows:
                        result.first()
        return Response(answers[turn], 200, content_type="text/xml; charset=utf-8")

    for path in ("/voice", "/voice/gather"):
        app.add_url_rule(path, path, view, methods=["POST"])
    return app


def _pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def run(recording: Path, with_sql: bool) -> int:
    def build(settings: Settings, *, port: int | None = None) -> BareApplication:
        Database(settings.database).close()  # the same tables
        return BareApplication(settings, view_app(settings, json.loads(recording.read_text()), with_sql))

    composition.build = build  # type: ignore[assignment]
    return main(["serve", "--json"])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2] == "sql"))
