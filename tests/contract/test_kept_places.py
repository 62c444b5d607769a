"""Which promises keep a place in line, on every database."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from ivr.store.callback_rows import CallbackRows
from ivr.store.db import Database
from ivr.store.promises import NewPromise, Promises
from ivr.store.schema_promises import promises
from tests.contract.test_personal_data import NOW


def written(db: Database, key: str, name: str = "in_line", state: str = "waiting", planned_h: float | None = None) -> None:
    with db.write() as connection:
        Promises(db).insert(connection, NewPromise(key, "callback", name, "CA1", {"place": {"queue": "tier1"}}, NOW, NOW, state, "R"), NOW)
        if planned_h is not None:
            connection.execute(sa.update(promises).where(promises.c.key == key)
                               .values(planned_at=(NOW + timedelta(hours=planned_h)).isoformat()))


def test_those_without_a_time_and_those_whose_time_has_come(db: Database) -> None:
    written(db, "new")
    written(db, "called", state="calling", planned_h=-1)
    written(db, "another day", planned_h=20)
    written(db, "long over", planned_h=-24 * 30)
    written(db, "kept", state="done", planned_h=-1)
    written(db, "with people", state="open")
    written(db, "of another kind", name="routine")
    found = CallbackRows(db).keeping_places(["in_line"], NOW)
    assert {row["key"] for row in found} == {"new", "called"}
    assert all(row["payload"]["place"] == {"queue": "tier1"} for row in found), "opened"
    assert CallbackRows(db).keeping_places([], NOW) == []
    assert len(CallbackRows(db).keeping_places(["in_line", "routine"], NOW, limit=1)) == 1
