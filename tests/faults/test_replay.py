"""Row 19: genuine requests, delivered once more an hour later by whoever recorded them. Known by what they are; no effect."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.amount import amount, dice
from tests.faults.figures import record
from tests.faults.storm import number_of
from tests.rim.promised_call import CELL, live_through, promise_call, states
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]


def everything(office: Site) -> tuple[object, ...]:
    services, ledger = office.services, office.ledger
    calls = tuple((sid, services.turns.session(sid), len(services.calls.log_of(sid))) for sid in sorted(office.carrier.calls))
    return (calls, states(office), len(ledger.sms), len(ledger.emails), len(ledger.calls), len(ledger.queue),
            services.consents.revoked(number_of(0), "sms"))


def test_a_replay_an_hour_later_has_no_effect(tmp_path: Path) -> None:
    throw = dice("replay")
    with site(tmp_path) as office:
        for n in range(amount(5, 100)):
            call = office.call(from_=number_of(n))
            for words in throw.choice((("where is my case", "yes", "no"), ("agent", "no"), ("when are you open", "goodbye"))):
                if call.gathering:
                    call.say(words)
            if not call.ended and throw.random() < 0.7:
                call.hangup()
            office.clock.advance(60)
        office.carrier.text("STOP", from_=number_of(0))
        promise_call(office, "urgent", [CELL], email=None, texts=False)
        office.carrier.callees.will(CELL, "busy", "machine")
        live_through(office, office.clock.now() + timedelta(hours=3))
        office.work()
        recorded = office.ledger.webhooks
        office.clock.advance(3600)
        office.work()
        before = everything(office)
        throw.shuffle(recorded)
        other = 0
        for row in recorded:
            answer = office.carrier.sender.replay(row)
            assert answer is not None and answer.status == row.status
            other += answer.body != row.answer
        office.work()
        record("replay", replayed=len(recorded), effects=int(everything(office) != before), other_answers=other)
        after = everything(office)
        assert [(a, b) for a, b in zip(before[0], after[0], strict=True) if a != b] == []
        assert after == before
