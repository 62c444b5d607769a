"""`ivr publish`: check, prove, test and train a bundle apart from everything in force, then let new calls begin with it."""

from __future__ import annotations

import getpass
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ivr import config
from ivr.errors import BundleProblems, ConfigProblem
from ivr.flow.load import read_files
from ivr.flow.model import Bundle
from ivr.flow.report import as_text

CANARY = click.IntRange(1, 50)
"""Percent of new calls. More than half would make the trial the rule and what is in force the exception."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A bundle that passed everything, and the figures of it."""

    bundle: Bundle
    figures: dict[str, Any]


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why: stands in `ivr versions`.")
@click.option("--author", default=getpass.getuser, show_default="you", help="Who answers for it.")
@click.option("--canary", "percent", type=CANARY, help="Only this percentage of new calls, until it is promoted or stopped.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes among which the tests are divided.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def publish(bundle: Path, reason: str, author: str, percent: int | None, jobs: int, as_json: bool) -> int:
    """Put BUNDLE into service: nothing that is in force is touched until all of it has passed."""
    from ivr.runtime.data_keys import box_of
    from ivr.runtime.intent_models import IntentModels
    from ivr.store.db import Database
    from ivr.store.models import BundleModels
    from ivr.store.pinned import PinnedBundles
    from ivr.store.versions import Change, Versions

    settings = config.load()
    say = (lambda *_: None) if as_json else _say
    passed = _shadow(bundle, settings, jobs, say)
    db = Database(settings.database, box_of(settings))
    try:
        versions, now = Versions(db), datetime.now(UTC)
        before = versions.pointer(passed.bundle.id)
        if before and percent is None and before.hash == passed.bundle.hash and before.canary_hash is None:
            return _same(versions, passed.bundle, as_json)
        begun = time.perf_counter()
        IntentModels(settings, BundleModels(db)).publish(passed.bundle)
        say("learnt", f"{len(passed.bundle.intents)} intents in {time.perf_counter() - begun:.1f} s")
        PinnedBundles(db).keep(passed.bundle.hash, passed.bundle.id, passed.bundle.files, now)
        change = Change(author, reason, now, passed.figures)
        if percent is None:
            version = versions.publish(passed.bundle.id, passed.bundle.hash, change)
        else:
            version = versions.trial(passed.bundle.id, passed.bundle.hash, percent, change)
    finally:
        db.close()
    if as_json:
        click.echo(json.dumps({"version": version.number, "bundle": passed.bundle.id, "hash": version.hash, "kind": version.kind,
                               "percent": version.percent, "previous": version.previous_hash, "checks": passed.figures}))
        return 0
    say("published", f"version {version.number}, bundle {version.hash[:12]}, by {author}: {reason}")
    click.echo(f"{percent or 100} % of new calls begin with it within two seconds"
               + (f"; calls under way stay on {before.hash[:12]}" if before else ""))
    if not settings.follows_published:
        click.echo("note: a server with these settings serves the folder; IVR_FOLLOW=published makes it follow what is published")
    return 0


def _shadow(folder: Path, settings: config.Settings, jobs: int, say: Any) -> Passed:
    """Everything that can be wrong with a bundle, looked for without touching what is in force; ends the command with 1."""
    from ivr.transcripts.run_bundle import run_bundle
    from ivr.transcripts.suite import Wanted

    try:
        made = run_bundle(folder, (), Wanted(), models=settings.var_dir / "intents", jobs=jobs, env=settings.env)
    except BundleProblems as error:
        _refuse(folder, error.problems)
    except ConfigProblem as error:
        raise click.UsageError(str(error)) from None
    examined, outcome = made.examined, made.outcome
    if examined is None or not examined.ok or outcome.problems:
        _refuse(folder, [*(examined.problems if examined else ()), *outcome.problems])
    say("checked", f"{folder}: no problems")
    say("proven", f"{examined.states:,} states, {examined.transitions:,} transitions: {', '.join(examined.laws)}")
    if outcome.failed:
        from ivr.transcripts.coverage import coverage_of
        from ivr.transcripts.report import text_report

        coverage = coverage_of(made.bundle, outcome.runs, (), made.reachable)
        click.echo(text_report(outcome, coverage, str(folder), made.tests.files, every=False), err=True, nl=False)
        click.echo(f"not published: {len(outcome.failed)} of {len(outcome.runs):,} runs fail", err=True)
        raise click.exceptions.Exit(1)
    say("tested", f"{len(outcome.runs):,} runs of {len(made.tests.tests)} tests, all green")
    return Passed(made.bundle, {"states": examined.states, "laws": list(examined.laws), "tests": len(made.tests.tests),
                                "runs": len(outcome.runs)})


def _refuse(folder: Path, problems: Any) -> None:
    found = read_files(folder)
    paths = {name: str(path) for name, path in found.paths.items()}
    click.echo(as_text(list(problems), found.files, str(folder), paths), err=True, nl=False)
    click.echo("not published", err=True)
    raise click.exceptions.Exit(1)


def _same(versions: Any, bundle: Bundle, as_json: bool) -> int:
    number = next((v.number for v in versions.all(bundle.id) if v.hash == bundle.hash), None)
    if as_json:
        click.echo(json.dumps({"version": number, "bundle": bundle.id, "hash": bundle.hash, "kind": "unchanged"}))
    else:
        click.echo(f"version {number} is this bundle already: nothing was changed")
    return 0


def _say(what: str, words: str) -> None:
    click.echo(f"{what:<10}{words}")
