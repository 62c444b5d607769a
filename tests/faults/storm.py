"""Callers who are promised a text, many at once, while somebody kills processes; and what came of it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.faults.cluster import Cluster, Node

PROMISED = "text is on its way"


@dataclass(frozen=True)
class Lived:
    """One caller's call."""

    number: str
    promised: bool
    """The words were spoken: from then on the text is owed."""
    ended: str
    heard_last: str


def number_of(n: int) -> str:
    """Each caller has a number of its own, far enough from the next that nobody takes them for a pump."""
    return f"+1{_AREAS[n % len(_AREAS)]}{200 + (n // len(_AREAS)) % 700:03d}{1000 + n % 9000:04d}"


def eastern_number(n: int) -> str:
    """As `number_of`, where it is as late as at the office: whoever is called, is called by day."""
    return f"+1{_EASTERN[n % len(_EASTERN)]}{200 + (n // len(_EASTERN)) % 700:03d}{1000 + n % 9000:04d}"


_EASTERN = (202, 212, 215, 305, 404, 410, 617, 703, 718, 904)
_AREAS = (202, 212, 213, 214, 215, 216, 303, 305, 310, 312, 313, 314, 404, 405, 408, 410, 412, 415, 503, 504, 512, 513, 602, 614, 617, 619,
          702, 703, 713, 718, 801, 808, 816, 901, 904, 916, 919)


def call_for_a_text(cluster: Cluster, number: str) -> Lived:
    """Asks for the case status, says yes to the text, and says goodbye."""
    call = cluster.carrier.call(from_=number)
    promised = False
    for words in ("where is my case", "yes", "goodbye"):
        if call.ended:
            break
        call.say(words)
        promised = promised or PROMISED in call.heard_text
    if not call.ended:
        call.hangup()
    return Lived(number, promised, call.ended or "", call.heard_text)


def storm(cluster: Cluster, callers: int, at_once: int, one: Callable[[Cluster, str], Lived] = call_for_a_text) -> list[Lived]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda n: one(cluster, number_of(n)), range(callers)))


def both_work(cluster: Cluster) -> None:
    """Wait for a text. A worker that finds no store when it starts says so and ends; the trouble is to come later."""
    (first,) = storm(cluster, 1, 1, lambda c, number: call_for_a_text(c, number_of(9000)))
    assert first.promised and cluster.ledger.wait_until(lambda x: any(m.to == first.number for m in x.sms), 90)


def while_they_call(callers: Callable[[], list[Lived]], trouble: Callable[[], None],
                    pause_s: Callable[[], float]) -> tuple[list[Lived], int]:
    """What the callers lived through while there was trouble again and again, and how often there was.

    The trouble is made in this thread: a server that is started anew is tied to the life of the thread that started it."""
    with ThreadPoolExecutor(1) as pool:
        lived, times, over = pool.submit(callers), 0, threading.Event()
        lived.add_done_callback(lambda _: over.set())
        while not over.wait(pause_s()):
            trouble()
            times += 1
        return lived.result(), times


class Killer:
    """Kills a random process again and again, and starts it anew. The seed decides whom and when; one server stays up."""

    def __init__(self, nodes: Sequence[Node], seed: int, pause_s: tuple[float, float] = (0.2, 1.0)):
        self._nodes, self._dice, self._pause_s = list(nodes), random.Random(seed), pause_s
        self._over = threading.Event()
        self.killed: Counter[str] = Counter()
        self._starting: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in [self._thread, *self._starting]:
            thread.join(150)

    def _run(self) -> None:
        while not self._over.wait(self._dice.uniform(*self._pause_s)):
            node = self._dice.choice(self._nodes)
            if node.up and self._may_go(node):
                node.kill()
                self.killed[node.name.rstrip("0123456789")] += 1
                self._starting.append(threading.Thread(target=node.start, daemon=True))
                self._starting[-1].start()

    def _may_go(self, node: Node) -> bool:
        return not node.serves or sum(n.up and n.serves for n in self._nodes) > 1
