"""The purge: deletes what is older than its class allows, in small transactions, each with an entry in the data log.

Run by `ivr data purge` and once a day by a worker. What may be deleted is one condition a table below; what is deleted with it
hangs on the same keys. A purge that is killed has deleted whole batches and goes on the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from ivr.config import Settings
from ivr.contact.states import FINAL
from ivr.store import schema, schema_access, schema_contact, schema_desk, schema_promises, schema_publishing, schema_shared, schema_text
from ivr.store.data_log import DataLog
from ivr.store.data_map import CLASSES
from ivr.store.db import Database
from ivr.store.tables import metadata

BATCH = 500
"""Keys in one transaction: short enough that no turn waits for it."""
Where = Callable[[str], sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    data_class: str
    key: sa.Column
    """What is deleted, by its key."""
    where: Where
    """Handed the moment before which things are old, as text."""
    along: tuple[str, ...] = ()
    """`table.column` of what hangs on the same key."""
    name: str = ""


def _t(name: str) -> sa.Table:
    return metadata.tables[name]


_calls, _bundles, _promises, _consents = schema.calls, schema_publishing.bundles, schema_promises.promises, schema_contact.consents
_later = _consents.alias()
_STANDING = ("revoked", "resumed")
"""Answers that stand until the other one is given."""


def _unused(old: str) -> sa.ColumnElement[bool]:
    """Bundles that no call, no published version and no pointer names."""
    used = sa.union(sa.select(_calls.c.bundle_hash), sa.select(_t("versions").c.hash), sa.select(_t("pointers").c.hash),
                    sa.select(_t("pointers").c.canary_hash).where(_t("pointers").c.canary_hash.is_not(None)))
    return sa.and_(_bundles.c.loaded_at < old, _bundles.c.hash.not_in(used))


def _not_the_last_word(old: str) -> sa.ColumnElement[bool]:
    newer = sa.exists().where(_later.c.address_index == _consents.c.address_index, _later.c.channel == _consents.c.channel,
                              _later.c.purpose == _consents.c.purpose, _later.c.seq > _consents.c.seq,
                              # A yes in a call lifts no revocation, so it does not take its place either.
                              sa.or_(_consents.c.answer.not_in(_STANDING), _later.c.answer.in_(_STANDING)))
    return sa.and_(_consents.c.at < old, newer)


def _half_a_day_before(now: str) -> str:
    """A session of staff lasts no longer than this, whatever happens in it (`access.session_rules`)."""
    return (datetime.fromisoformat(now) - timedelta(hours=12)).isoformat()


OF_A_CALL = ("events.call_id", "call_statuses.call_id", "call_outcomes.call_id", "persons.call_id", "stream_tokens.call_id",
             "answers.call_id", "text_sessions.call_id", "text_lines.call_id", "wrap_ups.call_id")
OF_A_PROMISE = ("promise_history.key", "promise_notes.key", "promise_contacts.key", "callback_calls.key", "message_statuses.promise_key")
"""What hangs on a call or a promise, for whoever deletes one."""

RULES: tuple[Rule, ...] = (
    Rule("calls", _calls.c.call_id, lambda old: _calls.c.updated_at < old,
         OF_A_CALL),
    Rule("calls", schema.call_statuses.c.call_id, lambda old: schema.call_statuses.c.updated_at < old, name="reports on calls"),
    Rule("calls", schema_shared.persons.c.call_id, lambda old: sa.and_(
        schema_shared.persons.c.since < old, schema_shared.persons.c.call_id.not_in(sa.select(_calls.c.call_id))),
         name="names without a call"),
    Rule("calls", schema_desk.wrap_ups.c.seq, lambda old: sa.and_(
        schema_desk.wrap_ups.c.at < old, schema_desk.wrap_ups.c.call_id.not_in(sa.select(_calls.c.call_id))), name="orphaned wrap-ups"),
    Rule("answers", schema.answers.c.key, lambda old: schema.answers.c.at < old),
    Rule("promises", _promises.c.key, lambda old: sa.and_(_promises.c.state.in_(sorted(FINAL)), _promises.c.updated_at < old),
         OF_A_PROMISE),
    Rule("promises", _t("message_statuses").c.provider_id, lambda old: sa.and_(
        _t("message_statuses").c.updated_at < old, _t("message_statuses").c.promise_key.not_in(sa.select(_promises.c.key))),
        name="reports on messages"),
    Rule("consent", _consents.c.seq, _not_the_last_word),
    Rule("consent", _t("unreachable").c.address_index, lambda old: _t("unreachable").c.at < old, name="unreachable addresses"),
    Rule("bundles", _bundles.c.hash, _unused, ("bundle_models.bundle_hash",)),
    Rule("proof", schema_shared.data_log.c.id, lambda old: schema_shared.data_log.c.at < old),
    Rule("proof", schema_text.reveals.c.seq, lambda old: schema_text.reveals.c.at < old, name="values that staff looked at"),
    Rule("brief", schema.stream_tokens.c.digest, lambda now: schema.stream_tokens.c.expires_at < now, name="stream tokens"),
    Rule("brief", schema_access.staff_sessions.c.digest, lambda now: schema_access.staff_sessions.c.begun_at < _half_a_day_before(now),
         name="sessions of staff"),
    Rule("brief", _t("links").c.digest, lambda now: _t("links").c.expires_at < now, name="links"),
    Rule("brief", _t("contact_counters").c.window, lambda now: _t("contact_counters").c.expires_at < now, name="counts of contacts"),
    Rule("brief", schema_shared.locks.c.name, lambda now: schema_shared.locks.c.until < now, name="locks"),
    Rule("brief", schema_shared.presence.c.member, lambda now: schema_shared.presence.c.until < now, name="presence"),
    Rule("brief", schema_shared.counters.c.key, lambda now: (schema_shared.counters.c.bucket + 2) * schema_shared.counters.c.window_s
         < int(datetime.fromisoformat(now).timestamp()), name="counters"),
)


def days_of(settings: Settings) -> dict[str, int]:
    """class -> days that it is kept, from the settings."""
    return {name: getattr(settings, each.setting) if each.setting else 0 for name, each in CLASSES.items()}


def purge(db: Database, now: datetime, days: Mapping[str, int], *, dry_run: bool = False,
          progress: Callable[[], None] = lambda: None) -> dict[str, int]:
    """What was deleted, or would be: name of the class or part -> count. `progress` is called after each transaction."""
    out: dict[str, int] = {}
    for rule in RULES:
        old = (now.astimezone(UTC) - timedelta(days=days[rule.data_class])).isoformat()
        out[rule.name or rule.data_class] = _count(db, rule, old) if dry_run else _purge(db, rule, old, now, progress)
    return out


def nightly_purge(db: Database, days: Mapping[str, int]) -> Callable[[datetime], str]:
    """As a worker's job: one line of what was deleted, empty for nothing."""
    def run(now: datetime) -> str:
        return ", ".join(f"{count} {name}" for name, count in purge(db, now, days).items() if count)

    return run


