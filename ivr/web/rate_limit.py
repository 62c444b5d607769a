"""How many wrong links somebody may try, and how often a page may ask. In the memory of one process: 192 random bits are not
guessed, this only keeps the trying cheap for us. Callers behind one proxy are told apart, or one who guesses would close the
links of all the others."""

from __future__ import annotations

import threading
from collections import Counter

from ivr.access.network import network_of
from ivr.clock import Clock

MOST = 20
WINDOW_S = 60
MAX_PEERS = 10_000


def peer_of(remote: str, forwarded: str, hops: int) -> str:
    """The address that the outermost of our own `hops` proxies saw. What stands further to the left in `forwarded` was sent by
    the client and may be anything; without a proxy all of it was."""
    chain = [part.strip() for part in forwarded.split(",")] if forwarded else []
    return chain[-hops] if 0 < hops <= len(chain) else remote


class Misses:
    """Safe to use from several threads."""

    def __init__(self, clock: Clock, most: int = MOST):
        self._clock, self._lock, self._most = clock, threading.Lock(), most
        self._window, self._counts = 0, Counter[str]()

    def too_many(self, who: str) -> bool:
        who = network_of(who)
        with self._lock:
            self._turn_over()
            return self._counts[who] >= self._most

    def count(self, who: str) -> None:
        who = network_of(who)
        with self._lock:
            self._turn_over()
            if who in self._counts or len(self._counts) < MAX_PEERS:
                self._counts[who] += 1

    def _turn_over(self) -> None:
        window = int(self._clock.now().timestamp() // WINDOW_S)
        if window != self._window:
            self._window, self._counts = window, Counter()
