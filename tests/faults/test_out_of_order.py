"""Row 8: the webhooks of a call in every order. What comes too late is written down and changes nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ivr.testing.ledger import Webhook
from tests.faults.amount import FULL, SEED
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
SPOKEN = ("where is my case", "yes")
EVENTS = 6


class Mixed:
    """The webhooks of one real call, delivered again and again for new calls, in other orders."""

    def __init__(self, office: Site):
        self.office, self.calls = office, 0
        call = office.call()
        for words in SPOKEN:
            call.say(words)
        assert "text is on its way" in call.heard_text
        call.hangup()
        rows = [w for w in office.ledger.webhooks if ("CallSid", call.sid) in w.params]
        talk = [w for w in rows if w.kind in ("voice", "gather")]
        status = {dict(w.params)["CallStatus"]: w for w in rows if w.kind == "status"}
        self.rows = [*talk, *(status[name] for name in ("ringing", "in-progress", "completed"))]
        assert len(self.rows) == EVENTS

    def deliver(self, order: tuple[int, ...]) -> str:
        """The id of the call that all of it was said to be about."""
        self.calls += 1
        self.office.clock.advance(60)
        sid = f"CA{self.calls:032x}"
        for index in order:
            self._send(self.rows[index], sid)
        return sid

    def _send(self, row: Webhook, sid: str) -> None:
        changed = {"CallSid": sid, "From": number_of(self.calls), "Caller": number_of(self.calls)}
        params = [(name, changed.get(name, value)) for name, value in row.params]
        fresh = Webhook(row.kind, row.url, f"{sid}{row.kind}{row.url[-20:]}{dict(params)['CallStatus']}", 1, 0, tuple(params), b"", row.at)
        answer = self.office.carrier.sender.replay(fresh)
        assert answer is not None and answer.status in (200, 400), "never a 5xx"
        assert row.kind == "status" or re.search(rb"<Say|<Gather|<Hangup", answer.body), "whoever is on the line hears something"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mixed]:
    with site(tmp_path_factory.mktemp("order")) as office:
        yield Mixed(office)


def check(mixed: Mixed, order: tuple[int, ...]) -> None:
    sid = mixed.deliver(order)
    services = mixed.office.services
    session, log = services.turns.session(sid), services.calls.log_of(sid)
    assert session is not None
    assert session.version == sum(e.applied for e in log)
    assert session.status == "ended", "the carrier said so, before or after the first word about the call"
    applied = [e.event.type for e in log if e.applied]
    assert applied[0] == "call_started" and applied[-1] == "call_ended"
    assert len(services.promises.of_call(sid)) == int(order.index(0) < order.index(1) < order.index(2) < order.index(5)), "promised once"


@seed(SEED)
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(EVENTS)))
def test_webhooks_in_any_order(mixed: Mixed, order: list[int]) -> None:
    check(mixed, tuple(order))


def test_any_order_is_counted(mixed: Mixed) -> None:
    check(mixed, tuple(reversed(range(EVENTS))))
    record("order", orders=mixed.calls, server_errors=0, wrong=0)


@pytest.mark.skipif(not FULL, reason="all 720 orders, with make faults")
def test_webhooks_in_every_order(mixed: Mixed) -> None:
    orders = list(itertools.permutations(range(EVENTS)))
    for order in orders:
        check(mixed, order)
    record("order", orders=len(orders), server_errors=0, wrong=0)
