"""A process of ours for `benchmarks/promises.py`: writes promises, or performs them with the worker of the product.

    write    promises alone, or whole turns that promise, each in a durable transaction of its own, from several threads
    perform  the worker with all its lanes, breakers and the last gate; the sender answers at once, or asks a REST interface

Started through `crew.Crew`; the first argument is the job as JSON.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from pydantic import SecretStr

from benchmarks.parts.crew import Work, member
from benchmarks.parts.our_promises import new_promise
from benchmarks.parts.promised_turn import UNLIMITED, Written, begin_calls, kept, number_of, of_call
from benchmarks.parts.server_process import ACCOUNT, PUBLIC_URL, ROOT, TOKEN
from ivr import config
from ivr.clock import SystemClock
from ivr.contact.caps import Limits
from ivr.contact.gate import Gate
from ivr.contact.senders import Sender
from ivr.contact.sms import SmsSender
from ivr.errors import Conflict
from ivr.ops import logs
from ivr.ops.crash import CrashPoints
from ivr.ops.metrics import Metrics
from ivr.runtime.callbacks.office import Parts
from ivr.runtime.contact_rules import ContactRules
from ivr.runtime.message_outcomes import MessageOutcomes
from ivr.runtime.turn import CONFLICT_TRIES
from ivr.runtime.turn_record import TurnRecord
from ivr.runtime.work import worker_of
from ivr.store.calls import Calls
from ivr.store.consent import Consents
from ivr.store.db import Database
from ivr.store.promises import Promises
from ivr.telephony.rest import TwilioRest


class AtOnce:
    """A provider that takes everything before it is asked twice."""

    def send(self, key: str, payload: Mapping[str, Any]) -> str:
        return f"SM{hash(key) & (2**64 - 1):032x}"

    def find(self, key: str, payload: Mapping[str, Any], since: datetime) -> str | None:
        return None


def writing(job: Mapping[str, Any]) -> Work:
    db, count, threads = Database(job["database"]), job["count"], job["threads"]
    write = _turns(db, job) if job["turn"] else _alone(db, job)

    def work(over: threading.Event) -> dict[str, Any]:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(write, range(count)))
        db.close()
        return {"written": count}

    _together(threads, db.ping)
    return work


def _alone(db: Database, job: Mapping[str, Any]) -> Callable[[int], None]:
    promises, name = Promises(db), f"{job['group']}.{job['member']}"

    def write(n: int) -> None:
        now = datetime.now(UTC)
        with db.write(durable=True) as connection:
            promises.insert(connection, new_promise(f"{name}.{n}", now), now)

    return write


def _turns(db: Database, job: Mapping[str, Any]) -> Callable[[int], None]:
    turn = kept(Path(job["turn"]))
    offset = (job["group"] * 8 + job["member"]) * job["count"]
    ready: list[Written] = [of_call(turn, f"{offset + n:x}", number_of(offset + n)) for n in range(job["count"])]
    begin_calls(db, ready)
    record = TurnRecord(db, Calls(db), ContactRules(db, Metrics(), Limits(**UNLIMITED)))

    def write(n: int) -> None:
        each = ready[n]
        for _ in range(CONFLICT_TRIES):
            try:
                return record.commit(each.loaded, each.draft, each.delivery, each.rendered, each.now)
            except (Conflict, sa.exc.IntegrityError):
                continue  # as the product: two callers at once were the first ones of a minute
        raise SystemExit("error: a turn could not be written")

    return write


def performing(job: Mapping[str, Any]) -> Work:
    folder = Path(tempfile.mkdtemp(prefix="member-", dir=job["folder"]))
    settings = config.load({}, bundle=ROOT / "flows/starter", var_dir=folder, worker="off", public_url=PUBLIC_URL, recognizer="twilio",
                           database_url=job["database"], twilio_account_sid=ACCOUNT, twilio_auth_token=SecretStr(TOKEN),
                           twilio_from="+18005550100", twilio_api_base=job["rest"] or "http://127.0.0.1:9", lease_s=job["lease_s"],
                           listed_after_s=job["listed_after_s"])
    db, clock, metrics = Database(job["database"]), SystemClock(), Metrics()
    sender: Sender = AtOnce()
    if job["rest"]:
        sender = SmsSender(TwilioRest(ACCOUNT, TOKEN, job["rest"]), settings.twilio_from, None)
    gate = Gate("sms", sender, Consents(db), MessageOutcomes(db, clock, metrics, CrashPoints()))
    bundles = cast("Any", None)  # asked about callbacks only, and there are none
    rules = ContactRules(db, metrics)
    worker, _ = worker_of(Parts(settings, PUBLIC_URL, db, bundles, Calls(db), clock, metrics, CrashPoints(), rules.textable), {"sms": gate})
    worker.work_once()  # the periodic jobs are behind it, and the connections open

    def work(over: threading.Event) -> dict[str, Any]:
        worker.start()
        over.wait()
        worker.stop()
        db.close()
        return {"cpu_s": sum(os.times()[:2])}

    return work


def _together(threads: int, task: Callable[[], None]) -> None:
    """Open as many connections as will be used."""
    meet = threading.Barrier(threads)

    def one(_: int) -> None:
        meet.wait()
        task()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))


if __name__ == "__main__":
    logs.configure("error")
    member(lambda job: {"write": writing, "perform": performing}[job["does"]](job))
