"""One call through the whole walk in this process: what each turn answers and which SQL it executes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from benchmarks.parts.recorded_sql import plain, recorded
from benchmarks.parts.server_process import ACCOUNT, PUBLIC_URL, ROOT, TOKEN
from benchmarks.parts.webhook_walk import WALK, WALKS, Signer, call_sid
from ivr import config
from ivr.ops import logs
from ivr.runtime.services import Services
from ivr.web.app import create_app


def record(folder: Path) -> dict[str, Any]:
    """{call, turns: [{answer, statements}]}; turn 0 is the call's first webhook."""
    settings = config.load({}, bundle=ROOT / "flows/uscis", var_dir=folder, worker="off", public_url=PUBLIC_URL,
                           recognizer="twilio", twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN))
    logs.configure("warning")
    services = Services(settings, speech=False)
    try:
        return _record(create_app(services).test_client())
    finally:
        services.close()


def _record(client: Any) -> dict[str, Any]:
    signer, call = Signer(ACCOUNT, TOKEN, PUBLIC_URL), call_sid("f", 1)
    turns = []
    for turn in range(len(WALK) * WALKS + 1):
        request = signer.answered(call, turn) if turn else signer.started(call)
        with recorded() as statements:
            answer = _send(client, request)
        if f"turn={turn + 1}" not in answer:
            raise SystemExit(f"error: turn {turn} of the walk does not move the call on:\n{answer}")
        turns.append({"answer": answer, "statements": plain(statements)})
    return {"call": call, "turns": turns}


def _send(client: Any, request: bytes) -> str:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return client.post(first.split()[1], data=body, headers=headers).get_data(as_text=True)
