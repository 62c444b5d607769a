"""Which bundle new calls begin with, and every change of that: an append-only list of versions and one pointer for each bundle id.

The pointer moves by compare-and-set in the same transaction that appends the version, so that two people who publish at once
cannot overwrite each other. Bundles themselves are in `store.pinned`, immutable under their hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ivr.errors import Conflict, MalformedRequest
from ivr.store.db import Database
from ivr.store.schema_publishing import pointers, versions


@dataclass(frozen=True, slots=True)
class Pointer:
    """What new calls of one bundle id begin with."""

    revision: int
    hash: str
    canary_hash: str | None = None
    canary_percent: int = 0
    """1 to 99: of a hundred new calls so many begin with the trial."""
    canary_since: datetime | None = None
    canary_look: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    hash: str
    previous_hash: str | None
    kind: str
    """publish | canary | promote | rollback | stop"""
    percent: int
    author: str
    reason: str
    at: datetime
    checks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes what new calls begin with, and why."""

    author: str
    reason: str
    at: datetime
    checks: Mapping[str, Any] = field(default_factory=dict)


class Versions:
    def __init__(self, db: Database):
        self._db = db

    # -- what is in force ---------------------------------------------------------------------------------------

    def pointer(self, bundle_id: str) -> Pointer | None:
        with self._db.read() as connection:
            row = connection.execute(sa.select(pointers).where(pointers.c.bundle_id == bundle_id)).mappings().first()
        return _pointer(row) if row else None

    def bundle_ids(self) -> list[str]:
        with self._db.read() as connection:
            return list(connection.execute(sa.select(pointers.c.bundle_id).order_by(pointers.c.bundle_id)).scalars())

    def all(self, bundle_id: str, limit: int = 1000) -> list[Version]:
        """Newest first."""
        wanted = sa.select(versions).where(versions.c.bundle_id == bundle_id).order_by(versions.c.number.desc()).limit(limit)
        with self._db.read() as connection:
            return [_version(row) for row in connection.execute(wanted).mappings()]

    # -- changing it --------------------------------------------------------------------------------------------

    def publish(self, bundle_id: str, bundle_hash: str, change: Change) -> Version:
        """All new calls begin with this bundle. A trial that runs ends."""
        return self._move(bundle_id, "publish", change, lambda old: Pointer(0, bundle_hash), bundle_hash)

    def trial(self, bundle_id: str, bundle_hash: str, percent: int, change: Change) -> Version:
        """`percent` of new calls begin with this bundle; MalformedRequest where there is nothing to compare it with."""
        def moved(old: Pointer | None) -> Pointer:
            if old is None:
                raise MalformedRequest("there is no version in force that a trial could be compared with",
                                       hint="publish without --canary first")
            if old.hash == bundle_hash:
                raise MalformedRequest("this bundle is the version in force already")
            return Pointer(0, old.hash, bundle_hash, percent, change.at)

        return self._move(bundle_id, "canary", change, moved, bundle_hash, percent)

    def promote(self, bundle_id: str, change: Change) -> Version:
        """The trial becomes what all new calls begin with."""
        pointer = self._on_trial(bundle_id)
        return self._move(bundle_id, "promote", change, lambda old: Pointer(0, _trial(old)), str(pointer.canary_hash))

    def stop(self, bundle_id: str, change: Change, expected: Pointer | None = None) -> Version:
        """The trial ends. With `expected`, only if nothing was changed since: Conflict otherwise."""
        pointer = expected or self._on_trial(bundle_id)
        return self._move(bundle_id, "stop", change, lambda old: Pointer(0, _in_force(old)), pointer.hash, expected=expected)

    def rollback(self, bundle_id: str, change: Change, to: int | None = None) -> Version:
        """New calls begin with version `to` again; without it with what was in force before the present version, or, where a
        trial runs, with the present version alone."""
        pointer = self.pointer(bundle_id)
        if pointer is None:
            raise MalformedRequest(f"nothing was published of bundle {bundle_id!r} yet")
        if to is None and pointer.canary_hash:
            return self.stop(bundle_id, change, pointer)
        target = self._numbered(bundle_id, to) if to is not None else self._before(bundle_id, pointer.hash)
        return self._move(bundle_id, "rollback", change, lambda old: Pointer(0, target), target, expected=pointer)

    def looked(self, bundle_id: str, pointer: Pointer, look: int) -> bool:
        """Remember that the trial's figures were looked at; False when another process did so first."""
        with self._db.write() as connection:
            done = connection.execute(pointers.update().where(
                pointers.c.bundle_id == bundle_id, pointers.c.revision == pointer.revision,
                sa.or_(pointers.c.canary_look.is_(None), pointers.c.canary_look < look)).values(canary_look=look))
        return done.rowcount == 1

    def _move(self, bundle_id: str, kind: str, change: Change, moved: Any, version_hash: str, percent: int = 100, *,
              expected: Pointer | None = None) -> Version:
        wanted = sa.select(pointers).where(pointers.c.bundle_id == bundle_id)
        try:
            with self._db.write(durable=True) as connection:
                row = connection.execute(wanted).mappings().first()
                old = _pointer(row) if row else None
                if expected is not None and (old is None or old.revision != expected.revision):
                    raise Conflict("the version in force was changed by somebody else in the same moment")
                new = moved(old)
                self._point(connection, bundle_id, old, new)
                before = old.hash if old and old.hash != version_hash else None
                number = connection.execute(versions.insert().values(
                    bundle_id=bundle_id, hash=version_hash, previous_hash=before, kind=kind, percent=percent, author=change.author,
                    reason=change.reason, checks=json.dumps(dict(change.checks), sort_keys=True), at=change.at.isoformat()
                )).inserted_primary_key[0]
        except sa.exc.IntegrityError:
            raise Conflict("the version in force was changed by somebody else in the same moment") from None
        return Version(number, version_hash, before, kind, percent, change.author, change.reason, change.at, change.checks)

    @staticmethod
    def _point(connection: sa.Connection, bundle_id: str, old: Pointer | None, new: Pointer) -> None:
        values = {"hash": new.hash, "canary_hash": new.canary_hash, "canary_percent": new.canary_percent, "canary_look": None,
                  "canary_since": new.canary_since.isoformat() if new.canary_since else None}
        if old is None:
            connection.execute(pointers.insert().values(bundle_id=bundle_id, revision=1, **values))
            return
        done = connection.execute(pointers.update().where(pointers.c.bundle_id == bundle_id, pointers.c.revision == old.revision)
                                  .values(revision=old.revision + 1, **values))
        if done.rowcount != 1:
            raise Conflict("the version in force was changed by somebody else in the same moment")

    # -- finding versions ---------------------------------------------------------------------------------------

    def _on_trial(self, bundle_id: str) -> Pointer:
        pointer = self.pointer(bundle_id)
        if pointer is None or pointer.canary_hash is None:
            raise MalformedRequest(f"no trial of bundle {bundle_id!r} is running")
        return pointer

    def _numbered(self, bundle_id: str, number: int) -> str:
        found = next((v.hash for v in self.all(bundle_id) if v.number == number), None)
        if found is None:
            raise MalformedRequest(f"bundle {bundle_id!r} has no version {number}", hint="ivr versions lists them")
        return found

    def _before(self, bundle_id: str, bundle_hash: str) -> str:
        """What was in force before this bundle was put there."""
        came = next((v for v in self.all(bundle_id) if v.hash == bundle_hash and v.kind in ("publish", "promote") and v.previous_hash),
                    None)
        if came is None or came.previous_hash is None:
            raise MalformedRequest("there is no version before the present one",
                                   hint="name one: ivr rollback --to NUMBER (ivr versions lists them)")
        return came.previous_hash


def _trial(old: Pointer | None) -> str:
    if old is None or old.canary_hash is None:
        raise Conflict("the trial ended in the same moment")
    return old.canary_hash


def _in_force(old: Pointer | None) -> str:
    if old is None or old.canary_hash is None:
        raise Conflict("the trial ended in the same moment")
    return old.hash


def _pointer(row: Any) -> Pointer:
    since = datetime.fromisoformat(row["canary_since"]) if row["canary_since"] else None
    return Pointer(row["revision"], row["hash"], row["canary_hash"], row["canary_percent"], since, row["canary_look"])


def _version(row: Any) -> Version:
    return Version(row["number"], row["hash"], row["previous_hash"], row["kind"], row["percent"], row["author"], row["reason"],
                   datetime.fromisoformat(row["at"]), json.loads(row["checks"]))
