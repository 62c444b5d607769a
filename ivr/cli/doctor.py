"""`ivr doctor`: every setting with its source, and whether what it points to works. Never prints a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from ivr import config
from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.errors import IvrError
from ivr.sensitive import mask


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--markdown", is_flag=True, help="Print the reference page of the settings instead.")
def doctor(as_json: bool, markdown: bool) -> int:
    """Show every setting with its source, and check models, stores, bundle and clock."""
    if markdown:
        click.echo(config.reference_markdown(), nl=False)
        return 0
    settings = config.load()
    shown = [{"name": f"IVR_{name.upper()}", "value": _shown(getattr(settings, name)), "source": source}
             for name, source in config.sources().items()]
    checks = [_run(name, check, settings) for name, check in CHECKS.items()]
    ok = all(c["ok"] for c in checks)
    if as_json:
        click.echo(json.dumps({"ok": ok, "settings": shown, "checks": checks}, ensure_ascii=False))
    else:
        for row in shown:
            click.echo(f"{row['name']:30} {row['value']:40} {row['source']}")
        for check in checks:
            click.echo(f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}: {check['says']}")
    return 0 if ok else 1


def _shown(value: Any) -> str:
    """A value as it may be printed: secrets as a mark, numbers masked."""
    if value is None or value == "":
        return "-"
    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, bool):
        return str(int(value))
    text = re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", str(value))
    return mask(text) if text.startswith(("+", "AC")) else text


def _run(name: str, check: Callable[[Settings], str], settings: Settings) -> dict[str, Any]:
    try:
        return {"name": name, "ok": True, "says": check(settings)}
    except IvrError as error:
        return {"name": name, "ok": False, "says": str(error)}
    except OSError as error:
        return {"name": name, "ok": False, "says": error.strerror or type(error).__name__}


def _recognizer(settings: Settings) -> str:
    from ivr.speech import engines

    return engines.decide(settings.recognizer or "auto", settings.models_path).reason


def _voices(settings: Settings) -> str:
    from ivr.speech.voices import choose_synthesizer

    voice = choose_synthesizer(settings.models_path)
    try:
        return ", ".join(f"{language}: {voice.voice(language)}" for language in ("en", "es"))
    finally:
        voice.close()


def _database(settings: Settings) -> str:
    from ivr.store.db import Database

    db = Database(settings.database)
    try:
        db.ping()
        return f"{db.where} answers"
    finally:
        db.close()


def _shared(settings: Settings) -> str:
    from ivr.store.db import Database
    from ivr.store.opening import shared_of

    db = Database(settings.database)
    try:
        shared = shared_of(settings.redis_url, db)
        shared.close()
        return f"live sessions, counters and locks in {shared.where}"
    finally:
        db.close()


def _promises(settings: Settings) -> str:
    """What needs a person: it is no fault of the installation, and said all the same."""
    from ivr.runtime.promise_tools import PromiseTools

    tools = PromiseTools(settings)
    try:
        by_state: dict[str, int] = {}
        for (_, state), count in tools.ledger.counts().items():
            by_state[state] = by_state.get(state, 0) + count
        overdue, oldest = tools.ledger.overdue(tools.clock.now()), tools.ledger.oldest_due()
        waited_s = (tools.clock.now() - oldest).total_seconds() if oldest else 0.0
        if waited_s > 600:
            raise IvrError(f"a promise has been due for {waited_s / 60:.0f} minutes, so no worker runs",
                           hint="start `ivr worker`, or set IVR_WORKER=embedded")
        kinds = [f"{by_state[s]} {s}" for s in ("unknown", "failed", "expired", "held", "open") if by_state.get(s)]
        return ", ".join([*kinds, *([f"{overdue} past their deadline"] if overdue else [])]) or "nothing waits for a person"
    finally:
        tools.close()


def _bundle(settings: Settings) -> str:
    from ivr.proof.load import load_proven

    bundle = load_proven(Path(settings.bundle), settings.env)
    return f"{bundle.id} {bundle.hash[:12]}, languages {', '.join(bundle.languages)}, lines {', '.join(bundle.lines)}"


def _version(settings: Settings) -> str:
    """What new calls begin with: the published version, its trial, or the folder."""
    from ivr.store.db import Database
    from ivr.store.versions import Versions

    if not settings.follows_published:
        return "new calls begin with what is in the folder, as it is edited"
    db = Database(settings.database)
    try:
        return "; ".join(_in_force(Versions(db), name) for name in Versions(db).bundle_ids()) \
            or "nothing is published yet: new calls begin with what the folder holds when a server starts"
    finally:
        db.close()


def _in_force(versions: Any, bundle_id: str) -> str:
    pointer, known = versions.pointer(bundle_id), {v.hash: v for v in reversed(versions.all(bundle_id))}
    version = known.get(pointer.hash)
    said = f"{bundle_id} {pointer.hash[:12]}"
    if version is not None:
        said += f", version {version.number} by {version.author} since {version.at.isoformat(timespec='minutes')}: {version.reason}"
    if pointer.canary_hash:
        said += f"; {pointer.canary_percent} % of new calls try {pointer.canary_hash[:12]}"
    return said


def _intents(settings: Settings) -> str:
    """Words alone are less sure, and still work: this never fails."""
    from ivr.nlu.encoder import encoder_in, why_not

    encoder = encoder_in(settings.models_path)
    return f"by words and by meaning ({encoder.name})" if encoder else f"by words alone: {why_not(settings.models_path)}"


def _clock(settings: Settings) -> str:
    now = SystemClock().now().isoformat(timespec="seconds")
    return f"{now}, but calls are told it is {settings.now.isoformat()}" if settings.now else now


def _effects(settings: Settings) -> str:
    ways = [("texts through Twilio", bool(settings.twilio_account_sid)), ("email through SMTP", settings.smtp_url is not None)]
    working = [w for w, on in ways if on]
    if settings.is_production and not working:
        raise IvrError("neither texts nor emails can be sent", hint="set IVR_TWILIO_* or IVR_SMTP_URL")
    return ", ".join(working) if working else "a pretended carrier and mail server, for trying things out"


def _alarms(settings: Settings) -> str:
    """What staff has to look at: a run of texts to adjacent numbers, an account that is not registered ..."""
    from ivr.store.alarms import Alarms
    from ivr.store.db import Database

    db = Database(settings.database)
    try:
        found = Alarms(db).recent(SystemClock().now())
    finally:
        db.close()
    if found:
        told = "; ".join(f"{a.name} {a.count} times since {a.since[:16]} ({a.detail})" for a in found)
        raise IvrError(told, hint="see the pages on texts and emails, and on the case source")
    return "none in the last 24 hours"


def _cases(settings: Settings) -> str:
    """Asks for a number that nobody has: address, token and shape are right when it says so."""
    from ivr.cases.sources import source_of
    from ivr.sensitive import Sensitive

    source = source_of(settings)
    if source is None:
        return "no case system is connected: callers get the web address of their case"
    try:
        source.find(Sensitive(NOBODYS_CASE), settings.cases_give_up_s)
    finally:
        source.close()
    return f"{settings.cases_source} answers" + (", with made-up cases" if settings.cases_source == "fake" else "")


NOBODYS_CASE = "IOE0000000000"
CHECKS: dict[str, Callable[[Settings], str]] = {
    "recognizer": _recognizer, "voices": _voices, "database": _database, "promises": _promises, "shared": _shared, "bundle": _bundle,
    "version": _version, "intents": _intents, "effects": _effects, "cases": _cases, "alarms": _alarms, "clock": _clock,
}
