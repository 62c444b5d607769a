"""The database of a cluster, opened by the test itself: to write a promise down as a turn would, and to read what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from ivr import config
from ivr.flow.load import load_bundle
from ivr.flow.model import Bundle
from ivr.runtime.data_keys import box_of
from ivr.store.calls import Calls
from ivr.store.consent import Consents
from ivr.store.db import Database
from ivr.store.promise_ledger import PromiseLedger
from ivr.store.promises import NewPromise, Promises
from tests.faults.cluster import ROOT, Cluster
from tests.rim.promised_call import promise_call


@cache
def reference() -> Bundle:
    return load_bundle(ROOT / "flows/uscis")


class Backroom:
    def __init__(self, cluster: Cluster):
        env = {k: v for k, v in cluster.env.items() if k.startswith("IVR_")}
        settings = config.load(env)
        self.cluster, self.db = cluster, Database(settings.database, box_of(settings))
        self.promises, self.ledger, self.calls = Promises(self.db), PromiseLedger(self.db), Calls(self.db)

    def promise_text(self, key: str, to: str, text: str = "hello") -> str:
        now = self.cluster.now()
        with self.db.write(durable=True) as connection:
            self.promises.insert(connection, NewPromise(key, "message", "sms", "CA1", {"to": to, "text": f"{text} {key}"}, now,
                                                        now + timedelta(hours=24)), now)
        return key

    def promise_callback(self, number: str, call_id: str) -> str:
        """An urgent one, to be made at once."""
        services = SimpleNamespace(bundles=SimpleNamespace(current=reference()), db=self.db, promises=self.promises,
                                   consents=Consents(self.db))
        office: Any = SimpleNamespace(clock=SimpleNamespace(now=self.cluster.now), services=services)
        return promise_call(office, "urgent", [number], email=None, texts=False, call_id=call_id)

    def state(self, key: str) -> str:
        row = self.promises.get(key)
        return row["state"] if row else ""

    def history(self, key: str) -> list[str]:
        return [row["state"] for row in self.ledger.history(key)]


@contextmanager
def backroom(cluster: Cluster) -> Iterator[Backroom]:
    room = Backroom(cluster)
    try:
        yield room
    finally:
        room.db.close()