def _count(db: Database, rule: Rule, old: str) -> int:
    with db.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(rule.key.table).where(rule.where(old))).scalar_one()


def _purge(db: Database, rule: Rule, old: str, now: datetime, progress: Callable[[], None]) -> int:
    done, log = 0, DataLog(db)
    while True:
        with db.read() as connection:
            if connection.execute(sa.select(sa.literal(1)).select_from(rule.key.table).where(rule.where(old)).limit(1)).first() is None:
                return done
        with db.write() as connection:
            # Looked for again inside of the transaction, and locked: a call that goes on meanwhile is not old any more.
            keys = connection.execute(sa.select(rule.key).where(rule.where(old)).limit(BATCH)
                                      .with_for_update(skip_locked=True)).scalars().all()
            if not keys:
                return done  # somebody else is at them
            count = connection.execute(rule.key.table.delete().where(rule.key.in_(set(keys)), rule.where(old))).rowcount
            delete_along(connection, rule.along, keys)
            log.note(connection, "purged", rule.name or rule.data_class, count, now, f"older than {old[:10]}")
        done += count
        progress()


def delete_along(connection: sa.Connection, along: tuple[str, ...], keys: list[str] | set[str]) -> int:
    """Rows of other tables that hang on these keys; how many there were."""
    count = 0
    for each in along:
        table, _, column = each.partition(".")
        count += connection.execute(_t(table).delete().where(_t(table).c[column].in_(set(keys)))).rowcount
    return count
