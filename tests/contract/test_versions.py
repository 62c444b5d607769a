"""Published versions on every store: one pointer that two people cannot both move, and a list that only grows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from ivr.errors import Conflict, MalformedRequest
from ivr.publishing.canary import Counts
from ivr.store.call_outcomes import CallOutcomes
from ivr.store.db import Database
from ivr.store.models import BundleModels
from ivr.store.versions import Change, Versions

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)
A, B, C = "a" * 64, "b" * 64, "c" * 64


def change(reason: str = "why", **more: object) -> Change:
    return Change("jane", reason, NOW, {"tests": 3, **more})


def test_a_publish_is_in_force_and_in_the_list(db: Database) -> None:
    store = Versions(db)
    assert store.pointer("uscis") is None
    first = store.publish("uscis", A, change("first"))
    second = store.publish("uscis", B, change("second"))
    pointer = store.pointer("uscis")
    assert pointer is not None and (pointer.hash, pointer.revision) == (B, 2)
    assert store.all("uscis") == [second, first]
    assert (second.previous_hash, second.checks) == (A, {"tests": 3})
    assert store.pointer("other") is None and store.bundle_ids() == ["uscis"]


def test_rolling_back_goes_to_what_was_in_force_before_and_then_further(db: Database) -> None:
    store = Versions(db)
    for each in (A, B, C):
        store.publish("uscis", each, change())
    assert store.rollback("uscis", change()).hash == B
    assert store.rollback("uscis", change()).hash == A
    with pytest.raises(MalformedRequest, match="no version before"):
        store.rollback("uscis", change())
    assert store.rollback("uscis", change(), to=3).hash == C
    assert [v.kind for v in store.all("uscis")] == ["rollback", "rollback", "rollback", "publish", "publish", "publish"]
    with pytest.raises(MalformedRequest, match="no version 99"):
        store.rollback("uscis", change(), to=99)


def test_a_trial_runs_beside_what_is_in_force_until_it_is_promoted(db: Database) -> None:
    store = Versions(db)
    with pytest.raises(MalformedRequest, match="no version in force"):
        store.trial("uscis", A, 10, change())
    store.publish("uscis", A, change())
    with pytest.raises(MalformedRequest, match="in force already"):
        store.trial("uscis", A, 10, change())
    store.trial("uscis", B, 10, change())
    pointer = store.pointer("uscis")
    assert pointer is not None and (pointer.hash, pointer.canary_hash, pointer.canary_percent, pointer.canary_since) == (A, B, 10, NOW)
    assert store.promote("uscis", change()).hash == B
    pointer = store.pointer("uscis")
    assert pointer is not None and (pointer.hash, pointer.canary_hash) == (B, None)
    assert store.rollback("uscis", change()).hash == A
    with pytest.raises(MalformedRequest, match="no trial"):
        store.promote("uscis", change())


def test_rolling_back_during_a_trial_ends_the_trial_only(db: Database) -> None:
    store = Versions(db)
    store.publish("uscis", A, change())
    store.publish("uscis", B, change())
    store.trial("uscis", C, 25, change())
    assert store.rollback("uscis", change()).kind == "stop"
    pointer = store.pointer("uscis")
    assert pointer is not None and (pointer.hash, pointer.canary_hash) == (B, None)


def test_who_moves_the_pointer_second_is_told(db: Database) -> None:
    store = Versions(db)
    store.publish("uscis", A, change())
    store.trial("uscis", B, 10, change())
    seen = store.pointer("uscis")
    store.promote("uscis", change())
    with pytest.raises(Conflict):
        store.stop("uscis", change(), seen)
    assert len(store.all("uscis")) == 3, "what failed left nothing behind"


def test_of_many_that_publish_at_once_every_one_is_in_the_list_or_was_told(db: Database) -> None:
    store, told = Versions(db), []

    def publish(n: int) -> None:
        try:
            store.publish("uscis", f"{n:064x}", change(str(n)))
        except Conflict:
            told.append(n)

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    pointer, found = store.pointer("uscis"), store.all("uscis")
    assert pointer is not None and pointer.revision == len(found) == 8 - len(told) >= 1
    assert pointer.hash == found[0].hash


def test_each_look_at_a_trial_is_made_by_one_server(db: Database) -> None:
    store = Versions(db)
    store.publish("uscis", A, change())
    store.trial("uscis", B, 10, change())
    pointer = store.pointer("uscis")
    assert pointer is not None
    assert [store.looked("uscis", pointer, 0), store.looked("uscis", pointer, 0), store.looked("uscis", pointer, 1)] == [True, False, True]
    store.stop("uscis", change())
    assert not store.looked("uscis", pointer, 2)


def test_models_are_kept_with_their_bundle(db: Database) -> None:
    store = BundleModels(db)
    store.keep(A, {"m.npz": b"\0\1", "m.json": b"{}"})
    store.keep(A, {"m.npz": b"\2", "m.json": b"{}"})
    assert store.files(A) == {"m.npz": b"\2", "m.json": b"{}"} and store.files(B) == {}


def test_outcomes_are_counted_once_a_call_and_since_a_moment(db: Database) -> None:
    store = CallOutcomes(db)
    with db.write() as c:
        store.add(c, "CA1", A, ("transfer",), NOW)
        store.add(c, "CA1", A, ("transfer", "ended", "abandon"), NOW)
        store.add(c, "CA2", A, ("ended",), NOW + timedelta(minutes=5))
        store.add(c, "CA3", B, ("ended", "dead_end"), NOW)
        store.add(c, "CA4", A, ("transfer",), NOW)
    assert store.counts(A) == Counts(2, {"dead_end": 0, "transfer": 1, "abandon": 1}), "CA4 has not ended"
    assert store.counts(A, NOW + timedelta(minutes=1)) == Counts(1, {"dead_end": 0, "transfer": 0, "abandon": 0})
    assert store.counts(C) == Counts(0, {"dead_end": 0, "transfer": 0, "abandon": 0})
