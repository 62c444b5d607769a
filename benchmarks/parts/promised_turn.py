"""A turn that promises a text, worked out once by the real engine and written many times, each time for another call.

What is measured is what a caller waits for before the words are spoken: the transaction of the turn, with its session, its
events, its counters, the promise and the answer to the webhook, on disk.
"""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from benchmarks.parts.server_process import ACCOUNT, PUBLIC_URL, ROOT, TOKEN
from ivr import config
from ivr.dialog import events as ev
from ivr.dialog.session import Session
from ivr.runtime.services import Services
from ivr.runtime.turn import Turns
from ivr.runtime.turn_result import Delivery, Rendered
from ivr.sensitive import Sensitive
from ivr.store.calls import Calls, Loaded
from ivr.store.db import Database

CALL, CALLER = "CA" + "0" * 32, "+12025550143"
ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response>' + "<Say>A text is on its way.</Say>" * 20 + "</Response>"
TUESDAY = datetime.fromisoformat("2026-03-10T10:05:00-04:00")
WORDS = ("where is my case", "yes")
UNLIMITED = dict.fromkeys(("texts_number_hour", "texts_number_day", "texts_block_hour", "texts_block_day", "texts_minute", "texts_hour",
                           "emails_address_day"), 10**9)


@dataclass(frozen=True)
class Written:
    """What the commit of the promising turn was handed."""

    loaded: Loaded
    draft: Any
    delivery: Delivery
    rendered: Rendered
    now: datetime


class _Kept(Exception):
    """The turn was worked out, and is not written."""


def work_out(folder: Path, intents: Path) -> Written:
    settings = config.load({}, bundle=ROOT / "flows/uscis", var_dir=folder, worker="off", public_url=PUBLIC_URL, recognizer="twilio",
                           twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN), twilio_from="+18005550100", now=TUESDAY)
    services = Services(settings, speech=False, intents=intents)
    kept: list[Written] = []
    record = services.turns.record
    commit = record.commit

    def look(loaded: Loaded, draft: Any, delivery: Delivery, rendered: Rendered, now: datetime) -> None:
        if draft.rows:
            kept.append(Written(loaded, draft, delivery, rendered, now))
            raise _Kept
        commit(loaded, draft, delivery, rendered, now)

    record.commit = look  # type: ignore[method-assign, assignment]
    try:
        _call(services.turns)
    except _Kept:
        return kept[0]
    finally:
        services.close()
    raise SystemExit("error: the reference flow promised no text to one who asked for it")


def _call(turns: Turns) -> None:
    def answer(session: Session, actions: object) -> Rendered:
        return Rendered(ANSWER)

    turns.take(CALL, ev.CallStarted(CALL, caller_number=Sensitive(CALLER), textable=True, language="en"),
               delivery=Delivery(f"start:{CALL}"), render=answer)
    for n, words in enumerate(WORDS, 1):
        turns.answer(CALL, lambda session, said=words: ev.SpeechHeard(session.turn, Sensitive(said)),  # type: ignore[misc]
                     delivery=Delivery(f"gather:{CALL}:{n}"), render=answer)


def of_call(turn: Written, n: str, number: str) -> Written:
    """The same turn of another caller's call."""
    call = f"CA{n:0>32}"
    old = turn.loaded.session
    assert old is not None
    before, after = (dataclasses.replace(s, call_id=call, caller_number=Sensitive(number)) for s in (old, turn.draft.session))
    rows = [dataclasses.replace(r, key=r.key.replace(CALL, call), call_id=call, payload={**r.payload, "to": Sensitive(number)})
            for r in turn.draft.rows]
    contacts = [dataclasses.replace(c, key=c.key.replace(CALL, call), to=Sensitive(number)) for c in turn.draft.contacts]
    draft = dataclasses.replace(turn.draft, session=after, rows=rows, contacts=contacts)
    return Written(dataclasses.replace(turn.loaded, session=before), draft, Delivery(turn.delivery.key.replace(CALL, call)),
                   turn.rendered, turn.now)


def begin_calls(db: Database, turns: list[Written]) -> None:
    """The calls as they are before their promising turn."""
    calls = Calls(db)
    with db.write(durable=True) as connection:
        for each in turns:
            assert each.loaded.session is not None
            calls.insert(connection, each.loaded.session, datetime.now(UTC))


def keep(turn: Written, path: Path) -> None:
    path.write_bytes(pickle.dumps(turn))


def kept(path: Path) -> Written:
    """Of this run's own temporary folder."""
    return pickle.loads(path.read_bytes())


def number_of(n: int) -> str:
    """Numbers of as many blocks as there are callers, so that no counter is shared but the ones that everybody shares."""
    return f"+1{202 + n % 700:03d}{200 + (n // 700) % 800:03d}{1000 + n % 9000:04d}"
