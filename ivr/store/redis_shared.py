"""What processes share, over Redis. Everything kept there has an end, nothing is kept there only, and sessions are sealed."""

from __future__ import annotations

import math
import secrets
from datetime import datetime

from ivr.errors import Unavailable
from ivr.ops import logs
from ivr.store.redis_link import RedisLink
from ivr.store.sealed import SecretBox
from ivr.store.shared import CachedSession, Shared
from ivr.store.sql_shared import window_at

SESSION_TTL_S = 4 * 3600
"""Longer than any call lasts; what outlives it is read from SQL."""
_CONTEXT = "redis.session"
log = logs.get("redis")

# KEYS[1] session. ARGV: expected length of the log, new length, state, seconds to live.
# A copy older than what is expected has missed a save and is dropped; a newer one stays.
_SAVE = """
local held = redis.call('HGET', KEYS[1], 'events')
if held and held ~= ARGV[1] then
  if tonumber(held) < tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) end
  return 0
end
redis.call('HSET', KEYS[1], 'events', ARGV[2], 'state', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""
# KEYS: this window, the former one. ARGV: by, seconds to live.
_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {count, tonumber(redis.call('GET', KEYS[2]) or '0')}
"""
# KEYS[1] lock. ARGV[1] token.
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def redis_shared(link: RedisLink, box: SecretBox) -> Shared:
    return Shared(RedisSessions(link, box), RedisTokens(link), RedisCounters(link, box), RedisLocks(link), RedisPresence(link),
                  link.where, link.ping, link.close)


class RedisSessions:
    def __init__(self, link: RedisLink, box: SecretBox):
        self._link, self._box, self._save = link, box, link.script(_SAVE)

    def get(self, call_id: str) -> CachedSession | None:
        try:
            count, state = self._link.run(lambda r: r.hmget(_session(call_id), "events", "state"))
        except Unavailable as error:
            return _without("session read from the database", error)
        return None if state is None else CachedSession(self._box.open(state, _CONTEXT), int(count))

    def save(self, call_id: str, expected: int, new: CachedSession) -> bool:
        try:
            return bool(self._save([_session(call_id)], [expected, new.events, self._box.seal(new.state, _CONTEXT), SESSION_TTL_S]))
        except Unavailable as error:
            return bool(_without("session not cached", error))

    def forget(self, call_id: str) -> None:
        try:
            self._link.run(lambda r: r.delete(_session(call_id)))
        except Unavailable as error:
            _without("session not forgotten", error)


class RedisTokens:
    def __init__(self, link: RedisLink):
        self._link = link

    def offer(self, digest: str, call_id: str, stands_for_signature: bool, ttl_s: int) -> bool:
        value = f"{int(stands_for_signature)}{call_id}"
        try:
            return bool(self._link.run(lambda r: r.set(f"ivr:token:{digest}", value, nx=True, ex=max(1, ttl_s))))
        except Unavailable as error:
            return bool(_without("token kept in the database", error))

    def take(self, digest: str) -> tuple[str, bool] | None:
        try:
            found = self._link.run(lambda r: r.getdel(f"ivr:token:{digest}"))
        except Unavailable as error:
            return _without("token looked for in the database", error)
        return (found[1:].decode(), found[:1] == b"1") if found else None


class RedisCounters:
    def __init__(self, link: RedisLink, box: SecretBox):
        self._box, self._count = box, link.script(_COUNT)

    def add(self, key: str, window_s: int, now: datetime, by: int = 1) -> int:
        bucket, share = window_at(now, window_s)
        name = f"ivr:count:{{{self._box.index(key, 'counters.key')}}}:{window_s}"
        count, former = self._count([f"{name}:{bucket}", f"{name}:{bucket - 1}"], [by, 2 * window_s + 60])
        return count + math.floor(former * share)


class RedisLocks:
    def __init__(self, link: RedisLink):
        self._link, self._release = link, link.script(_RELEASE)

    def take(self, name: str, ttl_s: float, now: datetime) -> str | None:
        token = secrets.token_hex(16)
        taken = self._link.run(lambda r: r.set(f"ivr:lock:{name}", token, nx=True, px=max(1, round(ttl_s * 1000))))
        return token if taken else None

    def release(self, name: str, token: str) -> bool:
        return bool(self._release([f"ivr:lock:{name}"], [token]))


class RedisPresence:
    def __init__(self, link: RedisLink):
        self._link = link

    def seen(self, room: str, member: str, ttl_s: float, now: datetime) -> None:
        until, name = now.timestamp() + ttl_s, f"ivr:room:{room}"

        def note(r):  # type: ignore[no-untyped-def]
            return (r.pipeline().zadd(name, {member: until}).zremrangebyscore(name, "-inf", now.timestamp())
                    .expire(name, math.ceil(ttl_s) + 60).execute())

        self._link.run(note)

    def gone(self, room: str, member: str) -> None:
        self._link.run(lambda r: r.zrem(f"ivr:room:{room}", member))

    def who(self, room: str, now: datetime) -> list[str]:
        found = self._link.run(lambda r: r.zrangebyscore(f"ivr:room:{room}", f"({now.timestamp()}", "+inf"))
        return sorted(m.decode() for m in found)


def _session(call_id: str) -> str:
    return f"ivr:session:{call_id}"


def _without(what: str, error: Unavailable) -> None:
    # While it is being left alone every turn comes by here: said once, by the command that failed.
    if error.uncertain:
        log.warning("redis does not answer", consequence=what, why=error.message)
