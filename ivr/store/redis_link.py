"""The connection to Redis: short time-outs, one retry, and a pause after a failure.

A Redis that is down or slow must cost callers next to nothing. The first command that fails has waited a second at the most;
after it nobody asks for `PAUSE_S` seconds, and then one command tries while the others go on without.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ivr.errors import ConfigProblem, Unavailable

T = TypeVar("T")
CONNECT_TIMEOUT_S = READ_TIMEOUT_S = 0.5
PAUSE_S = 2.0


class RedisLink:
    def __init__(self, url: str, monotonic_s: Callable[[], float] = time.monotonic):
        """Raises ConfigProblem for an address that cannot be read or a server that does not answer."""
        try:
            self._client: redis.Redis[bytes] = redis.Redis.from_url(
                url, socket_connect_timeout=CONNECT_TIMEOUT_S, socket_timeout=READ_TIMEOUT_S, retry=Retry(NoBackoff(), 1),
                decode_responses=False, health_check_interval=0)
        except (ValueError, redis.RedisError) as error:
            raise ConfigProblem("IVR_REDIS_URL cannot be read, expected redis://HOST:PORT/NUMBER, rediss:// or unix://") from error
        at = self._client.connection_pool.connection_kwargs
        self.where = f"Redis at {at.get('path') or (at.get('host', 'localhost') + ':' + str(at.get('port', 6379)))}"
        self._monotonic_s, self._lock = monotonic_s, threading.Lock()
        self._broken, self._again_at = False, 0.0
        try:
            self._client.ping()
        except redis.RedisError as error:
            self._client.close()
            raise ConfigProblem(f"{self.where} does not answer: {type(error).__name__}",
                                hint="start it, or leave IVR_REDIS_URL empty to share through the database") from error

    def run(self, command: Callable[[redis.Redis[bytes]], T]) -> T:
        """Raises Unavailable, at once while the server is being left alone."""
        self._may_ask()
        try:
            result = command(self._client)
        except redis.RedisError as error:
            with self._lock:
                self._broken, self._again_at = True, self._monotonic_s() + PAUSE_S
            # Which command it was stays out: its arguments may be personal data.
            raise Unavailable(f"{self.where} did not answer: {type(error).__name__}", code="redis", uncertain=True) from None
        self._broken = False
        return result

    def script(self, text: str) -> Callable[..., Any]:
        """A Lua script: called with `keys` and `args`, it runs through `run`."""
        script = self._client.register_script(text)
        return lambda keys, args: self.run(lambda client: script(keys=keys, args=args, client=client))

    def _may_ask(self) -> None:
        if not self._broken:
            return
        with self._lock:
            now = self._monotonic_s()
            if self._broken and now < self._again_at:
                raise Unavailable(f"{self.where} is being left alone after a failure", code="redis", retry_after_s=self._again_at - now)
            self._again_at = now + PAUSE_S  # this one tries, the others go on without

    def ping(self) -> None:
        self.run(lambda client: client.ping())

    def close(self) -> None:
        self._client.close()
