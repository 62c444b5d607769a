"""Counters, locks and presence: one suite over SQLite, PostgreSQL and Redis. And what only Redis does: sessions and tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ivr.errors import ConfigProblem, Unavailable
from ivr.store import redis_link
from ivr.store.redis_link import RedisLink
from ivr.store.redis_shared import RedisSessions, RedisTokens, redis_shared
from ivr.store.sealed import SecretBox
from ivr.store.shared import CachedSession, Shared
from tests.contract import servers

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
BOX = SecretBox(["a key"])


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class TestCounters:
    def test_counts_what_happened_within_the_window(self, shared: Shared) -> None:
        assert [shared.counters.add("texts:+12025550143", 3600, after(n)) for n in range(3)] == [1, 2, 3]
        assert shared.counters.add("texts:+12025550143", 3600, after(4), by=0) == 3, "looking counts nothing"
        assert shared.counters.add("texts:+12025550199", 3600, after(4)) == 1, "keys do not meet"
        assert shared.counters.add("texts:+12025550143", 60, after(4)) == 1, "nor windows"

    def test_the_former_window_fades(self, shared: Shared) -> None:
        shared.counters.add("k", 100, NOW, by=10)
        assert shared.counters.add("k", 100, after(100), by=0) == 10
        assert shared.counters.add("k", 100, after(150), by=0) == 5
        assert shared.counters.add("k", 100, after(199), by=0) == 0
        assert shared.counters.add("k", 100, after(300), by=0) == 0

    def test_nothing_is_lost_between_threads(self, shared: Shared) -> None:
        def count() -> None:
            for _ in range(25):
                shared.counters.add("k", 3600, NOW)

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shared.counters.add("k", 3600, NOW, by=0) == 100


class TestLocks:
    def test_one_holds_it_and_only_its_token_lets_go(self, shared: Shared) -> None:
        token = shared.locks.take("nightly", 30, NOW)
        assert token
        assert shared.locks.take("nightly", 30, after(29)) is None
        assert shared.locks.take("other", 30, NOW)
        assert not shared.locks.release("nightly", "not this one")
        assert shared.locks.release("nightly", token)
        assert not shared.locks.release("nightly", token)
        assert shared.locks.take("nightly", 30, NOW)

    def test_of_many_takers_one_wins(self, shared: Shared) -> None:
        got: list[str | None] = []
        threads = [threading.Thread(target=lambda: got.append(shared.locks.take("x", 30, NOW))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([g for g in got if g]) == 1


def test_a_lock_in_sql_ends_by_the_clock_it_is_given(db) -> None:
    from ivr.store.sql_shared import SqlLocks

    locks = SqlLocks(db)
    first = locks.take("x", 30, NOW)
    assert locks.take("x", 30, after(30))
    assert first
    assert not locks.release("x", first), "whoever lost it does not end the lock of the next"


def test_presence_ends_by_itself(shared: Shared) -> None:
    presence = shared.presence
    presence.seen("agents", "maria", 30, NOW)
    presence.seen("agents", "ana", 30, after(20))
    presence.seen("agents", "maria", 30, after(10))
    presence.seen("supervisors", "eva", 30, NOW)
    assert presence.who("agents", after(39)) == ["ana", "maria"]
    assert presence.who("agents", after(41)) == ["ana"]
    presence.gone("agents", "ana")
    assert presence.who("agents", after(41)) == []


@pytest.fixture
def link() -> Iterator[RedisLink]:
    servers.redis().flush()
    made = RedisLink(servers.redis().url)
    yield made
    made.close()


class TestSessions:
    def test_compare_and_set(self, link: RedisLink) -> None:
        cache = RedisSessions(link, BOX)
        assert cache.get("CA1") is None
        assert cache.save("CA1", 0, CachedSession(b"one", 1))
        assert cache.save("CA1", 1, CachedSession(b"two", 2))
        assert not cache.save("CA1", 1, CachedSession(b"late", 2)), "somebody else was first"
        assert cache.get("CA1") == CachedSession(b"two", 2)

    def test_a_copy_that_missed_a_save_is_dropped_and_a_newer_one_stays(self, link: RedisLink) -> None:
        cache = RedisSessions(link, BOX)
        cache.save("CA1", 0, CachedSession(b"one", 1))
        assert not cache.save("CA1", 2, CachedSession(b"three", 3))
        assert cache.get("CA1") is None
        cache.save("CA1", 3, CachedSession(b"five", 5))
        assert not cache.save("CA1", 1, CachedSession(b"two", 2))
        assert cache.get("CA1") == CachedSession(b"five", 5)

    def test_what_lies_in_redis_cannot_be_read_there_and_ends(self, link: RedisLink) -> None:
        RedisSessions(link, BOX).save("CA1", 0, CachedSession(b"+12025550143", 1))
        client = servers.redis().client()
        assert b"12025550143" not in client.dump("ivr:session:CA1")
        assert 0 < client.ttl("ivr:session:CA1") <= 4 * 3600

    def test_a_token_works_once(self, link: RedisLink) -> None:
        tokens = RedisTokens(link)
        assert tokens.offer("d1", "CA1", True, 60)
        assert tokens.take("d1") == ("CA1", True)
        assert tokens.take("d1") is None


class TestTrouble:
    def test_an_unreachable_server_is_a_clear_error_at_start(self) -> None:
        with pytest.raises(ConfigProblem, match=r"Redis at 127\.0\.0\.1:\d+ does not answer"):
            RedisLink(f"redis://:secret@127.0.0.1:{servers.free_port()}/0")
        with pytest.raises(ConfigProblem, match="cannot be read"):
            RedisLink("nonsense://x")

    def test_a_server_that_stops_answering_costs_one_wait_and_is_found_again(self) -> None:
        server, clock = servers.RedisServer(), [100.0]
        asked = []
        try:
            link = RedisLink(server.url, monotonic_s=lambda: clock[0])
            all_of_it = redis_shared(link, BOX)
            server.freeze()
            assert all_of_it.sessions.get("CA1") is None, "an empty cache"
            assert not all_of_it.tokens.offer("d", "CA1", False, 60)
            for use in (lambda: all_of_it.counters.add("k", 60, NOW), lambda: all_of_it.locks.take("x", 1, NOW),
                        lambda: all_of_it.presence.who("r", NOW), all_of_it.ping):
                with pytest.raises(Unavailable, match="left alone"):
                    use()
            server.thaw()
            with pytest.raises(Unavailable):
                link.run(asked.append)
            assert asked == [], "nobody asks before the pause is over"
            clock[0] += redis_link.PAUSE_S
            assert all_of_it.counters.add("k", 60, NOW) == 1
            assert all_of_it.sessions.save("CA1", 0, CachedSession(b"x", 1))
        finally:
            server.thaw()
            server.close()
