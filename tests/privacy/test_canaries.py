"""Canaries: data of a person who does not exist goes through whole calls at debug level, and is then looked for everywhere it
must not be: logs, metrics, error pages, addresses, the files of the database, Redis, backups, messages to others."""

from __future__ import annotations

import gzip
import io
import logging
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.errors import IvrError
from ivr.ops import logs
from ivr.sensitive import scrub
from ivr.store.backup import backup
from tests.contract import servers
from tests.rim.site import Site, site

CALLER, EMAIL = "+12025550199", "canary.person@example.org"
SAID = ("my receipt number is EAC9999999999", "receipt e a c 9 9 9 9 9 9 9 9 9 9", "my alien number is A123456789", "A 123-456-789",
        "call me at 202 555 0199", "two zero two five five five zero one nine nine", f"write to {EMAIL}",
        "canary dot person at example dot org", "I was born on 1961-02-03", "february third nineteen sixty one")
CANARIES = re.compile(
    rb"E[ -]?A[ -]?C[ -]?(?:9 ?){6}|(?<![.\d])9{10}|A[ -]?123-?456-?789|123456789|2025550199|202[ .-]555[ .-]0199|canary[. ]|canary dot"
    rb"|1961-02-03|nineteen sixty one|five five five zero one nine nine", re.I)


def found(data: bytes | str) -> list[bytes]:
    raw = data.encode() if isinstance(data, str) else data
    return sorted({m.group().lower() for m in CANARIES.finditer(raw)})


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, ours and the libraries', at debug level."""
    out = io.StringIO()
    logs.configure("debug", out)
    logging.getLogger().setLevel(logging.DEBUG)
    yield out
    logging.getLogger().setLevel(logging.WARNING)


def calls_with_everything(office: Site) -> None:
    """Canaries at every question of several calls; what the caller is asked in between is answered too."""
    for number, beginning in enumerate(("where is my case", "I never got my green card", "I want to talk to a person",
                                        "no he recibido mi recibo", "call me back please")):
        call = office.call(from_=CALLER)
        call.say(beginning)
        for n, words in enumerate((*SAID, *SAID)):
            if call.ended or not call.gathering:
                break
            call.say(words)
            if not call.ended and call.gathering:
                (call.press("2025550199#") if n % 4 == 3 else call.say("yes" if (n + number) % 3 else "no"))
        if not call.ended:
            call.hangup()
        office.work()
        office.clock.advance(3600)
        office.work()


def answers_about_a_case(office: Site) -> None:
    """Somebody is asked who they are, and what they answer goes to the case system."""
    call = office.call(from_=CALLER)
    for words in ("where is my case", "yes", "E A C 9 9 9 9 9 9 9 9 9 9", "yes", "february third nineteen sixty one", "yes"):
        call.say(words)
    assert office.services.cases is not None
    assert office.services.cases._source.asked > 0  # type: ignore[attr-defined]
    if not call.ended:
        call.hangup()


def a_link_by_email(office: Site) -> None:
    call = office.call(from_="anonymous")
    call.say("where is my case")
    for words in ("yes", "by email", "canary dot person at example dot org", "yes", "yes", "no"):
        if not call.ended and call.gathering:
            call.say(words)
    if not call.ended:
        call.hangup()
    office.work()


def test_the_canaries_are_seen_where_they_are() -> None:
    """The search itself: it finds each of them in the clear, and nothing in what our mask makes of them."""
    for words in SAID:
        assert found(words), words
    for value in (CALLER, EMAIL, "EAC9999999999", "A123456789", "1961-02-03"):
        assert found(value)
        assert not found(scrub(f"said {value} here")), value


@pytest.mark.parametrize("stores", ["sqlite", "servers"])
def test_no_canary_is_anywhere_but_where_it_belongs(stores: str, log: io.StringIO, tmp_path: Path) -> None:
    folder, redis = tmp_path / "var", None
    folder.mkdir()
    settings = {}
    if stores == "servers":
        redis = servers.RedisServer(appendonly=True)
        settings = {"database_url": servers.postgresql().new_database(), "redis_url": redis.url}
    try:
        with site(folder, cases_source="fake", **settings) as office:
            calls_with_everything(office)
            a_link_by_email(office)
            answers_about_a_case(office)
            _errors(office)
            live = office.call(from_=CALLER)
            live.say("I never got my green card")
            _look(office, log, tmp_path, redis)
            backup(office.services.db, tmp_path / "all.backup", office.clock.now() + timedelta(days=1))
        if stores == "sqlite":
            assert found((folder / "ivr.db").read_bytes()) == []
        with zipfile.ZipFile(tmp_path / "all.backup") as archive:
            assert {n: found(archive.read(n)) for n in archive.namelist() if found(archive.read(n))} == {}
        assert found(log.getvalue()) == []
    finally:
        if redis:
            redis.close()
            servers.postgresql().drop(settings["database_url"])


def _look(office: Site, log: io.StringIO, folder: Path, redis: servers.RedisServer | None) -> None:
    heard = sum(len(found(repr(e.event.text.reveal()))) for c in {w.params for w in office.ledger.webhooks}
                for sid in [dict(c).get("CallSid", "")] for e in office.services.calls.log_of(sid) if hasattr(e.event, "text"))
    assert heard > 20, "they did go in"
    assert len(log.getvalue()) > 10_000, "and the log was at debug level"
    assert found(log.getvalue()) == []
    assert found(office.app.test_client().get("/metrics").get_data()) == []
    for row in office.ledger.webhooks:
        assert found(row.url) == [], row.kind
    for sms in office.ledger.sms:
        assert sms.to == CALLER or found(sms.body) == []
    for mail in office.ledger.emails:
        assert mail.to == EMAIL or found(mail.raw) == []
    _look_into_files(office, folder)
    if redis:
        redis.client().execute_command("BGREWRITEAOF")
        for file in redis.folder.rglob("*"):
            assert not file.is_file() or found(file.read_bytes()) == [], file.name
        for key in redis.client().scan_iter():
            assert found(key) == []


def _look_into_files(office: Site, folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file() and "intents" not in file.parts:
            data = file.read_bytes()
            assert found(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data) == [], file.name
    db = office.services.db
    if db.dialect == "postgresql":
        with db.read() as c:
            tables = c.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
            for name in tables:
                rows = c.exec_driver_sql(f'SELECT * FROM "{name}"').all()
                assert found(repr(rows)) == [], name
    else:
        with sqlite3.connect(folder / "var/ivr.db") as plain:
            assert found("\n".join(plain.iterdump())) == []


def _errors(office: Site) -> None:
    """Pages of every kind of failure: none repeats what it was sent."""
    browser = office.app.test_client()
    answers = [browser.get(f"/nowhere/{CALLER}?email={EMAIL}"), browser.post("/voice/gather?turn=1", data={"SpeechResult": SAID[0]}),
               browser.post("/sms", data={"From": CALLER, "Body": SAID[2]}), browser.get("/l/EAC9999999999"),
               browser.post("/voice/start", data=b"\xff" + SAID[0].encode(), content_type="text/plain"),
               browser.get("/api/promises?contact=A123456789")]
    for answer in answers:
        assert answer.status_code >= 400 or found(answer.get_data()) == []
        assert found(answer.get_data()) == [], answer.status_code


def test_what_we_raise_names_nobody() -> None:
    """The last line of every command shows its error through the mask."""
    assert not found(scrub(str(IvrError(f"no call of {CALLER} with EAC9999999999"))))
