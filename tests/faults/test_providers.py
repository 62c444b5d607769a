"""Rows 10, 29 and 30: the provider of texts stumbles, refuses, hangs, cannot be trusted or cannot be found; and poison rows.

Virtual time: the clock moves when the test says so. The carrier's ledger says what really went out.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.contact.retry import LONGEST_S
from ivr.store.promises import NewPromise
from ivr.telephony.rest import TwilioRest
from tests.faults.amount import SEED, amount, dice
from tests.faults.bad_tls import self_signed
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.faults.tcp_proxy import TcpProxy
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
TEXTS = amount(40, 1000)
FAULTS = ("429", "500", "500_but_sent", "drop", "timeout", "timeout_after_send")
RETRY_AFTER_S = 30
TICK_S = 5.0


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, listed_after_s=10.0) as made:
        rest_of(made)._timeouts = (0.3, 0.3)
        yield made


def rest_of(office: Site) -> TwilioRest:
    return office.services.worker._lanes[0].performer.senders["sms"]._sender._rest  # type: ignore[attr-defined]


def promise(office: Site, n: int, life: timedelta = timedelta(hours=24)) -> str:
    now, key = office.clock.now(), f"message:CA{n}:link:1"
    with office.services.db.write() as c:
        office.services.promises.insert(c, NewPromise(key, "message", "sms", f"CA{n}", {"to": number_of(n), "text": f"hello {n}"}, now,
                                                      now + life), now)
    return key


def states(office: Site) -> Counter[str]:
    return Counter(row["state"] for row in office.services.promises.all())


def run(office: Site, over: Callable[[], bool], most_s: float = 7200, tick_s: float = TICK_S,
        each: Callable[[], object] = lambda: None) -> float:
    """Let the clock run until it is over; the seconds that took. `each` is called once a tick."""
    begun = office.clock.now()
    while not over():
        office.work()
        each()
        office.clock.advance(tick_s)
        assert (office.clock.now() - begun).total_seconds() < most_s, states(office)
    return (office.clock.now() - begun).total_seconds()


def settled(office: Site) -> Callable[[], bool]:
    return lambda: set(states(office)) <= {"done", "failed", "expired"}


def sent(office: Site) -> Counter[str]:
    return Counter(m.to for m in office.ledger.sms)


def test_every_text_goes_out_once_whatever_the_provider_does(office: Site) -> None:
    throw = dice("providers")
    office.rest.faults.retry_after_s = RETRY_AFTER_S
    for n in range(TEXTS):
        promise(office, n)
        office.rest.faults.for_number(number_of(n), *throw.choices(FAULTS, k=throw.randrange(4)))
    spared: list[bool] = []
    took_s = run(office, settled(office), each=lambda: spared.append(is_spared(office)))
    gaps, spared_s = [gap for n in range(TEXTS) for gap in gaps_of(office, n)], sum(spared) * TICK_S
    lost, doubled = TEXTS - len(sent(office)), sum(count > 1 for count in sent(office).values())
    record("sms_faults", texts=TEXTS, faults=len(office.rest.faults.seen), lost=lost, doubled=doubled, settled_s=took_s,
           longest_gap_s=max(gaps, default=0.0), spared_s=spared_s)
    assert (lost, doubled) == (0, 0), f"seed {SEED}"
    assert states(office) == {"done": TEXTS}
    assert max(gaps, default=0.0) <= LONGEST_S + spared_s + 3 * TICK_S, "a try waits for the policy and the breaker, and nothing else"


def is_spared(office: Site) -> bool:
    """Whether the breaker lets nobody ask the provider, or one."""
    return office.services.worker._breakers.allows("sms", office.clock.now()) is not None


def gaps_of(office: Site, n: int) -> list[float]:
    """Seconds between two tries of one text."""
    tries = [datetime.fromisoformat(row["at"]) for row in office.services.ledger.history(f"message:CA{n}:link:1")
             if row["state"] in ("sending", "retry", "unknown")]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(tries)]


def test_a_wait_that_the_provider_asks_for_is_honoured(office: Site) -> None:
    office.rest.faults.retry_after_s = 90
    office.rest.faults.next("429")
    promise(office, 1)
    assert 90 <= run(office, settled(office), tick_s=1.0) < 90 + LONGEST_S


def test_an_hour_of_failures_is_no_storm_and_is_made_up_for(office: Site) -> None:
    office.rest.faults.next(*["500"] * 100_000)
    for n in range(TEXTS):
        promise(office, n, timedelta(hours=24))
    per_minute = []
    for _ in range(60):
        before = len(office.rest.requests)
        for _ in range(6):
            office.work()
            office.clock.advance(10)
        per_minute.append(len(office.rest.requests) - before)
    office.rest.faults._next.clear()
    returned_s = run(office, settled(office))
    record("sms_outage", texts=TEXTS, outage_s=3600, requests=sum(per_minute), most_a_minute=max(per_minute[1:]),
           lost=TEXTS - len(sent(office)), made_up_for_s=returned_s)
    assert set(sent(office).values()) == {1} and len(sent(office)) == TEXTS
    assert max(per_minute[1:]) <= 30, "while it is down, somebody looks now and then, and nobody storms it"
    assert returned_s <= 3600


def test_what_is_refused_for_good_is_told_to_staff_and_holds_up_nobody(office: Site) -> None:
    for n in range(TEXTS):
        promise(office, n)
    office.rest.faults.for_number(number_of(0), 21408)
    office.rest.faults.for_number(number_of(1), 21211)
    run(office, settled(office))
    assert states(office) == {"done": TEXTS - 2, "failed": 2}
    assert [a.name for a in office.services.contact_rules._alarms.recent(office.clock.now())] == ["texts_region"]


def test_poison_is_parked_and_the_others_flow(tmp_path: Path) -> None:
    took: dict[int, float] = {}
    for poison in (0, TEXTS // 4):
        (tmp_path / str(poison)).mkdir()
        with site(tmp_path / str(poison)) as office:
            for n in range(poison):
                now = office.clock.now()
                with office.services.db.write() as c:
                    office.services.promises.insert(c, NewPromise(f"message:poison:{n}", "message", "sms", "CA", {"no": "number"}, now,
                                                                  now + timedelta(hours=1)), now)
            for n in range(TEXTS):
                promise(office, n)
            took[poison] = run(office, lambda office=office: len(office.ledger.sms) == TEXTS, tick_s=1.0)
            run(office, settled(office))
            assert states(office) == {"done": TEXTS} | ({"failed": poison} if poison else {})
    record("poison", texts=TEXTS, poison=TEXTS // 4, others_took_s=took[TEXTS // 4], without_poison_s=took[0])
    assert took[TEXTS // 4] <= took[0] + 5, "the others do not wait for it"


# -- the way to the provider ------------------------------------------------------------------------------------


@contextmanager
def nobody_listens() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def no_such_name() -> Iterator[str]:
    yield "http://provider.invalid"


@contextmanager
def not_tls_at_all() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as plain, TcpProxy(plain.getsockname()) as proxy:
        proxy.network.refuses = True
        yield f"https://127.0.0.1:{proxy.port}"


@contextmanager
def black_hole() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken, TcpProxy(taken.getsockname()) as proxy:
        proxy.network.black_hole = True
        yield f"http://127.0.0.1:{proxy.port}"


@pytest.mark.parametrize("way", [nobody_listens, no_such_name, self_signed, not_tls_at_all, black_hole])
def test_the_way_to_the_provider_is_broken(office: Site, way: Callable[[], object]) -> None:
    rest, good = rest_of(office), (rest_of(office)._root, rest_of(office)._origin)
    count = 8
    with ExitStack() as broken:
        origin = broken.enter_context(way())  # type: ignore[arg-type]
        rest._root, rest._origin = good[0].replace(good[1], origin), origin
        for n in range(count):
            promise(office, n)
        for _ in range(30):
            office.work()
            office.clock.advance(10)
        assert len(office.ledger.sms) == 0
        assert set(states(office)) <= {"retry", "unknown", "due"}, "given up by nobody"
    rest._root, rest._origin = good
    took_s = run(office, settled(office))
    record("sms_way", way=way.__name__, texts=count, lost=count - len(sent(office)), doubled=sum(c > 1 for c in sent(office).values()),
           made_up_for_s=took_s)
    assert states(office) == {"done": count}
    assert set(sent(office).values()) == {1}
