"""`ivr versions`, `ivr rollback` and `ivr canary`: what is in force, and changing it back."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click

from ivr import config

_BUNDLE = click.option("--bundle-id", help="Id of the bundle, where several are published.")
_AUTHOR = click.option("--author", default=getpass.getuser, show_default="you", help="Who answers for it.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@_BUNDLE
@_JSON
def versions(bundle_id: str | None, as_json: bool) -> int:
    """What was put into service, when, by whom and why; newest first."""
    with _published(bundle_id) as (name, store, _):
        pointer, found = store.pointer(name), store.all(name)
    if as_json:
        rows = [{"version": v.number, "at": v.at.isoformat(), "kind": v.kind, "hash": v.hash, "percent": v.percent, "author": v.author,
                 "reason": v.reason, "checks": dict(v.checks)} for v in found]
        click.echo(json.dumps({"bundle": name, "in_force": pointer.hash, "canary": pointer.canary_hash,
                               "canary_percent": pointer.canary_percent, "versions": rows}))
        return 0
    marked: set[str] = set()
    for v in found:
        click.echo(f"{_mark(v, pointer, marked)} {v.number:>4}  {v.at:%Y-%m-%d %H:%M}Z  {v.kind:<8}  {v.hash[:12]}  {v.author}: {v.reason}")
    return 0


def _mark(version: Any, pointer: Any, marked: set[str]) -> str:
    """`*` at the newest version that is in force, `~` at the one on trial."""
    sign = "*" if version.hash == pointer.hash else "~" if version.hash == pointer.canary_hash else " "
    if sign in marked or version.kind == "stop":
        return " "
    marked.add(sign)
    return sign


@click.command()
@click.option("--to", type=click.IntRange(1), help="Number of the version; default: what was in force before the present one.")
@click.option("--reason", default="rollback", show_default=True, help="Why: stands in `ivr versions`.")
@_AUTHOR
@_BUNDLE
@_JSON
def rollback(to: int | None, reason: str, author: str, bundle_id: str | None, as_json: bool) -> int:
    """Let new calls begin with an earlier version again; a running trial ends."""
    with _published(bundle_id) as (name, store, _):
        version = store.rollback(name, _change(author, reason), to)
    _done(version, as_json, "new calls begin with it within two seconds; calls under way stay on theirs")
    return 0


@click.group()
def canary() -> None:
    """The trial of a bundle on a share of new calls: `ivr publish BUNDLE --canary 10` begins one."""


@canary.command()
@_BUNDLE
@_JSON
def status(bundle_id: str | None, as_json: bool) -> int:
    """How calls on the trial end, beside those on the version in force over the same time."""
    from ivr.publishing.canary import FEWEST_CALLS, RATES
    from ivr.store.call_outcomes import CallOutcomes

    with _published(bundle_id) as (name, store, db):
        pointer = store.pointer(name)
        if pointer.canary_hash is None:
            click.echo(json.dumps({"bundle": name, "canary": None}) if as_json else "no trial is running")
            return 0
        trial, stable = (CallOutcomes(db).counts(h, pointer.canary_since) for h in (pointer.canary_hash, pointer.hash))
    if as_json:
        click.echo(json.dumps({"bundle": name, "canary": pointer.canary_hash, "percent": pointer.canary_percent,
                               "calls": {"canary": trial.calls, "in_force": stable.calls},
                               "rates": {k: {"canary": trial.rate(k), "in_force": stable.rate(k)} for k in RATES}}))
        return 0
    click.echo(f"{'':<30}{'trial':>10}{'in force':>10}")
    click.echo(f"{'bundle':<30}{pointer.canary_hash[:8]:>10}{pointer.hash[:8]:>10}")
    click.echo(f"{'calls that ended':<30}{trial.calls:>10,}{stable.calls:>10,}")
    for kind, words in RATES.items():
        click.echo(f"{words:<30}{trial.rate(kind):>10.1%}{stable.rate(kind):>10.1%}")
    if trial.calls < FEWEST_CALLS:
        click.echo(f"nothing is concluded before the trial has had {FEWEST_CALLS} calls")
    return 0


@canary.command()
@click.option("--reason", default="the trial went well", show_default=True, help="Why: stands in `ivr versions`.")
@_AUTHOR
@_BUNDLE
@_JSON
def promote(reason: str, author: str, bundle_id: str | None, as_json: bool) -> int:
    """Let all new calls begin with the trial."""
    with _published(bundle_id) as (name, store, _):
        version = store.promote(name, _change(author, reason))
    _done(version, as_json, "all new calls begin with it within two seconds")
    return 0


@canary.command()
@click.option("--reason", default="stopped by hand", show_default=True, help="Why: stands in `ivr versions`.")
@_AUTHOR
@_BUNDLE
@_JSON
def stop(reason: str, author: str, bundle_id: str | None, as_json: bool) -> int:
    """End the trial: all new calls begin with the version in force."""
    with _published(bundle_id) as (name, store, _):
        version = store.stop(name, _change(author, reason))
    _done(version, as_json, "all new calls begin with the version in force")
    return 0


@contextmanager
def _published(bundle_id: str | None) -> Iterator[tuple[str, Any, Any]]:
    """Bundle id, its versions, the database. Without an id the only one that is published."""
    from ivr.runtime.data_keys import box_of
    from ivr.store.db import Database
    from ivr.store.versions import Versions

    settings = config.load()
    db = Database(settings.database, box_of(settings))
    try:
        store = Versions(db)
        known = store.bundle_ids()
        if not known:
            raise click.UsageError("nothing was published here yet: ivr publish BUNDLE --reason WHY")
        if bundle_id is None and len(known) > 1:
            raise click.UsageError(f"several bundles are published, name one with --bundle-id: {', '.join(known)}")
        if bundle_id is not None and bundle_id not in known:
            raise click.UsageError(f"nothing was published of {bundle_id!r}; there is {', '.join(known)}")
        yield bundle_id or known[0], store, db
    finally:
        db.close()


def _change(author: str, reason: str) -> Any:
    from ivr.store.versions import Change

    return Change(author, reason, datetime.now(UTC))


def _done(version: Any, as_json: bool, effect: str) -> None:
    if as_json:
        click.echo(json.dumps({"version": version.number, "kind": version.kind, "hash": version.hash, "reason": version.reason}))
    else:
        click.echo(f"version {version.number}: {version.kind} to {version.hash[:12]}\n{effect}")
