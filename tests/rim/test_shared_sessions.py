"""Live sessions in Redis beside PostgreSQL: what is lost, late or silent there costs time, never a call or a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.dialog import events as ev
from ivr.errors import Unavailable
from ivr.sensitive import Sensitive
from ivr.store.calls import StreamToken
from ivr.store.redis_link import RedisLink
from ivr.store.redis_shared import redis_shared
from ivr.store.shared import CachedSession
from tests.contract import servers
from tests.rim.site import Site, site


@pytest.fixture
def redis() -> Iterator[servers.RedisServer]:
    """One of its own: these tests stop and freeze it."""
    server = servers.RedisServer(appendonly=True)
    yield server
    server.thaw()
    server.close()


@pytest.fixture
def office(redis: servers.RedisServer, tmp_path: Path) -> Iterator[Site]:
    url = servers.postgresql().new_database()
    with site(tmp_path, database_url=url, redis_url=redis.url) as s:
        yield s
    servers.postgresql().drop(url)


def a_promise(call) -> None:
    call.say("where is my case")
    call.say("yes")


def test_a_live_call_is_read_from_redis_and_an_ended_one_is_not_kept(office: Site, redis: servers.RedisServer) -> None:
    call = office.call()
    key = f"ivr:session:{call.sid}"
    assert redis.client().exists(key)
    assert office.services.calls.load(call.sid, fresh=False).cached
    assert office.services.calls.load(call.sid, fresh=False).session == office.services.turns.session(call.sid)
    assert call.from_[-9:].encode() not in redis.client().dump(key)
    call.hangup()
    assert not redis.client().exists(key)


@pytest.mark.parametrize("trouble", ["flushed", "restarted", "stopped", "frozen"])
def test_a_call_goes_on_whatever_redis_does(office: Site, redis: servers.RedisServer, trouble: str) -> None:
    call = office.call()
    {"flushed": redis.flush, "restarted": lambda: (redis.stop(), redis.start()), "stopped": redis.stop, "frozen": redis.freeze}[trouble]()
    a_promise(call)
    assert "text is on its way" in call.heard_text
    call.say("no")
    assert call.ended == "hangup"
    office.work()
    assert len(office.ledger.sms) == 1
    assert not call.errors
    status = office.app.test_client().get("/readyz")
    assert status.status_code == 200
    expected = {"flushed": ["ok"], "restarted": ["ok", "degraded"], "stopped": ["degraded"], "frozen": ["degraded"]}
    assert status.json["shared"] in expected[trouble], "left alone for a moment after a failure"


def test_an_old_copy_is_noticed_when_it_is_written_and_the_turn_is_done_again(office: Site) -> None:
    call, calls = office.call(), office.services.calls
    old = calls._cache.get(call.sid)
    call.say("where is my case")
    calls._cache.forget(call.sid)
    assert calls._cache.save(call.sid, 0, old), "as a process that was stopped for a while would leave it"
    before = len(calls.log_of(call.sid))
    call.say("yes")
    assert "text is on its way" in call.heard_text
    assert len(calls.log_of(call.sid)) > before
    assert calls.load(call.sid, fresh=False).session == office.services.turns.session(call.sid)


def test_a_copy_from_the_future_is_noticed_too(office: Site) -> None:
    """After a crash of the database the last turns may be lost there, and Redis still has them."""
    call, calls = office.call(), office.services.calls
    now = calls._cache.get(call.sid)
    calls._cache.forget(call.sid)
    calls._cache.save(call.sid, 0, CachedSession(now.state, now.events + 3))
    call.say("where is my case")
    log = [e.event.type for e in calls.log_of(call.sid)]
    assert len(log) == len(set(range(1, len(log) + 1)))
    assert calls.load(call.sid).session.version == sum(e.applied for e in calls.log_of(call.sid))


def test_two_servers_on_one_call_take_turns(redis: servers.RedisServer, tmp_path: Path) -> None:
    url = servers.postgresql().new_database()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    with ExitStack() as both:
        here = both.enter_context(site(tmp_path / "a", database_url=url, redis_url=redis.url, data_keys=SecretStr("k")))
        there = both.enter_context(site(tmp_path / "b", database_url=url, redis_url=redis.url, data_keys=SecretStr("k")))
        call = here.call()
        for n, text in enumerate(("where is my case", "yes", "no")):
            services = (there, here)[n % 2].services
            turn = services.turns.session(call.sid).turn
            services.turns.take(call.sid, ev.SpeechHeard(turn, Sensitive(text)))
        assert here.services.turns.session(call.sid) == there.services.turns.session(call.sid)
        assert here.services.turns.session(call.sid).outcome == "self_service"
    servers.postgresql().drop(url)


def test_a_token_kept_in_redis_opens_one_stream(office: Site, redis: servers.RedisServer) -> None:
    calls, now = office.services.calls, office.clock.now()
    token = StreamToken("d" * 64, now + timedelta(minutes=1), True)
    assert calls.offer_token("CA1", token, now)
    assert calls.redeem(token.digest, now) == ("CA1", True)
    assert calls.redeem(token.digest, now) is None
    redis.stop()
    assert not calls.offer_token("CA1", token, now), "then it goes into the turn's own transaction"
    with office.services.db.write() as c:
        calls.stream_token(c, "CA1", token)
    assert calls.redeem(token.digest, now) == ("CA1", True)


def test_counters_say_when_they_cannot_count(redis: servers.RedisServer, office: Site) -> None:
    """Whoever spends money refuses then; whoever serves a caller goes on. The counter cannot know which."""
    shared = redis_shared(RedisLink(redis.url), office.services.db.box)
    redis.stop()
    with pytest.raises(Unavailable):
        shared.counters.add("texts", 60, office.clock.now())


def test_a_database_that_is_away_gives_callers_a_way_out_and_comes_back(tmp_path: Path) -> None:
    server = servers.PostgresServer()
    try:
        with site(tmp_path, database_url=server.new_database()) as office:
            browser = office.app.test_client()
            lost, kept = office.call(), office.call()
            server.kill()
            assert browser.get("/readyz").status_code == 503
            assert browser.get("/healthz").status_code == 200
            lost.say("where is my case")
            assert lost.ended, "told where to go"
            assert "u s c i s dot go" in lost.heard_text.lower()
            assert office.ledger.queue == []
            server.start()
            assert browser.get("/readyz").status_code == 200
            a_promise(kept)
            assert "text is on its way" in kept.heard_text
            office.work()
            assert len(office.ledger.sms) == 1
    finally:
        server.close()
