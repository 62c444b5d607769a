"""Row 11: the mail server is away for an hour, greylists, or drops the line behind the mail. In virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.store.promises import NewPromise
from tests.faults.amount import SEED, amount, dice
from tests.faults.figures import record
from tests.rim.site import Site, site

pytestmark = [pytest.mark.faults]
MAILS = amount(60, 1000)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


def promise_mails(office: Site) -> None:
    now = office.clock.now()
    with office.services.db.write() as c:
        for n in range(MAILS):
            payload = {"to": f"caller{n}@example.org", "text": "hello", "subject": "Hello", "language": "en"}
            office.services.promises.insert(c, NewPromise(f"message:CA{n}:link:1", "message", "email", f"CA{n}", payload, now,
                                                          now + timedelta(hours=24)), now)


def until_delivered(office: Site) -> float:
    begun = office.clock.now()
    while any(row["state"] != "done" for row in office.services.promises.all()):
        office.work()
        office.clock.advance(5)
        assert office.clock.now() - begun < timedelta(hours=3), Counter(r["state"] for r in office.services.promises.all())
    return (office.clock.now() - begun).total_seconds()


def copies(office: Site) -> Counter[str]:
    return Counter(m.to for m in office.ledger.emails)


def test_away_for_an_hour(office: Site) -> None:
    office.mail.stop()
    promise_mails(office)
    for _ in range(120):
        office.work()
        office.clock.advance(30)
    assert office.ledger.emails == []
    office.mail.start()
    took_s = until_delivered(office)
    record("mail_outage", mails=MAILS, outage_s=3600, lost=MAILS - len(copies(office)),
           doubled=sum(count > 1 for count in copies(office).values()), delivered_s=took_s)
    assert len(copies(office)) == MAILS and set(copies(office).values()) == {1}
    assert took_s <= 300, "within five minutes of its return"


def test_greylisting_and_dropped_lines(office: Site) -> None:
    throw = dice("mail")
    script = throw.choices(("ok", "451", "drop_after_data"), weights=(6, 3, 1), k=MAILS)
    office.mail.script(*script)
    promise_mails(office)
    took_s = until_delivered(office)
    counted, dropped = copies(office), script.count("drop_after_data")
    extra = sum(counted.values()) - len(counted)
    record("mail_faults", mails=MAILS, greylisted=script.count("451"), dropped=dropped, lost=MAILS - len(counted), second_copies=extra,
           delivered_s=took_s)
    assert len(counted) == MAILS, f"seed {SEED}: none lost"
    assert extra <= dropped, "a second copy only behind a dropped line"
    by_reader: dict[str, set[str]] = {}
    for mail in office.ledger.emails:
        by_reader.setdefault(mail.to, set()).add(mail.message_id)
    assert all(len(ids) == 1 for ids in by_reader.values()), "and under the same Message-ID, so that its reader sees one"
